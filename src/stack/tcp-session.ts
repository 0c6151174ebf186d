import { Timer } from '../clock/timing-wheel';
import type { Path } from '../ip/paths';
import { TcpConnection, type Driver } from '../tcp/connection';
import type { FourTuple } from '../tcp/connections';
import type { TcpHost } from '../tcp/host';
import type { TcpListener } from '../tcp/listener';
import { output } from '../tcp/output';
import type { OutgoingSegment } from '../tcp/segment';
import type { Settings } from '../tcp/options';
import { Tcb } from '../tcp/tcb';
import { timeout } from '../tcp/timeouts';
import { TIMER_NAMES } from '../tcp/timers';
import type { TcpTraceEvent } from '../tcp/trace';
import { formatIpv4Address } from '../wire/address';
import type { TcpLayer } from './tcp-layer';

/** IPv4's and TCP's headers without options: what an MTU holds less than an MSS. */
export const HEADERS = 40;

/** How a connection comes about. */
export interface SessionOpening {
  readonly how: 'active' | 'passive';
  readonly iss: number;
  readonly timestampOffset: number;
  readonly settings: Settings;
  readonly listener?: TcpListener;
}

/** One connection in its stack: its TCB, its way to the peer, its place in the timing wheel, and its user's handle. */
export class TcpSession implements TcpHost, Driver {
  readonly tcb: Tcb;
  readonly connection: TcpConnection;
  readonly listener: TcpListener | undefined;
  /** It waits for `output`. */
  touched = false;
  /** It waits to tell its user something. */
  noticed = false;
  /** What it counts as in its listener: a handshake in progress, or one whose user has it already. */
  private place: 'half-open' | 'fast-open' | undefined;
  private readonly timer = new Timer((now) => {
    this.timersDue(now);
  });

  constructor(
    private readonly layer: TcpLayer,
    id: number,
    readonly tuple: FourTuple,
    private readonly path: Path,
    opening: SessionOpening,
    now: number,
  ) {
    const { how, iss, timestampOffset, settings, listener } = opening;
    const local = { address: formatIpv4Address(tuple.localAddress), port: tuple.localPort };
    const remote = { address: formatIpv4Address(tuple.remoteAddress), port: tuple.remotePort };
    const pathMss = Math.max(1, path.mtu - HEADERS);
    this.tcb = new Tcb(this, id, local, remote, settings, { how, iss, pathMss, timestampOffset, now });
    this.connection = new TcpConnection(this.tcb, this);
    this.listener = listener;
    this.place = listener === undefined ? undefined : 'half-open';
    if (listener !== undefined) listener.halfOpen += 1;
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
    const { settings, state, trace } = this.tcb;
    const { ttl, dscp } = settings;
    this.layer.send(this.tuple, this.path, segment, { connection: trace, state, now }, { ttl, dscp, ecn: segment.ecn });
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
    this.layer.wheel.clear(this.timer);
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
    if (deadline === undefined) this.layer.wheel.clear(this.timer);
    else if (!this.timer.pending || this.timer.deadline !== deadline) this.layer.wheel.set(this.timer, deadline);
  }

  deliverNotices(): void {
    this.connection.deliverNotices();
  }

  private timersDue(now: number): void {
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
