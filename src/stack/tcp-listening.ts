import type { Path } from '../ip/paths';
import { endpoints, tupleWords, type FourTuple } from '../tcp/tuple';
import { FastOpenCookies, type FastOpening } from '../tcp/fast-open';
import { ListenerTable, type TcpListener } from '../tcp/listener';
import { defaultMss, headersTo } from '../tcp/mss';
import { hasFlag, resetFor, type OutgoingSegment, type Segment } from '../tcp/segment';
import { arrivesInListen, arrivesWithCookie, checkListen } from '../tcp/segment-arrives/listen';
import { cookieSynAck, mayComeBack, rebuildSyn, SynCookies } from '../tcp/syn-cookies';
import type { State } from '../tcp/states';
import { Timestamps } from '../tcp/timestamps';
import type { ConnectionId } from '../tcp/trace';
import { formatAddress } from '../wire/address';
import { FLAG, type TcpView } from '../wire/tcp';
import type { TcpLayer } from './tcp-layer';
import type { TcpOptions } from './tcp-options';
import type { TcpSession } from './tcp-session';

/** Segments that no connection takes: callers, the ACKs of SYN cookies, and strays (RFC 9293 §3.10.7.1, §3.10.7.2). */
export class TcpListening {
  readonly listeners = new ListenerTable();
  private readonly synCookies: NonNullable<TcpOptions['synCookies']>;
  private readonly cookies: SynCookies;
  private readonly fastOpen: FastOpenCookies;

  constructor(
    private readonly layer: TcpLayer,
    options: TcpOptions,
  ) {
    this.synCookies = options.synCookies ?? 'auto';
    this.cookies = new SynCookies(layer.newKey(), layer.newKey());
    this.fastOpen = new FastOpenCookies(() => layer.newKey());
  }

  /**
   * SEGMENT ARRIVES in LISTEN and in CLOSED.
   * @param above our last sequence number of an old connection that made way
   */
  arrives(tuple: FourTuple, view: TcpView, segment: Segment, now: number, above?: number): void {
    const { layer } = this;
    const listener = this.listeners.find(tuple);
    if (listener === undefined) {
      this.traceArrival(tuple, view, undefined, 'CLOSED', now);
      layer.count('tcp.no-listener');
      this.answer(tuple, 'CLOSED', resetFor(segment), now);
      return;
    }
    if (
      mayBringCookie(segment) &&
      mayComeBack(listener.cookieSentAt, now) &&
      this.redeem(listener, tuple, view, segment, now)
    )
      return;
    const verdict = checkListen(segment);
    const session = verdict === 'continue' ? this.welcome(listener, tuple, view, segment, now, above) : undefined;
    if (session === 'cookie') return;
    this.traceArrival(tuple, view, session, 'LISTEN', now);
    if (typeof verdict !== 'string') this.answer(tuple, 'LISTEN', verdict, now);
  }

  /** @param session that the segment has made, if it has */
  private traceArrival(
    tuple: FourTuple,
    view: TcpView,
    session: TcpSession | undefined,
    before: State,
    now: number,
  ): void {
    const { layer } = this;
    if (layer.trace === undefined) return;
    const connection = session === undefined ? nobody(tuple) : session.tcb.trace;
    layer.traceArrival(view, connection, before, session === undefined ? before : session.tcb.state, now, session?.tcb);
  }

  /**
   * A SYN that is welcome makes a connection, within the listener's bounds. Beyond them it gets a cookie, which is told in full, or is as
   * good as lost.
   */
  private welcome(
    listener: TcpListener,
    tuple: FourTuple,
    view: TcpView,
    segment: Segment,
    now: number,
    above: number | undefined,
  ): TcpSession | 'cookie' | undefined {
    const { layer, synCookies } = this;
    if (hasFlag(segment, FLAG.FIN)) {
      layer.drop('syn-fin', () => 'SYN and FIN in one segment, which no peer means');
      return undefined;
    }
    // Who had a connection just now is no stranger: there are at most as many of them as connections in TIME-WAIT.
    const crowded = above === undefined && listener.halfOpen >= layer.limits.maxHalfOpen;
    if (listener.isFull || layer.isFull || (crowded && synCookies === false)) {
      layer.drop('backlog-full', () => `a SYN for ${listener.local.address}:${listener.local.port}`);
      return undefined;
    }
    const path = layer.pathBack(tuple);
    if (typeof path === 'string') {
      layer.drop('no-route', () => `a SYN from ${formatAddress(tuple.remoteAddress)}, to which there is no route`);
      return undefined;
    }
    if (crowded || (synCookies === 'always' && above === undefined)) {
      // The SYN is told before its answer, which goes out here.
      this.traceArrival(tuple, view, undefined, 'LISTEN', now);
      this.sendCookie(listener, tuple, path, segment, now);
      return 'cookie';
    }
    const session = layer.connect(tuple, path, { how: 'passive', settings: listener.settings, listener }, now, above);
    layer.noteIpOptions(session);
    session.tcb.fastOpen = this.fastOpening(listener, tuple, segment, now);
    arrivesInListen(session.tcb, segment, now);
    layer.touch(session);
    return session;
  }

  private sendCookie(listener: TcpListener, tuple: FourTuple, path: Path, syn: Segment, now: number): void {
    const { layer } = this;
    const { settings } = listener;
    const cookie = this.cookies.make(tupleWords(tuple), syn.seq, syn.mss ?? defaultMss(tuple.remoteAddress), now);
    if (cookie === undefined) {
      layer.drop('backlog-full', () => `a SYN with an MSS of ${syn.mss ?? 0}, for which there is no SYN cookie`);
      return;
    }
    listener.cookieSentAt = now;
    layer.count('tcp.syn-cookies-sent');
    const clock = new Timestamps(layer.timestampOffset(tuple)).value(now);
    const segment = cookieSynAck(syn, cookie, settings, Math.max(1, path.mtu - headersTo(tuple.remoteAddress)), clock);
    const { ttl, dscp } = settings;
    layer.send(tuple, path, segment, { connection: nobody(tuple), state: 'LISTEN', now }, { ttl, dscp });
  }

  /** An ACK to a listener, while cookies are out. Returns `false` when it brings none back. */
  private redeem(listener: TcpListener, tuple: FourTuple, view: TcpView, ack: Segment, now: number): boolean {
    const { layer } = this;
    const cookie = (ack.ack - 1) >>> 0;
    const mss = this.cookies.read(tupleWords(tuple), (ack.seq - 1) >>> 0, cookie, now);
    if (mss === undefined) {
      layer.count('tcp.syn-cookies-rejected');
      return false;
    }
    if (listener.isFull || layer.isFull) {
      // As good as lost: what the peer sends next brings the cookie again.
      layer.drop(
        'accept-queue-full',
        () => `the ACK of a SYN cookie for ${listener.local.address}:${listener.local.port}`,
      );
      return true;
    }
    const path = layer.pathBack(tuple);
    if (typeof path === 'string') return false;
    layer.count('tcp.syn-cookies-accepted');
    const { settings } = listener;
    const session = layer.connect(tuple, path, { how: 'passive', settings, listener, iss: cookie }, now);
    layer.noteIpOptions(session);
    const answer = arrivesWithCookie(session.tcb, rebuildSyn(ack, mss, settings), ack, now);
    this.traceArrival(tuple, view, session, 'LISTEN', now);
    if (answer !== undefined) session.transmit(answer, now);
    layer.touch(session);
    return true;
  }

  /** RFC 7413 §4.2.2: what Fast Open does for this SYN. */
  private fastOpening(
    listener: TcpListener,
    tuple: FourTuple,
    { cookie }: Segment,
    now: number,
  ): FastOpening | undefined {
    const { layer, fastOpen } = this;
    if (listener.fastOpenQueue === undefined || cookie === undefined) return undefined;
    const { localAddress, remoteAddress } = tuple;
    const verdict = fastOpen.check(cookie, localAddress, remoteAddress, now);
    if (verdict !== 'bad' && listener.fastOpenPending >= listener.fastOpenQueue) {
      layer.count('tcp.fast-open-queue-full');
      return undefined;
    }
    if (verdict === 'bad' && cookie.length > 0) layer.count('tcp.fast-open-bad-cookies');
    const fresh = verdict === 'current' ? undefined : fastOpen.make(localAddress, remoteAddress, now);
    if (fresh !== undefined) layer.count('tcp.fast-open-cookies-sent');
    if (verdict !== 'bad') layer.count('tcp.fast-open-accepted');
    return { cookie: fresh, early: verdict !== 'bad', mss: 0 };
  }

  /** Sends a reset for which there is no connection. */
  private answer(tuple: FourTuple, state: State, segment: OutgoingSegment | undefined, now: number): void {
    if (segment === undefined) return;
    const { layer } = this;
    const path = layer.pathBack(tuple);
    if (typeof path === 'string') return;
    layer.count('tcp.resets-sent');
    layer.send(tuple, path, segment, { connection: nobody(tuple), state, now });
  }
}

/** What the trace calls the two ends of no connection. */
function nobody(tuple: FourTuple): ConnectionId {
  return { id: 0, ...endpoints(tuple) };
}

/** The ACK of our SYN,ACK, whatever else is in it. */
function mayBringCookie(segment: Segment): boolean {
  return (segment.flags & (FLAG.ACK | FLAG.SYN | FLAG.RST)) === FLAG.ACK;
}
