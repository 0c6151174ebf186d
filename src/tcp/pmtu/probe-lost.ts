import type { SentRange } from '../recovery/sent-range';
import type { Tcb } from '../tcb';

/** The probe in `range`, or a part of it, is lost. Congestion control does not hear of it (RFC 4821 §7.6.2); `followPath` judges. */
export function probeLost({ inFlight, pmtu: { search } }: Tcb, range: SentRange): void {
  inFlight.markLost(range);
  if (search.size === 0) return;
  search.lost = search.size;
  search.size = 0;
}
