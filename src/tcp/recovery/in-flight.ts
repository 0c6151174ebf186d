import { diff, gt, le, lt } from '../sequence';
import { POOL, type SentRange } from './sent-range';

/** The ranges of every connection that has nothing in flight: never changed. */
const NOTHING: SentRange[] = [];

/** Takes notice of what an ACK shows to have arrived. */
export interface DeliveryListener {
  /** The first `octets` of `range` have arrived, which we hear for the first time. `range` is still as it was. */
  delivered(range: SentRange, octets: number): void;
}

/**
 * What was sent and is not acknowledged, the sender's scoreboard (RFC 2018 §5, RFC 6675 §3): ranges of sequence space, in order and
 * without gaps. A range is what one burst sent and what has fared alike since, however many segments that is. Those that are
 * under way are linked besides in the order in which they were last sent, which is what RACK looks at (RFC 8985 §6.2).
 *
 * An ACK costs what it acknowledges, plus the logarithm of how many ranges there are.
 */
export class InFlight {
  /** Octets under way, and those known to have arrived or counted as lost. Together they are SND.NXT - SND.UNA, less a SYN. */
  flying = 0;
  sacked = 0;
  lost = 0;
  /** How many segments the SACKed octets came in, as far as we can know. */
  sackedSegments = 0;
  /** What was under way first, and last: by time of sending. */
  oldest: SentRange | undefined = undefined;
  private newest: SentRange | undefined = undefined;
  /** Ranges from `first` on; those before it are gone. */
  private ranges: SentRange[] = NOTHING;
  private first = 0;
  /** No LOST range starts before it. */
  private lostFrom = 0;

  /** How many ranges there are: a bound for what anything here can cost. */
  get size(): number {
    return this.ranges.length - this.first;
  }

  get isEmpty(): boolean {
    return this.ranges.length === this.first;
  }

  /** The range that starts at SND.UNA. */
  get head(): SentRange | undefined {
    return this.ranges[this.first];
  }

  /** The range that ends at SND.NXT. */
  get tail(): SentRange | undefined {
    return this.isEmpty ? undefined : this.ranges[this.ranges.length - 1];
  }

  /** The `index`-th range, counted from SND.UNA. */
  at(index: number): SentRange | undefined {
    return this.ranges[this.first + index];
  }

  /** New octets go out. Returns the range that holds them, which may be the one before, grown. */
  send(start: number, end: number, now: number): SentRange {
    const length = diff(end, start);
    this.flying += length;
    const { tail } = this;
    // What goes out in one burst is one range; nothing has been heard of in between.
    if (
      tail?.state === 'flying' &&
      tail.sentAt === now &&
      tail.transmissions === 1 &&
      tail === this.newest &&
      !tail.mtuProbe
    ) {
      tail.end = end;
      return tail;
    }
    const range = POOL.take(start, end, now);
    if (this.ranges.length === 0) this.ranges = [range];
    else this.ranges.push(range);
    this.link(range);
    return range;
  }

  /** The first `length` octets of a lost range go out again. Returns the range that they are now. */
  sendAgain(range: SentRange, length: number, now: number): SentRange {
    if (length < diff(range.end, range.start)) this.split(this.indexOf(range), (range.start + length) >>> 0);
    this.lost -= length;
    this.flying += length;
    range.state = 'flying';
    range.sentAt = now;
    range.transmissions += 1;
    range.mtuProbe = false;
    this.link(range);
    this.lostFrom = range.end;
    return range;
  }

  /** What is in flight goes out once more without having been lost: a probe. */
  touch(range: SentRange, now: number): void {
    range.transmissions += 1;
    range.sentAt = now;
    if (range.state !== 'flying') return;
    this.unlink(range);
    this.link(range);
  }

  /** Puts a lost range together with lost ones that follow it, until it holds `length` octets: they go out again in one segment. */
  joinLost(range: SentRange, length: number): void {
    const index = this.indexOf(range) + 1;
    for (
      let next = this.ranges[index];
      next?.state === 'lost' && diff(range.end, range.start) < length;
      next = this.ranges[index]
    ) {
      range.end = next.end;
      range.transmissions = Math.max(range.transmissions, next.transmissions);
      this.ranges.splice(index, 1);
      POOL.give(next);
    }
  }

  /** SND.UNA moves to `una`. */
  acknowledge(una: number, listener: DeliveryListener): void {
    for (let range = this.head; range !== undefined && lt(range.start, una); range = this.head) {
      const end = le(range.end, una) ? range.end : una;
      const octets = diff(end, range.start);
      if (range.state === 'sacked') {
        this.sacked -= octets;
      } else {
        listener.delivered(range, octets);
        if (range.state === 'flying') this.flying -= octets;
        else this.lost -= octets;
      }
      if (end !== range.end) {
        range.start = una;
        return;
      }
      this.sackedSegments -= range.segments;
      if (range.state === 'flying') this.unlink(range);
      POOL.give(range);
      this.first += 1;
    }
    this.compact();
  }

  /** The peer says that it has [left, right), which lies within what is in flight. Returns how many octets of it are news. */
  sack(left: number, right: number, mss: number, listener: DeliveryListener): number {
    let news = 0;
    let index = this.find(left);
    for (let range = this.ranges[index]; range !== undefined && lt(range.start, right); range = this.ranges[index]) {
      if (range.state === 'sacked') {
        index += 1;
        continue;
      }
      if (lt(range.start, left)) {
        this.split(index, left);
        index += 1;
        continue;
      }
      if (gt(range.end, right)) this.split(index, right);
      const octets = diff(range.end, range.start);
      listener.delivered(range, octets);
      if (range.state === 'flying') {
        this.flying -= octets;
        this.unlink(range);
      } else {
        this.lost -= octets;
      }
      range.state = 'sacked';
      range.segments = Math.ceil(octets / mss);
      this.sacked += octets;
      this.sackedSegments += range.segments;
      news += octets;
      index = this.mergeSacked(index) + 1;
    }
    return news;
  }

  /** What is under way in `range` counts as lost from now on. */
  markLost(range: SentRange): void {
    if (range.state !== 'flying') return;
    const octets = diff(range.end, range.start);
    this.unlink(range);
    range.state = 'lost';
    this.flying -= octets;
    this.lost += octets;
    if (this.lost === octets || lt(range.start, this.lostFrom)) this.lostFrom = range.start;
  }

  /** Makes a range end at `seq`, which lies inside it; what follows is a range of its own. */
  splitAt(range: SentRange, seq: number): void {
    if (gt(seq, range.start) && lt(seq, range.end)) this.split(this.indexOf(range), seq);
  }

  /** Everything under way counts as lost. */
  markAllLost(): void {
    for (let range = this.oldest; range !== undefined; range = this.oldest) this.markLost(range);
  }

  /** What was counted as lost and not sent again is under way after all. */
  unmarkLost(): void {
    if (this.lost === 0) return;
    for (let index = this.find(this.lostFrom); index < this.ranges.length && this.lost > 0; index += 1) {
      const range = this.ranges[index];
      if (range?.state !== 'lost') continue;
      const octets = diff(range.end, range.start);
      range.state = 'flying';
      this.lost -= octets;
      this.flying += octets;
      this.linkInOrder(range);
    }
  }

  /** The peer has thrown away what it had said to have (RFC 2018 §8): nothing ahead of SND.UNA is known to have arrived. */
  renege(): void {
    for (let index = this.first; index < this.ranges.length; index += 1) {
      const range = this.ranges[index];
      if (range?.state !== 'sacked') continue;
      const octets = diff(range.end, range.start);
      range.state = 'lost';
      range.segments = 0;
      this.lost += octets;
    }
    this.sacked = 0;
    this.sackedSegments = 0;
    this.lostFrom = this.head?.start ?? 0;
  }

  /** The first range that is to be sent again. */
  nextLost(): SentRange | undefined {
    if (this.lost === 0) return undefined;
    let index = this.find(this.lostFrom);
    for (let range = this.ranges[index]; range !== undefined; range = this.ranges[index]) {
      if (range.state === 'lost') {
        this.lostFrom = range.start;
        return range;
      }
      index += 1;
    }
    return undefined;
  }

  clear(): void {
    this.ranges = NOTHING;
    this.first = 0;
    this.oldest = undefined;
    this.newest = undefined;
    this.flying = 0;
    this.sacked = 0;
    this.lost = 0;
    this.sackedSegments = 0;
  }

  /** The index of the range that holds `seq`, or of the first one after it. */
  private find(seq: number): number {
    let low = this.first;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle];
      if (range !== undefined && le(range.end, seq)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private indexOf(range: SentRange): number {
    return this.find(range.start);
  }

  private split(index: number, at: number): void {
    const range = this.ranges[index];
    if (range === undefined) return;
    const rest = POOL.copy(range, at);
    range.end = at;
    this.ranges.splice(index + 1, 0, rest);
    if (rest.state === 'flying') this.linkAfter(rest, range);
  }

  /** Joins the SACKed range at `index` with SACKed neighbours. Returns where it is then. */
  private mergeSacked(index: number): number {
    const range = this.ranges[index];
    const before = index > this.first ? this.ranges[index - 1] : undefined;
    const after = this.ranges[index + 1];
    let at = index;
    if (range === undefined) return at;
    if (after?.state === 'sacked') {
      range.end = after.end;
      range.segments += after.segments;
      range.transmissions = Math.max(range.transmissions, after.transmissions);
      this.ranges.splice(index + 1, 1);
      POOL.give(after);
    }
    if (before?.state === 'sacked') {
      before.end = range.end;
      before.segments += range.segments;
      before.transmissions = Math.max(before.transmissions, range.transmissions);
      this.ranges.splice(index, 1);
      POOL.give(range);
      at -= 1;
    }
    return at;
  }

  private link(range: SentRange): void {
    range.earlier = this.newest;
    range.later = undefined;
    if (this.newest === undefined) this.oldest = range;
    else this.newest.later = range;
    this.newest = range;
  }

  private linkAfter(range: SentRange, earlier: SentRange): void {
    range.earlier = earlier;
    range.later = earlier.later;
    if (earlier.later === undefined) this.newest = range;
    else earlier.later.earlier = range;
    earlier.later = range;
  }

  /** By its time of sending: it was away from the list for a while. */
  private linkInOrder(range: SentRange): void {
    let earlier = this.newest;
    while (earlier !== undefined && isSentAfter(earlier.sentAt, earlier.end, range.sentAt, range.end))
      earlier = earlier.earlier;
    if (earlier !== undefined) {
      this.linkAfter(range, earlier);
      return;
    }
    range.earlier = undefined;
    range.later = this.oldest;
    if (this.oldest === undefined) this.newest = range;
    else this.oldest.earlier = range;
    this.oldest = range;
  }

  private unlink(range: SentRange): void {
    if (range.earlier === undefined) this.oldest = range.later;
    else range.earlier.later = range.later;
    if (range.later === undefined) this.newest = range.earlier;
    else range.later.earlier = range.earlier;
    range.earlier = undefined;
    range.later = undefined;
  }

  private compact(): void {
    if (this.first === this.ranges.length) {
      this.ranges = NOTHING;
      this.first = 0;
    } else if (this.first > 64 && this.first * 2 > this.ranges.length) {
      this.ranges.splice(0, this.first);
      this.first = 0;
    }
  }
}

/** RACK_sent_after (RFC 8985 §6.2): sent later, or at the same time and further along. */
export function isSentAfter(sentAt: number, end: number, otherSentAt: number, otherEnd: number): boolean {
  return sentAt > otherSentAt || (sentAt === otherSentAt && gt(end, otherEnd));
}
