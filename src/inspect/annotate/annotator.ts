import type { Annotator, Remark } from '../../link/capture-comments';
import type { Link } from '../../link/link';
import type { IpDropEvent } from '../../ip/trace';
import type { ConnectionId, SegmentEvent, TcpDropEvent } from '../../tcp/trace';
import { dataLength } from '../../tcp/trace';
import type { TraceEvent } from '../../trace';
import { LANGUAGES, type Lang } from '../lang';
import { ConnectionFollower } from './connection-follower';
import { shortOf, sizeOfTooBig, type ShortEvent } from './other-remark';
import { CONTROL_BITS, readPacket, withoutZone, type Packet, type PacketKind } from './packet';
import { PacketRemark } from './packet-remark';
import { PartNames } from './part-names';
import type { SegmentRemark } from './segment-remark';
import { REMARK_WORDS, type RemarkWords } from './words';

/** Connections that are followed; beyond that the one heard of first is forgotten. */
const MOST_CONNECTIONS = 4096;
/** Things that were told before their packet left (its neighbour is asked for first); beyond that the oldest are forgotten. */
const MOST_EXPECTED = 1024;
/** Packets that came in and of which nothing was told yet; beyond that nothing will be. */
const MOST_OPEN = 4096;

/** Something told of a packet that has not left yet. */
interface Expected {
  readonly fits: (packet: Packet) => boolean;
  readonly tell: (remark: PacketRemark) => void;
}

/** Which packets what is dropped in a layer can be. */
const FITTING: Readonly<Record<string, readonly PacketKind[]>> = {
  arp: ['arp'],
  ndp: ['icmp6'],
  mld: ['icmp6'],
  icmp: ['icmp', 'icmp6'],
  igmp: ['igmp'],
  udp: ['udp', 'fragment'],
  dhcp: ['udp'],
  tcp: ['tcp', 'fragment'],
  ip: ['tcp', 'udp', 'icmp', 'icmp6', 'igmp', 'fragment', 'ip'],
  nat: ['tcp', 'udp', 'icmp', 'icmp6', 'fragment', 'ip'],
};
/** Drops of packets that were to go out, or of none that is in the capture. */
const NOT_OF_ARRIVALS: ReadonlySet<string> = new Set([
  'ip.link-full',
  'ip.too-big',
  'ip.interface-gone',
  'ip.fragment-timeout',
  'ip.fragment-evicted',
  'arp.queue-full',
  'arp.table-full',
  'arp.unreachable',
  'ndp.queue-full',
  'ndp.table-full',
  'ndp.unreachable',
]);
/** Drops that are told instead of the packet, not behind it. */
const INSTEAD: ReadonlySet<string> = new Set(['malformed', 'bad-checksum']);

/** Makes remarks on packets from a stack's trace. It hears of everything in the order in which it happens. */
export class TraceAnnotator implements Annotator {
  private readonly words: RemarkWords;
  private readonly parts: PartNames;
  private readonly followers = new Map<number | string, ConnectionFollower>();
  /** Those that have had something told of them in this turn. */
  private readonly active = new Set<ConnectionFollower>();
  private expected: Expected[] = [];
  /** Packets that came in in this turn, in their order; up to `at` the stack has read them. */
  private arrived: PacketRemark[] = [];
  private at = 0;
  /** The one that was told of last. */
  private current: PacketRemark | undefined;
  /** The last in which a router said that a packet was too big for the path. */
  private tooBig: PacketRemark | undefined;

  constructor(private readonly lang: Lang) {
    this.words = REMARK_WORDS[lang];
    this.parts = new PartNames(this.words);
  }

  passes(bytes: Uint8Array, pieces: number, direction: 'in' | 'out', medium: Link['medium']): Remark {
    const packet = readPacket(bytes, medium);
    const remark = new PacketRemark(packet, direction, pieces, this.words, this.parts);
    if (direction === 'in') {
      if (this.arrived.length < MOST_OPEN) this.arrived.push(remark);
      return remark;
    }
    // The newest first: what leaves at once was told just before.
    for (let index = this.expected.length - 1; index >= 0; index--) {
      const expected = this.expected[index];
      if (expected?.fits(packet) !== true) continue;
      this.expected.splice(index, 1);
      expected.tell(remark);
      break;
    }
    return remark;
  }

  settle(): void {
    for (const each of this.active) each.settle();
    this.active.clear();
    this.arrived = [];
    this.at = 0;
    this.current = this.tooBig = undefined;
  }

  event(event: TraceEvent): void {
    switch (event.type) {
      case 'segment':
        this.segment(event);
        return;
      case 'transition':
        // Only an ICMP error ends a connection so while a packet is read.
        if (event.event === 'user timeout' && this.current !== undefined)
          this.current.say(`#${event.connection.id} ${event.from} -> ${event.to} (ICMP)`);
        this.follower(event.connection).happened(event);
        return;
      case 'retransmission':
        if (event.cause === 'path-mtu') this.tooBig?.answeredBy(this.words.sendsSmaller(event.connection.id));
        this.follower(event.connection).happened(event);
        return;
      case 'timer':
      case 'congestion':
        this.follower(event.connection).happened(event);
        return;
      case 'drop':
        if (event.layer === 'tcp' && event.connection !== undefined) this.follower(event.connection).happened(event);
        else this.dropped(event);
        return;
      case 'neighbour': {
        const { kind = 'other' } = this.current?.packet ?? {};
        if (kind !== 'arp' && kind !== 'icmp6') return;
        this.current?.say(this.words.neighbour(event.address, event.mac, event.state));
        return;
      }
      case 'forward': {
        const to = this.words.forwarded(event.to, event.ttl);
        this.arrival(({ kind }) => FITTING['ip']?.includes(kind) === true)?.say(to);
        return;
      }
      case 'dhcp-state':
        this.current?.say(`DHCP ${event.from} -> ${event.to} (${event.event})`);
        return;
      case 'arp':
      case 'ndp':
      case 'icmp':
      case 'group':
      case 'udp':
      case 'dhcp':
        this.other(event);
    }
  }

  private segment(event: SegmentEvent): void {
    const remark = this.follower(event.connection).segment(event);
    const fits = fitsSegment(event);
    const tell = (on: PacketRemark): void => {
      on.segment = remark;
      on.isTold = true;
    };
    if (event.direction === 'out') this.expect({ fits, tell });
    else this.arrivedSegment(fits, remark);
  }

  private arrivedSegment(fits: (packet: Packet) => boolean, segment: SegmentRemark): void {
    // One that came in fragments is told with the last of them.
    const arrival = this.arrival(fits) ?? this.arrival(({ kind }) => kind === 'fragment');
    if (arrival === undefined) return;
    arrival.segment = segment;
    arrival.isTold = true;
  }

  private other(event: ShortEvent): void {
    const { kinds, text, fits } = shortOf(event, LANGUAGES[this.lang], this.words);
    const isIt = (packet: Packet): boolean => kinds.includes(packet.kind) && fits(packet);
    if (event.direction === 'in') {
      // What is told of a datagram by UDP and by DHCP is the same one's.
      const same = this.current !== undefined && event.type === 'dhcp' && isIt(this.current.packet);
      const remark = same ? this.current : this.arrival(isIt);
      remark?.say(this.words.received(text(remark.packet)));
      if (event.type === 'icmp' && sizeOfTooBig(event) !== undefined) this.tooBig = remark;
      return;
    }
    const { current } = this;
    const isAnswer = current !== undefined && (kinds.includes(current.packet.kind) || event.type === 'icmp');
    if (isAnswer) current.answeredBy(text(undefined));
    this.expect({
      fits: isIt,
      tell: (remark) => {
        remark.say(this.words.sent(text(remark.packet)));
      },
    });
  }

  private dropped(event: TcpDropEvent | IpDropEvent): void {
    const { layer, reason, detail } = event;
    const name = `${layer}.${reason}`;
    if (NOT_OF_ARRIVALS.has(name)) return;
    const text = this.words.dropped(name, detail);
    const kinds = FITTING[layer];
    const { current } = this;
    // What was told as a packet, and then comes to nothing.
    const isTold = current !== undefined && layer !== 'ip' && layer !== 'tcp' && kinds?.includes(current.packet.kind);
    if (isTold === true && !INSTEAD.has(reason)) current.say(text);
    else this.arrival(({ kind }) => kinds === undefined || kinds.includes(kind), layer === 'tcp')?.say(text);
  }

  /**
   * The first packet that fits, of those that the stack has not read yet; with it those before it are read.
   * @param more is told of it: it is not read yet
   */
  private arrival(fits: (packet: Packet) => boolean, more = false): PacketRemark | undefined {
    for (let index = this.at; index < this.arrived.length; index++) {
      const remark = this.arrived[index];
      if (remark === undefined || !fits(remark.packet)) continue;
      this.at = more ? index : index + 1;
      this.current = remark;
      return remark;
    }
    return undefined;
  }

  private expect(expected: Expected): void {
    this.expected.push(expected);
    if (this.expected.length > MOST_EXPECTED) this.expected = this.expected.slice(-MOST_EXPECTED / 2);
  }

  private follower(id: ConnectionId): ConnectionFollower {
    const key = id.id === 0 ? `${id.local.address} ${id.local.port} ${id.remote.address} ${id.remote.port}` : id.id;
    let follower = this.followers.get(key);
    if (follower === undefined) {
      follower = new ConnectionFollower(this.words, LANGUAGES[this.lang]);
      if (this.followers.size >= MOST_CONNECTIONS) {
        const oldest = this.followers.keys().next();
        if (oldest.done !== true) this.followers.delete(oldest.value);
      }
      this.followers.set(key, follower);
    }
    this.active.add(follower);
    return follower;
  }
}

function fitsSegment(event: SegmentEvent): (packet: Packet) => boolean {
  const { direction, segment, connection } = event;
  const { srcPort, dstPort, seq } = segment;
  const flags = segment.flags & CONTROL_BITS;
  const length = dataLength(event);
  const { local, remote } = connection;
  const [from, to] = direction === 'out' ? [local.address, remote.address] : [remote.address, local.address];
  return (packet) =>
    packet.kind === 'tcp' &&
    packet.seq === seq &&
    packet.srcPort === srcPort &&
    packet.dstPort === dstPort &&
    packet.flags === flags &&
    packet.length === length &&
    packet.src === withoutZone(from) &&
    packet.dst === withoutZone(to);
}
