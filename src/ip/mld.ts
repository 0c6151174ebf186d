import { ALL_ROUTERS, formatAddress, isLinkLocal6, withoutZone } from '../wire/address';
import { WireError } from '../wire/error';
import type { Icmpv6View } from '../wire/icmpv6';
import { PROTOCOL } from '../wire/ipv4';
import type { Ipv6View } from '../wire/ipv6';
import { EXTENSION, IPV6_HEADER, ROUTER_ALERT_HEADER, writeRouterAlert } from '../wire/ipv6-extensions';
import { emitMld, MLD_HOP_LIMIT, MLD_RECORD, parseMld, type MldMessage } from '../wire/mld';
import { toldByMld } from './group-trace';
import { GroupReports, portions, type GroupRecord } from './group-reports';
import { isToBeTold, type Groups, type Wanted } from './groups';
import type { IpHost } from './host';
import type { Interface } from './interface';
import type { Ipv6Output } from './ipv6-output';
import type { Paths } from './paths';
import type { Datagram } from './protocol';

/** The routers that speak MLDv2 (RFC 3810 §5.2.14). */
const MLDV2_ROUTERS = (0xff02n << 112n) + 0x16n;

const MILLISECOND = 1000;

/** Bytes of a report of version 2, and of a record in it, before what follows. */
const REPORT = 8;
const RECORD = 20;
const SOURCE = 16;

const KINDS: Readonly<Record<GroupRecord<bigint>['kind'], number>> = {
  'is-include': MLD_RECORD.MODE_IS_INCLUDE,
  'is-exclude': MLD_RECORD.MODE_IS_EXCLUDE,
  'to-include': MLD_RECORD.CHANGE_TO_INCLUDE,
  'to-exclude': MLD_RECORD.CHANGE_TO_EXCLUDE,
};

/** MLD as a host speaks it (RFC 2710, RFC 3810): what IGMP is to IPv4. The groups of solicited nodes are among those reported. */
export class Mld {
  readonly #host: IpHost;
  readonly #paths: Paths;
  readonly #output: Ipv6Output;
  readonly #reports = new Map<Interface, GroupReports<bigint>>();

  constructor(host: IpHost, paths: Paths, output: Ipv6Output) {
    this.#host = host;
    this.#paths = paths;
    this.#output = output;
  }

  /** What is wanted of a group has changed. */
  changed(on: Interface, group: bigint, wasWanted: boolean): void {
    this.#of(on).changed(group, wasWanted);
  }

  detached(on: Interface): void {
    this.#reports.get(on)?.close();
    this.#reports.delete(on);
  }

  /** Takes a message of MLD, whose checksum is good. */
  receive({ packet, interface: on }: Datagram<Ipv6View>, view: Icmpv6View): void {
    const message = parseMld(view, packet);
    if (message instanceof WireError) {
      on.dropIn('mld.malformed', () => `${message.message}, from ${formatAddress(packet.src)}`);
      return;
    }
    this.#trace('in', on, packet, message);
    if (message.type === 'query') {
      const { version, maxResponseDelay, group } = message;
      const generation = version === 1 ? 2 : 3;
      if (on.loopback) return;
      this.#of(on).query(generation, maxResponseDelay * MILLISECOND, group === 0n ? undefined : group);
    } else if (message.type === 'report' && message.version === 1) this.#reports.get(on)?.heard(message.group);
  }

  #of(on: Interface): GroupReports<bigint> {
    const known = this.#reports.get(on);
    if (known !== undefined) return known;
    const wire = {
      report: (group: bigint): void => {
        this.#send(on, group, { type: 'report', version: 1, group });
      },
      leave: (group: bigint): void => {
        this.#send(on, ALL_ROUTERS, { type: 'done', version: 1, group });
      },
      records: (records: readonly GroupRecord<bigint>[]): void => {
        this.#sendRecords(on, records);
      },
    };
    const { groups } = on;
    const wanted = { groups: () => groups.all.filter(isIpv6), wanted: (group: bigint) => wantedOf(groups, group) };
    const reports = new GroupReports<bigint>(this.#host, wire, wanted, isToBeTold);
    this.#reports.set(on, reports);
    return reports;
  }

  #sendRecords(on: Interface, records: readonly GroupRecord<bigint>[]): void {
    const room = on.mtu - IPV6_HEADER - ROUTER_ALERT_HEADER - REPORT;
    for (const portion of portions(records, room, RECORD, SOURCE)) {
      const numbered = portion.map(({ kind, group, sources }) => ({ kind: KINDS[kind], group, sources }));
      this.#send(on, MLDV2_ROUTERS, { type: 'report', version: 2, records: numbered });
    }
  }

  /** From the link-local address, or while there is none from `::` (RFC 3590 §4). */
  #send(on: Interface, dst: bigint, message: MldMessage): void {
    const own = on.addresses6.find(({ address, state }) => isLinkLocal6(address) && state !== 'tentative');
    const src = own?.address ?? 0n;
    this.#trace('out', on, { src, dst }, message);
    const alert = new Uint8Array(ROUTER_ALERT_HEADER);
    writeRouterAlert(alert, 0, PROTOCOL.ICMPV6);
    const payload = [alert, emitMld(message, { src, dst })];
    this.#output.send(this.#paths.direct(on, src, dst), EXTENSION.HOP_BY_HOP, payload, { ttl: MLD_HOP_LIMIT });
  }

  #trace(
    direction: 'in' | 'out',
    on: Interface,
    { src, dst }: { readonly src: bigint; readonly dst: bigint },
    message: MldMessage,
  ): void {
    this.#host.trace?.({
      type: 'group',
      time: this.#host.clock.now(),
      direction,
      link: on.link.name,
      src: formatAddress(withoutZone(src)),
      dst: formatAddress(withoutZone(dst)),
      protocol: 'MLD',
      ...toldByMld(message),
    });
  }
}

function wantedOf(groups: Groups, group: bigint): Wanted<bigint> | undefined {
  const wanted = groups.wanted(group);
  return typeof wanted === 'object' ? new Set([...wanted].filter(isIpv6)) : wanted;
}

function isIpv6(address: number | bigint): address is bigint {
  return typeof address === 'bigint';
}
