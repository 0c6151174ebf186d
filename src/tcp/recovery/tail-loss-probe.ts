import { diff, ge, gt } from '../sequence';
import type { Segment } from '../segment';
import type { Tcb } from '../tcb';
import { clearTimer, setTimer } from '../timers';

/** RFC 8985 §7.2: with one segment in flight the peer may delay its ACK: WCDelAckT, µs. */
const WORST_DELAYED_ACK = 200_000;
/** Without a round trip measured, µs. */
const PTO_WITHOUT_SRTT = 1_000_000;
/** With a round trip of next to nothing a timer and a busy peer may still be late by so much, µs (Linux allows two ticks). */
const LEAST = 2_000;

/** The tail loss probe (RFC 8985 §7): asks after the last of what was sent, before the retransmission timer would. */
export class TailLossProbe {
  /** TLP.end_seq: SND.NXT when the probe was sent; `undefined`: no probe is in flight. */
  readonly end: number | undefined;
  /** TLP.is_retrans. */
  private readonly isRetransmission: boolean;

  /** The probe goes out; `undefined`: none is in flight. */
  constructor(end: number | undefined, isRetransmission: boolean) {
    this.end = end;
    this.isRetransmission = isRetransmission;
  }

  /**
   * TLP_process_ack (§7.4.2): what an ACK makes of the probe. `mended`: it has mended a loss that nobody else saw, and congestion control
   * is to hear of it. `done`: it has done no more than ask.
   * @param dsackRight the right edge of a DSACK that came with the ACK
   */
  outcome(tcb: Tcb, segment: Segment, advanced: boolean, dsackRight: number | undefined): 'waits' | 'done' | 'mended' {
    const { end } = this;
    if (end === undefined || !ge(tcb.snd.una, end)) return 'waits';
    if (!this.isRetransmission) return 'done';
    // It was a duplicate: the original has arrived.
    if (dsackRight === end) return 'done';
    if (gt(segment.ack, end)) return 'mended';
    // A bare duplicate ACK of the probe: so much for peers without DSACK.
    return !advanced && segment.data.length === 0 && segment.sack.length === 0 ? 'done' : 'waits';
  }
}

/** No probe is in flight. */
export const NO_PROBE = new TailLossProbe(undefined, false);

/** TLP_calc_PTO and when to set it (§7.2): after new data and after ACKs, in `open`, with nothing SACKed. */
export function scheduleProbe(tcb: Tcb, now: number): void {
  const { recovery, inFlight, settings, snd, rto } = tcb;
  const wanted =
    settings.tailLossProbe &&
    tcb.detection.name === 'rack' &&
    recovery.phase === 'open' &&
    recovery.probe.end === undefined &&
    inFlight.sacked === 0 &&
    inFlight.lost === 0 &&
    inFlight.flying > 0 &&
    snd.wnd > 0 &&
    rto.backoff === 0 &&
    !tcb.synUnacked;
  if (!wanted) {
    clearTimer(tcb, 'probe', now);
    return;
  }
  let wait = PTO_WITHOUT_SRTT;
  if (rto.srtt !== undefined) {
    wait = Math.max(LEAST, 2 * rto.srtt);
    if (diff(snd.nxt, snd.una) <= snd.mss) wait += WORST_DELAYED_ACK;
  }
  const deadline = Math.round(now + wait);
  const retransmission = tcb.timers.get('retransmission');
  setTimer(tcb, 'probe', retransmission === undefined ? deadline : Math.min(deadline, retransmission), now);
}
