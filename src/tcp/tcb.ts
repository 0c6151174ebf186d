import { ReceiveQueue } from './buffers/receive-queue';
import { Reassembly } from './buffers/reassembly';
import { SendQueue } from './buffers/send-queue';
import { createCongestionControl } from './congestion';
import { emptySample, type AckSample, type CongestionControl } from './congestion/congestion-control';
import { endpoints, type FourTuple } from './tuple';
import { NO_ECN, type Ecn } from './ecn';
import type { ErrorCode } from './errors';
import type { FastOpening } from './fast-open';
import { Flags } from './flags';
import type { TcpHost } from './host';
import type { Ipv4Option } from '../wire/ipv4-options';
import type { Settings } from './options';
import { Pacer } from './output/pacer';
import { NOTHING_REFUSED, type Refused } from './output/refused';
import { defaultMss, headersTo } from './mss';
import { PathMtu } from './pmtu/path-mtu';
import { NEW_RENO, SACK_COUNTING } from './recovery/counting';
import { Delivery } from './recovery/delivery';
import { InFlight } from './recovery/in-flight';
import type { LossDetection } from './recovery/loss-detection';
import { MinRtt } from './recovery/min-rtt';
import { Rack, RACK } from './recovery/rack';
import { Recovery } from './recovery/recovery';
import { RetransmissionTimeout } from './recovery/rto';
import { ReceiveVariables } from './receive-variables';
import { emptyOutgoing, type OutgoingSegment } from './segment';
import { SendVariables } from './send-variables';
import type { State } from './states';
import { Timers } from './timers';
import { Timestamps } from './timestamps';
import type { ConnectionId } from './trace';
import { NO_TROUBLE, Trouble } from './trouble';
import type { Endpoint, SoftError } from './user';
import { ReceiveWindow, unmeasuredWindow, windowShift } from './receive-window';

export type { TimerName } from './timers';

/** What a connection has to tell its user; a set of bits. */
export const NOTICE = { CONNECT: 1, READABLE: 2, WRITABLE: 4, WARNING: 8, ERROR: 16, CLOSED: 32, URGENT: 64 } as const;

const NO_IP_OPTIONS: readonly Ipv4Option[] = [];
/** It takes nothing in, so all who hold nothing can have it. */
const NOTHING_OUT_OF_ORDER = new Reassembly(0);

const NOTHING_TO_SEND = new SendQueue();
const NOTHING_RECEIVED = new ReceiveQueue();

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

/**
 * The transmission control block (RFC 9293 §3.3.1): all that is known of one connection. Only the machine changes it.
 *
 * There may be a hundred thousand, most of them idle. What an ordinary connection can do without is shared by all until it has to be
 * written to, or made when it is asked for first.
 */
export class Tcb extends Flags {
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
  /** How losses are inferred: settled when the handshake tells whether the peer has SACK. */
  detection: LossDetection = NEW_RENO;
  readonly rto: RetransmissionTimeout;
  readonly minRtt = new MinRtt();
  readonly congestion: CongestionControl;
  refused: Refused = NOTHING_REFUSED;
  readonly pmtu: PathMtu;
  readonly timestamps: Timestamps;
  ecn: Ecn = NO_ECN;
  /** Fast Open, where this connection tries it (RFC 7413). */
  fastOpen: FastOpening | undefined = undefined;
  /** To be read: `enqueue` and `dequeue` change it. */
  sendQueue = NOTHING_TO_SEND;
  /** How much may wait in it now. */
  sendBuffer: number;
  /** To be read: `received` and `take` change it. */
  receiveQueue = NOTHING_RECEIVED;
  readonly timers = new Timers();

  /** IPv4's options in the last segment that came with any (RFC 9293 MAY-10, MAY-11). */
  receivedIpOptions: readonly Ipv4Option[] = NO_IP_OPTIONS;
  /** How many segments that should not have come were answered, since when (µs); `undefined` before the first. */
  answers: { count: number; since: number } | undefined = undefined;
  /** When data was last sent, µs. */
  lastSentAt = 0;
  /** Probes of the closed window, so far; when the last was sent; since when it is closed. µs. */
  windowProbes = 0;
  probedAt = 0;
  windowClosedAt: number | undefined = undefined;
  /** Keep-alive probes since the peer was last heard. */
  keepAliveProbes = 0;
  /** When the last segment came in, µs. */
  lastHeard: number;
  /** IP's Diffserv field in the last segment that came in (RFC 9293 MAY-9). */
  receivedDscp = 0;
  /** The user timeout that the peer told of, µs (RFC 5482). */
  peerUserTimeout: number | undefined = undefined;
  notices = 0;
  error: ErrorCode | undefined = undefined;
  /** An ICMP error that came on the way: what to report should the connection time out. */
  softError: SoftError | undefined = undefined;
  readonly counters = {
    segmentsIn: 0,
    segmentsOut: 0,
    bytesAcked: 0,
    bytesSent: 0,
  };
  /** The largest segment that we believe the path to carry whole: its MTU less the headers without options. */
  pathMss: number;

  private signedLimitedUntil: number;
  private ownRack: Rack | undefined = undefined;
  private ownPacer: Pacer | undefined = undefined;
  private readonly unmeasured: Readonly<ReceiveWindow>;
  private ownReceiveBuffer: ReceiveWindow | undefined = undefined;
  private ownReassembly: Reassembly | undefined = undefined;
  private ownTrouble: Trouble | undefined = undefined;
  private names: ConnectionId | undefined = undefined;

  constructor(
    readonly host: TcpHost,
    readonly id: number,
    readonly tuple: FourTuple,
    public settings: Settings,
    opening: Opening,
  ) {
    super();
    const { how, iss, pathMss, linkMss, timestampOffset, now } = opening;
    this.opened = how;
    if (how === 'passive') this.state = 'LISTEN';
    this.lastHeard = now;
    // Until the peer's MSS is known: RFC 9293 MUST-15.
    this.snd = new SendVariables(iss, Math.min(defaultMss(tuple.remoteAddress), pathMss));
    this.rcv = new ReceiveVariables(
      Math.min(linkMss, settings.mss ?? linkMss),
      settings.windowScaling ? windowShift(settings.receiveBufferMax) : 0,
      settings.quickAcks,
    );
    this.pathMss = pathMss;
    this.pmtu = new PathMtu(pathMss + this.headers, iss);
    this.userTimeoutOwed = settings.userTimeoutOption && settings.userTimeout !== undefined;
    this.offersScale = settings.windowScaling;
    this.sackPermitted = settings.sack;
    this.signedLimitedUntil = iss | 0;
    this.recovery = new Recovery(iss);
    this.rto = new RetransmissionTimeout(settings.rto);
    this.timestamps = new Timestamps(timestampOffset);
    this.congestion = createCongestionControl(settings.congestion, {
      mss: this.snd.mss,
      initialWindow: settings.initialWindow,
      slowStartAfterIdle: settings.slowStartAfterIdle,
      random32: () => host.random32(),
    });
    this.sendBuffer = settings.sendBuffer;
    this.unmeasured = unmeasuredWindow(settings.receiveBuffer);
  }

  /** Used again for each segment and each ACK of all connections, so that none is allocated. Nobody keeps them. */
  get out(): OutgoingSegment {
    return OUT;
  }

  get sample(): AckSample {
    return SAMPLE;
  }

  /** What the headers of IP and TCP take of a packet, octets, without options. */
  get headers(): number {
    return headersTo(this.tuple.remoteAddress);
  }

  /** What the trace calls this connection. */
  get trace(): ConnectionId {
    this.names ??= { id: this.id, ...endpoints(this.tuple) };
    return this.names;
  }

  /** Our end, and the peer's, for people. They are not kept: few ask. */
  get local(): Endpoint {
    return endpoints(this.tuple).local;
  }

  get remote(): Endpoint {
    return endpoints(this.tuple).remote;
  }

  get rack(): Rack {
    this.ownRack ??= new Rack();
    return this.ownRack;
  }

  /** RACK has learnt something of this path that outlasts what is in flight. */
  get hasSeenReordering(): boolean {
    return this.ownRack?.hasLearnt === true;
  }

  dropRack(): void {
    this.ownRack = undefined;
  }

  /** How far late arrivals were overtaken at most, octets. */
  get reorderDistance(): number {
    return this.ownRack === undefined ? 0 : this.ownRack.reorderDistance;
  }

  /** To count what should not happen, … */
  get trouble(): Trouble {
    this.ownTrouble ??= new Trouble();
    return this.ownTrouble;
  }

  /** … and to read how often it did. */
  get troubleSoFar(): Readonly<Trouble> {
    return this.ownTrouble ?? NO_TROUBLE;
  }

  get pacer(): Pacer {
    this.ownPacer ??= new Pacer();
    return this.ownPacer;
  }

  /** How large the receive buffer is, … */
  get receiveBuffer(): Readonly<ReceiveWindow> {
    return this.ownReceiveBuffer ?? this.unmeasured;
  }

  /** … and where it learns how large it should be. */
  get receiveMeter(): ReceiveWindow {
    this.ownReceiveBuffer ??= new ReceiveWindow(this.unmeasured.size);
    return this.ownReceiveBuffer;
  }

  /** What came ahead of its turn. More of it is for `outOfOrder` to take. */
  get reassembly(): Reassembly {
    return this.ownReassembly ?? NOTHING_OUT_OF_ORDER;
  }

  /** Where octets go that come ahead of their turn. */
  get outOfOrder(): Reassembly {
    this.ownReassembly ??= new Reassembly(this.settings.outOfOrderLimit);
    return this.ownReassembly;
  }

  /** Nothing that came ahead of its turn is held any more. */
  dropOutOfOrder(): void {
    this.ownReassembly = undefined;
  }

  /** Up to here the congestion window, and nothing else, has held back what is in flight. */
  get limitedUntil(): number {
    return this.signedLimitedUntil >>> 0;
  }

  set limitedUntil(seq: number) {
    this.signedLimitedUntil = seq | 0;
  }

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
    if (!this.sackPermitted) this.detection = NEW_RENO;
    else this.detection = this.settings.lossRecovery === 'rack' ? RACK : SACK_COUNTING;
  }

  /** The user gives data to be sent. */
  enqueue(data: Uint8Array): void {
    if (this.sendQueue === NOTHING_TO_SEND) this.sendQueue = new SendQueue();
    this.sendQueue.push(data);
  }

  /** The oldest octets of it are acknowledged. */
  dequeue(octets: number): void {
    this.sendQueue.drop(octets);
    if (this.sendQueue.length === 0) this.sendQueue = NOTHING_TO_SEND;
  }

  /** Data came in order: it waits for the user. */
  received(data: Uint8Array): void {
    if (this.receiveQueue === NOTHING_RECEIVED) this.receiveQueue = new ReceiveQueue();
    this.receiveQueue.push(data);
  }

  /** The user takes the oldest piece of it, at most `max` octets; `undefined` when nothing waits. */
  take(max: number): Uint8Array | undefined {
    const data = this.receiveQueue.take(max);
    if (this.receiveQueue.length === 0) this.receiveQueue = NOTHING_RECEIVED;
    return data;
  }

  /** Sets a notice; the user is told after the machine has done its work. */
  note(notice: number): void {
    this.notices |= notice;
    this.host.notify();
  }
}
