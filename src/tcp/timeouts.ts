import { add } from './sequence';
import { output } from './output';
import { sendProbe } from './output/retransmit';
import { sendAck } from './output/segment';
import { retransmitSyn } from './output/syn';
import { sendWindowProbe } from './output/window-probe';
import { beginLoss, beginReduction, pipe } from './recovery/recovery';
import { suspectBlackHole } from './pmtu/black-hole';
import { believeClaim } from './pmtu/too-big';
import { startRetransmissionTimer } from './recovery/una';
import { NOTICE, type Tcb } from './tcb';
import { clearTimer, setTimer, startIdleTimer, type TimerName } from './timers';
import { enterClosed } from './transition';
import { abort } from './calls/abort';

/** What a keep-alive probe carries where one with nothing in it is not answered (RFC 9293 MAY-6). */
const GARBAGE = new Uint8Array(1);

/** A timer of the connection went off (RFC 9293 §3.10.8). Whoever drives the machine calls this at `now` ≥ its deadline. */
export function timeout(tcb: Tcb, timer: TimerName, now: number): void {
  const deadline = tcb.timers.clear(timer);
  if (deadline === undefined) return;
  if (timer === 'keep-alive' && putsOffKeepAlive(tcb, now)) return;
  tcb.snd.more = false;
  tcb.host.trace?.({ type: 'timer', time: now, connection: tcb.trace, timer, action: 'fired', deadline });
  switch (timer) {
    case 'retransmission':
      retransmissionTimeout(tcb, now);
      break;
    case 'reorder':
      reorderTimeout(tcb, now);
      break;
    case 'probe':
      sendProbe(tcb, now);
      break;
    case 'pacing':
      break;
    case 'persist':
      persistTimeout(tcb, now);
      break;
    case 'delayed-ack':
      tcb.ackNow = true;
      break;
    case 'keep-alive':
      keepAliveTimeout(tcb, now);
      break;
    case 'time-wait':
      enterClosed(tcb, '2MSL timeout', now);
      break;
    case 'user':
      giveUp(tcb, now);
      break;
    case 'fin-wait-2':
      tcb.host.count('tcp.fin-wait-2-timeouts');
      enterClosed(tcb, 'user timeout', now);
      break;
    case 'linger':
      abort(tcb, now);
      break;
  }
  output(tcb, now);
}

/** RFC 6298 §5.4 to §5.7, and §3.8.3's R1 and R2. */
function retransmissionTimeout(tcb: Tcb, now: number): void {
  const { rto } = tcb;
  if (tcb.unacknowledged === 0) return;
  if (isHopeless(tcb, now)) {
    giveUp(tcb, now);
    return;
  }
  const first = rto.backoff === 0;
  tcb.refused.clear();
  rto.backOff();
  if (rto.backoff >= tcb.settings.r1) adviseOnce(tcb);
  if (tcb.state === 'SYN-SENT' || tcb.state === 'SYN-RECEIVED') {
    // Our first SYN's option, or the data in it, may be what something on the way does not like (RFC 7413 §4.1.3.1).
    if (tcb.state === 'SYN-SENT' && first && tcb.fastOpen !== undefined) {
      tcb.host.count('tcp.fast-open-timeouts');
      tcb.host.fastOpenLost(now);
    }
    retransmitSyn(tcb, now, 'timeout');
    return;
  }
  if (tcb.synUnacked) retransmitSyn(tcb, now, 'timeout');
  beginLoss(tcb, first, now);
  believeClaim(tcb);
  suspectBlackHole(tcb);
  startRetransmissionTimer(tcb, now);
}

/** §3.8.3's R2: for data, for a SYN, for a SYN,ACK, whose caller may never have been, and where no user waits any more. */
function isHopeless({ settings, synUnacked, opened, detached, rto, recovery }: Tcb, now: number): boolean {
  if (synUnacked && opened === 'passive') return rto.backoff >= settings.synAckRetries;
  if (detached && rto.backoff >= settings.orphanRetries) return true;
  return recovery.since !== undefined && now - recovery.since >= (synUnacked ? settings.synR2 : settings.r2);
}

/** RFC 8985 §6.3. */
function reorderTimeout(tcb: Tcb, now: number): void {
  const { recovery, rack, delivery } = tcb;
  const flying = pipe(tcb);
  const before = delivery.lost;
  rack.detectLoss(tcb, now);
  if (delivery.lost > before && (recovery.phase === 'open' || recovery.phase === 'reduced')) {
    beginReduction(tcb, 'recovery', 'fast-retransmit', flying, now);
    // No ACK has brought anything: the first retransmission goes out all the same (RFC 6937bis).
    if (!tcb.congestion.ownsRecovery) {
      tcb.congestion.cwnd = recovery.prr.window(0, pipe(tcb), tcb.congestion.ssthresh, false, tcb.snd.mss);
    }
  }
}

/**
 * A closed window is asked whether it is open again; while the peer answers this goes on for ever (RFC 9293 MUST-37). One that is
 * open, but was not worth it, is used now.
 */
function persistTimeout(tcb: Tcb, now: number): void {
  if (tcb.snd.wnd === 0) {
    const answered = tcb.lastHeard >= tcb.probedAt;
    if (!answered && now - tcb.lastHeard >= tcb.settings.r2) {
      giveUp(tcb, now);
      return;
    }
    tcb.probedAt = now;
    tcb.windowProbes += 1;
    tcb.host.count('tcp.window-probes');
  }
  sendWindowProbe(tcb, now);
}

/**
 * Sets the keep-alive timer anew when it is not time to ask. What is heard does not move the timer, which would be work for each segment:
 * so it often goes off too early, and that is nothing to tell.
 */
function putsOffKeepAlive(tcb: Tcb, now: number): boolean {
  const { keepAlive } = tcb.settings;
  if (keepAlive === undefined) return true;
  if (tcb.unacknowledged > 0) {
    // Data in flight has its own timer.
    setTimer(tcb, 'keep-alive', now + keepAlive.idle, now);
    return true;
  }
  if (tcb.keepAliveProbes > 0 || now - tcb.lastHeard >= keepAlive.idle) return false;
  // MUST-26: only when nothing was heard for the whole interval.
  startIdleTimer(tcb, now);
  return true;
}

/** RFC 9293 §3.8.4. */
function keepAliveTimeout(tcb: Tcb, now: number): void {
  const { keepAlive } = tcb.settings;
  if (keepAlive === undefined) return;
  if (tcb.keepAliveProbes >= keepAlive.probes) {
    giveUp(tcb, now);
    return;
  }
  tcb.keepAliveProbes += 1;
  // SHLD-12: no data, one octet before what the peer expects, so that it must answer.
  sendAck(tcb, now, 'keep-alive', add(tcb.snd.nxt, -1), keepAlive.garbage ? [GARBAGE] : undefined);
  setTimer(tcb, 'keep-alive', now + keepAlive.interval, now);
}

/** The peer is not there any more: "ABORT due to user timeout" (RFC 9293 §3.10.8). An ICMP error on the way says why. */
function giveUp(tcb: Tcb, now: number): void {
  tcb.host.count('tcp.timeouts');
  clearTimer(tcb, 'user', now);
  enterClosed(tcb, 'user timeout', now, tcb.softError?.code ?? 'ETIMEDOUT');
}

/** SHLD-9, MUST-20: once for each time that the peer falls silent. */
function adviseOnce(tcb: Tcb): void {
  if (tcb.recovery.advised) return;
  tcb.recovery.advised = true;
  tcb.host.advise();
  tcb.softError ??= {
    code: 'ETIMEDOUT',
    detail: `${tcb.remote.address}:${tcb.remote.port} has not answered ${tcb.settings.r1} retransmissions; still trying`,
  };
  if (tcb.settings.warnings) tcb.note(NOTICE.WARNING);
}
