import { FLAG } from '../../wire/tcp';
import { gt, lt } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { beginReduction, endPhaseAtPoint, pipe, undoReduction } from './recovery';
import { takeSack } from './take-sack';
import { NO_PROBE, scheduleProbe } from './tail-loss-probe';
import { moveUna, startRetransmissionTimer } from './una';

/**
 * An ACK that is acceptable (RFC 9293 §3.10.7.4, fifth step): what it acknowledges, and by SACK, goes into the scoreboard; from that
 * follow the round trip, what is lost, and how much may be in flight from now on.
 */
export function takeAck(tcb: Tcb, segment: Segment, now: number): void {
  const { snd, recovery, delivery, inFlight, congestion, sample } = tcb;
  const advanced = gt(segment.ack, snd.una);
  // With nothing in flight only a DSACK, or what answers a probe, tells something.
  if (!advanced && inFlight.isEmpty && segment.sack.length === 0 && recovery.probe.end === undefined) return;
  const before = snd.una;
  const priorPipe = pipe(tcb);
  const priorLost = delivery.lost;
  const echoedAt = echoTime(tcb, segment, now);
  // `moveUna` measures the handshake's round trip, which counts once; BBR's rate starts from it.
  const ofSyn = tcb.synUnacked;
  recovery.advanced = advanced;
  delivery.begin(now, tcb.minRtt.value ?? 0, echoedAt);
  // What is sent again is held back by nothing else.
  sample.limited = recovery.phase === 'loss' || lt(before, tcb.limitedUntil);
  sample.ecnEcho = tcb.ecn.on && hasFlag(segment, FLAG.ECE);

  sample.acked = advanced ? moveUna(tcb, segment.ack, echoedAt, now) : 0;
  const dsackRight = tcb.sackPermitted ? takeSack(tcb, segment) : undefined;
  // An ACK that a duplicate has brought about echoes what came long before it.
  measureRoundTrip(tcb, advanced && !ofSyn && dsackRight === undefined ? echoedAt : -1, now);
  // RFC 6298 §5.3, with what this ACK has measured.
  if (advanced && snd.una !== snd.nxt) startRetransmissionTimer(tcb, now);
  let delivered = delivery.ack.delivered;
  if (!tcb.sackPermitted) delivered = countDuplicates(tcb, segment, delivered);

  const probe = recovery.probe.outcome(tcb, segment, advanced, dsackRight);
  if (probe !== 'waits') recovery.probe = NO_PROBE;
  const echoesOriginal = advanced && recovery.mayBeUndone && recovery.undo.echoesOriginal(tcb, echoedAt);
  if (recovery.phase === 'loss') respondInLoss(tcb, echoesOriginal, now);
  else if (echoesOriginal || (recovery.mayBeUndone && recovery.undo.allDuplicates)) undoReduction(tcb, now);
  const ending = recovery.phase;
  const ended = endPhaseAtPoint(tcb, now);

  tcb.detection.detect(tcb, now);
  delivery.finish(sample, tcb.minRtt.value ?? 0);
  sample.delivered = delivered;
  sample.lost = delivery.lost - priorLost;
  sample.priorInFlight = priorPipe;
  sample.inFlight = pipe(tcb);
  sample.srtt = tcb.rto.srtt;
  sample.sack = tcb.sackPermitted;

  const { phase } = recovery;
  // What was sent since the last recovery began, and lost, is the next one's matter.
  if (inFlight.lost > 0 && (phase === 'open' || phase === 'reduced') && (sample.lost > 0 || ended)) {
    beginReduction(tcb, 'recovery', 'fast-retransmit', priorPipe, now);
  } else if (phase === 'open' && probe === 'mended') beginReduction(tcb, 'reduced', 'probe', priorPipe, now);
  // The ACK that ends a phase left before our CWR came: its ECE is still that of before (RFC 3168 §6.1.2).
  else if (phase === 'open' && sample.ecnEcho && advanced && !ended)
    beginReduction(tcb, 'reduced', 'ecn', priorPipe, now);

  // The ACK that ends a phase is for what was sent in it: the window grows with the next one.
  sample.phase = ended && recovery.phase === 'open' ? ending : recovery.phase;
  if (delivered > 0 || sample.lost > 0 || ofSyn) congestion.acked(sample);
  if ((recovery.phase === 'recovery' || recovery.phase === 'reduced') && !congestion.ownsRecovery) {
    const safe = advanced && sample.lost === 0;
    congestion.cwnd = recovery.prr.window(delivered, sample.inFlight, congestion.ssthresh, safe, snd.mss);
    // RFC 6582 §3.2, step 3: without SACK there is one such segment a round trip, which does not wait.
    if (!tcb.sackPermitted && advanced && sample.lost > 0)
      congestion.cwnd = Math.max(congestion.cwnd, sample.inFlight + snd.mss);
  }
  if (delivered > 0) scheduleProbe(tcb, now);
}

/** When the segment was sent whose timestamp this one echoes, µs, to the millisecond below; -1 without a timestamp. */
function echoTime(tcb: Tcb, segment: Segment, now: number): number {
  if (!segment.timestamps || !tcb.timestamps.on || segment.tsecr === 0) return -1;
  const age = (tcb.timestamps.value(now) - segment.tsecr) | 0;
  return age < 0 ? -1 : Math.max(0, Math.floor(now / 1000) - age) * 1000;
}

/**
 * RFC 6298 §4, RFC 7323 §4: from the time of sending where that is certain (Karn's algorithm), otherwise from the timestamp that the
 * peer echoes. Measured from when the ACK arrived.
 */
function measureRoundTrip(tcb: Tcb, echoedAt: number, now: number): void {
  const { ack } = tcb.delivery;
  if (ack.onceFirst >= 0 && !ack.again) {
    tcb.minRtt.measure(now - ack.onceLast, now);
    tcb.rto.measure(now - ack.onceFirst, tcb.roundTripSamples);
  } else if (echoedAt >= 0) tcb.rto.measure(now - echoedAt, tcb.roundTripSamples);
}

/** Without SACK each duplicate ACK stands for a segment that has arrived (RFC 5681 §3.2). Returns what was delivered, so counted. */
function countDuplicates(tcb: Tcb, segment: Segment, acknowledged: number): number {
  const { recovery, snd } = tcb;
  if (recovery.advanced) {
    // One segment fills the hole; the others are those that the duplicates have told of.
    const known = Math.min(recovery.duplicateOctets, Math.max(0, acknowledged - snd.mss));
    recovery.duplicateOctets -= known;
    recovery.duplicateAcks = 0;
    return acknowledged - known;
  }
  if (!isDuplicate(tcb, segment)) return 0;
  recovery.duplicateAcks += 1;
  // After a time-out nothing of what they stand for counts as under way.
  if (recovery.phase === 'loss') return 0;
  const room = tcb.inFlight.flying + tcb.inFlight.lost - snd.mss - recovery.duplicateOctets;
  const octets = Math.max(0, Math.min(snd.mss, room));
  recovery.duplicateOctets += octets;
  return octets;
}

/** RFC 5681 §2, "duplicate acknowledgment". With a closed window it is the answer to a probe. */
function isDuplicate({ snd, inFlight }: Tcb, segment: Segment): boolean {
  return (
    segment.ack === snd.una &&
    segment.data.length === 0 &&
    !hasFlag(segment, FLAG.SYN) &&
    !hasFlag(segment, FLAG.FIN) &&
    !inFlight.isEmpty &&
    snd.wnd > 0 &&
    segment.wnd === snd.wnd
  );
}

/** After a retransmission time-out: was it spurious (RFC 5682 §3, RFC 3522)? */
function respondInLoss(tcb: Tcb, echoesOriginal: boolean, now: number): void {
  const { recovery, delivery, snd } = tcb;
  const { ack } = delivery;
  // Without SACK nobody can tell whether the retransmission or what was sent before it has brought an ACK further.
  const original =
    ack.onceFirst >= 0 && lt(ack.onceStart, recovery.point) && (tcb.sackPermitted || ack.transmissions === 1);
  if (echoesOriginal || recovery.undo.allDuplicates || (recovery.frto > 0 && original && ack.late)) {
    undoReduction(tcb, now);
    return;
  }
  if (recovery.frto === 0) return;
  // §3.1, step 2: with SACK duplicates say what has arrived; the ACK of what was sent again is still awaited.
  if (recovery.frto === 1 && tcb.sackPermitted && !recovery.advanced) return;
  // Step 3a: the two new segments may still count as under way; they do not hold up what is lost.
  if (recovery.frto === 2 && !recovery.advanced) tcb.congestion.cwnd = Math.max(tcb.congestion.cwnd, 3 * snd.mss);
  if (!recovery.advanced || !lt(snd.una, recovery.point)) recovery.frto = 0;
  // Step 2b: new data now, and what it brings about tells; step 3a: it told nothing good.
  else recovery.frto = recovery.frto === 1 ? 2 : 0;
  recovery.frtoSent = false;
}
