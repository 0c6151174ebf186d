import { FLAG } from '../../wire/tcp';
import { asksForEcn, Ecn, NO_ECN } from '../ecn';
import { defaultMss, updateSendMss } from '../mss';
import { add } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import { NOTICE, type Tcb } from '../tcb';
import { clearTimer, startIdleTimer } from '../timers';
import { transition } from '../transition';

/** The peer's SYN: its initial sequence number, its window, and the options that only a SYN carries. */
export function takePeerSyn(tcb: Tcb, segment: Segment, now: number): void {
  const { snd, rcv } = tcb;
  const offered = tcb.receiveWindow;
  rcv.irs = segment.seq;
  rcv.nxt = add(segment.seq, 1);
  rcv.edge = add(rcv.nxt, offered);
  snd.wnd = segment.wnd;
  snd.maxWnd = segment.wnd;
  snd.wl1 = segment.seq;
  snd.wl2 = segment.ack;
  tcb.receivedDscp = segment.dscp;
  takeOptions(tcb, segment, now);
  negotiateEcn(tcb, segment);
  snd.peerMss = segment.mss ?? defaultMss(tcb.tuple.remoteAddress);
  updateSendMss(tcb);
  if (tcb.fastOpen !== undefined && tcb.opened === 'active') tcb.host.fastOpenAnswered(segment.cookie, snd.peerMss);
}

/** What both sides offer holds from now on. */
function takeOptions(tcb: Tcb, segment: Segment, now: number): void {
  const { snd, rcv, settings, timestamps } = tcb;
  if (tcb.offersScale && segment.windowScale !== undefined) {
    // RFC 7323 §2.3: a larger shift counts as 14.
    snd.shift = Math.min(14, segment.windowScale);
  } else {
    tcb.offersScale = false;
    rcv.shift = 0;
  }
  tcb.sackPermitted = settings.sack && segment.sackPermitted;
  tcb.settleDetection();
  if (settings.timestamps && segment.timestamps) timestamps.start(segment, now);
  timestamps.lastAckSent = rcv.nxt;
  if (segment.userTimeout !== undefined) tcb.peerUserTimeout = segment.userTimeout;
}

/**
 * RFC 3168 §6.1.1: a SYN asks with ECE and CWR, a SYN,ACK agrees with ECE alone. A SYN with a reserved bit besides asks for AccECN; it
 * gets the answer of RFC 3168 (RFC 9768 §3.1.2), and so a peer that mirrors our SYN's bits is none that agrees.
 */
function negotiateEcn(tcb: Tcb, segment: Segment): void {
  tcb.ecn = agreesOnEcn(tcb, segment) ? new Ecn(true) : NO_ECN;
}

function agreesOnEcn({ settings, syn }: Tcb, segment: Segment): boolean {
  if (!hasFlag(segment, FLAG.ACK)) return settings.ecn !== false && asksForEcn(segment);
  const agrees = hasFlag(segment, FLAG.ECE) && !hasFlag(segment, FLAG.CWR);
  return settings.ecn === true && syn.transmissions === 1 && agrees;
}

/** Text and FIN that came with a SYN wait until the connection is ESTABLISHED (RFC 9293 §3.10.7.2, §3.10.7.3). */
export function queueText(tcb: Tcb, segment: Segment): void {
  const room = Math.min(segment.data.length, tcb.receiveBuffer.size);
  if (room > 0) tcb.outOfOrder.insert(0, segment.data.subarray(0, room));
  if (hasFlag(segment, FLAG.FIN) && room === segment.data.length) tcb.rcv.fin = room;
}

/**
 * The handshake is done. A CLOSE that the user gave while it went on takes effect now (§3.10.4, SYN-RECEIVED).
 * @returns false when the accept queue is full: the ACK is then as good as lost, and the peer's next one tries again
 */
export function enterEstablished(tcb: Tcb, event: string, now: number): boolean {
  if (tcb.opened === 'passive' && !tcb.host.accept()) {
    tcb.host.count('tcp.accept-queue-full');
    return false;
  }
  if (tcb.rto.backoff > 0) {
    tcb.rto.restartAfterSyn();
    tcb.congestion.synLost();
  }
  clearTimer(tcb, 'retransmission', now);
  transition(tcb, 'ESTABLISHED', event, now);
  if (tcb.finQueued) transition(tcb, 'FIN-WAIT-1', 'CLOSE', now);
  startIdleTimer(tcb, now);
  tcb.note(NOTICE.CONNECT | NOTICE.WRITABLE);
  return true;
}
