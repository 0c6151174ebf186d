import { diff, ge, le, lt } from '../../tcp/sequence';
import type { Seen } from './seen';
import type { Side } from './side';

/** No stack's retransmission time-out is much shorter: Linux has 200 ms, others 230 ms and more (RFC 6298 §2.4 asks for 1 s). */
const SHORTEST_RTO = 190_000;
/** What is late by no more than this was overtaken, where nothing else tells, µs. */
const OVERTAKEN = 3_000;

/** Why a sender repeats `[seq, end)`: judged by what it had heard, and how long it had waited. */
export function kindOfRepeat(
  side: Side,
  seq: number,
  end: number,
  time: number,
  sent: { readonly last: number; readonly times: number } | undefined,
): 'timeout' | 'fast-retransmit' | 'probe' | 'spurious' {
  if (side.has(seq, end)) return 'spurious';
  const waited = sent === undefined ? Infinity : time - sent.last;
  const { episode } = side;
  if (episode !== undefined && lt(seq, episode.high)) {
    const again = sent !== undefined && sent.times > 1 && waited >= SHORTEST_RTO && le(seq, side.una);
    return again ? 'timeout' : episode.kind === 'probe' && waited >= SHORTEST_RTO ? 'timeout' : episode.kind;
  }
  // (With SACK the window may change from one of them to the next, as the receiver keeps what is beyond the hole.)
  const told = side.duplicateAcks >= 3 || side.sacked.beyond(seq);
  if (told && time - side.lastHoleTold < SHORTEST_RTO) return 'fast-retransmit';
  const isTail = ge(end, side.nxt);
  // So soon no timer runs out: what told the sender of it was not seen.
  if (waited < SHORTEST_RTO) return isTail ? 'probe' : 'fast-retransmit';
  // A time-out begins with the first that is not acknowledged, a probe repeats the last (RFC 8985 §7.3).
  return isTail && lt(side.una, seq) && sent?.times === 1 ? 'probe' : 'timeout';
}

/** Whether what fills a gap was sent before what made it, and only overtaken; or sent again later. */
export function wasOvertaken(
  seen: Seen,
  gap: { readonly time: number; readonly identification: number; readonly timestamp: number | undefined },
  side: Side,
): boolean {
  if (seen.timestamp !== undefined && gap.timestamp !== undefined && seen.timestamp !== gap.timestamp)
    return diff(seen.timestamp, gap.timestamp) < 0;
  if (seen.identification !== 0 && gap.identification !== 0 && seen.identification !== gap.identification) {
    const distance = ((seen.identification - gap.identification) << 16) >> 16;
    // Some systems choose them at random: only neighbours tell of an order.
    if (Math.abs(distance) < 1000) return distance < 0;
  }
  if (side.duplicateAcks >= 3) return false;
  return seen.time - gap.time < OVERTAKEN;
}
