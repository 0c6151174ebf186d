import { probeLost } from '../pmtu/probe-lost';
import type { LostRange } from '../congestion/congestion-control';
import { add, diff } from '../sequence';
import type { Tcb } from '../tcb';
import type { SentRange } from './sent-range';

/** One object for all connections: it is read before the next one is filled. */
const report: LostRange = {
  now: 0,
  length: 0,
  txInFlight: 0,
  priorDelivered: 0,
  priorLost: 0,
  isAppLimited: false,
  totalLost: 0,
};

/** What is under way in `range` counts as lost; congestion control is told. */
export function markLost(tcb: Tcb, range: SentRange, now: number): void {
  if (range.state !== 'flying') return;
  if (range.mtuProbe) {
    probeLost(tcb, range);
    return;
  }
  const { delivery, inFlight } = tcb;
  const length = diff(range.end, range.start);
  delivery.lost += length;
  inFlight.markLost(range);
  report.now = now;
  report.length = length;
  report.txInFlight = range.txInFlight;
  report.priorDelivered = range.delivered;
  report.priorLost = range.lostBefore;
  report.isAppLimited = range.isAppLimited;
  report.totalLost = delivery.lost;
  tcb.congestion.lost(report);
}

/** The oldest segment in flight counts as lost: one MSS of it. */
export function markHeadLost(tcb: Tcb, now: number): void {
  const { head } = tcb.inFlight;
  if (head?.state !== 'flying') return;
  if (!head.mtuProbe) tcb.inFlight.splitAt(head, add(head.start, tcb.snd.mss));
  markLost(tcb, head, now);
}

/** Everything under way counts as lost. */
export function markAllLost(tcb: Tcb, now: number): void {
  for (let range = tcb.inFlight.oldest; range !== undefined; range = tcb.inFlight.oldest) markLost(tcb, range, now);
}
