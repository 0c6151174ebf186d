import { segmentOverhead } from '../mss';
import { mayLeave } from '../output/pacing';
import { sackLength } from '../output/sack-option';
import { sendText } from '../output/segment';
import { pipe } from '../recovery/recovery';
import { add, diff, lt } from '../sequence';
import type { Tcb } from '../tcb';

/** What has to follow a probe, in segments, so that its loss is noticed soon: three for the duplicate ACKs, and one more. */
const FOLLOWERS = 4;

/**
 * Sends new data in a segment larger than the MSS, to see whether it arrives (RFC 4821 §7.3 to §7.5): when all goes well, and there is
 * data, window and congestion window for it and for what must follow it.
 * @returns true when other new data is to wait until the probe can go
 */
export function sendMtuProbe(tcb: Tcb, now: number): boolean {
  const { pmtu, snd, recovery, inFlight, congestion } = tcb;
  const { search } = pmtu;
  if (!search.on || search.size > 0 || lt(snd.una, pmtu.probeFrom)) return false;
  if (recovery.phase !== 'open' || inFlight.lost > 0 || inFlight.sacked > 0 || tcb.rto.backoff > 0) return false;
  if (sackLength(tcb) > 0) return false;
  const size = search.next(Math.min(pmtu.path, snd.peerMss + tcb.headers), now);
  const length = size - tcb.headers - segmentOverhead(tcb);
  if (length <= snd.mss) return false;
  const needed = length + FOLLOWERS * snd.mss;
  if (needed > Math.min(diff(tcb.endOfData, snd.nxt), snd.wnd - tcb.unacknowledged, congestion.cwnd)) return false;
  if (pipe(tcb) + length > congestion.cwnd || !mayLeave(tcb, now)) {
    tcb.limitedUntil = snd.nxt;
    return true;
  }
  const seq = snd.nxt;
  tcb.out.mtuProbe = true;
  sendText(tcb, { seq, length, fin: false }, 'data', now);
  tcb.out.mtuProbe = false;
  search.sent(size, add(seq, length));
  tcb.host.count('tcp.mtu-probes');
  if (inFlight.tail !== undefined) inFlight.splitAt(inFlight.tail, seq);
  if (inFlight.tail !== undefined) inFlight.tail.mtuProbe = true;
  return false;
}
