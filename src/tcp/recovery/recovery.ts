import type { RecoveryPhase, ReductionCause } from '../congestion/congestion-control';
import { diff, ge } from '../sequence';
import type { Tcb } from '../tcb';
import { clearTimer } from '../timers';
import type { CongestionEvent } from '../trace';
import { NO_PRR, Prr } from './prr';
import { NO_PROBE, type TailLossProbe } from './tail-loss-probe';
import { Undo } from './undo';

/** Where a connection stands with its losses. */
export class Recovery {
  phase: RecoveryPhase = 'open';
  /** The present ACK moved SND.UNA. */
  advanced = false;
  /** Without SACK: duplicate ACKs in a row, and the octets that they stand for, each for a segment that has arrived. */
  duplicateAcks = 0;
  duplicateOctets = 0;
  /** F-RTO (RFC 5682): 0 is off; 1, the first ACK after the time-out is awaited; 2, the second. */
  frto: 0 | 1 | 2 = 0;
  /** F-RTO has sent new data after that first ACK. */
  frtoSent = false;
  /** When the oldest octets in flight were first sent, or when the peer last acknowledged something; `undefined` with nothing in flight. */
  since: number | undefined = undefined;
  /** True while `since`'s data has passed R1 and the user was told. */
  advised = false;
  /** How the window comes down, in the phases in which it does. */
  prr: Prr = NO_PRR;
  probe: TailLossProbe = NO_PROBE;
  // Signed, as in `SendVariables`.
  private signedPoint: number;
  private ownUndo: Undo | undefined = undefined;

  constructor(iss: number) {
    this.signedPoint = iss | 0;
  }

  /** RecoveryPoint (RFC 6675): SND.NXT when the phase began. When it is acknowledged the phase is over. */
  get point(): number {
    return this.signedPoint >>> 0;
  }

  set point(seq: number) {
    this.signedPoint = seq | 0;
  }

  /** What would show that the last reduction was for nothing; made when something is sent again for the first time. */
  get undo(): Undo {
    this.ownUndo ??= new Undo();
    return this.ownUndo;
  }

  /** The last reduction could still turn out to be for nothing. */
  get mayBeUndone(): boolean {
    return this.ownUndo?.armed === true;
  }
}

/** pipe (RFC 6675 §4): octets under way, as far as we can know. */
export function pipe({ inFlight, recovery, sackPermitted }: Tcb): number {
  return sackPermitted ? inFlight.flying : Math.max(0, inFlight.flying - recovery.duplicateOctets);
}

/** Losses were inferred (`recovery`), or less is asked for though nothing is lost (`reduced`): the window comes down. */
export function beginReduction(
  tcb: Tcb,
  phase: 'recovery' | 'reduced',
  cause: CongestionEvent['cause'] & ('fast-retransmit' | 'ecn' | 'probe'),
  flightSize: number,
  now: number,
): void {
  const { recovery, congestion, snd } = tcb;
  const reduction: ReductionCause = cause === 'ecn' ? 'ecn' : 'loss';
  // What ECN has brought down in this round trip already does not come down again (RFC 3168 §6.1.2).
  if (recovery.phase !== 'reduced') congestion.reduce(reduction, flightSize, now);
  recovery.phase = phase;
  recovery.point = snd.nxt;
  recovery.prr = new Prr(flightSize);
  if (phase === 'recovery') recovery.undo.begin(snd.una);
  else if (recovery.mayBeUndone) recovery.undo.end();
  if (tcb.ecn.on) tcb.ecn.reduced = true;
  clearTimer(tcb, 'probe', now);
  reportCongestion(tcb, cause, now);
}

/** If the phase's last octet was acknowledged the phase is over. Returns whether it is over now. */
export function endPhaseAtPoint(tcb: Tcb, now: number): boolean {
  const { recovery, congestion, snd } = tcb;
  if (recovery.phase === 'open' || !ge(snd.una, recovery.point)) return false;
  if (recovery.phase !== 'loss') congestion.recovered(pipe(tcb), now);
  if (recovery.phase !== 'reduced') tcb.rack.recovered();
  returnToOpen(tcb, 'recovered', now);
  return true;
}

/** The last reduction was for nothing: what it took is given back. */
export function undoReduction(tcb: Tcb, now: number): void {
  const { recovery, congestion, inFlight, rto } = tcb;
  congestion.undo(now);
  // What later segments had overtaken was not lost but late: RACK has seen reordering (RFC 8985 §6.2, step 3), though not while it waited.
  if (recovery.phase === 'recovery') tcb.rack.reorderingSeen = true;
  recovery.undo.end();
  inFlight.unmarkLost();
  rto.progressed();
  tcb.trouble.spurious += 1;
  tcb.host.count('tcp.spurious-recoveries');
  returnToOpen(tcb, 'undone', now);
}

/** The retransmission timer went off (RFC 5681 §3.1, RFC 8985 §6.3): what is lost then goes out again in slow start. */
export function beginLoss(tcb: Tcb, first: boolean, now: number): void {
  const { recovery, congestion, inFlight, snd } = tcb;
  const reneged = inFlight.head?.state === 'sacked';
  if (reneged) {
    // RFC 2018 §8: what was SACKed may be gone.
    tcb.host.count('tcp.sack-reneging');
    inFlight.renege();
  }
  const flightSize = diff(snd.nxt, snd.una);
  const recovering = recovery.phase === 'recovery' || recovery.phase === 'loss';
  if (!recovering || first) recovery.undo.begin(snd.una);
  congestion.timedOut(flightSize, first, now);
  tcb.detection.timedOut(tcb, now);
  // What RACK leaves under way does not hold up the one segment that goes out now.
  congestion.cwnd = Math.max(congestion.cwnd, pipe(tcb) + snd.mss);
  // RFC 5682 §2.1, step 1: a time-out for the same data again, or in the middle of a recovery, is no case for it.
  recovery.frto = tcb.settings.frto && first && !recovering && !reneged ? 1 : 0;
  recovery.phase = 'loss';
  recovery.point = snd.nxt;
  recovery.duplicateAcks = 0;
  recovery.duplicateOctets = 0;
  recovery.probe = NO_PROBE;
  if (tcb.ecn.on) tcb.ecn.reduced = true;
  clearTimer(tcb, 'probe', now);
  clearTimer(tcb, 'reorder', now);
  reportCongestion(tcb, 'timeout', now);
}

function returnToOpen(tcb: Tcb, cause: 'recovered' | 'undone', now: number): void {
  const { recovery } = tcb;
  recovery.phase = 'open';
  recovery.frto = 0;
  recovery.duplicateAcks = 0;
  recovery.duplicateOctets = 0;
  reportCongestion(tcb, cause, now);
}

function reportCongestion(tcb: Tcb, cause: CongestionEvent['cause'], now: number): void {
  const { cwnd, ssthresh } = tcb.congestion;
  tcb.host.trace?.({ type: 'congestion', time: now, connection: tcb.trace, cause, cwnd, ssthresh });
}
