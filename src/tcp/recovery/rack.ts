import { clearTimer, setTimer } from '../timers';
import { gt, lt } from '../sequence';
import type { Tcb } from '../tcb';
import { isSentAfter } from './in-flight';
import type { LossDetection } from './loss-detection';
import { markHeadLost, markLost } from './mark-lost';

const DUPLICATE_THRESHOLD = 3;
/** RFC 8985 §6.2: the window for reordering grows in quarters of the shortest round trip, … */
const PART = 4;
/** … and goes back after so many recoveries without a DSACK. */
const PERSISTENCE = 16;
/** How many that are not due yet are looked at, for when the last of them will be. */
const LOOKED_AT = 64;

/**
 * RACK (RFC 8985 §6): what was sent a while before something that has arrived is lost. The while is a round trip, and a window
 * for reordering that adapts.
 */
export class Rack implements LossDetection {
  readonly name = 'rack';
  /** RACK.xmit_ts, RACK.end_seq and RACK.rtt: of the most recently sent segment that has arrived. -1: none yet. */
  sentAt = -1;
  private end = 0;
  rtt = 0;
  /** RACK.reordering_seen. */
  reorderingSeen = false;
  /** How far late arrivals were behind what had overtaken them, octets: what `ss` calls reordering. */
  reorderDistance = 0;
  /** RACK.fack: the highest sequence number that has arrived; `undefined` before the first. */
  private fack: number | undefined;
  /** RACK.reo_wnd_mult and RACK.reo_wnd_persist. */
  private multiplier = 1;
  private persist = PERSISTENCE;
  /** RACK.dsack_round: until this is acknowledged a further DSACK says nothing new. */
  private dsackRound: number | undefined;

  detect(tcb: Tcb, now: number): void {
    const { ack } = tcb.delivery;
    if (ack.sentAt >= 0) {
      if (this.sentAt < 0 || isSentAfter(ack.sentAt, ack.end, this.sentAt, this.end)) {
        this.sentAt = ack.sentAt;
        this.end = ack.end;
        this.rtt = now - ack.sentAt;
      } else if (ack.sentAt === this.sentAt) this.rtt = now - ack.sentAt;
      this.detectReordering(tcb);
    }
    if (tcb.inFlight.flying === 0) clearTimer(tcb, 'reorder', now);
    else this.detectLoss(tcb, now);
  }

  /** §6.2, step 5; also when the reordering timer goes off (§6.3). */
  detectLoss(tcb: Tcb, now: number): void {
    if (this.sentAt < 0) return;
    const patience = Math.ceil(this.rtt + this.reorderingWindow(tcb));
    let deadline = 0;
    let looked = 0;
    // In the order of sending: the first one that is too young ends it.
    for (let range = tcb.inFlight.oldest; range !== undefined && range.sentAt <= this.sentAt;) {
      const { later } = range;
      const due = range.sentAt + patience;
      if (isSentAfter(this.sentAt, this.end, range.sentAt, range.end)) {
        if (due <= now) markLost(tcb, range, now);
        else {
          deadline = due;
          looked += 1;
        }
      }
      if (looked === LOOKED_AT) {
        // There may be thousands, and each ACK asks anew. None of them is due before these, and all were sent before what has arrived.
        deadline = this.sentAt + patience;
        break;
      }
      range = later;
    }
    if (deadline > 0) setTimer(tcb, 'reorder', deadline, now);
    else clearTimer(tcb, 'reorder', now);
  }

  /** §6.3: on a retransmission time-out the oldest is lost, and what has had its round trip. */
  timedOut(tcb: Tcb, now: number): void {
    const { inFlight, minRtt } = tcb;
    markHeadLost(tcb, now);
    const patience = (this.sentAt < 0 ? (minRtt.value ?? 0) : this.rtt) + this.reorderingWindow(tcb);
    for (let range = inFlight.oldest; range !== undefined && range.sentAt + patience <= now; range = inFlight.oldest) {
      markLost(tcb, range, now);
    }
    clearTimer(tcb, 'reorder', now);
  }

  /** A DSACK: a retransmission was needless, so reordering reaches further than was thought (§6.2, step 4). Once a round trip. */
  duplicateReported(tcb: Tcb): void {
    if (this.dsackRound !== undefined && lt(tcb.snd.una, this.dsackRound)) return;
    this.dsackRound = tcb.snd.nxt;
    this.multiplier = Math.min(this.multiplier + 1, 255);
    this.persist = PERSISTENCE;
  }

  /** A recovery is over (§6.2, step 4). */
  recovered(): void {
    if (this.persist > 0) this.persist -= 1;
    if (this.persist === 0) this.multiplier = 1;
  }

  /** §6.2, step 3: something sent once only arrived behind what was sent later. */
  private detectReordering(tcb: Tcb): void {
    const { ack } = tcb.delivery;
    const { fack } = this;
    if (fack !== undefined && lt(fack, tcb.snd.una)) this.fack = tcb.snd.una;
    if (ack.onceFirst >= 0 && fack !== undefined && lt(ack.onceStart, fack)) {
      this.reorderingSeen = true;
      this.reorderDistance = Math.max(this.reorderDistance, (fack - ack.onceStart) | 0);
    }
    if (this.fack === undefined || gt(ack.end, this.fack)) this.fack = ack.end;
    if (ack.onceFirst >= 0 && gt(ack.onceEnd, this.fack)) this.fack = ack.onceEnd;
  }

  /** RACK_update_reo_wnd (§6.2, step 4). */
  private reorderingWindow(tcb: Tcb): number {
    if (!this.reorderingSeen) {
      if (tcb.recovery.phase === 'recovery' || tcb.recovery.phase === 'loss') return 0;
      if (tcb.inFlight.sackedSegments >= DUPLICATE_THRESHOLD) return 0;
    }
    const { srtt = 0 } = tcb.rto;
    return Math.min((this.multiplier * (tcb.minRtt.value ?? 0)) / PART, srtt);
  }
}
