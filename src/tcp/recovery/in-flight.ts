import { diff, gt, le, lt } from '../sequence';
import { RangeList } from './range-list';
import { POOL, type SentRange } from './sent-range';

/** The ranges of every connection that has not sent anything yet: nothing is ever put in. */
const NOTHING = new RangeList();

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
  private ranges = NOTHING;
  /** No LOST range starts before it. */
  private lostFrom = 0;

  /** How many ranges there are: a bound for what anything here can cost. */
  get size(): number {
    return this.ranges.size;
  }

  get isEmpty(): boolean {
    return this.ranges.size === 0;
  }

  /** The range that starts at SND.UNA. */
  get head(): SentRange | undefined {
    return this.ranges.head;
  }

  /** The range that ends at SND.NXT. */
  get tail(): SentRange | undefined {
    return this.ranges.tail;
  }

  /** The `index`-th range, counted from SND.UNA. */
  at(index: number): SentRange | undefined {
    return this.ranges.at(index);
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
    if (this.ranges === NOTHING) this.ranges = new RangeList();
    this.ranges.push(range);
    this.link(range);
    return range;
  }

  /** The first `length` octets of a lost range go out again. Returns the range that they are now. */
  sendAgain(range: SentRange, length: number, now: number): SentRange {
    if (length < diff(range.end, range.start)) this.splitAt(range, (range.start + length) >>> 0);
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
    const { ranges } = this;
    if (diff(range.end, range.start) >= length) return;
    ranges.seek(range.start);
    for (
      let next = ranges.after;
      next?.state === 'lost' && diff(range.end, range.start) < length;
      next = ranges.after
    ) {
      range.end = next.end;
      range.transmissions = Math.max(range.transmissions, next.transmissions);
      ranges.removeAfter();
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
      this.ranges.shift();
      POOL.give(range);
    }
  }

  /** The peer says that it has [left, right), which lies within what is in flight. Returns how many octets of it are news. */
  sack(left: number, right: number, mss: number, listener: DeliveryListener): number {
    const { ranges } = this;
    let news = 0;
    for (let range = ranges.seek(left); range !== undefined && lt(range.start, right); range = ranges.next()) {
      if (range.state === 'sacked') continue;
      if (lt(range.start, left)) {
        this.split(range, left);
        continue;
      }
      if (gt(range.end, right)) this.split(range, right);
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
      this.mergeSacked(range);
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
    if (!gt(seq, range.start) || !lt(seq, range.end)) return;
    this.ranges.seek(range.start);
    this.split(range, seq);
  }

  /** Everything under way counts as lost. */
  markAllLost(): void {
    for (let range = this.oldest; range !== undefined; range = this.oldest) this.markLost(range);
  }

  /** What was counted as lost and not sent again is under way after all. */
  unmarkLost(): void {
    if (this.lost === 0) return;
    const { ranges } = this;
    for (let range = ranges.seek(this.lostFrom); range !== undefined && this.lost > 0; range = ranges.next()) {
      if (range.state !== 'lost') continue;
      const octets = diff(range.end, range.start);
      range.state = 'flying';
      this.lost -= octets;
      this.flying += octets;
      this.linkInOrder(range);
    }
  }

  /** The peer has thrown away what it had said to have (RFC 2018 §8): nothing ahead of SND.UNA is known to have arrived. */
  renege(): void {
    const { ranges, head } = this;
    for (let range = head && ranges.seek(head.start); range !== undefined; range = ranges.next()) {
      if (range.state !== 'sacked') continue;
      const octets = diff(range.end, range.start);
      range.state = 'lost';
      range.segments = 0;
      this.lost += octets;
    }
    this.sacked = 0;
    this.sackedSegments = 0;
    this.lostFrom = head?.start ?? 0;
  }

  /** The first range that is to be sent again. */
  nextLost(): SentRange | undefined {
    if (this.lost === 0) return undefined;
    const { ranges } = this;
    for (let range = ranges.seek(this.lostFrom); range !== undefined; range = ranges.next()) {
      if (range.state === 'lost') {
        this.lostFrom = range.start;
        return range;
      }
    }
    return undefined;
  }

  clear(): void {
    this.ranges = NOTHING;
    this.oldest = undefined;
    this.newest = undefined;
    this.flying = 0;
    this.sacked = 0;
    this.lost = 0;
    this.sackedSegments = 0;
  }

  /** What of `range`, where `ranges` is, lies from `at` on becomes a range of its own. `ranges` stays. */
  private split(range: SentRange, at: number): void {
    const rest = POOL.copy(range, at);
    range.end = at;
    this.ranges.insertAfter(rest);
    if (rest.state === 'flying') this.linkAfter(rest, range);
  }

  /** Joins the SACKed range where `ranges` is with SACKed neighbours. `ranges` is at what they have become then. */
  private mergeSacked(range: SentRange): void {
    const { ranges } = this;
    const { before, after } = ranges;
    if (after?.state === 'sacked') {
      ranges.removeAfter();
      join(range, after);
    }
    if (before?.state === 'sacked') {
      ranges.back();
      ranges.removeAfter();
      join(before, range);
    }
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
}

/** `next`, which follows `range` and was SACKed as it was, becomes a part of it. */
function join(range: SentRange, next: SentRange): void {
  range.end = next.end;
  range.segments += next.segments;
  range.transmissions = Math.max(range.transmissions, next.transmissions);
  POOL.give(next);
}

/** RACK_sent_after (RFC 8985 §6.2): sent later, or at the same time and further along. */
export function isSentAfter(sentAt: number, end: number, otherSentAt: number, otherEnd: number): boolean {
  return sentAt > otherSentAt || (sentAt === otherSentAt && gt(end, otherEnd));
}
