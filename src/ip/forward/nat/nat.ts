import type { Scheduled } from '../../../clock/clock';
import { formatIpv4Address } from '../../../wire/address';
import { PROTOCOL } from '../../../wire/ipv4';
import { FLAG } from '../../../wire/tcp';
import { drop, type Drop } from '../../drops';
import type { IpHost } from '../../host';
import { Aging } from './aging';
import type { Flow } from './flow';
import type { NatSettings } from './options';
import { Pool } from './pool';
import { addressOf, endpoint, KIND, portOf, Session, type Kind, type Mapping } from './session';
import { followTcp, tcpPhase } from './tcp-state';

/**
 * True when the host itself uses `port` of its address `local` with this remote endpoint: a connection, a listener, a socket, or for ICMP
 * an identifier. Addresses are uint32.
 */
export type IsTaken = (protocol: number, local: number, port: number, remote: number, remotePort: number) => boolean;

/** A port forward, read. */
export interface Forward {
  readonly kind: Kind;
  readonly port: number;
  /** uint32 */
  readonly inner: number;
  readonly innerPort: number;
}

/** One session, for people. */
export interface NatSession {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** `10.0.0.2:5000` */
  readonly inner: string;
  readonly external: string;
  readonly remote: string;
  readonly state: string;
  /** When it ends if nothing more comes, µs on the stack's clock. */
  readonly expires: number;
}

const PROTOCOL_OF: readonly [number, number, number] = [PROTOCOL.TCP, PROTOCOL.UDP, PROTOCOL.ICMP];
const NAMES = ['tcp', 'udp', 'icmp'] as const;
/** Of a session that is not TCP's: something came from outside. */
const ANSWERED = 1;

/**
 * Who inside stands behind which port of ours (RFC 4787 for UDP, RFC 5382 for TCP, RFC 5508 for ICMP): endpoint-independent mapping,
 * address- and port-dependent filtering. It decides and remembers; packets are changed by others.
 */
export class Nat {
  readonly #host: IpHost;
  readonly #settings: NatSettings;
  readonly #isTaken: IsTaken;
  readonly #forwardsOf: (external: number) => readonly Forward[];
  /** By external address. */
  readonly #pools = new Map<number, Pool>();
  readonly #perHost = new Map<number, number>();
  #size = 0;
  readonly #udp: Aging;
  readonly #udpStream: Aging;
  readonly #icmp: Aging;
  readonly #opening: Aging;
  readonly #established: Aging;
  readonly #closing: Aging;
  readonly #agings: readonly Aging[];
  #timer: Scheduled | undefined;
  /** When the timer looks for what has ended, µs. */
  #wakeAt = Infinity;

  /** @param forwardsOf the port forwards of an external address */
  constructor(
    host: IpHost,
    settings: NatSettings,
    isTaken: IsTaken,
    forwardsOf: (external: number) => readonly Forward[] = () => [],
  ) {
    this.#host = host;
    this.#settings = settings;
    this.#isTaken = isTaken;
    this.#forwardsOf = forwardsOf;
    this.#udp = new Aging(settings.udpTimeout);
    this.#udpStream = new Aging(settings.udpStreamTimeout);
    this.#icmp = new Aging(settings.icmpTimeout);
    this.#opening = new Aging(settings.tcpTransitoryTimeout);
    this.#established = new Aging(settings.tcpEstablishedTimeout);
    this.#closing = new Aging(settings.tcpTransitoryTimeout);
    this.#agings = [this.#udp, this.#opening, this.#icmp, this.#closing, this.#udpStream, this.#established];
  }

  /** How many sessions there are. */
  get size(): number {
    return this.#size;
  }

  get sessions(): NatSession[] {
    const all = this.#agings.flatMap((aging) => {
      const there: NatSession[] = [];
      for (let session = aging.first; session !== undefined; session = session.later) there.push(describe(session));
      return there;
    });
    return all.sort((one, other) => one.expires - other.expires);
  }

  /** The mappings of an address of ours on an outer interface. */
  pool(external: number): Pool {
    const known = this.#pools.get(external);
    if (known !== undefined) return known;
    const pool = new Pool(external);
    for (const { kind, port, inner, innerPort } of this.#forwardsOf(external))
      pool.forward(kind, port, inner, innerPort);
    this.#pools.set(external, pool);
    return pool;
  }

  /**
   * The mapping for a packet from inside that leaves from the address `external`; made if there is none.
   * @returns `undefined`: the packet cannot go, which was counted
   */
  outbound(flow: Flow, external: number): Mapping | undefined {
    const remote = endpoint(flow.dst, flow.dstPort);
    const pool = this.pool(external);
    const first = pool.inner(flow.kind, flow.src, flow.srcPort);
    let session = sessionWith(first, remote);
    if (session === undefined) {
      if (isNoBeginning(flow)) {
        this.#refuse('nat.no-session', flow);
        return undefined;
      }
      session = this.#open(pool, flow, external, first, remote);
      if (session === undefined) return undefined;
    }
    this.#follow(session, flow, true);
    return session.mapping;
  }

  /**
   * The mapping for a packet from outside to an external address of ours.
   * @param pool the address's
   * @returns `local`: it is for the host itself; `refused`: nobody inside has spoken to who sent it, which was counted
   */
  inbound(flow: Flow, pool: Pool): Mapping | 'local' | 'refused' {
    const mapping = pool.outer(flow.kind, flow.dstPort);
    // A request of echo is for us.
    if (mapping === undefined || (flow.kind === KIND.ICMP && !flow.isReply)) return 'local';
    const remote = endpoint(flow.src, flow.srcPort);
    let session = mapping.sessions.get(remote);
    if (session === undefined) {
      const comesIn = mapping.isForward ? this.#openInward(mapping, flow, remote) : undefined;
      if (comesIn === undefined) {
        const { kind, dst, dstPort, src, srcPort } = flow;
        if (!mapping.isForward && this.#isTaken(PROTOCOL_OF[kind], dst, dstPort, src, srcPort)) return 'local';
        this.#refuse('nat.filtered', flow);
        return 'refused';
      }
      session = comesIn;
    }
    this.#follow(session, flow, false);
    return mapping;
  }

  /**
   * The mapping through which the packet went that an ICMP error quotes, if it has such a session; nothing is opened, prolonged or closed
   * by an error (RFC 5508 REQ-6).
   * @param quoted the flow of the quoted packet, as it looks outside
   */
  quotedOutside(quoted: Flow): Mapping | undefined {
    const mapping = this.#pools.get(quoted.src)?.outer(quoted.kind, quoted.srcPort);
    return mapping?.sessions.has(endpoint(quoted.dst, quoted.dstPort)) === true ? mapping : undefined;
  }

  /** The same for an error from inside: the quoted packet came from outside, and has the inner destination. */
  quotedInside(quoted: Flow, external: number): Mapping | undefined {
    const first = this.#pools.get(external)?.inner(quoted.kind, quoted.dst, quoted.dstPort);
    return sessionWith(first, endpoint(quoted.src, quoted.srcPort))?.mapping;
  }

  /** Who inside a packet from inside to an external address of ours is for; `undefined`: for us. */
  turnsBack({ kind, src, srcPort, dst, dstPort, isReply }: Flow): Mapping | undefined {
    const mapping =
      this.#pools.has(dst) || this.#forwardsOf(dst).length > 0 ? this.pool(dst).outer(kind, dstPort) : undefined;
    if (mapping === undefined || (kind === KIND.ICMP && !isReply)) return undefined;
    if (mapping.isForward) return mapping;
    return this.#isTaken(PROTOCOL_OF[kind], dst, dstPort, src, srcPort) ? undefined : mapping;
  }

  /** True when a session has this port of ours with this remote endpoint: the host must not use it for a connection of its own. */
  has(protocol: number, external: number, port: number, remote: number, remotePort: number): boolean {
    const pool = this.#pools.get(external);
    const kind = PROTOCOL_OF.indexOf(protocol);
    if (pool === undefined || kind < 0) return false;
    const mapping = pool.outer(kind as Kind, port);
    return mapping !== undefined && (mapping.isForward || mapping.sessions.has(endpoint(remote, remotePort)));
  }

  /** Forgets the sessions and mappings of an address that is ours no more. */
  forget(external: number): void {
    for (const aging of this.#agings) {
      for (let session = aging.first; session !== undefined;) {
        const { later } = session;
        if (session.mapping.external === external) this.#close(session);
        session = later;
      }
    }
    this.#pools.delete(external);
    if (this.#size > 0) return;
    this.#timer?.cancel();
    this.#wakeAt = Infinity;
  }

  #open(pool: Pool, flow: Flow, external: number, known: Mapping | undefined, remote: number): Session | undefined {
    if (!this.#hasRoom(flow.src, flow)) return undefined;
    const { kind, src, srcPort, dst, dstPort } = flow;
    const isFree = (port: number): boolean => !this.#isTaken(PROTOCOL_OF[kind], external, port, dst, dstPort);
    if (known !== undefined && !known.isForward && !isFree(known.externalPort)) {
      this.#refuse('nat.port-taken', flow);
      return undefined;
    }
    // What makes room may end the last session of the mapping, and the mapping with it.
    const there = known !== undefined && pool.outer(kind, known.externalPort) === known ? known : undefined;
    const mapping = there ?? pool.create(kind, src, srcPort, () => this.#host.random32(), isFree);
    if (mapping !== undefined) return this.#add(mapping, remote);
    this.#refuse('nat.no-port', flow);
    return undefined;
  }

  /** A session that begins outside, through a port forward. */
  #openInward(mapping: Mapping, flow: Flow, remote: number): Session | undefined {
    const { kind, inner, innerPort } = mapping;
    if (isNoBeginning(flow) || !this.#hasRoom(inner, flow)) return undefined;
    // Through two ports to the same inner one, from the same remote one: inside they could not be told apart.
    const first = this.#pools.get(mapping.external)?.inner(kind, inner, innerPort);
    return sessionWith(first, remote) === undefined ? this.#add(mapping, remote) : undefined;
  }

  #add(mapping: Mapping, remote: number): Session {
    const session = new Session(mapping, remote);
    mapping.sessions.set(remote, session);
    this.#size++;
    this.#perHost.set(mapping.inner, (this.#perHost.get(mapping.inner) ?? 0) + 1);
    return session;
  }

  /** Each host has a limit; beyond the one of all, the oldest session that nobody has answered makes room. */
  #hasRoom(inner: number, flow: Flow): boolean {
    if ((this.#perHost.get(inner) ?? 0) >= this.#settings.sessionsPerHost) {
      this.#refuse('nat.host-full', flow);
      return false;
    }
    if (this.#size < this.#settings.sessions) return true;
    const oldest = this.#udp.first ?? this.#opening.first ?? this.#icmp.first ?? this.#closing.first;
    this.#host.count('nat.full');
    if (oldest === undefined) {
      this.#refuse('nat.no-room', flow);
      return false;
    }
    this.#close(oldest);
    return true;
  }

  #follow(session: Session, flow: Flow, fromInside: boolean): void {
    const aging = this.#agingAfter(session, flow, fromInside);
    aging.touch(session, this.#host.clock.now());
    if (session.expires < this.#wakeAt) this.#wake(session.expires);
  }

  #agingAfter(session: Session, flow: Flow, fromInside: boolean): Aging {
    if (flow.kind === KIND.TCP) {
      session.state = followTcp(session.state, flow.flags, fromInside);
      const phase = tcpPhase(session.state);
      if (phase === 'established') return this.#established;
      return phase === 'opening' ? this.#opening : this.#closing;
    }
    if (!fromInside) session.state = ANSWERED;
    if (flow.kind === KIND.ICMP) return this.#icmp;
    return session.state === ANSWERED ? this.#udpStream : this.#udp;
  }

  #close(session: Session): void {
    const { mapping } = session;
    session.aging?.remove(session);
    mapping.sessions.delete(session.remote);
    this.#size--;
    const left = (this.#perHost.get(mapping.inner) ?? 1) - 1;
    if (left > 0) this.#perHost.set(mapping.inner, left);
    else this.#perHost.delete(mapping.inner);
    if (mapping.sessions.size === 0 && !mapping.isForward) this.#pools.get(mapping.external)?.remove(mapping);
  }

  /** One timer waits for the earliest end. Packets put ends off and leave it alone: it looks again when it comes too early. */
  #wake(at: number): void {
    this.#timer?.cancel();
    this.#wakeAt = at;
    this.#timer = this.#host.clock.schedule(at, () => {
      this.#wakeAt = Infinity;
      this.#expire();
    });
  }

  #expire(): void {
    const now = this.#host.clock.now();
    let next = Infinity;
    for (const aging of this.#agings) {
      while (aging.first !== undefined && aging.first.expires <= now) this.#close(aging.first);
      if (aging.first !== undefined) next = Math.min(next, aging.first.expires);
    }
    if (next < Infinity) this.#wake(next);
  }

  #refuse(name: Drop, flow: Flow): void {
    refuse(this.#host, name, flow);
  }
}

/** A packet that begins nothing: a RST, or an echo reply. */
function isNoBeginning(flow: Flow): boolean {
  return flow.kind === KIND.TCP ? (flow.flags & FLAG.RST) !== 0 : flow.isReply;
}

/** Of the mappings of one inner endpoint, which are several only where they were configured, the session with `remote`. */
function sessionWith(first: Mapping | undefined, remote: number): Session | undefined {
  for (let mapping = first; mapping !== undefined; mapping = mapping.sibling) {
    const session = mapping.sessions.get(remote);
    if (session !== undefined) return session;
  }
  return undefined;
}

function refuse(host: IpHost, name: Drop, { kind, src, srcPort, dst, dstPort }: Flow): void {
  drop(host, name, () => `${NAMES[kind]} ${text(src, srcPort)} to ${text(dst, dstPort)}`);
}

function describe({ mapping, remote, state, expires }: Session): NatSession {
  const { kind, inner, innerPort, external, externalPort } = mapping;
  return {
    protocol: NAMES[kind],
    inner: text(inner, innerPort),
    external: text(external, externalPort),
    remote: text(addressOf(remote), portOf(remote)),
    state: kind === KIND.TCP ? tcpPhase(state) : state === ANSWERED ? 'answered' : 'unanswered',
    expires,
  };
}

function text(address: number, port: number): string {
  return `${formatIpv4Address(address)}:${port}`;
}
