import type { TimingWheel } from '../clock/timing-wheel';
import type { Ip } from '../ip/ip';
import type { SendOptions } from '../ip/ipv4-output';
import type { Path } from '../ip/paths';
import { nextLowerPlateau } from '../ip/path-mtu';
import type { Datagram, IcmpReport, ProtocolHandler } from '../ip/protocol';
import { finalDestination, type SourceRoute } from '../ip/source-route';
import { ConnectionTable, type FourTuple } from '../tcp/connections';
import { EphemeralPorts, type PortRange } from '../tcp/ephemeral-ports';
import { icmpError } from '../tcp/icmp-error';
import { initialSequenceNumber } from '../tcp/isn';
import { ListenerTable, type TcpListener } from '../tcp/listener';
import { TcpError } from '../tcp/errors';
import { DEFAULTS, invalidOption, settingsFrom, type Settings } from '../tcp/options';
import { emptySegment, readSegment, resetFor, type OutgoingSegment, type Segment } from '../tcp/segment';
import { segmentArrives } from '../tcp/segment-arrives';
import { arrivesInListen, checkListen } from '../tcp/segment-arrives/listen';
import { mayReopen } from '../tcp/segment-arrives/time-wait';
import { sipHash, type SipKey } from '../tcp/siphash';
import type { State } from '../tcp/states';
import type { ConnectionId, TcpTraceEvent } from '../tcp/trace';
import { enterClosed } from '../tcp/transition';
import type { ConnectionOptions } from '../tcp/user';
import { formatIpv4Address } from '../wire/address';
import { readUint16, readUint32 } from '../wire/bytes';
import { WireError } from '../wire/error';
import { IPV4_HEADER, PROTOCOL, type Ipv4View } from '../wire/ipv4';
import type { Ipv4Option } from '../wire/ipv4-options';
import { parseTcp, tcpChecksumIsGood, viewTcp, type TcpView } from '../wire/tcp';
import type { StackHost } from './host';
import { TcpSession, type SessionOpening } from './tcp-session';
import { segmentBytes, segmentValue } from './tcp-wire';

/** TCP's options for a whole stack: defaults of its connections, and bounds. */
export interface TcpOptions extends ConnectionOptions {
  /** The most connections in any state. Default 1,000,000; beyond it `open` fails with ENOBUFS and SYNs are dropped. */
  maxConnections?: number;
  /** The most handshakes in progress that one listener has. Default 1024; SYNs beyond it are dropped and counted. */
  maxHalfOpen?: number;
  /** Where ephemeral ports come from. Default 32768 to 60999. */
  ephemeralPorts?: PortRange;
}

/** IP's ECN field where a router saw congestion (RFC 3168 §5). */
const CONGESTION_EXPERIENCED = 3;

const NO_IP_OPTIONS: readonly Ipv4Option[] = [];

/** TCP in its stack: finds the connection for each segment, answers those that have none, and settles after each turn. */
export class TcpLayer implements ProtocolHandler {
  readonly sessions: ConnectionTable<TcpSession>;
  readonly listeners = new ListenerTable();
  readonly ports: EphemeralPorts;
  readonly defaults: Settings;
  readonly maxConnections: number;
  private readonly maxHalfOpen: number;
  private readonly isnKey: SipKey;
  private readonly timestampKey: SipKey;
  /** The segment that arrives: one is enough, since none is kept. */
  private readonly segment = emptySegment();
  private readonly malformedOption = (error: WireError): void => {
    this.drop('malformed-option', () => error.message);
  };
  private lastId = 0;
  private touched: TcpSession[] = [];
  private noticed: (TcpSession | TcpListener)[] = [];
  /** Connections of which a link has refused something. */
  private refused = new Set<TcpSession>();
  /** What IPv4's options the present segment came with, and its way back where it came by a source route. */
  private ipOptions: readonly Ipv4Option[] = NO_IP_OPTIONS;
  private wayBack: SourceRoute | undefined;

  /** @throws TcpError EINVAL for an option out of range */
  constructor(
    private readonly host: StackHost,
    readonly ip: Ip,
    readonly wheel: TimingWheel,
    options: TcpOptions,
  ) {
    const wrong = invalidOption(options);
    if (wrong !== undefined) throw new TcpError('EINVAL', `cannot make a stack: ${wrong}`);
    const key = (): SipKey => [host.random32(), host.random32(), host.random32(), host.random32()];
    this.sessions = new ConnectionTable(host.random32());
    this.isnKey = key();
    this.timestampKey = key();
    this.ports = new EphemeralPorts(key(), options.ephemeralPorts ?? { first: 32_768, last: 60_999 });
    this.defaults = settingsFrom(DEFAULTS, options);
    this.maxConnections = options.maxConnections ?? 1_000_000;
    this.maxHalfOpen = options.maxHalfOpen ?? 1024;
    ip.protocol(PROTOCOL.TCP, this);
    ip.onLinkDrain = () => {
      this.linkDrained();
    };
  }

  get trace(): ((event: TcpTraceEvent) => void) | undefined {
    return this.host.trace;
  }

  random32(): number {
    return this.host.random32();
  }

  count(name: string): void {
    this.host.count(name);
  }

  /** A user's call: a turn, at the time of now. */
  call<T>(work: (now: number) => T): T {
    return this.host.clock.turn(() => work(this.host.clock.now()));
  }

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Makes a connection and puts it in the table. */
  connect(tuple: FourTuple, path: Path, opening: Omit<SessionOpening, 'iss' | 'timestampOffset'>, now: number, above?: number): TcpSession {
    const { localAddress, localPort, remoteAddress, remotePort } = tuple;
    let iss = initialSequenceNumber(this.isnKey, [localAddress, remoteAddress, (localPort << 16) | remotePort], now);
    // A reopened four-tuple starts beyond all that the old connection sent (RFC 9293 §3.6.1).
    if (above !== undefined && ((iss - above) | 0) <= 0) iss = (above + 1) >>> 0;
    // RFC 7323 §7.1: by the addresses, so that the next connection between them goes on where this one's clock was.
    const timestampOffset = sipHash(this.timestampKey, [localAddress, remoteAddress, (localPort << 16) | remotePort]);
    const session = new TcpSession(this, this.nextId(), tuple, path, { ...opening, iss, timestampOffset }, now);
    this.sessions.add(tuple, session);
    return session;
  }

  /** The connection has changed: before the turn ends it sends what it has to send, and sets its timer. */
  touch(session: TcpSession): void {
    if (session.touched) return;
    session.touched = true;
    this.touched.push(session);
  }

  /** Somebody's user is to be told something before the turn ends. */
  notice(who: TcpSession | TcpListener): void {
    if (who.noticed) return;
    who.noticed = true;
    this.noticed.push(who);
  }

  /** The link of this connection is full: it hears when there is room again. */
  waitForDrain(session: TcpSession): void {
    this.refused.add(session);
  }

  /** Hands a segment to IP, and tells who sent it, in which state, and when (µs). Returns false when the link had no room. */
  send(
    tuple: FourTuple,
    path: Path,
    segment: OutgoingSegment,
    sender: { readonly connection: ConnectionId; readonly state: State; readonly now: number },
    options?: SendOptions,
  ): boolean {
    this.trace?.({
      type: 'segment',
      time: sender.now,
      direction: 'out',
      connection: sender.connection,
      segment: segmentValue(tuple, segment),
      before: sender.state,
      after: sender.state,
      reason: segment.reason,
    });
    return this.ip.send(path, PROTOCOL.TCP, segmentBytes(tuple, segment), options);
  }

  forget(session: TcpSession): void {
    this.sessions.remove(session.tuple);
    this.refused.delete(session);
  }

  get isSettled(): boolean {
    return this.touched.length === 0 && this.noticed.length === 0;
  }

  /** One round: everybody sends, then everybody is told. What a user's function throws comes out when all were told. */
  settle(): void {
    const now = this.host.clock.now();
    const { touched } = this;
    this.touched = [];
    for (const session of touched) {
      session.touched = false;
      session.settle(now);
    }
    const { noticed } = this;
    this.noticed = [];
    const failures: unknown[] = [];
    for (const who of noticed) {
      who.noticed = false;
      try {
        who.deliverNotices();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  receive(datagram: Datagram): void {
    const { packet, broadcast } = datagram;
    const view = viewTcp(packet.payload);
    if (view instanceof WireError) {
      this.drop('malformed', () => view.message);
      return;
    }
    if (!tcpChecksumIsGood(view, packet.src, packet.dst)) {
      this.drop('bad-checksum', () => `from ${formatIpv4Address(packet.src)}:${view.srcPort}`);
      return;
    }
    if (broadcast) {
      // RFC 9293 MUST-57.
      this.drop('broadcast', () => `a segment to ${formatIpv4Address(packet.dst)}`);
      return;
    }
    const { segment } = this;
    readSegment(segment, view, this.malformedOption);
    segment.congestionExperienced = packet.ecn === CONGESTION_EXPERIENCED;
    segment.dscp = packet.dscp;
    if (packet.headerLength > IPV4_HEADER || this.ipOptions.length > 0) {
      this.ipOptions = this.ip.options(datagram);
      this.wayBack = this.ip.returnRoute(datagram);
    }
    const now = this.host.clock.now();
    const session = this.sessions.get(packet.dst, view.dstPort, packet.src, view.srcPort);
    if (session === undefined) this.arrivesForListener(packet, view, segment, now);
    else if (mayReopen(session.tcb, segment) && this.hasListenerFor(session)) {
      this.reopen(session, packet, view, segment, now);
    } else this.arrives(session, view, segment, now);
  }

  error(report: IcmpReport): void {
    const { quoted, kind, code, from } = report;
    const { payload } = quoted;
    const session = this.sessions.get(quoted.src, readUint16(payload, 0), finalDestination(quoted), readUint16(payload, 2));
    if (session === undefined || kind === 'source-quench') {
      this.count('tcp.icmp-for-no-connection');
      return;
    }
    const own = from === session.tcb.local.address;
    // RFC 1191 §5: a router that says 0 leaves us to guess. Some quote a length that is too large.
    const size = Math.min(quoted.totalLength, session.pathMtu);
    const mtu = report.nextHopMtu === 0 ? nextLowerPlateau(size) : report.nextHopMtu;
    icmpError(session.tcb, { kind, code, from, seq: readUint32(payload, 4), own, mtu }, this.host.clock.now());
    this.touch(session);
  }

  private arrives(session: TcpSession, view: TcpView, segment: Segment, now: number): void {
    const { tcb } = session;
    const before = tcb.state;
    if (this.ipOptions.length > 0) session.cameWith(this.ipOptions, this.wayBack);
    const answer = segmentArrives(tcb, segment, now);
    if (this.trace !== undefined) this.traceArrival(view, tcb.trace, before, tcb.state, now);
    if (answer !== undefined) session.transmit(answer, now);
    this.touch(session);
  }

  private hasListenerFor({ tcb: { local, remote } }: TcpSession): boolean {
    return this.listeners.find(local.address, local.port, remote) !== undefined;
  }

  /** A new SYN for a connection in TIME-WAIT (RFC 9293 §3.6.1): the old one makes way. */
  private reopen(session: TcpSession, packet: Ipv4View, view: TcpView, segment: Segment, now: number): void {
    const { snd } = session.tcb;
    this.count('tcp.time-wait-reopened');
    enterClosed(session.tcb, 'rcv SYN', now);
    this.arrivesForListener(packet, view, segment, now, snd.nxt);
  }

  /** SEGMENT ARRIVES in LISTEN and in CLOSED (RFC 9293 §3.10.7.1, §3.10.7.2). */
  private arrivesForListener(packet: Ipv4View, view: TcpView, segment: Segment, now: number, above?: number): void {
    const tuple: FourTuple = {
      localAddress: packet.dst,
      localPort: view.dstPort,
      remoteAddress: packet.src,
      remotePort: view.srcPort,
    };
    const local = { address: formatIpv4Address(tuple.localAddress), port: tuple.localPort };
    const remote = { address: formatIpv4Address(tuple.remoteAddress), port: tuple.remotePort };
    const nobody: ConnectionId = { id: 0, local, remote };
    const listener = this.listeners.find(local.address, local.port, remote);
    if (listener === undefined) {
      this.traceArrival(view, nobody, 'CLOSED', 'CLOSED', now);
      this.count('tcp.no-listener');
      this.answer(tuple, nobody, 'CLOSED', resetFor(segment), now);
      return;
    }
    const verdict = checkListen(segment);
    const session = verdict === 'continue' ? this.welcome(listener, tuple, segment, now, above) : undefined;
    this.traceArrival(view, session?.tcb.trace ?? nobody, 'LISTEN', session?.tcb.state ?? 'LISTEN', now);
    if (typeof verdict !== 'string') this.answer(tuple, nobody, 'LISTEN', verdict, now);
  }

  /** A SYN that is welcome makes a connection, within the listener's bounds. Beyond them the SYN is as good as lost. */
  private welcome(
    listener: TcpListener,
    tuple: FourTuple,
    segment: Segment,
    now: number,
    above: number | undefined,
  ): TcpSession | undefined {
    if (listener.isFull || listener.halfOpen >= this.maxHalfOpen || this.sessions.size >= this.maxConnections) {
      this.drop('backlog-full', () => `a SYN for ${listener.local.address}:${listener.local.port}`);
      return undefined;
    }
    const path = this.pathBack(tuple);
    if (typeof path === 'string') {
      this.drop('no-route', () => `a SYN from ${formatIpv4Address(tuple.remoteAddress)}, to which there is no route`);
      return undefined;
    }
    const session = this.connect(tuple, path, { how: 'passive', settings: listener.settings, listener }, now, above);
    if (this.ipOptions.length > 0) session.cameWith(this.ipOptions, this.wayBack);
    arrivesInListen(session.tcb, segment, now);
    this.touch(session);
    return session;
  }

  /** Sends a reset for which there is no connection. */
  private answer(
    tuple: FourTuple,
    connection: ConnectionId,
    state: State,
    segment: OutgoingSegment | undefined,
    now: number,
  ): void {
    if (segment === undefined) return;
    const path = this.pathBack(tuple);
    if (typeof path === 'string') return;
    this.count('tcp.resets-sent');
    this.send(tuple, path, segment, { connection, state, now });
  }

  private traceArrival(view: TcpView, connection: ConnectionId, before: State, after: State, now: number): void {
    if (this.trace === undefined) return;
    const segment = parseTcp(view);
    if (segment instanceof WireError) return;
    this.trace({ type: 'segment', time: now, direction: 'in', connection, segment, before, after });
  }

  /** The way to who has sent the present segment: back by its source route, or as we know it. */
  private pathBack({ remoteAddress, localAddress }: FourTuple): ReturnType<Ip['pathBy']> {
    if (this.wayBack !== undefined) return this.ip.pathBy(this.wayBack, remoteAddress, localAddress);
    return this.ip.path(remoteAddress, localAddress);
  }

  private linkDrained(): void {
    const { refused } = this;
    this.refused = new Set();
    for (const session of refused) session.drained();
  }

  private drop(reason: string, detail: () => string): void {
    this.count(`tcp.${reason}`);
    this.trace?.({ type: 'drop', time: this.host.clock.now(), layer: 'tcp', reason, detail: detail() });
  }
}
