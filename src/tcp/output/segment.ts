import { FLAG } from '../../wire/tcp';
import type { TcpOption } from '../../wire/tcp-options';
import { segmentOverhead } from '../mss';
import { startRetransmissionTimer } from '../recovery/una';
import { pipe } from '../recovery/recovery';
import { add, diff, ge, gt, lt } from '../sequence';
import { NO_DATA, NO_OPTIONS } from '../segment';
import type { Tcb } from '../tcb';
import { clearTimer, startUserTimer } from '../timers';
import type { SendReason } from '../trace';
import { transition } from '../transition';
import { USER_TIMEOUT_LENGTH, userTimeoutOption } from '../user-timeout';
import { advertiseWindow } from '../window';
import { sackLength, sackOptions } from './sack-option';

/** What 40 octets of options hold beside timestamps. */
const ROOM_BESIDE_TIMESTAMPS = 28;

/** What a segment sends: `length` octets from `seq` on, and the FIN behind them. */
export interface Text {
  readonly seq: number;
  readonly length: number;
  readonly fin: boolean;
}

/** The most data that fits into a segment now: options that not every segment has take some of its room (RFC 6691 §3). */
export function roomForData(tcb: Tcb): number {
  const sack = sackLength(tcb);
  return Math.max(1, tcb.snd.mss - sack - (tellsUserTimeout(tcb, sack) ? USER_TIMEOUT_LENGTH : 0));
}

/**
 * The most data that goes out in one piece now, for the link to cut into segments of `room` octets each: a multiple of it. What is
 * paced goes in bursts no larger than the congestion control allows.
 */
export function mostAtOnce(tcb: Tcb, room: number): number {
  const { host, snd, congestion } = tcb;
  if (host.segmentation <= room || gt(snd.up, snd.una) || tellsUserTimeout(tcb, sackLength(tcb))) return room;
  const most =
    congestion.pacingRate === Infinity ? host.segmentation : Math.min(host.segmentation, congestion.sendQuantum);
  return Math.max(room, most - (most % room));
}

/** The user timeout is owed. It waits where SACK blocks, or a path of very small packets, leave no place for it. */
function tellsUserTimeout({ userTimeoutOwed, snd }: Tcb, sack: number): boolean {
  return (
    userTimeoutOwed && sack + USER_TIMEOUT_LENGTH <= ROOM_BESIDE_TIMESTAMPS && sack + USER_TIMEOUT_LENGTH < snd.mss
  );
}

/** The options beside timestamps. */
function otherOptions(tcb: Tcb): readonly TcpOption[] {
  const sack = sackOptions(tcb);
  if (!tellsUserTimeout(tcb, sackLength(tcb))) return sack;
  tcb.userTimeoutOwed = false;
  const userTimeout = userTimeoutOption(tcb);
  return userTimeout === undefined ? sack : [...sack, userTimeout];
}

/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, or from another number on, with octets in it that mean nothing. */
export function sendAck(
  tcb: Tcb,
  now: number,
  reason: SendReason,
  seq = nextAcceptable(tcb),
  data: readonly Uint8Array[] = NO_DATA,
): void {
  transmit(tcb, seq, FLAG.ACK, data, reason, now);
}

/**
 * SND.NXT, or the edge of the peer's window where a probe or a window that shrank has left SND.NXT beyond it: there the peer
 * would not hear an ACK or a RST.
 */
export function nextAcceptable({ snd }: Tcb): number {
  const edge = add(snd.una, snd.wnd);
  return snd.una !== snd.iss && lt(edge, snd.nxt) ? edge : snd.nxt;
}

/** Sends text, for the first time or again, with PSH where it belongs, and sees to the scoreboard and the timers. */
export function sendText(tcb: Tcb, { seq, length, fin }: Text, reason: SendReason, now: number): void {
  const { snd, ecn } = tcb;
  const room = roomForData(tcb);
  // A probe of the path's MTU is larger than the others, and goes whole.
  const isCut = length > room && !tcb.out.mtuProbe;
  const end = add(seq, length);
  const next = fin ? add(end, 1) : end;
  const isNew = gt(next, snd.nxt);
  let flags = FLAG.ACK;
  // MUST-61: the last segment of what is buffered is pushed, and whatever the user asked to push.
  if (length > 0 && (end === tcb.endOfData || (lt(seq, snd.push) && ge(end, snd.push)))) flags |= FLAG.PSH;
  if (fin) flags |= FLAG.FIN;
  let ect = 0;
  if (isNew && length > 0 && ecn.on && (reason === 'data' || reason === 'fin')) {
    // RFC 3168 §6.1.2, §6.1.5: only new data says that it may be marked, and that the window came down.
    ect = 2;
    if (ecn.reduced) flags |= FLAG.CWR;
    ecn.reduced = false;
  }
  if (isNew) {
    const from = snd.nxt;
    const before = pipe(tcb);
    if (before === 0) tcb.congestion.sending(0, now - tcb.lastSentAt, tcb.rto.rto, now);
    if (snd.nxt === snd.una) tcb.recovery.since = now;
    snd.nxt = next;
    const range = tcb.inFlight.send(from, next, now);
    tcb.delivery.sent(range, diff(next, from), before, now);
    if (length % room !== 0 && !tcb.out.mtuProbe) snd.small = end;
  }
  if (length > 0) {
    tcb.pmtu.evidence.sending(tcb.headers + segmentOverhead(tcb) + sackLength(tcb) + (isCut ? room : length), end);
  }
  const octets = diff(next, seq);
  tcb.counters.bytesSent += length;
  tcb.recovery.prr.sent(octets);
  const { pacingRate } = tcb.congestion;
  if (pacingRate !== Infinity) tcb.pacer.sent(octets, pacingRate, now);
  tcb.lastSentAt = now;
  const data = length === 0 ? NO_DATA : tcb.sendQueue.read(diff(seq, snd.head), length);
  tcb.out.ecn = ect;
  tcb.out.segmentSize = isCut ? room : 0;
  transmit(tcb, seq, flags, data, reason, now);
  if (fin && tcb.state === 'CLOSE-WAIT') transition(tcb, 'LAST-ACK', 'CLOSE', now);
  if (snd.wnd > 0 && tcb.timers.get('retransmission') === undefined) startRetransmissionTimer(tcb, now);
  if (tcb.timers.get('user') === undefined) startUserTimer(tcb, now);
}

/** The segment leaves, with the acknowledgment, the window and the options of now: it answers all that an ACK was owed for. */
function transmit(
  tcb: Tcb,
  seq: number,
  flags: number,
  data: readonly Uint8Array[],
  reason: SendReason,
  now: number,
): void {
  const { out, snd, timestamps, ecn } = tcb;
  out.seq = seq;
  out.flags = flags;
  if (ecn.echo) out.flags |= FLAG.ECE;
  out.up = 0;
  if (gt(snd.up, snd.una) && gt(snd.up, seq)) {
    // RFC 9293 §3.8.5; an end that is further away than the field can say is told of later again.
    out.flags |= FLAG.URG;
    out.up = Math.min(65_535, diff(snd.up, seq));
  }
  out.wnd = advertiseWindow(tcb, true);
  out.data = data;
  out.reason = reason;
  hand(tcb, timestamps.on, otherOptions(tcb), now);
  out.ecn = 0;
  out.segmentSize = 0;
}

/** Hands `tcb.out` to IP: its header is complete but for the acknowledgment and the options. */
export function hand(tcb: Tcb, withTimestamps: boolean, options: readonly TcpOption[], now: number): void {
  const { out, rcv, timestamps } = tcb;
  const acknowledges = (out.flags & FLAG.ACK) !== 0;
  out.ack = acknowledges ? rcv.nxt : 0;
  out.timestamps = withTimestamps;
  if (withTimestamps) {
    out.tsval = timestamps.value(now);
    out.tsecr = acknowledges ? (timestamps.recent ?? 0) : 0;
  }
  out.options = options;
  if (acknowledges) acknowledged(tcb, now);
  tcb.counters.segmentsOut += out.segmentSize === 0 ? 1 : Math.ceil(textLength(out.data) / out.segmentSize);
  tcb.host.transmit(out, now);
  out.data = NO_DATA;
  out.options = NO_OPTIONS;
}

function textLength(data: readonly Uint8Array[]): number {
  let length = 0;
  for (const slice of data) length += slice.length;
  return length;
}

function acknowledged(tcb: Tcb, now: number): void {
  const { rcv, out } = tcb;
  tcb.ackNow = false;
  tcb.challenges = false;
  rcv.unacked = 0;
  // One that carries data is no duplicate to the peer (RFC 5681 §2).
  if (rcv.duplicatesOwed > 0 && out.data.length === 0) rcv.duplicatesOwed -= 1;
  rcv.duplicateLeft = rcv.duplicateRight;
  tcb.timestamps.lastAckSent = rcv.nxt;
  clearTimer(tcb, 'delayed-ack', now);
}
