import { diff, ge, gt, le, lt } from '../../tcp/sequence';
import { FLAG } from '../../wire/tcp';
import { Echo } from './echo';
import { Outstanding } from './outstanding';
import { Ranges } from './ranges';
import type { Seen } from './seen';
import { Tallies } from './tally';

/** What a side said in its SYN, or SYN-ACK. */
export interface Opening {
  readonly frame: number;
  readonly time: number;
  readonly isn: number;
  readonly mss: number | undefined;
  readonly shift: number | undefined;
  readonly sackPermitted: boolean;
  readonly timestamps: boolean;
  readonly fastOpen: boolean;
  readonly ecn: boolean;
  /** The capture has cut the options off: what was offered is not known. */
  readonly unknown: boolean;
  readonly length: number;
}

export interface Fin {
  readonly frame: number;
  readonly time: number;
  /** The sequence number after it. */
  readonly end: number;
  /** It was sent before the other's FIN was acknowledged. */
  readonly first: boolean;
  readonly crossed: boolean;
}

/** A RST, and how things stood when it was sent. */
export interface Reset {
  readonly frame: number;
  readonly time: number;
  /** It has an ACK: who sends it still knew the connection. Without, it answers something that fits to nothing there. */
  readonly hasAck: boolean;
  /** How far its number is from what would be next, bytes. */
  readonly offset: number;
  readonly ttl: number;
  /** Since anything was seen before it, µs. */
  readonly silence: number;
  /** The frame that it seems to answer, if the last one was the other's. */
  readonly answers: number | undefined;
  /** Bytes that the other sent since this side last sent any data. */
  readonly unanswered: number;
  /** How often the other had repeated, or this side, with no answer. */
  readonly triesOfOther: number;
  readonly ownTries: number;
  /** RSTs that this side has sent, this one included. */
  count: number;
}

/** A hole in what was seen of a side. */
interface Gap {
  start: number;
  readonly end: number;
  readonly frame: number;
  readonly time: number;
  readonly identification: number;
  readonly timestamp: number | undefined;
}

/** What is remembered of a packet, to know it again. (Not the packet: its bytes are the reader's.) */
type Recent = Pick<Seen, 'seq' | 'ack' | 'length' | 'flags' | 'identification' | 'timestamp' | 'time'>;

const MOST_RECENT = 6;
const MOST_GAPS = 64;

/** One of the two ends, as a sender: what it has sent, and what of it the other has acknowledged. */
export class Side {
  segments = 0;
  /** Data on the wire, what was sent again included, and what of it was new. */
  bytes = 0;
  newBytes = 0;
  opening: Opening | undefined;
  synTries = 0;
  /** It has sent SYN-ACK behind a SYN of its own. */
  answered = false;
  fin: Fin | undefined;
  finAckedAt: number | undefined;
  reset: Reset | undefined;
  /** After its RST it spoke on as if nothing had been. */
  spokeAfterReset = false;
  /** Anything is known of its numbers. */
  known = false;
  start = 0;
  /** The number after the highest that was seen, and the highest that the other has acknowledged. */
  nxt = 0;
  una = 0;
  readonly outstanding = new Outstanding();
  readonly sacked = new Ranges();
  gaps: Gap[] = [];
  duplicateAcks = 0;
  /** When the other last told of a hole: by a duplicate ACK, or by SACK. */
  lastHoleTold = -Infinity;
  /** What was sent again lately, in case it proves to have been for nothing. */
  repeated: {
    readonly seq: number;
    readonly end: number;
    readonly frame: number;
    readonly time: number;
    readonly kind: 'timeout' | 'fast-retransmit' | 'probe';
    readonly length: number;
  }[] = [];
  /** While losses are mended: how that began, and up to where. */
  episode: { readonly kind: 'timeout' | 'fast-retransmit' | 'probe'; readonly high: number } | undefined;
  /** The window that it offers, in bytes; the largest so far. */
  window: number | undefined;
  largestWindow = 0;
  zeroSince: { readonly frame: number; readonly time: number } | undefined;
  longestStall = { time: 0, frame: 0, until: 0 };
  stalled = 0;
  /** Time to live of its packets: of the first; a RST's may differ. */
  ttl: number | undefined;
  largest = 0;
  largestAcked = 0;
  /** Largest data in flight, bytes. */
  mostInFlight = 0;
  lastTime = -Infinity;
  lastFrame = 0;
  lastData = -Infinity;
  /** When it last acknowledged without data, and what was said before. */
  lastPureAck = { time: -Infinity, frame: 0 };
  checksums = { good: 0, bad: 0, unfilled: 0 };
  /** From here to this side and back, µs: the least and the most, the handshake's, and of how many. */
  rtt = { least: Infinity, most: 0, mostFrame: 0, handshake: undefined as number | undefined, sum: 0, count: 0 };
  /** The same by timestamps: from the other's ACKs to this side's data. */
  readonly echo = new Echo();
  /** Tries in a row to which nothing came back; keep-alives likewise. */
  tries = 0;
  triesBegan = { frame: 0, time: 0 };
  /** The longest row of tries that was answered in the end, and how long that took, µs. */
  outage = { tries: 0, time: 0 };
  /** How long nobody had said anything before what is in flight now, µs. */
  idleBefore = 0;
  keepAlives = 0;
  readonly tallies = new Tallies();
  private readonly recent: Recent[] = [];

  constructor(readonly name: 'client' | 'server') {}

  get flight(): number {
    return Math.max(0, diff(this.nxt, this.una));
  }

  get openFlight(): boolean {
    return this.known && gt(this.nxt, this.una);
  }

  begin(seq: number): void {
    if (this.known) return;
    this.known = true;
    this.start = seq;
    this.nxt = seq;
    this.una = seq;
  }

  /** The very same packet came before: a capture on several interfaces, a mirrored port, or a network that doubles. */
  isDuplicatePacket(seen: Seen): boolean {
    const { recent } = this;
    for (const before of recent) {
      if (before.seq !== seen.seq || before.ack !== seen.ack || before.length !== seen.length) continue;
      if (before.flags !== seen.flags || before.identification !== seen.identification) continue;
      if (before.timestamp !== seen.timestamp) continue;
      // Without a number of its own a packet is known again by what is in it, and by how soon it comes.
      const numbered = seen.identification !== 0;
      if (
        numbered
          ? seen.time - before.time < 1_000_000
          : (seen.length > 0 || seen.flags & FLAG.SYN) && seen.time - before.time < 1_000
      )
        return true;
    }
    const { seq, ack, length, flags, identification, timestamp, time } = seen;
    recent.push({ seq, ack, length, flags, identification, timestamp, time });
    if (recent.length > MOST_RECENT) recent.shift();
    return false;
  }

  remember(seen: Seen): void {
    this.segments += 1;
    this.bytes += seen.length;
    this.ttl ??= seen.ttl;
    this.lastTime = seen.time;
    this.lastFrame = seen.frame;
    if (seen.length > 0) this.lastData = seen.time;
    if (seen.length > this.largest) this.largest = seen.length;
    if (seen.checksum !== 'unknown') this.checksums[seen.checksum] += 1;
  }

  addGap(start: number, seen: Seen): void {
    if (this.gaps.length >= MOST_GAPS) this.gaps.shift();
    const { frame, time, identification, timestamp } = seen;
    this.gaps.push({ start, end: seen.seq, frame, time, identification, timestamp });
  }

  /** Takes `[seq, end)` out of the gaps; the gap that it was in. */
  fillGap(seq: number, end: number): Gap | undefined {
    const found = this.gaps.find((gap) => lt(seq, gap.end) && gt(end, gap.start));
    if (found === undefined) return undefined;
    const rest: Gap[] = [];
    for (const gap of this.gaps) {
      if (!(lt(seq, gap.end) && gt(end, gap.start))) {
        rest.push(gap);
        continue;
      }
      if (gt(seq, gap.start)) rest.push({ ...gap, end: seq });
      if (lt(end, gap.end)) rest.push({ ...gap, start: end });
    }
    this.gaps = rest;
    return found;
  }

  /** Gaps that the other has acknowledged were there: the capture has missed them. Bytes. */
  takeAcknowledgedGaps(ack: number): number {
    if (this.gaps.length === 0) return 0;
    let bytes = 0;
    this.gaps = this.gaps.filter((gap) => {
      if (!ge(ack, gap.end)) return true;
      bytes += diff(gap.end, gap.start);
      return false;
    });
    return bytes;
  }

  sample(rtt: number, frame: number): void {
    const { rtt: known } = this;
    if (rtt > known.most) {
      known.most = rtt;
      known.mostFrame = frame;
    }
    known.least = Math.min(known.least, rtt);
    known.sum += rtt;
    known.count += 1;
  }

  /** True when the other has `[seq, end)` already, as far as the capture shows. */
  has(seq: number, end: number): boolean {
    return le(end, this.una) || this.sacked.covers(seq, end);
  }
}
