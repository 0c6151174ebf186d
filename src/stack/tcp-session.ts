import { Timed } from '../clock/timing-wheel';
import type { Path } from '../ip/paths';
import type { SourceRoute } from '../ip/source-route';
import { TcpConnection, type Driver } from '../tcp/connection';
import type { FourTuple } from '../tcp/tuple';
import type { TcpHost } from '../tcp/host';
import type { TcpListener } from '../tcp/listener';
import { headersTo } from '../tcp/mss';
import { output } from '../tcp/output';
import { linkDrained, refuse } from '../tcp/output/refused';
import type { OutgoingSegment } from '../tcp/segment';
import type { Settings } from '../tcp/options';
import { Tcb } from '../tcp/tcb';
import { timeout } from '../tcp/timeouts';
import { TIMER_NAMES } from '../tcp/timers';
import type { State } from '../tcp/states';
import type { ConnectionId, TcpTraceEvent } from '../tcp/trace';
import { IPV4_HEADER } from '../wire/ipv4';
import { ipv4OptionsLength, MAX_IPV4_OPTIONS, type Ipv4Option } from '../wire/ipv4-options';
import type { Counted } from './quota';
import type { Sending, TcpLayer } from './tcp-layer';

const NO_OPTIONS: readonly [] = [];

/** TCP's longest header, and an octet of data. */
const MOST_OF_TCP = 61;

/** Who sends a segment, for the trace. One for all segments: it is read before the next one leaves. */
class Sender {
  tcb: Tcb | undefined = undefined;
  now = 0;

  get connection(): ConnectionId {
    return this.sending.trace;
  }

  get state(): State {
    return this.sending.state;
  }

  private get sending(): Tcb {
    if (this.tcb === undefined) throw new Error('nobody sends');
    return this.tcb;
  }
}

// Used again for each segment of all connections: nobody keeps them.
const SENDER = new Sender();
const SENDING: Sending = {
  ttl: undefined,
  dscp: 0,
  ecn: 0,
  dontFragment: undefined,
  options: undefined,
  segmentSize: 0,
  checksumOffset: 0,
};

/** How a connection comes about. */
export interface SessionOpening {
  readonly how: 'active' | 'passive';
  readonly iss: number;
  readonly timestampOffset: number;
  readonly settings: Settings;
  readonly listener?: TcpListener;
}

/** One connection in its stack: its TCB, its way to the peer, its place in the timing wheel, and its user's handle. */
export class TcpSession extends Timed implements TcpHost, Driver, Counted {
  readonly tcb: Tcb;
  readonly connection: TcpConnection;
  readonly listener: TcpListener | undefined;
  /** It waits for `output`. */
  touched = false;
  /** It waits to tell its user something. */
  noticed = false;
  counted = 0;
  /** What it counts as in its listener: a handshake in progress, or one whose user has it already. */
  private place: 'half-open' | 'fast-open' | undefined;

  constructor(
    private readonly layer: TcpLayer,
    id: number,
    tuple: FourTuple,
    private path: Path,
    opening: SessionOpening,
    now: number,
  ) {
    super();
    const { how, iss, timestampOffset, settings, listener } = opening;
    const headers = headersTo(tuple.remoteAddress);
    const pathMss = Math.max(1, path.mtu - headers);
    const linkMss = Math.max(1, path.interface.mtu - headers);
    this.tcb = new Tcb(this, id, tuple, settings, { how, iss, pathMss, linkMss, timestampOffset, now });
    this.connection = new TcpConnection(this.tcb, this);
    this.listener = listener;
    this.place = listener === undefined ? undefined : 'half-open';
    if (listener !== undefined) listener.halfOpen += 1;
  }

  get tuple(): FourTuple {
    return this.tcb.tuple;
  }

  /** Its handshake is not done, and nobody has it yet. */
  get isHalfOpen(): boolean {
    return this.place === 'half-open';
  }

  get trace(): ((event: TcpTraceEvent) => void) | undefined {
    return this.layer.trace;
  }

  random32(): number {
    return this.layer.random32();
  }

  count(name: string): void {
    this.layer.count(name);
  }

  call<T>(work: (now: number) => T): T {
    return this.layer.call((now) => {
      this.layer.touch(this);
      return work(now);
    });
  }

  transmit(segment: OutgoingSegment, now: number): void {
    const { settings } = this.tcb;
    const { ttl, dscp, pmtuDiscovery } = settings;
    // Discovery leaves DF to IP, which knows paths that take too little for it (RFC 1191 §3).
    const dontFragment = segment.mtuProbe || (pmtuDiscovery ? undefined : false);
    SENDER.tcb = this.tcb;
    SENDER.now = now;
    SENDING.ttl = ttl;
    SENDING.dscp = dscp;
    SENDING.ecn = segment.ecn;
    SENDING.dontFragment = dontFragment;
    SENDING.options = this.fittingIpOptions;
    if (this.layer.send(this.tuple, this.path, segment, SENDER, SENDING)) return;
    refuse(this.tcb, segment);
    this.layer.waitForDrain(this);
  }

  get segmentation(): number {
    return this.optionsOfPath === 0 && this.fittingIpOptions.length === 0
      ? this.path.interface.link.offload.segmentation
      : 0;
  }

  get pathMtu(): number {
    return this.path.mtu;
  }

  get ipOptionsLength(): number {
    const { length } = this.tcb.settings.ipOptions;
    const route = this.optionsOfPath;
    return length === 0 ? route : route + ipv4OptionsLength(this.fittingIpOptions);
  }

  lowerPathMtu(mtu: number): void {
    this.layer.ip.updatePathMtu(this.path, mtu);
  }

  raisePathMtu(size: number): void {
    this.layer.ip.raisePathMtu(this.path, size);
  }

  /** A segment came with options of IPv4; `route` is its way back, if it came by a source route. */
  cameWith(options: readonly Ipv4Option[], route: SourceRoute | undefined): void {
    this.tcb.receivedIpOptions = options;
    // RFC 9293 MUST-52, MUST-53, SHLD-24: who has called keeps to its own way; who was called goes back by the latest.
    if (route === undefined || this.tcb.opened === 'active') return;
    const path = this.layer.ip.pathBy(route, this.tuple.remoteAddress, this.tuple.localAddress);
    if (typeof path !== 'string') this.path = path;
  }

  /** The link has room again. */
  drained(): void {
    linkDrained(this.tcb);
    this.layer.touch(this);
  }

  notify(): void {
    this.layer.notice(this);
  }

  accept(early = false): boolean {
    const { listener } = this;
    if (this.place !== 'fast-open') {
      if (listener?.enqueue(this.connection) !== true) return false;
      this.layer.notice(listener);
    }
    this.uncount();
    if (early && listener !== undefined) {
      this.place = 'fast-open';
      listener.fastOpenPending += 1;
    }
    return true;
  }

  orphaned(): boolean {
    return this.layer.orphans.take(this);
  }

  waits(): boolean {
    this.layer.orphans.give(this);
    return this.layer.timeWaits.take(this);
  }

  fastOpenAnswered(cookie: Uint8Array | undefined, mss: number): void {
    this.layer.fastOpen.answered(this.tuple.localAddress, this.tuple.remoteAddress, cookie, mss);
  }

  fastOpenLost(now: number): void {
    this.layer.fastOpen.lost(this.tuple.localAddress, this.tuple.remoteAddress, now);
  }

  remove(): void {
    this.uncount();
    this.layer.forget(this);
    this.layer.wheel.clear(this);
  }

  advise(): void {
    this.layer.ip.advise(this.path);
  }

  confirm(): void {
    this.layer.ip.confirm(this.path);
  }

  /** Sends what is to be sent, and has the wheel wake us for the earliest timer. */
  settle(now: number): void {
    output(this.tcb, now);
    const deadline = this.tcb.timers.earliest;
    if (deadline === undefined) this.layer.wheel.clear(this);
    else if (!this.pending || this.deadline !== deadline) this.layer.wheel.set(this, deadline);
  }

  deliverNotices(): void {
    this.connection.deliverNotices();
  }

  /** The user's options, where they fit beside a source route, and into the path's packets beside TCP's header. */
  private get fittingIpOptions(): Settings['ipOptions'] {
    const { ipOptions } = this.tcb.settings;
    if (ipOptions.length === 0) return ipOptions;
    // IPv6 has none of them.
    if (this.path.version === 6) return NO_OPTIONS;
    const { headerLength, mtu } = this.path;
    const room = Math.min(MAX_IPV4_OPTIONS - (headerLength - IPV4_HEADER), mtu - headerLength - MOST_OF_TCP);
    return ipv4OptionsLength(ipOptions) <= room ? ipOptions : [];
  }

  /** What a source route takes in IPv4's header, octets. */
  private get optionsOfPath(): number {
    const { sourceRoute, headerLength } = this.path;
    return sourceRoute === undefined ? 0 : headerLength - IPV4_HEADER;
  }

  /** The wheel's word that the earliest timer is due. */
  override fire(now: number): void {
    for (const name of TIMER_NAMES) {
      const deadline = this.tcb.timers.get(name);
      if (deadline !== undefined && deadline <= now) timeout(this.tcb, name, now);
    }
    this.layer.touch(this);
  }

  /** The handshake is over, well or not: it no longer counts against the listener. */
  private uncount(): void {
    const { listener, place } = this;
    if (listener !== undefined && place === 'half-open') listener.halfOpen -= 1;
    if (listener !== undefined && place === 'fast-open') listener.fastOpenPending -= 1;
    this.place = undefined;
  }
}
