import type { SkippedEvent } from '../inspect/record/skipped';
import { diff } from '../tcp/sequence';
import type { Tcb } from '../tcp/tcb';
import { isTurningPoint, type ConnectionId, type SegmentSampler } from '../tcp/trace';
import { variables, type Variables } from '../tcp/variables';

export interface SamplerLimits {
  /** Segments told one by one in each period. Default 100. */
  readonly segments: number;
  /** Beside them: handshakes, FIN, RST, retransmissions of both ends, and windows that close or open again. Default 400. */
  readonly notable: number;
  /** Of connections that are watched, where they and others want more than there is. Default 0.6. */
  readonly watchedShare: number;
  /** Connections of which it is counted what was skipped; segments of others are only counted in all. Default 10,000. */
  readonly connections: number;
  /** The most `skipped` events that are told at the end of a period; others wait. Default 200. */
  readonly skipped: number;
}

const SAMPLER_DEFAULTS: SamplerLimits = {
  segments: 100,
  notable: 400,
  watchedShare: 0.6,
  connections: 10_000,
  skipped: 200,
};

/** Periods for which it is remembered how far a connection that says nothing was, as long as there are not many: a minute. */
const REMEMBERED = 1200;

/** What of a connection was not told one by one since `since`, and how much was told in this period. */
interface Tally {
  connection: ConnectionId;
  told: number;
  /** Periods that have ended since something was said. */
  idle: number;
  /** Where the data that came in ends. */
  end: number | undefined;
  /** Who of both has said last that its window is closed. */
  readonly closed: { in: boolean; out: boolean };
  since: number;
  readonly segments: { in: number; out: number };
  readonly bytes: { in: number; out: number };
  tcb: Tcb | undefined;
}

/** How many segments there were in a period, and how many of them are told one by one. */
export interface Period {
  readonly seen: number;
  readonly told: number;
}

/**
 * Decides which segments are told one by one where there are too many: in each period the first ones of each connection, which stand
 * together so that they can be followed, and all that are notable. Of the others it is told how many there were.
 */
export class Sampler {
  private readonly limits: SamplerLimits;
  private readonly tallies = new Map<number, Tally>();
  private watched: ReadonlySet<number> = new Set();
  private seen = 0;
  private told = 0;
  private notable = 0;
  private toldWatched = 0;
  private toldOthers = 0;
  /** What one connection that is not watched may have in this period, and all of them. */
  private share: number;
  private othersBudget: number;
  /** Segments that were not told one by one, since the start. */
  skipped = 0;

  /**
   * @param now µs
   * @param skip takes what was skipped of a connection; called before the next segment of it is told
   */
  constructor(
    private readonly now: () => number,
    private readonly skip: (event: SkippedEvent) => void,
    limits: Partial<SamplerLimits> = {},
  ) {
    this.limits = { ...SAMPLER_DEFAULTS, ...limits };
    this.share = this.limits.segments;
    this.othersBudget = this.limits.segments;
  }

  /** The connections that are looked at, by their numbers. */
  watch(connections: ReadonlySet<number>): void {
    this.watched = connections;
  }

  readonly wants: SegmentSampler = (direction, connection, flags, length, reason, of, seq, window) => {
    this.seen += 1;
    const tally = this.tally(connection);
    if (tally !== undefined) tally.idle = 0;
    const isPeers = tally !== undefined && direction === 'in' && length > 0 && isAgain(tally, seq, length, of);
    const isTurn = tally !== undefined && tally.closed[direction] !== (window === 0);
    if (isTurn) tally.closed[direction] = window === 0;
    const wanted =
      isPeers || isTurn || reason === 'retransmission' || isTurningPoint(flags)
        ? this.hasRoomForNotable()
        : tally !== undefined && this.hasRoom(tally);
    if (wanted) {
      this.told += 1;
      // What it brings is in the machine already, and was not skipped.
      if (tally !== undefined) this.tell(tally, of, direction === 'in' && !isPeers ? seq : undefined);
      return true;
    }
    this.skipped += 1;
    if (tally === undefined) return false;
    if (tally.segments.in + tally.segments.out === 0) tally.since = this.now();
    tally.segments[direction] += 1;
    tally.bytes[direction] += length;
    tally.connection = connection;
    tally.tcb = of;
    return false;
  };

  /** Ends a period, and tells what was skipped in it. */
  endPeriod(): Period {
    const period = { seen: this.seen, told: this.told };
    const { segments, watchedShare } = this.limits;
    const isCrowded = this.tallies.size > this.limits.connections / 2;
    let active = 0;
    let isWatchedActive = false;
    let events = 0;
    for (const [id, tally] of this.tallies) {
      const { told } = tally;
      const skipped = tally.segments.in + tally.segments.out;
      tally.idle += 1;
      if (told + skipped === 0) {
        if (tally.idle > (isCrowded ? 1 : REMEMBERED)) this.tallies.delete(id);
        continue;
      }
      if (this.watched.has(id)) isWatchedActive = true;
      else active += 1;
      tally.told = 0;
      if (skipped > 0 && events < this.limits.skipped) {
        events += 1;
        this.tell(tally, tally.tcb);
        tally.told = 0;
      }
    }
    this.othersBudget = isWatchedActive ? Math.ceil(segments * (1 - watchedShare)) : segments;
    // As long as all fits nobody need be held to a share.
    const fits = period.seen <= segments;
    this.share = fits ? segments : Math.max(2, Math.floor(this.othersBudget / Math.max(1, active)));
    if (fits) this.othersBudget = segments;
    this.seen = this.told = this.notable = this.toldWatched = this.toldOthers = 0;
    return period;
  }

  /** Nobody listens any more: what was not told is forgotten. */
  clear(): void {
    this.tallies.clear();
    this.seen = this.told = this.notable = this.toldWatched = this.toldOthers = 0;
  }

  private hasRoomForNotable(): boolean {
    if (this.notable >= this.limits.notable) return false;
    this.notable += 1;
    return true;
  }

  private hasRoom(tally: Tally): boolean {
    if (this.toldWatched + this.toldOthers >= this.limits.segments) return false;
    if (this.watched.has(tally.connection.id)) {
      this.toldWatched += 1;
      return true;
    }
    if (this.toldOthers >= this.othersBudget || tally.told >= this.share) return false;
    this.toldOthers += 1;
    tally.told += 1;
    return true;
  }

  private tally(connection: ConnectionId): Tally | undefined {
    const { id } = connection;
    let tally = this.tallies.get(id);
    if (tally === undefined && this.tallies.size < this.limits.connections) {
      tally = {
        connection,
        told: 0,
        idle: 0,
        end: undefined,
        closed: { in: false, out: false },
        since: 0,
        segments: { in: 0, out: 0 },
        bytes: { in: 0, out: 0 },
        tcb: undefined,
      };
      this.tallies.set(id, tally);
    }
    return tally;
  }

  /**
   * What was skipped before is told first.
   * @param next where the segment that is told next begins, if the machine has it already
   */
  private tell(tally: Tally, tcb: Tcb | undefined, next?: number): void {
    const { segments, bytes, connection, since } = tally;
    tally.tcb = undefined;
    if (segments.in + segments.out === 0) return;
    this.skip({
      type: 'skipped',
      time: this.now(),
      since,
      connection,
      segments: { ...segments },
      bytes: { ...bytes },
      variables: tcb === undefined ? undefined : variablesBefore(tcb, next),
    });
    segments.in = segments.out = bytes.in = bytes.out = 0;
  }
}

/** As they stand, or stood before what begins at `next` came. */
function variablesBefore(tcb: Tcb, next: number | undefined): Variables {
  const now = variables(tcb);
  if (next === undefined || diff(next, now.rcv.nxt) >= 0) return now;
  return { ...now, rcv: { ...now.rcv, nxt: next } };
}

/** The peer's data in part came before, or what is behind it did; and notes how far it goes. */
function isAgain(tally: Tally, seq: number, length: number, of: Tcb | undefined): boolean {
  const end = (seq + length) | 0;
  // Of one not heard of before: how far the machine is by this segment.
  const last = tally.end ?? (of === undefined || diff(of.rcv.nxt, end) <= 0 ? seq : of.rcv.nxt);
  tally.end = diff(end, last) > 0 ? end : last;
  return diff(seq, last) < 0;
}
