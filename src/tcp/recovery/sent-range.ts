/**
 * `flying`: sent, and nothing is known of it. `lost`: to be sent again. `sacked`: the peer has it, though what comes before it is
 * missing.
 */
export type RangeState = 'flying' | 'lost' | 'sacked';

/** Octets of sequence space, from `start` up to and without `end`, that were last sent together and have fared alike since. */
export interface SentRange {
  start: number;
  end: number;
  state: RangeState;
  /** When it was last sent, µs. */
  sentAt: number;
  /** How many times it was sent. */
  transmissions: number;
  /** One segment that probes the path's MTU (RFC 4821): its loss says nothing of congestion. */
  mtuProbe: boolean;
  /** With `sacked`: how many segments brought it. */
  segments: number;

  // What the delivery rate is measured by (draft-ietf-ccwg-bbr §4.1.2.2), as it stood when this was last sent:
  /** C.delivered, C.delivered_time and C.first_send_time. */
  delivered: number;
  deliveredAt: number;
  firstSentAt: number;
  isAppLimited: boolean;
  /** In flight, this range included. */
  txInFlight: number;
  /** C.lost. */
  lostBefore: number;

  /** The neighbours by time of sending, of those that are `flying`. */
  earlier: SentRange | undefined;
  later: SentRange | undefined;
}

const MOST_SPARE = 1024;

/** Ranges to use again, so that connections that send steadily allocate none. */
export class Pool {
  private readonly spare: SentRange[] = [];

  take(start: number, end: number, now: number): SentRange {
    const range = this.spare.pop() ?? blank();
    range.start = start;
    range.end = end;
    range.state = 'flying';
    range.sentAt = now;
    range.transmissions = 1;
    range.segments = 0;
    range.mtuProbe = false;
    return range;
  }

  /** What of `range` lies from `start` on. */
  copy(range: SentRange, start: number): SentRange {
    const copy = this.take(start, range.end, range.sentAt);
    copy.state = range.state;
    copy.transmissions = range.transmissions;
    copy.mtuProbe = range.mtuProbe;
    copy.delivered = range.delivered;
    copy.deliveredAt = range.deliveredAt;
    copy.firstSentAt = range.firstSentAt;
    copy.isAppLimited = range.isAppLimited;
    copy.txInFlight = range.txInFlight;
    copy.lostBefore = range.lostBefore;
    return copy;
  }

  give(range: SentRange): void {
    range.earlier = undefined;
    range.later = undefined;
    if (this.spare.length < MOST_SPARE) this.spare.push(range);
  }
}

function blank(): SentRange {
  return {
    start: 0,
    end: 0,
    state: 'flying',
    sentAt: 0,
    transmissions: 0,
    mtuProbe: false,
    segments: 0,
    delivered: 0,
    deliveredAt: 0,
    firstSentAt: 0,
    isAppLimited: false,
    txInFlight: 0,
    lostBefore: 0,
    earlier: undefined,
    later: undefined,
  };
}
