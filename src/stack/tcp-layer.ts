import type { TimingWheel } from '../clock/timing-wheel';
import type { Ip } from '../ip/ip';
import type { SendOptions } from '../ip/output';
import type { Path } from '../ip/paths';
import { nextLowerPlateau } from '../ip/path-mtu';
import { frameLength } from '../link/frames';
import { CHECKED, segmentSizeOf } from '../link/link';
import type { Datagram, IcmpReport, IpView, ProtocolHandler } from '../ip/protocol';
import { finalDestination, type SourceRoute } from '../ip/source-route';
import { ConnectionTable } from '../tcp/connections';
import { tupleWords, type FourTuple } from '../tcp/tuple';
import { EphemeralPorts } from '../tcp/ephemeral-ports';
import { FastOpenCache } from '../tcp/fast-open';
import { icmpError } from '../tcp/icmp-error';
import { initialSequenceNumber } from '../tcp/isn';
import type { ListenerTable, TcpListener } from '../tcp/listener';
import { TcpError } from '../tcp/errors';
import { DEFAULTS, settingsFrom, type Settings } from '../tcp/options';
import { emptySegment, readSegment, type OutgoingSegment, type Segment } from '../tcp/segment';
import { segmentArrives } from '../tcp/segment-arrives';
import { mayReopen } from '../tcp/segment-arrives/time-wait';
import { sipHash, type SipKey } from '../siphash';
import type { State } from '../tcp/states';
import type { Tcb } from '../tcp/tcb';
import type { ConnectionId, TcpTraceEvent } from '../tcp/trace';
import { enterClosed, returnToListen } from '../tcp/transition';
import { variables } from '../tcp/variables';
import { formatAddress, type Address } from '../wire/address';
import { readUint16, readUint32 } from '../wire/bytes';
import { WireError } from '../wire/error';
import { IPV4_HEADER, PROTOCOL } from '../wire/ipv4';
import type { Ipv4Option } from '../wire/ipv4-options';
import { parseTcp, TCP_CHECKSUM, tcpChecksumIsGood, viewTcp, type TcpView } from '../wire/tcp';
import type { StackHost } from './host';
import { Quota } from './quota';
import { TcpListening } from './tcp-listening';
import { invalidTcpOption, limitsFrom, type TcpLimits, type TcpOptions } from './tcp-options';
import { TcpSession, type SessionOpening } from './tcp-session';
import { segmentValue, writeSegment } from './tcp-wire';

/** IP's ECN field where a router saw congestion (RFC 3168 §5). */
const CONGESTION_EXPERIENCED = 3;

const NO_IP_OPTIONS: readonly Ipv4Option[] = [];

/** Who sends a segment, for the trace: in which state, and when (µs). */
export interface Sender {
  readonly connection: ConnectionId;
  readonly state: State;
  readonly now: number;
  /** Of the connection, if there is one. */
  readonly tcb?: Tcb | undefined;
}

/** How it is sent. What the link is to do is filled in. */
export type Sending = { -readonly [Option in keyof SendOptions]: SendOptions[Option] };

/** TCP in its stack: finds the connection for each segment, answers those that have none, and settles after each turn. */
export class TcpLayer implements ProtocolHandler {
  readonly sessions: ConnectionTable<TcpSession>;
  readonly ports: EphemeralPorts;
  readonly defaults: Settings;
  readonly limits: TcpLimits;
  readonly listening: TcpListening;
  /** Connections in TIME-WAIT, and those whose users are gone. */
  readonly timeWaits: Quota;
  readonly orphans: Quota;
  /** Cookies that servers have given us. */
  readonly fastOpen: FastOpenCache;
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
    const wrong = invalidTcpOption(options);
    if (wrong !== undefined) throw new TcpError('EINVAL', `cannot make a stack: ${wrong}`);
    this.sessions = new ConnectionTable(host.random32());
    this.isnKey = this.newKey();
    this.timestampKey = this.newKey();
    this.ports = new EphemeralPorts(this.newKey(), options.ephemeralPorts ?? { first: 32_768, last: 60_999 });
    this.defaults = settingsFrom(DEFAULTS, options);
    this.limits = limitsFrom(options);
    this.timeWaits = new Quota(this.limits.maxTimeWaits, 1);
    this.orphans = new Quota(this.limits.maxOrphans, 2);
    this.fastOpen = new FastOpenCache(this.limits.fastOpenCache, () => {
      this.count('tcp.fast-open-cache-full');
    });
    this.listening = new TcpListening(this, options);
    ip.protocol(PROTOCOL.TCP, this);
    ip.onLinkDrain = () => {
      this.linkDrained();
    };
    ip.onAddressRemoved = (address) => {
      this.addressRemoved(address);
    };
  }

  get trace(): ((event: TcpTraceEvent) => void) | undefined {
    return this.host.trace;
  }

  random32(): number {
    return this.host.random32();
  }

  /** A secret. */
  newKey(): SipKey {
    return [this.random32(), this.random32(), this.random32(), this.random32()];
  }

  get listeners(): ListenerTable {
    return this.listening.listeners;
  }

  /** No connection can be added. */
  get isFull(): boolean {
    return this.sessions.size >= this.limits.maxConnections;
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

  /** Makes a connection and puts it in the table. `iss`: as a SYN cookie has it; `above`: beyond this number. */
  connect(
    tuple: FourTuple,
    path: Path,
    opening: Omit<SessionOpening, 'iss' | 'timestampOffset'> & { readonly iss?: number },
    now: number,
    above?: number,
  ): TcpSession {
    let iss = opening.iss ?? initialSequenceNumber(this.isnKey, tupleWords(tuple), now);
    // A reopened four-tuple starts beyond all that the old connection sent (RFC 9293 §3.6.1).
    if (above !== undefined && ((iss - above) | 0) <= 0) iss = (above + 1) >>> 0;
    const timestampOffset = this.timestampOffset(tuple);
    const session = new TcpSession(this, this.nextId(), tuple, path, { ...opening, iss, timestampOffset }, now);
    this.sessions.add(tuple, session);
    return session;
  }

  /** RFC 7323 §7.1: by the addresses and ports, so that the next connection between them goes on where this one's clock was. */
  timestampOffset(tuple: FourTuple): number {
    return sipHash(this.timestampKey, tupleWords(tuple));
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
  send(tuple: FourTuple, path: Path, segment: OutgoingSegment, sender: Sender, options: Sending = {}): boolean {
    if (this.trace !== undefined) this.traceDeparture(tuple, segment, sender);
    const room = this.ip.room(path);
    const { checksum } = path.interface.link.offload;
    const length = writeSegment(room.bytes, room.transport, tuple, segment, !checksum);
    options.segmentSize = segment.segmentSize;
    options.checksumOffset = checksum ? TCP_CHECKSUM : 0;
    return this.ip.sendBehind(room, length, path, PROTOCOL.TCP, segment.data, options);
  }

  private traceDeparture(tuple: FourTuple, segment: OutgoingSegment, sender: Sender): void {
    const { flags, reason, data, seq, wnd } = segment;
    const { connection, state, now, tcb } = sender;
    const { sampler } = this.host;
    if (sampler !== undefined && !sampler('out', connection, flags, frameLength(data), reason, tcb, seq, wnd)) return;
    this.trace?.({
      type: 'segment',
      time: now,
      direction: 'out',
      connection,
      segment: segmentValue(tuple, segment),
      // Who asks for the length of the payload itself has it joined.
      ...(data.length > 1 && { length: frameLength(data) }),
      before: state,
      after: state,
      reason,
      ...(tcb !== undefined && { variables: variables(tcb) }),
    });
  }

  forget(session: TcpSession): void {
    this.sessions.remove(session.tuple);
    this.timeWaits.give(session);
    this.orphans.give(session);
    if (this.refused.size > 0) this.refused.delete(session);
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
    this.tellUsers();
  }

  /** Everybody who waits for news is told. What a user's function throws comes out when all were told. */
  tellUsers(): void {
    const { noticed } = this;
    if (noticed.length === 0) return;
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

  owns(local: Address, port: number, remote: Address, remotePort: number): boolean {
    return this.listeners.isListening(port) || this.sessions.has(local, port, remote, remotePort);
  }

  receive(datagram: Datagram): void {
    const { packet, broadcast, info } = datagram;
    const view = viewTcp(packet.bytes, packet.payloadOffset, packet.end);
    if (view instanceof WireError || broadcast) {
      this.dropUnread(datagram, view);
      return;
    }
    if ((info & CHECKED) === 0 && !tcpChecksumIsGood(view, packet.src, packet.dst)) {
      this.dropDamaged(datagram, view);
      return;
    }
    const { segment } = this;
    readSegment(segment, view, this.malformedOption);
    segment.congestionExperienced = packet.ecn === CONGESTION_EXPERIENCED;
    segment.dscp = packet.dscp;
    segment.segmentSize = segmentSizeOf(info);
    if ((packet.version === 4 && packet.headerLength > IPV4_HEADER) || this.ipOptions.length > 0) {
      this.ipOptions = this.ip.options(datagram);
      this.wayBack = this.ip.returnRoute(datagram);
    }
    const now = this.host.clock.now();
    const session = this.sessions.get(packet.dst, view.dstPort, packet.src, view.srcPort);
    if (session === undefined) this.listening.arrives(tupleOf(packet, view), view, segment, now);
    else if (mayReopen(session.tcb, segment) && this.hasListenerFor(session)) {
      this.reopen(session, view, segment, now);
    } else this.arrives(session, view, segment, now);
  }

  private dropUnread({ packet }: Datagram, view: TcpView | WireError): void {
    if (view instanceof WireError) this.drop('malformed', () => view.message);
    // RFC 9293 MUST-57.
    else this.drop('broadcast', () => `a segment to ${formatAddress(packet.dst)}`);
  }

  private dropDamaged({ packet }: Datagram, view: TcpView): void {
    this.drop('bad-checksum', () => `from ${formatAddress(packet.src)}:${view.srcPort}`);
  }

  error(report: IcmpReport): void {
    const { quoted, kind, code, from } = report;
    const { payload } = quoted;
    const session = this.sessions.get(
      quoted.src,
      readUint16(payload, 0),
      finalDestination(quoted),
      readUint16(payload, 2),
    );
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
    if (this.trace !== undefined) this.traceArrival(view, tcb.trace, before, tcb.state, now, tcb);
    if (answer !== undefined) session.transmit(answer, now);
    this.touch(session);
  }

  private hasListenerFor({ tuple }: TcpSession): boolean {
    return this.listeners.find(tuple) !== undefined;
  }

  /** A new SYN for a connection in TIME-WAIT (RFC 9293 §3.6.1): the old one makes way. */
  private reopen(session: TcpSession, view: TcpView, segment: Segment, now: number): void {
    const { snd } = session.tcb;
    this.count('tcp.time-wait-reopened');
    enterClosed(session.tcb, 'rcv SYN', now);
    this.listening.arrives(session.tuple, view, segment, now, snd.nxt);
  }

  traceArrival(view: TcpView, connection: ConnectionId, before: State, after: State, now: number, tcb?: Tcb): void {
    if (this.trace === undefined) return;
    const { sampler } = this.host;
    if (sampler !== undefined) {
      const { flags, payloadLength, seq, window } = view;
      if (!sampler('in', connection, flags, payloadLength, undefined, tcb, seq, window)) return;
    }
    const segment = parseTcp(view);
    if (segment instanceof WireError) return;
    const known = tcb === undefined ? undefined : { variables: variables(tcb) };
    this.trace({ type: 'segment', time: now, direction: 'in', connection, segment, before, after, ...known });
  }

  /** The way to who has sent the present segment: back by its source route, or as we know it. */
  pathBack({ remoteAddress, localAddress }: FourTuple): ReturnType<Ip['pathBy']> {
    if (this.wayBack !== undefined) return this.ip.pathBy(this.wayBack, remoteAddress, localAddress);
    return this.ip.path(remoteAddress, localAddress);
  }

  /** A connection that the present segment has made keeps what came with it in IP's options. */
  noteIpOptions(session: TcpSession): void {
    if (this.ipOptions.length > 0) session.cameWith(this.ipOptions, this.wayBack);
  }

  /** An address is not ours any more: what was said from there cannot be heard any further, nor taken back. */
  private addressRemoved(address: Address): void {
    const now = this.host.clock.now();
    for (const session of [...this.sessions.all()]) {
      if (session.tuple.localAddress !== address) continue;
      const { tcb } = session;
      if (tcb.state === 'SYN-RECEIVED' && tcb.opened === 'passive') returnToListen(tcb, 'user timeout', now);
      else enterClosed(tcb, 'user timeout', now, 'EADDRNOTAVAIL');
      this.touch(session);
    }
  }

  private linkDrained(): void {
    const { refused } = this;
    this.refused = new Set();
    for (const session of refused) session.drained();
  }

  /** Counts and reports a segment that came to nothing. */
  drop(reason: string, detail: () => string): void {
    this.count(`tcp.${reason}`);
    this.trace?.({ type: 'drop', time: this.host.clock.now(), layer: 'tcp', reason, detail: detail() });
  }
}

function tupleOf(packet: IpView, view: TcpView): FourTuple {
  return {
    localAddress: packet.dst,
    localPort: view.dstPort,
    remoteAddress: packet.src,
    remotePort: view.srcPort,
  };
}
