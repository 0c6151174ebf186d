import { readUint16, readUint32 } from '../../wire/bytes';
import { FLAG } from '../../wire/tcp';
import { addressOf } from '../capture/address-of';
import type { IpPacket } from '../capture/ip-packet';
import { Flow, type End } from './flow';
import type { RowLimits } from './rows';

/** A flow with its ends as bytes, as packets have them. */
class Entry {
  next: Entry | undefined;

  constructor(
    readonly hash: number,
    /** Address and port of one end, then of the other. */
    readonly ends: Uint8Array,
    /** The client is the first of the two. */
    readonly clientFirst: boolean,
    readonly flow: Flow,
  ) {}
}

export interface TableOptions {
  /** Conversations followed at a time. */
  readonly maxConversations: number;
  readonly limitsFor: () => RowLimits;
  /** Takes a conversation that is over, or for which there is no room any more. */
  readonly retire: (flow: Flow) => void;
}

/** So long after its end something may still come for a conversation, µs: what was on its way, and a last repeat. */
const LINGERS = 20_000_000;

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
  private size = 0;

  constructor(private readonly options: TableOptions) {}

  /** The flow of a TCP packet; a new one when there is none, or when a SYN begins another connection between the same ends. */
  place(ip: IpPacket, flags: number, seq: number, payloadAt: number): Place {
    const { hash } = this.hash(ip, payloadAt);
    let entry = this.buckets.get(hash);
    while (entry !== undefined) {
      const match = matches(entry.ends, ip, payloadAt);
      if (match !== 0) {
        const fromClient = (match === 1) === entry.clientFirst;
        if (!beginsAnew(entry.flow, fromClient, flags, seq)) return { flow: entry.flow, fromClient };
        this.remove(entry);
        this.options.retire(entry.flow);
        const { flow } = entry;
        return this.introduce(ip, flags, payloadAt, hash, {
          last: flow.last,
          over: flow.isOver,
          lastFrame: flow.lastFrame,
        });
      }
      entry = entry.next;
    }
    return this.introduce(ip, flags, payloadAt, hash, undefined);
  }

  /** The flow of a packet that an ICMP error quotes. */
  quoted(ip: IpPacket, payloadAt: number): Place | undefined {
    const { hash } = this.hash(ip, payloadAt);
    for (let entry = this.buckets.get(hash); entry !== undefined; entry = entry.next) {
      const match = matches(entry.ends, ip, payloadAt);
      if (match !== 0) return { flow: entry.flow, fromClient: (match === 1) === entry.clientFirst };
    }
    return undefined;
  }

  /** Retires those that have been over for long, so that they take no room. `now` in µs. */
  sweep(now: number): void {
    for (const entry of this.entries()) {
      if (!entry.flow.isOver || now - entry.flow.last < LINGERS) continue;
      this.remove(entry);
      this.options.retire(entry.flow);
    }
  }

  /** Retires all that is left, in the order in which it began. */
  end(): void {
    const flows = this.entries().map(({ flow }) => flow);
    this.buckets.clear();
    this.size = 0;
    for (const flow of flows.sort((a, b) => a.number - b.number)) this.options.retire(flow);
  }

  private introduce(ip: IpPacket, flags: number, at: number, hash: number, before: Flow['before']): Place {
    if (this.size >= this.options.maxConversations) this.makeRoom();
    const source: End = { address: addressOf(ip, ip.src), port: readUint16(ip.bytes, at) };
    const target: End = { address: addressOf(ip, ip.dst), port: readUint16(ip.bytes, at + 2) };
    const fromClient = senderIsClient(flags, source.port, target.port);
    const [client, server] = fromClient ? [source, target] : [target, source];
    this.introduced += 1;
    const startsWithSyn = (flags & FLAG.SYN) !== 0;
    const flow = new Flow(this.introduced, client, server, startsWithSyn, before, this.options.limitsFor());
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
    return { flow, fromClient };
  }

  /** A quarter goes at a time: first those that are over, then those that were silent for longest. */
  private makeRoom(): void {
    const all = this.entries();
    all.sort((a, b) => Number(b.flow.isOver) - Number(a.flow.isOver) || a.flow.last - b.flow.last);
    for (const entry of all.slice(0, Math.max(1, Math.floor(all.length / 4)))) {
      this.remove(entry);
      if (!entry.flow.isOver) this.evicted += 1;
      this.options.retire(entry.flow);
    }
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
  }

  /** The same for both directions. */
  private hash({ bytes, src, dst, addressLength }: IpPacket, at: number): { hash: number } {
    let a = readUint16(bytes, at);
    let b = readUint16(bytes, at + 2);
    for (let offset = 0; offset < addressLength; offset += 4) {
      a = Math.imul(a, 0x01000193) ^ readUint32(bytes, src + offset);
      b = Math.imul(b, 0x01000193) ^ readUint32(bytes, dst + offset);
    }
    const mixed = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) + Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
    return { hash: (mixed ^ (mixed >>> 13)) >>> 0 };
  }
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
