import { readUint16, readUint32 } from '../../wire/bytes';
import { FLAG } from '../../wire/tcp';
import { addressOf } from '../capture/address-of';
import type { IpPacket } from '../capture/ip-packet';
import type { CapturedPacket } from '../capture/packet';
import { Flow, type End } from './flow';
import { LoneSyn } from './lone-syn';
import type { RowOptions } from './rows';
import type { Seen } from './seen';

/** A flow with its ends as bytes, as packets have them. */
class Entry {
  next: Entry | undefined;

  constructor(
    readonly hash: number,
    /** Address and port of one end, then of the other. */
    readonly ends: Uint8Array,
    /** The client is the first of the two. */
    readonly clientFirst: boolean,
    /** What follows it; or all that there is of it so far. */
    public flow: Flow | LoneSyn,
  ) {}
}

export interface TableOptions {
  /** Conversations followed at a time. */
  readonly maxConversations: number;
  readonly limitsFor: () => RowOptions;
  /** Lets a new flow take the packet that it begins with. */
  readonly replay: (flow: Flow, packet: CapturedPacket, time: number) => void;
  /** Takes a conversation that is over, or for which there is no room any more. */
  readonly retire: (flow: Flow) => void;
  /** The same for a call of which nothing became: `open` makes a flow of it, where that is wanted. */
  readonly retireSyn: (syn: LoneSyn, open: () => Flow) => void;
}

/** Longer SYNs are followed at once. */
const LONGEST_SYN = 128;
const DECISIVE = FLAG.SYN | FLAG.ACK | FLAG.FIN | FLAG.RST;

/** So long after its end something may still come for a conversation, µs: what was on its way, and a last repeat. */
const LINGERS = 20_000_000;
/** Where more than so many are over, that takes too much room: only so long then, µs, which is a first repeat's time-out (RFC 6298 §2). */
const MOST_LINGERING = 1000;
const LINGERS_IN_CROWD = 1_000_000;

/** What was found for a packet: its flow, and whether the client sent it. */
export interface Place {
  readonly flow: Flow;
  readonly fromClient: boolean;
}

/** Conversations by their ends, whichever of them sends. */
export class FlowTable {
  /** Conversations that had to make room. */
  evicted = 0;
  introduced = 0;
  private readonly buckets = new Map<number, Entry>();
  /** Those that are no more than a SYN, the oldest first. */
  private readonly lone = new Set<Entry>();
  private size = 0;

  constructor(private readonly options: TableOptions) {}

  /**
   * The flow of a TCP packet; a new one when there is none, or when a SYN begins another connection between the same ends. `undefined` for
   * a first SYN: it is kept as it is, until more follows it.
   */
  place(ip: IpPacket, { flags, seq, time, length }: Seen, packet: CapturedPacket): Place | undefined {
    const { payload: payloadAt } = ip;
    const hash = hashOf(ip, payloadAt);
    for (let entry = this.buckets.get(hash); entry !== undefined; entry = entry.next) {
      const match = matches(entry.ends, ip, payloadAt);
      if (match === 0) continue;
      const fromClient = (match === 1) === entry.clientFirst;
      const flow = this.flowOf(entry);
      if (!beginsAnew(flow, fromClient, flags, seq)) return { flow, fromClient };
      this.remove(entry);
      this.options.retire(flow);
      const { last, isOver: over, lastFrame } = flow;
      return this.introduce(ip, flags, payloadAt, hash, { before: { last, over, lastFrame } });
    }
    const isLone = (flags & DECISIVE) === FLAG.SYN && length === 0 && isShort(packet, ip);
    return this.introduce(ip, flags, payloadAt, hash, isLone ? { syn: { packet, time } } : {});
  }

  /** The flow of a packet that an ICMP error quotes. */
  quoted(ip: IpPacket, payloadAt: number): Place | undefined {
    const hash = hashOf(ip, payloadAt);
    for (let entry = this.buckets.get(hash); entry !== undefined; entry = entry.next) {
      const match = matches(entry.ends, ip, payloadAt);
      if (match !== 0) return { flow: this.flowOf(entry), fromClient: (match === 1) === entry.clientFirst };
    }
    return undefined;
  }

  /** Retires those that have been over for long, so that they take no room. `now` in µs. */
  sweep(now: number): void {
    const over = this.entries().filter(({ flow }) => !(flow instanceof LoneSyn) && flow.isOver);
    const lingers = over.length > MOST_LINGERING ? LINGERS_IN_CROWD : LINGERS;
    for (const entry of over) {
      if (now - entry.flow.last < lingers) continue;
      this.remove(entry);
      this.retire(entry);
    }
  }

  /** Retires all that is left, in the order in which it began. */
  end(): void {
    const entries = this.entries();
    this.buckets.clear();
    this.lone.clear();
    this.size = 0;
    for (const entry of entries.sort((a, b) => a.flow.number - b.flow.number)) this.retire(entry);
  }

  private introduce(
    ip: IpPacket,
    flags: number,
    at: number,
    hash: number,
    { before, syn }: { before?: Flow['before']; syn?: { packet: CapturedPacket; time: number } },
  ): Place | undefined {
    if (this.size >= this.options.maxConversations) this.makeRoom();
    const source: End = { address: addressOf(ip, ip.src), port: readUint16(ip.bytes, at) };
    const target: End = { address: addressOf(ip, ip.dst), port: readUint16(ip.bytes, at + 2) };
    const fromClient = senderIsClient(flags, source.port, target.port);
    const [client, server] = fromClient ? [source, target] : [target, source];
    this.introduced += 1;
    const startsWithSyn = (flags & FLAG.SYN) !== 0;
    const flow =
      syn === undefined
        ? new Flow(this.introduced, client, server, startsWithSyn, before, this.options.limitsFor())
        : new LoneSyn(this.introduced, client, server, syn.packet, syn.time);
    const length = ip.addressLength;
    const ends = new Uint8Array(2 * length + 4);
    ends.set(ip.bytes.subarray(ip.src, ip.src + length));
    ends.set(ip.bytes.subarray(at, at + 2), length);
    ends.set(ip.bytes.subarray(ip.dst, ip.dst + length), length + 2);
    ends.set(ip.bytes.subarray(at + 2, at + 4), 2 * length + 2);
    const entry = new Entry(hash, ends, fromClient, flow);
    entry.next = this.buckets.get(hash);
    this.buckets.set(hash, entry);
    this.size += 1;
    if (!(flow instanceof LoneSyn)) return { flow, fromClient };
    this.lone.add(entry);
    return undefined;
  }

  /** What follows a conversation: from here on, where it was but a SYN. */
  private flowOf(entry: Entry): Flow {
    if (!(entry.flow instanceof LoneSyn)) return entry.flow;
    const flow = this.open(entry.flow);
    entry.flow = flow;
    this.lone.delete(entry);
    return flow;
  }

  private open({ number, client, server, packet, last }: LoneSyn): Flow {
    const flow = new Flow(number, client, server, true, undefined, this.options.limitsFor());
    this.options.replay(flow, packet, last);
    return flow;
  }

  private retire({ flow }: Entry): void {
    if (flow instanceof LoneSyn) this.options.retireSyn(flow, () => this.open(flow));
    else this.options.retire(flow);
  }

  /**
   * A quarter goes at a time: in a flood, the oldest calls that nobody has answered; otherwise first those that are over, then those that
   * were silent for longest.
   */
  private makeRoom(): void {
    const most = Math.max(1, Math.floor(this.size / 4));
    if (this.lone.size > this.size / 2) {
      for (const entry of this.lone) {
        this.evict(entry);
        if (this.size <= this.options.maxConversations - most) return;
      }
    }
    const all = this.entries();
    const isOver = ({ flow }: Entry): number => Number(!(flow instanceof LoneSyn) && flow.isOver);
    all.sort((a, b) => isOver(b) - isOver(a) || a.flow.last - b.flow.last);
    for (const entry of all.slice(0, most)) this.evict(entry);
  }

  private evict(entry: Entry): void {
    this.remove(entry);
    if (entry.flow instanceof LoneSyn || !entry.flow.isOver) this.evicted += 1;
    this.retire(entry);
  }

  private entries(): Entry[] {
    const all: Entry[] = [];
    for (const first of this.buckets.values())
      for (let entry: Entry | undefined = first; entry !== undefined; entry = entry.next) all.push(entry);
    return all;
  }

  private remove(entry: Entry): void {
    const first = this.buckets.get(entry.hash);
    if (first === entry) {
      if (entry.next === undefined) this.buckets.delete(entry.hash);
      else this.buckets.set(entry.hash, entry.next);
    } else {
      for (let each = first; each !== undefined; each = each.next) {
        if (each.next !== entry) continue;
        each.next = entry.next;
        break;
      }
    }
    entry.next = undefined;
    this.size -= 1;
    this.lone.delete(entry);
  }
}

/** The same for both directions. */
function hashOf({ bytes, src, dst, addressLength }: IpPacket, at: number): number {
  let a = readUint16(bytes, at);
  let b = readUint16(bytes, at + 2);
  for (let offset = 0; offset < addressLength; offset += 4) {
    a = Math.imul(a, 0x01000193) ^ readUint32(bytes, src + offset);
    b = Math.imul(b, 0x01000193) ^ readUint32(bytes, dst + offset);
  }
  const mixed = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) + Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** All of the packet is there, in few bytes, and in one piece. */
function isShort({ bytes, start, end, length, comment }: CapturedPacket, ip: IpPacket): boolean {
  const isWhole = end - start === length && ip.end - ip.payload === ip.length && ip.bytes === bytes;
  return isWhole && length <= LONGEST_SYN && comment === undefined;
}

/** 1: the packet goes from the first end to the second, 2: the other way, 0: it is another's. */
function matches(ends: Uint8Array, { bytes, src, dst, addressLength: length }: IpPacket, at: number): 0 | 1 | 2 {
  if (ends.length !== 2 * length + 4) return 0;
  const same = (offset: number, from: number, count: number): boolean => {
    for (let index = 0; index < count; index++) if (ends[offset + index] !== bytes[from + index]) return false;
    return true;
  };
  const second = length + 2;
  if (same(length, at, 2) && same(second + length, at + 2, 2) && same(0, src, length) && same(second, dst, length))
    return 1;
  if (same(length, at + 2, 2) && same(second + length, at, 2) && same(0, dst, length) && same(second, src, length))
    return 2;
  return 0;
}

/** A SYN with a number of its own begins a new connection, unless both say SYN at once. */
function beginsAnew(flow: Flow, fromClient: boolean, flags: number, seq: number): boolean {
  if (!(flags & FLAG.SYN)) return false;
  const { client, server } = flow.follower;
  const side = fromClient ? client : server;
  if (side.opening !== undefined) return side.opening.isn !== seq;
  if (flags & FLAG.ACK) return false;
  const other = fromClient ? server : client;
  return side.segments > 0 || other.segments > 1 || (other.segments === 1 && other.opening === undefined);
}

function senderIsClient(flags: number, source: number, target: number): boolean {
  if (flags & FLAG.SYN) return (flags & FLAG.ACK) === 0;
  const [own, other] = [source < 1024, target < 1024];
  if (own !== other) return other;
  return source >= 32_768 === target >= 32_768 ? true : source >= 32_768;
}
