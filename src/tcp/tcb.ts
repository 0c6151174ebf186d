import { ReceiveQueue } from './buffers/receive-queue';
import { Reassembly } from './buffers/reassembly';
import { SendQueue } from './buffers/send-queue';
import type { CongestionControl } from './congestion/congestion-control';
import { Reno } from './congestion/reno';
import type { ErrorCode } from './errors';
import type { TcpHost } from './host';
import type { Settings } from './options';
import { RetransmissionTimeout } from './recovery/rto';
import type { State } from './states';
import { Timers } from './timers';
import type { ConnectionId, RetransmissionCause } from './trace';
import type { Endpoint, SoftError } from './user';

export type { TimerName } from './timers';

/** What a connection has to tell its user; a set of bits. */
export const NOTICE = { CONNECT: 1, READABLE: 2, WRITABLE: 4, WARNING: 8, ERROR: 16, CLOSED: 32 } as const;

/** The send sequence variables (RFC 9293 §3.3.1) and what goes with them. */
export interface SendVariables {
  /** Oldest unacknowledged sequence number. */
  una: number;
  /** Next sequence number to be sent. It never goes back: `rtx` says what is sent again. */
  nxt: number;
  /** The peer's window in bytes, unscaled to 32 bits (REC-1). */
  wnd: number;
  /** Sequence and acknowledgment number of the segment that last updated the window. */
  wl1: number;
  wl2: number;
  /** Initial send sequence number. */
  iss: number;
  /** Sequence number of the first octet in the send queue. */
  head: number;
  /** The largest window the peer has offered (Max(SND.WND) in RFC 9293 §3.8.6.2.1). */
  maxWnd: number;
  /** The effective send MSS (RFC 9293 §3.7.1). */
  mss: number;
  /** The shift for the peer's windows (RFC 7323 §2.2: Snd.Wind.Shift). */
  shift: number;
  /** Everything before this sequence number is to be pushed. */
  push: number;
}

/** The receive sequence variables (RFC 9293 §3.3.1) and what goes with them. */
export interface ReceiveVariables {
  /** Next sequence number expected. */
  nxt: number;
  /** The right edge of the window last advertised: RCV.NXT + RCV.WND. It never moves left (SHLD-14). */
  edge: number;
  /** Initial receive sequence number. */
  irs: number;
  /** How many octets of the stream came in order so far; unlike `nxt` it does not wrap. */
  offset: number;
  /** Where the peer's FIN stands in the stream (as `offset` counts), once it was seen. */
  fin: number | undefined;
  /** The MSS that we announce. */
  mss: number;
  /** The shift for the windows that we advertise (RFC 7323 §2.2: Rcv.Wind.Shift). */
  shift: number;
  /** Segments with data that came since our last ACK. */
  unacked: number;
}

/** What is to be sent again, and why: from `next` up to, not including, `end`. Empty when they are equal. */
export interface RetransmissionRange {
  next: number;
  end: number;
  cause: RetransmissionCause;
}

/** Loss recovery in its simplest complete form (RFC 5681 §3.2, RFC 6582). */
export interface RecoveryVariables {
  duplicateAcks: number;
  /** True in fast recovery. */
  active: boolean;
  /** RFC 6582's "recover": the highest sequence number sent when the last loss was found. */
  point: number;
  /** When the oldest octets in flight were first sent; `undefined` with nothing in flight. */
  since: number | undefined;
  /** True while `since`'s data has passed R1 and the user was told. */
  advised: boolean;
  /** The segment whose round trip is being timed, by the sequence number that acknowledges it. */
  timed: { end: number; at: number } | undefined;
}

/** The transmission control block (RFC 9293 §3.3.1): all that is known of one connection. Only the machine changes it. */
export class Tcb {
  state: State = 'CLOSED';
  /** SYN-RECEIVED remembers where it came from (RFC 9293 MUST-11). */
  readonly opened: 'active' | 'passive';
  readonly snd: SendVariables;
  readonly rcv: ReceiveVariables;
  readonly rtx: RetransmissionRange;
  readonly recovery: RecoveryVariables;
  readonly rto: RetransmissionTimeout;
  readonly congestion: CongestionControl;
  readonly sendQueue = new SendQueue();
  readonly receiveQueue = new ReceiveQueue();
  readonly reassembly: Reassembly;
  readonly timers = new Timers();
  readonly trace: ConnectionId;

  /** The user has said CLOSE: a FIN follows what is queued. */
  finQueued = false;
  /** Our FIN was acknowledged. */
  finAcked = false;
  /** The peer's FIN was reached in order. */
  finReceived = false;
  /** The user will receive no more (`close`), so that data which still comes is lost to them (RFC 9293 SHLD-3). */
  detached = false;
  /** The peer's window shifts, once both sides offered them (RFC 7323 §1.3). */
  offersScale = true;
  /** Send an ACK as soon as this batch of segments is done. */
  ackNow = false;
  /** How many segments that should not have come were answered since when (µs). */
  readonly answers = { count: 0, since: -Infinity };
  /** Send the SYN,ACK again: its ACK did not come and the peer repeated its SYN. */
  resendSyn = false;
  /** The user was told that there is no room to send. */
  sendBlocked = false;
  /** Probes of the closed window, so far. */
  windowProbes = 0;
  /** When the last of them was sent, µs. */
  probedAt = 0;
  /** Keep-alive probes since the peer was last heard. */
  keepAliveProbes = 0;
  /** When the last segment came in, µs. */
  lastHeard: number;
  notices = 0;
  error: ErrorCode | undefined;
  /** An ICMP error that came on the way: what to report should the connection time out. */
  softError: SoftError | undefined;
  readonly counters = { segmentsIn: 0, segmentsOut: 0, bytesReceived: 0, bytesAcked: 0, retransmissions: 0 };

  constructor(
    readonly host: TcpHost,
    readonly id: number,
    readonly local: Endpoint,
    readonly remote: Endpoint,
    public settings: Settings,
    opening: { how: 'active' | 'passive'; iss: number; pathMss: number; now: number },
  ) {
    const { how, iss, pathMss, now } = opening;
    this.opened = how;
    if (how === 'passive') this.state = 'LISTEN';
    this.lastHeard = now;
    this.trace = { id, local, remote };
    const mss = Math.min(pathMss, settings.mss ?? pathMss);
    this.snd = {
      una: iss,
      nxt: iss,
      wnd: 0,
      wl1: 0,
      wl2: 0,
      iss,
      head: (iss + 1) >>> 0,
      maxWnd: 0,
      // Until the peer's MSS is known: RFC 9293 MUST-15.
      mss: Math.min(536, pathMss),
      shift: 0,
      push: (iss + 1) >>> 0,
    };
    this.rcv = {
      nxt: 0,
      edge: 0,
      irs: 0,
      offset: 0,
      fin: undefined,
      mss,
      shift: windowShift(settings.receiveBuffer),
      unacked: 0,
    };
    this.pathMss = pathMss;
    this.rtx = { next: iss, end: iss, cause: 'timeout' };
    this.recovery = {
      duplicateAcks: 0,
      active: false,
      point: iss,
      since: undefined,
      advised: false,
      timed: undefined,
    };
    this.rto = new RetransmissionTimeout(settings.rto.initial, settings.rto.min, settings.rto.max);
    this.congestion = new Reno(this.snd.mss);
    this.reassembly = new Reassembly(settings.outOfOrderLimit);
  }

  /** The largest segment that the path carries whole: its MTU less the headers. */
  readonly pathMss: number;

  /** The sequence number after the last octet that the user has queued: where the FIN stands, or will. */
  get endOfData(): number {
    return (this.snd.head + this.sendQueue.length) >>> 0;
  }

  /** The next sequence number is beyond the FIN. */
  get finSent(): boolean {
    return this.finQueued && this.snd.nxt === (this.endOfData + 1) >>> 0;
  }

  /** SND.UNA stands on our SYN, the one before the data. (Not "on ISS": there it stands again after 4 GiB.) */
  get synUnacked(): boolean {
    return this.snd.una === (this.snd.head - 1) >>> 0;
  }

  /** Octets of sequence space sent and not acknowledged. */
  get inFlight(): number {
    return (this.snd.nxt - this.snd.una) >>> 0;
  }

  /** RCV.WND: what the peer may send from RCV.NXT on. */
  get receiveWindow(): number {
    return (this.rcv.edge - this.rcv.nxt) >>> 0;
  }

  /** Sets a notice; the user is told after the machine has done its work. */
  note(notice: number): void {
    this.notices |= notice;
    this.host.notify();
  }
}

/** The smallest shift with which 16 bits hold the whole buffer (RFC 7323 §2.3: at most 14). */
function windowShift(buffer: number): number {
  let shift = 0;
  while (shift < 14 && buffer >> shift > 65_535) shift += 1;
  return shift;
}
