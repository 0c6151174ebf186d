import { formatIpv4Address, isMulticast, requireIpv4Address } from '../wire/address';
import { WireError } from '../wire/error';
import {
  emitIgmp,
  igmpChecksumIsGood,
  parseIgmp,
  type IgmpMessage,
  type IgmpQuery,
  type IgmpUnknown,
} from '../wire/igmp';
import { IPV4_HEADER, PROTOCOL } from '../wire/ipv4';
import type { Ipv4Option } from '../wire/ipv4-options';
import { toldByIgmp } from './group-trace';
import { GroupReports, portions, type GroupRecord } from './group-reports';
import { isToBeTold, type Groups, type Wanted } from './groups';
import type { IpHost } from './host';
import type { Interface } from './interface';
import type { Ipv4Output } from './ipv4-output';
import type { Paths } from './paths';
import type { Datagram, ProtocolHandler } from './protocol';

/** All routers, and those that speak IGMPv3 (RFC 2236 §9, RFC 3376 §4.2.14). */
const ALL_ROUTERS = 0xe0000002;
const IGMPV3_ROUTERS = 0xe0000016;

/** Routers are to look at the packet although it is not for them (RFC 2113). */
const ROUTER_ALERT: Exclude<Ipv4Option, { kind: 'loose-source-route' | 'strict-source-route' }> = {
  kind: 'unknown',
  type: 0x94,
  data: Uint8Array.of(0, 0),
};
const ROUTER_ALERT_LENGTH = 4;

const TENTH = 100_000;
/** A query of version 1 does not say how long there is time for the answer (RFC 2236 §4). */
const VERSION_1_TENTHS = 100;

/** Bytes of a report of version 3, and of a record in it, before what follows. */
const REPORT = 8;
const RECORD = 8;
const SOURCE = 4;

/** IGMP as a host speaks it (RFC 2236, RFC 3376): tells routers and switches which groups of IPv4 are wanted on each interface. */
export class Igmp implements ProtocolHandler {
  readonly #host: IpHost;
  readonly #paths: Paths;
  readonly #output: Ipv4Output;
  readonly #reports = new Map<Interface, GroupReports<number>>();

  constructor(host: IpHost, paths: Paths, output: Ipv4Output) {
    this.#host = host;
    this.#paths = paths;
    this.#output = output;
  }

  /** What is wanted of a group has changed. */
  changed(on: Interface, group: number, wasWanted: boolean): void {
    this.#of(on).changed(group, wasWanted);
  }

  detached(on: Interface): void {
    this.#reports.get(on)?.close();
    this.#reports.delete(on);
  }

  receive({ packet, interface: on }: Datagram): void {
    if (packet.version !== 4) return;
    const { bytes, payloadOffset, end, src } = packet;
    const message = parseIgmp(bytes, payloadOffset, end);
    const from = (): string => `from ${formatIpv4Address(src)}`;
    if (message instanceof WireError) on.dropIn('igmp.malformed', () => `${message.message}, ${from()}`);
    else if (!igmpChecksumIsGood(bytes, payloadOffset, end)) on.dropIn('igmp.bad-checksum', from);
    // What has come from beyond the wire was made to disturb it (RFC 2236 §2: all are sent with a TTL of 1).
    else if (packet.ttl !== 1) on.dropIn('igmp.bad-ttl', () => `${packet.ttl}, ${from()}`);
    else this.#take(message, packet, on, from);
  }

  #take(message: IgmpMessage, packet: { src: number; dst: number }, on: Interface, from: () => string): void {
    if (message.type === 'unknown') {
      on.dropIn('igmp.unknown-type', () => `${message.igmpType}, ${from()}`);
      return;
    }
    this.#trace('in', on, packet, message);
    if (message.type === 'query') this.#query(message, on, from);
    else if (message.type === 'report') this.#reports.get(on)?.heard(requireIpv4Address(message.group));
  }

  #query({ version, maxResponse, group }: IgmpQuery, on: Interface, from: () => string): void {
    const asked = requireIpv4Address(group);
    if (asked !== 0 && !isMulticast(asked)) {
      on.dropIn('igmp.malformed', () => `a query about ${group}, ${from()}`);
      return;
    }
    const tenths = version === 1 ? VERSION_1_TENTHS : maxResponse;
    if (!on.loopback) this.#of(on).query(version, tenths * TENTH, asked === 0 ? undefined : asked);
  }

  #of(on: Interface): GroupReports<number> {
    const known = this.#reports.get(on);
    if (known !== undefined) return known;
    const wire = {
      report: (group: number, version: 1 | 2): void => {
        this.#send(on, group, { type: 'report', version, group: formatIpv4Address(group) });
      },
      leave: (group: number): void => {
        this.#send(on, ALL_ROUTERS, { type: 'leave', group: formatIpv4Address(group) });
      },
      records: (records: readonly GroupRecord<number>[]): void => {
        this.#sendRecords(on, records);
      },
    };
    const { groups } = on;
    const wanted = { groups: () => groups.all.filter(isIpv4), wanted: (group: number) => wantedOf(groups, group) };
    const reports = new GroupReports<number>(this.#host, wire, wanted, isToBeTold);
    this.#reports.set(on, reports);
    return reports;
  }

  #sendRecords(on: Interface, records: readonly GroupRecord<number>[]): void {
    const room = on.mtu - IPV4_HEADER - ROUTER_ALERT_LENGTH - REPORT;
    for (const portion of portions(records, room, RECORD, SOURCE)) {
      const asText = portion.map(({ kind, group, sources }) => ({
        kind,
        group: formatIpv4Address(group),
        sources: sources.map(formatIpv4Address),
      }));
      this.#send(on, IGMPV3_ROUTERS, { type: 'report-3', records: asText });
    }
  }

  /** From 0.0.0.0 where the interface has no address yet (RFC 3376 §4.2.13). */
  #send(on: Interface, dst: number, message: Parameters<typeof emitIgmp>[0]): void {
    const src = on.sourceTo(dst) ?? 0;
    const path = this.#paths.direct(on, src, dst);
    this.#trace('out', on, { src, dst }, message);
    const options = [ROUTER_ALERT];
    this.#output.send(path, PROTOCOL.IGMP, [emitIgmp(message)], { ttl: 1, dscp: INTERNETWORK_CONTROL, options });
  }

  #trace(
    direction: 'in' | 'out',
    on: Interface,
    { src, dst }: { readonly src: number; readonly dst: number },
    message: Exclude<IgmpMessage, IgmpUnknown>,
  ): void {
    this.#host.trace?.({
      type: 'group',
      time: this.#host.clock.now(),
      direction,
      link: on.link.name,
      src: formatIpv4Address(src),
      dst: formatIpv4Address(dst),
      protocol: 'IGMP',
      ...toldByIgmp(message),
    });
  }
}

/** DSCP CS6: what keeps the network going (RFC 2474 §4.2.2.2), as Linux sends it. */
const INTERNETWORK_CONTROL = 48;

function wantedOf(groups: Groups, group: number): Wanted<number> | undefined {
  const wanted = groups.wanted(group);
  return typeof wanted === 'object' ? new Set([...wanted].filter(isIpv4)) : wanted;
}

function isIpv4(address: number | bigint): address is number {
  return typeof address === 'number';
}
