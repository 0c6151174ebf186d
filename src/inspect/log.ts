import { Dialogue } from './application/dialogue';
import { logOfGroups } from './groups';
import { nameTold } from './application/say';
import { logOfDhcp } from './dhcp';
import { NOTHING_TOLD } from './application/told';
import { describeNdp } from '../ip/ndp/ndp';
import type { IcmpEvent } from '../ip/trace';
import { ARP_REQUEST } from '../wire/arp';
import { formatSegment } from '../wire/notation';
import { FLAG } from '../wire/tcp';
import type { ConnectionId, SegmentEvent } from '../tcp/trace';
import type { TraceEvent } from '../trace';

/** Connections whose initial sequence numbers are known; beyond that the one heard of first is forgotten. */
const MOST_CONNECTIONS = 4096;

export interface LogOptions {
  /** Takes one line at a time, with its line end. */
  readonly write: (text: string) => void;
}

/**
 * One line for each event, as tcpdump would write it: seconds since the first event, the connection's number, what happened.
 * For those who know what they look for. Segments carry our state, or the change of it, at their end, and what HTTP, WebSocket or TLS says in them:
 *
 *     0.000000 #1 10.9.0.1:41234 > 10.9.0.2:7: S 3812905112:3812905112(0) win 64240 <mss 1460>  LISTEN → SYN-RECEIVED
 */
export class Log {
  private start: number | undefined;
  private readonly numbers = new Map<number, Followed>();

  constructor(private readonly options: LogOptions) {}

  event(event: TraceEvent): void {
    this.start ??= event.time;
    const time = ((event.time - this.start) / 1_000_000).toFixed(6);
    this.options.write(`${time} ${this.describe(event)}\n`);
  }

  private describe(event: TraceEvent): string {
    switch (event.type) {
      case 'segment':
        return `${number(event.connection)}${this.segment(event)}`;
      case 'transition':
        return `${number(event.connection)}${event.from} → ${event.to} (${event.event})`;
      case 'timer': {
        const left = event.action === 'set' ? ` for ${seconds(event.deadline - event.time)}` : '';
        return `${number(event.connection)}timer ${event.timer} ${event.action}${left}`;
      }
      case 'retransmission': {
        const { seq, length, count, rto, cause } = event;
        const first = this.relative(event.connection.id, seq);
        return `${number(event.connection)}retransmission ${count} of ${first}:${first + length} (${cause}), RTO ${seconds(rto)}`;
      }
      case 'congestion':
        return `${number(event.connection)}congestion ${event.cause}: cwnd ${event.cwnd} ssthresh ${event.ssthresh}`;
      case 'drop': {
        const connection = event.layer === 'tcp' && event.connection !== undefined ? number(event.connection) : '';
        return `${connection}drop ${event.layer}.${event.reason}: ${event.detail}`;
      }
      case 'arp': {
        const { operation, senderAddress, senderMac, targetAddress } = event.packet;
        const said =
          operation === ARP_REQUEST
            ? `who-has ${targetAddress} tell ${senderAddress}`
            : `reply ${senderAddress} is-at ${senderMac}`;
        return `${event.link} ${event.direction} ARP ${said}`;
      }
      case 'ndp':
        return `${event.link} ${event.src} > ${event.dst}: NDP ${describeNdp(event.message)}`;
      case 'icmp':
        return `${event.link} ${event.src} > ${event.dst}: ${event.version === 4 ? 'ICMP' : 'ICMPv6'} ${icmp(event.message)}`;
      case 'group':
        return `${event.link} ${event.src} > ${event.dst}: ${logOfGroups(event)}`;
      case 'udp': {
        const ends = [event.local, event.remote].map(({ address, port }) => `${address}:${port}`);
        const [src, dst] = event.direction === 'out' ? ends : ends.reverse();
        return `${src ?? ''} > ${dst ?? ''}: UDP ${event.length}`;
      }
      case 'forward': {
        const { from, to, src, dst, protocol, length, ttl } = event;
        return `${from} → ${to} ${src} > ${dst}: protocol ${protocol}, ${length} bytes, TTL ${ttl}`;
      }
      case 'dhcp':
        return `${event.link} ${event.src} > ${event.dst}: DHCP ${logOfDhcp(event.message)}  ${event.state}`;
      case 'dhcp-state': {
        const has = event.address === undefined ? '' : `, ${event.address}`;
        return `${event.link} DHCP ${event.from} → ${event.to} (${event.event}${has})`;
      }
      case 'neighbour':
        return `${event.link} neighbour ${event.address} ${event.state}${event.mac === undefined ? '' : ` ${event.mac}`}`;
    }
  }

  private segment(event: SegmentEvent): string {
    const { connection, direction, segment, before, after, reason } = event;
    const { local, remote, id } = connection;
    const ends = [`${local.address}:${local.port}`, `${remote.address}:${remote.port}`];
    const [src, dst] = direction === 'out' ? ends : ends.reverse();
    const state = before === after ? after : `${before} → ${after}`;
    const why = reason === undefined || reason === 'data' || reason === 'ack' ? '' : ` (${reason})`;
    const shown = formatSegment(segment, this.offsets(id, direction, segment));
    const told = this.numbers.get(id)?.dialogue.read(event) ?? NOTHING_TOLD;
    const above = told === NOTHING_TOLD ? '' : `  ${nameTold(told)}`;
    return `${src ?? ''} > ${dst ?? ''}: ${shown}  ${state}${why}${above}`;
  }

  /** As tcpdump: absolute numbers in a SYN, and from each side's SYN on afterwards. */
  private offsets(
    id: number,
    direction: 'in' | 'out',
    { flags, seq, ack }: SegmentEvent['segment'],
  ): { seq: number; ack: number } {
    const absolute = { seq: 0, ack: 0 };
    if (id === 0) return absolute;
    const known = this.numbers.get(id) ?? { dialogue: new Dialogue() };
    // Not forgotten when the connection ends: its last segment may be told after that.
    if (!this.numbers.has(id)) this.remember(id, known);
    const other = direction === 'in' ? 'out' : 'in';
    if (flags & FLAG.SYN) {
      known[direction] = seq;
      return absolute;
    }
    known[direction] ??= (seq - 1) >>> 0;
    if (flags & FLAG.ACK) known[other] ??= (ack - 1) >>> 0;
    return { seq: known[direction], ack: known[other] ?? 0 };
  }

  private remember(id: number, numbers: Followed): void {
    if (this.numbers.size >= MOST_CONNECTIONS) {
      const oldest = this.numbers.keys().next();
      if (oldest.done !== true) this.numbers.delete(oldest.value);
    }
    this.numbers.set(id, numbers);
  }

  private relative(id: number, seq: number): number {
    return (seq - (this.numbers.get(id)?.out ?? 0)) >>> 0;
  }
}

/** A connection as the log follows it: the initial sequence number of each direction, and what is said above TCP. */
interface Followed extends Partial<Record<'in' | 'out', number>> {
  readonly dialogue: Dialogue;
}

function number({ id }: ConnectionId): string {
  return id === 0 ? '' : `#${id} `;
}

function seconds(µs: number): string {
  return `${Number((µs / 1_000_000).toFixed(3))} s`;
}

function icmp(message: IcmpEvent['message']): string {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      return `${message.type} id ${message.identifier} seq ${message.sequence} length ${message.data.length}`;
    case 'destination-unreachable':
    case 'time-exceeded':
    case 'parameter-problem':
      return `${message.type} code ${message.code}`;
    case 'packet-too-big':
      return `${message.type} mtu ${message.mtu}`;
    case 'source-quench':
      return message.type;
    case 'unknown':
      return `type ${message.icmpType} code ${message.code}`;
  }
}
