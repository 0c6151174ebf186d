import { diff, ge, lt } from '../sequence';
import type { Tcb } from '../tcb';
import type { LossDetection } from './loss-detection';
import { markAllLost, markHeadLost, markLost } from './mark-lost';

const DUPLICATE_THRESHOLD = 3;

/** Losses by what the peer has SACKed beyond them (RFC 6675), where RACK is off. */
class SackCounting implements LossDetection {
  readonly name = 'sack';

  /** IsLost (RFC 6675 §4) of everything in flight that was sent once only: what lies below three SACKed segments is lost. */
  detect(tcb: Tcb, now: number): void {
    const limit = lostBelow(tcb);
    if (limit === undefined) return;
    // What was sent once only is in order of sending as it is in sequence, and what was sent again comes behind it.
    for (let range = tcb.inFlight.oldest; range !== undefined;) {
      const { later } = range;
      if (range.transmissions > 1 || ge(range.start, limit)) break;
      markLost(tcb, range, now);
      range = later;
    }
  }

  timedOut(tcb: Tcb, now: number): void {
    markAllLost(tcb, now);
  }
}

export const SACK_COUNTING = new SackCounting();

/** The sequence number above which three segments, or more than two full ones, are SACKed. */
function lostBelow({ inFlight, snd }: Tcb): number | undefined {
  let octets = 0;
  let segments = 0;
  if (inFlight.sackedSegments < DUPLICATE_THRESHOLD) return undefined;
  for (let index = inFlight.size - 1; index >= 0; index -= 1) {
    const range = inFlight.at(index);
    if (range?.state !== 'sacked') continue;
    octets += diff(range.end, range.start);
    segments += range.segments;
    if (segments >= DUPLICATE_THRESHOLD || octets > (DUPLICATE_THRESHOLD - 1) * snd.mss) return range.start;
  }
  return undefined;
}

/** For a peer without SACK: three duplicate ACKs, and partial ACKs (RFC 5681 §3.2, RFC 6582). */
class NewReno implements LossDetection {
  readonly name = 'newreno';

  detect(tcb: Tcb, now: number): void {
    const { recovery, snd, inFlight } = tcb;
    if (recovery.phase === 'recovery') {
      // RFC 6582 §3.2, step 3: an ACK of a part of what was in flight shows the next hole.
      if (recovery.advanced && lt(snd.una, recovery.point) && inFlight.head?.transmissions === 1)
        markHeadLost(tcb, now);
      return;
    }
    if (recovery.phase === 'loss' || recovery.duplicateAcks < DUPLICATE_THRESHOLD) return;
    // RFC 6582 §3.2, step 2, and §4.1: duplicates of what was sent before the last time-out tell nothing.
    if ((recovery.phase === 'open' && lt(snd.una, recovery.point)) || inFlight.lost > 0) return;
    markHeadLost(tcb, now);
  }

  timedOut(tcb: Tcb, now: number): void {
    markAllLost(tcb, now);
  }
}

export const NEW_RENO = new NewReno();
