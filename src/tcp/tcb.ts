import { ReceiveQueue } from './buffers/receive-queue';
import { Reassembly } from './buffers/reassembly';
import { SendQueue } from './buffers/send-queue';
import { createCongestionControl } from './congestion';
import { emptySample, type AckSample, type CongestionControl } from './congestion/congestion-control';
import { Ecn } from './ecn';
import type { ErrorCode } from './errors';
import type { FastOpening } from './fast-open';
import type { TcpHost } from './host';
import type { Ipv4Option } from '../wire/ipv4-options';
import type { Settings } from './options';
import { Pacer } from './output/pacer';
import { Refused } from './output/refused';
import { HEADERS } from './mss';
import { PathMtu } from './pmtu/path-mtu';
import { NewReno, SackCounting } from './recovery/counting';
import { Delivery } from './recovery/delivery';
import { InFlight } from './recovery/in-flight';
import type { LossDetection } from './recovery/loss-detection';
import { MinRtt } from './recovery/min-rtt';
import { Rack } from './recovery/rack';
import { Recovery } from './recovery/recovery';
import { RetransmissionTimeout } from './recovery/rto';
import { emptyOutgoing } from './segment';
import type { State } from './states';
import { Timers } from './timers';
import { Timestamps } from './timestamps';
import type { ConnectionId } from './trace';
import type { Endpoint, SoftError } from './user';
import { ReceiveWindow, windowShift } from './receive-window';

export type { TimerName } from './timers';

/** What a connection has to tell its user; a set of bits. */
export const NOTICE = { CONNECT: 1, READABLE: 2, WRITABLE: 4, WARNING: 8, ERROR: 16, CLOSED: 32, URGENT: 64 } as const;

/** The send sequence variables (RFC 9293 §3.3.1) and what goes with them. */
export interface SendVariables {
  /** Oldest unacknowledged sequence number. */
  una: number;
  /** Next sequence number to be sent. It never goes back: `inFlight` says what is sent again. */
  nxt: number;
  /** The peer's window in bytes, unscaled to 32 bits (REC-1). */
  wnd: number;
  /** Urgent pointer: the sequence number after the last urgent octet (MUST-62); SND.UNA or before where there is none. */
  up: number;
  /** Sequence and acknowledgment number of the segment that last updated the window. */
  wl1: number;
  wl2: number;
  /** Initial send sequence number. */
  iss: number;
  /** Sequence number of the first octet in the send queue. */
  head: number;
  /** The largest window the peer has offered (Max(SND.WND) in RFC 9293 §3.8.6.2.1). */
  maxWnd: number;
  /** The effective send MSS: what a segment carries beside its usual options (RFC 9293 §3.7.1, RFC 6691). */
  mss: number;
  /** The MSS that the peer announced. */
  peerMss: number;
  /** The shift for the peer's windows (RFC 7323 §2.2: Snd.Wind.Shift). */
  shift: number;
  /** Everything before this sequence number is to be pushed. */
  push: number;
  /** The end of the last segment that was smaller than the MSS (Minshall's SND.SML). */
  small: number;
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
  /** RCV.UP: where in the stream the peer's urgent data ends (as `offset` counts); `undefined` before there was any. */
  up: number | undefined;
  /** The MSS that we announce. */
  mss: number;
  /** The shift for the windows that we advertise (RFC 7323 §2.2: Rcv.Wind.Shift). */
  shift: number;
  /** Segments with data that came since our last ACK. */
  unacked: number;
  /** Segments that are still to be acknowledged at once. */
  quickAcks: number;
  /** Without SACK: ACKs owed for segments that came out of order, one for each (RFC 5681 §4.2). */
  duplicatesOwed: number;
  /** A duplicate to report with the next ACK (RFC 2883); empty when both are equal. */
  duplicateLeft: number;
  duplicateRight: number;
}

const OUT = emptyOutgoing();
const SAMPLE: AckSample = emptySample();

/** How a connection comes about. */
export interface Opening {
  readonly how: 'active' | 'passive';
  readonly iss: number;
  /** The largest IP packet that the path carries, less the IP and TCP headers without options. */
  readonly pathMss: number;
  /** The same of the packet that our own interface takes. */
  readonly linkMss: number;
  /** Of the timestamp clock. */
  readonly timestampOffset: number;
  readonly now: number;
}

/** The transmission control block (RFC 9293 §3.3.1): all that is known of one connection. Only the machine changes it. */
export class Tcb {
  state: State = 'CLOSED';
  /** SYN-RECEIVED remembers where it came from (RFC 9293 MUST-11). */
  readonly opened: 'active' | 'passive';
  readonly snd: SendVariables;
  readonly rcv: ReceiveVariables;
  /** When our SYN was last sent (µs), and how many times. */
  readonly syn = { sentAt: 0, transmissions: 0 };
  readonly inFlight = new InFlight();
  readonly delivery = new Delivery();
  readonly recovery: Recovery;
  readonly rack = new Rack();
  /** How losses are inferred: settled when the handshake tells whether the peer has SACK. */
  detection: LossDetection = new NewReno();
  readonly rto: RetransmissionTimeout;
  readonly minRtt = new MinRtt();
  readonly congestion: CongestionControl;
  readonly pacer = new Pacer();
  readonly refused = new Refused();
  readonly pmtu: PathMtu;
  readonly timestamps: Timestamps;
  readonly ecn = new Ecn();
  /** Fast Open, where this connection tries it (RFC 7413). */
  fastOpen: FastOpening | undefined;
  readonly sendQueue = new SendQueue();
  /** How much may wait in it now. */
  sendBuffer: number;
  readonly receiveQueue = new ReceiveQueue();
  readonly receiveBuffer: ReceiveWindow;
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
  /** We offer, and after the handshake have, window scaling (RFC 7323 §1.3) and SACK (RFC 2018 §2). */
  offersScale: boolean;
  sackPermitted: boolean;
  /** Send an ACK as soon as this batch of segments is done. */
  ackNow = false;
  /** IPv4's options in the last segment that came with any (RFC 9293 MAY-10, MAY-11). */
  receivedIpOptions: readonly Ipv4Option[] = [];
  /** How many segments that should not have come were answered since when (µs). */
  readonly answers = { count: 0, since: -Infinity };
  /** Send the SYN,ACK again: its ACK did not come and the peer repeated its SYN. */
  resendSyn = false;
  /** The user was told that there is no room to send. */
  sendBlocked = false;
  /** Up to here the congestion window, and nothing else, has held back what is in flight. */
  limitedUntil: number;
  /** When data was last sent, µs. */
  lastSentAt = 0;
  /** Probes of the closed window, so far; when the last was sent; since when it is closed. µs. */
  windowProbes = 0;
  probedAt = 0;
  windowClosedAt: number | undefined;
  /** Keep-alive probes since the peer was last heard. */
  keepAliveProbes = 0;
  /** When the last segment came in, µs. */
  lastHeard: number;
  /** IP's Diffserv field in the last segment that came in (RFC 9293 MAY-9). */
  receivedDscp = 0;
  /** The user timeout that the peer told of, µs (RFC 5482). */
  peerUserTimeout: number | undefined;
  /** The peer has not been told of ours, or of how it has changed: the next segment without SYN does (RFC 5482 §3.1). */
  userTimeoutOwed: boolean;
  notices = 0;
  error: ErrorCode | undefined;
  /** An ICMP error that came on the way: what to report should the connection time out. */
  softError: SoftError | undefined;
  readonly counters = {
    segmentsIn: 0,
    segmentsOut: 0,
    bytesReceived: 0,
    bytesAcked: 0,
    bytesSent: 0,
    bytesRetransmitted: 0,
    retransmissions: 0,
    lost: 0,
    spurious: 0,
    dsacksIn: 0,
    outOfOrder: 0,
    zeroWindows: 0,
    zeroWindowTime: 0,
  };
  /** Used again for each segment and each ACK of all connections, so that none is allocated. Nobody keeps them. */
  readonly out = OUT;
  readonly sample = SAMPLE;

  constructor(
    readonly host: TcpHost,
    readonly id: number,
    readonly local: Endpoint,
    readonly remote: Endpoint,
    public settings: Settings,
    opening: Opening,
  ) {
    const { how, iss, pathMss, linkMss, timestampOffset, now } = opening;
    this.opened = how;
    if (how === 'passive') this.state = 'LISTEN';
    this.lastHeard = now;
    this.trace = { id, local, remote };
    const first = (iss + 1) >>> 0;
    this.snd = {
      una: iss,
      nxt: iss,
      wnd: 0,
      up: iss,
      wl1: 0,
      wl2: 0,
      iss,
      head: first,
      maxWnd: 0,
      // Until the peer's MSS is known: RFC 9293 MUST-15.
      mss: Math.min(536, pathMss),
      peerMss: 536,
      shift: 0,
      push: first,
      small: iss,
    };
    this.rcv = {
      nxt: 0,
      edge: 0,
      irs: 0,
      offset: 0,
      fin: undefined,
      up: undefined,
      mss: Math.min(linkMss, settings.mss ?? linkMss),
      shift: settings.windowScaling ? windowShift(settings.receiveBufferMax) : 0,
      unacked: 0,
      quickAcks: settings.quickAcks,
      duplicatesOwed: 0,
      duplicateLeft: 0,
      duplicateRight: 0,
    };
    this.pathMss = pathMss;
    this.pmtu = new PathMtu(pathMss + HEADERS, iss);
    this.userTimeoutOwed = settings.userTimeoutOption && settings.userTimeout !== undefined;
    this.offersScale = settings.windowScaling;
    this.sackPermitted = settings.sack;
    this.limitedUntil = iss;
    this.recovery = new Recovery(iss);
    this.rto = new RetransmissionTimeout(settings.rto.initial, settings.rto.min, settings.rto.max);
    this.timestamps = new Timestamps(timestampOffset);
    this.congestion = createCongestionControl(settings.congestion, {
      mss: this.snd.mss,
      initialWindow: settings.initialWindow,
      slowStartAfterIdle: settings.slowStartAfterIdle,
      random32: () => host.random32(),
    });
    this.sendBuffer = settings.sendBuffer;
    this.receiveBuffer = new ReceiveWindow(settings.receiveBuffer);
    this.reassembly = new Reassembly(settings.outOfOrderLimit);
  }

  /** The largest segment that we believe the path to carry whole: its MTU less the headers without options. */
  pathMss: number;

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
  get unacknowledged(): number {
    return (this.snd.nxt - this.snd.una) >>> 0;
  }

  /** RCV.WND: what the peer may send from RCV.NXT on. */
  get receiveWindow(): number {
    return (this.rcv.edge - this.rcv.nxt) >>> 0;
  }

  /** How many ACKs of a round trip give a sample (RFC 7323 §4.2, ExpectedSamples). */
  get roundTripSamples(): number {
    return Math.max(1, Math.ceil(this.unacknowledged / (this.snd.mss * 2)));
  }

  /** The handshake has told whether the peer has SACK: how losses are inferred from now on. */
  settleDetection(): void {
    if (!this.sackPermitted) this.detection = new NewReno();
    else this.detection = this.settings.lossRecovery === 'rack' ? this.rack : new SackCounting();
  }

  /** Sets a notice; the user is told after the machine has done its work. */
  note(notice: number): void {
    this.notices |= notice;
    this.host.notify();
  }
}
