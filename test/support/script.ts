import { afterEach } from '@jest/globals';
import type { IpOptions } from '../../src/ip/host';
import type { TcpOptions } from '../../src/stack/tcp-options';
import type { State } from '../../src/tcp/states';
import type { Status } from '../../src/tcp/status';
import type { TransitionEvent } from '../../src/tcp/trace';
import type { Connection, ConnectionOptions, Listener, PassiveOpen, SendOptions, Tcp } from '../../src/tcp/user';
import type { IcmpMessage } from '../../src/wire/icmp';
import { emitIpv4, type Ipv4Packet } from '../../src/wire/ipv4';
import { checkConnection } from './invariants';
import { octets } from './octets';
import { Peer } from './peer';
import { Wire } from './wire';

export const US = '10.9.0.2';
export const PEER = '10.9.0.1';
export const MILLISECOND = 1_000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;

/** The retransmission time-out after a handshake that took no time, as `established`'s does: the minimum. */
export const RTO = 200 * MILLISECOND;

/**
 * What scripts start from: RFC 9293 and window scaling alone, with buffers of one size, so that their lines are short and each tells of
 * one thing. `{ ...DEFAULT_PROFILE, … }` is what users have.
 */
export const PLAIN: ConnectionOptions = {
  timestamps: false,
  sack: false,
  quickAcks: 0,
  nagle: 'classic',
  congestion: 'reno',
  sendBuffer: 262_144,
  receiveBuffer: 262_144,
};

/** Where a script starts. The connection's own options (`noDelay`, `msl`, …) stand beside these. */
export interface ScriptOptions extends ConnectionOptions {
  /** We listen on this port … */
  readonly passive?: number;
  /** … with this backlog, … */
  readonly backlog?: number;
  /** … for this peer alone (a "fully specified" passive OPEN). */
  readonly onlyPeer?: boolean;
  /** We call the peer on this port. Without `passive` and `active` nothing is opened. */
  readonly active?: number;
  /** Initial sequence numbers. Ours is brought about by the time at which the script starts: ISNs are clock-driven. */
  readonly isn?: { readonly ours?: number; readonly peer?: number };
  /** Defaults and bounds of the whole stack. */
  readonly tcp?: TcpOptions;
  readonly ip?: IpOptions;
  /** Of the link. Default 1500. */
  readonly mtu?: number;
  /** The link does a network card's work: it cuts segments of up to 64 KiB. Lines have these whole. Default `false`. */
  readonly offload?: boolean;
}

const scripts: Script[] = [];

/**
 * Starts a script: a `Stack` on a `VirtualClock`, and a peer that the test plays segment by segment, in tcpdump's notation.
 *
 *     const t = script({ passive: 80 });
 *     t.inject('S 0:0(0) win 65535 <mss 1460>');
 *     t.expect('S. 0:0(0) ack 1 win 65535 <mss 1460>');
 *     t.inject('. 1:1(0) ack 1');
 *     t.state('ESTABLISHED');
 *
 * Sequence numbers count from each side's ISN, times are µs from the script's start. Every segment that the stack sends has to
 * be expected, in order and at its exact time; what was not fails the next step, or the end of the test.
 */
export function script(options: ScriptOptions = {}): Script {
  const started = new Script(options);
  scripts.push(started);
  return started;
}

/** A script whose handshake is done: sequence numbers of both sides stand at 1. The peer's window is `win`. */
export function established(options: ScriptOptions & { readonly win?: number } = { passive: 80 }): Script {
  const { win = 65_535, ...rest } = options;
  const opening = rest.active === undefined ? { ...rest, passive: rest.passive ?? 80 } : rest;
  const t = script(opening);
  if (opening.active === undefined) {
    t.inject(`S 0:0(0) win ${win} <mss 1460>`).skip().inject(`. 1:1(0) ack 1 win ${win}`);
    t.accept();
  } else {
    t.skip().inject(`S. 0:0(0) ack 1 win ${win} <mss 1460>`).skip();
  }
  t.state('ESTABLISHED');
  t.events();
  return t;
}

afterEach(() => {
  for (const each of scripts.splice(0)) each.end();
});

export class Script {
  readonly wire: Wire;
  readonly peer: Peer;
  listener: Listener | undefined;
  private handle: Connection | undefined;
  private happened: string[] = [];
  private sent = 0;
  private received = 0;

  constructor(options: ScriptOptions) {
    const { passive, backlog, onlyPeer, active, isn = {}, tcp, ip, mtu, offload, ...settings } = options;
    const remote = { address: PEER, port: active ?? 41_234 };
    const local = { address: US, port: passive ?? 40_000 };
    this.wire = new Wire({ local, remote, isn: isn.ours, tcp: { ...PLAIN, ...tcp, ...settings }, ip, mtu, offload });
    this.peer = new Peer(this.wire, local, remote, isn.peer ?? 0x7000_0000);
    if (passive !== undefined) {
      const only = onlyPeer === true ? { remote } : {};
      this.listen(passive, { ...only, ...(backlog === undefined ? {} : { backlog }) });
    }
    if (active !== undefined) this.connect();
  }

  /** µs since the script started. */
  get now(): number {
    return this.wire.now;
  }

  /** The connection: ours, or the one that was accepted (now, if it was not before). */
  get connection(): Connection {
    return this.handle ?? this.accept();
  }

  get status(): Status {
    return this.connection.status();
  }

  /** Passive OPEN. */
  listen(port: number, options: Partial<PassiveOpen> = {}): this {
    this.step();
    const local = { address: US, port };
    this.listener = this.wire.stack.tcp.open({ ...options, passive: true, local });
    this.listener.on('connection', () => this.happened.push('connection'));
    this.check();
    return this;
  }

  /** Active OPEN. */
  connect(options: ConnectionOptions = {}): this {
    this.step();
    const { local, remote } = this.peer;
    this.watch(this.wire.stack.tcp.open({ ...options, local, remote }));
    this.check();
    return this;
  }

  /** OPEN of anything else, outside of the script. */
  get open(): Tcp['open'] {
    const { tcp } = this.wire.stack;
    return tcp.open.bind(tcp);
  }

  /** Changes the connection's options. */
  set(options: ConnectionOptions): this {
    this.call((connection) => {
      connection.set(options);
    });
    return this;
  }

  /** The IP header of the last packet that we sent. */
  get lastHeader(): Ipv4Packet | undefined {
    return this.wire.last;
  }

  /** Segments arrive from the peer, all at once. Their windows are 65535 unless they say otherwise. */
  inject(...lines: string[]): this {
    this.step();
    this.peer.send(...lines);
    this.check();
    return this;
  }

  /** A segment arrives from the peer that our device has put together from segments of `segmentSize`. */
  injectJoined(segmentSize: number, ...lines: string[]): this {
    this.step();
    this.wire.injectJoined(segmentSize, ...lines.map((line) => this.peer.packet(line)));
    this.check();
    return this;
  }

  /** The next segment that we sent, which went out just now. A window that is not written may be any. */
  expect(...lines: string[]): this {
    for (const line of lines) this.peer.expect(line);
    return this;
  }

  /** Nothing was sent that has not been expected. */
  expectNothing(): this {
    this.step();
    return this;
  }

  /** Lets pass what was sent so far: it is another test's matter. */
  skip(): this {
    this.wire.skip();
    return this;
  }

  /** Time passes, up to `time` µs after the start. */
  at(time: number): this {
    this.step();
    this.wire.advanceTo(time);
    this.check();
    return this;
  }

  /** `duration` µs pass. */
  after(duration: number): this {
    return this.at(this.now + duration);
  }

  /** An ICMP message arrives. */
  icmp(message: IcmpMessage, from = '10.9.0.254'): this {
    this.step();
    this.wire.injectIcmp(message, from);
    this.check();
    return this;
  }

  /** The last packet that we sent, as an ICMP error quotes it: its header and eight octets. */
  quote(): Uint8Array {
    const { last } = this.wire;
    return last === undefined ? new Uint8Array(0) : emitIpv4(last).slice(0, 28);
  }

  /** Another peer of ours: one that calls from `port`. */
  another(port: number, to = this.peer.local.port): Peer {
    return new Peer(this.wire, { address: US, port: to }, { address: PEER, port }, 0x3000_0000);
  }

  accept(): Connection {
    const accepted = this.listener?.accept();
    if (accepted === undefined || typeof accepted === 'string') {
      throw new Error(`there is no connection to accept (${accepted ?? 'no listener'})${this.wire.transcript}`);
    }
    return this.watch(accepted);
  }

  /** SEND: so many octets of the usual content, or this text. Returns what SEND returned. */
  send(data: number | string, options?: SendOptions): ReturnType<Connection['send']> {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : octets(this.sent, data);
    const taken = this.call((connection) => connection.send(bytes, options));
    if (typeof data === 'number' && typeof taken === 'number') this.sent += taken;
    return taken;
  }

  /** RECEIVE until nothing is left: so many octets of the usual content came, or this text. */
  reads(data: number | string): this {
    const read = this.call((connection) => {
      const pieces: Uint8Array[] = [];
      for (let piece = connection.receive(); typeof piece !== 'string'; piece = connection.receive())
        pieces.push(piece);
      return Buffer.concat(pieces);
    });
    const expected = typeof data === 'string' ? Buffer.from(data) : Buffer.from(octets(this.received, data));
    this.received += read.length;
    if (!read.equals(expected)) this.wire.fail(`expected to read ${describe(expected)}`, `but read ${describe(read)}`);
    return this;
  }

  /** SEND in LISTEN: the listener becomes the connection. */
  sendFromListener(text: string): this {
    if (this.listener === undefined) throw new Error('there is no listener');
    this.step();
    this.watch(this.listener.send(new TextEncoder().encode(text)));
    this.check();
    return this;
  }

  shutdown(): this {
    this.call((connection) => {
      connection.shutdown();
    });
    return this;
  }

  close(): this {
    this.call((connection) => {
      connection.close();
    });
    return this;
  }

  abort(): this {
    this.call((connection) => {
      connection.abort();
    });
    return this;
  }

  /** One call of the user's on the connection, as a step of the script. */
  call<T>(work: (connection: Connection) => T): T {
    this.step();
    const result = work(this.connection);
    this.check();
    return result;
  }

  /** Checks the connection's state; as long as there is none, the listener's. */
  state(expected: State): this {
    const there = this.wire.stack.tcp.connections().find(({ remote }) => remote.port === this.peer.remote.port);
    const state = there?.state ?? this.handle?.state ?? this.listener?.state ?? 'CLOSED';
    if (state !== expected) this.wire.fail(`expected state  ${expected}`, `but it is       ${state}`);
    return this;
  }

  /** What the user was told since the last time: `connect`, `readable`, `error ECONNRESET`, `closed aborted`, … */
  events(): string[] {
    return this.happened.splice(0);
  }

  /** The connection's changes of state so far. */
  get transitions(): TransitionEvent[] {
    return this.wire.trace.filter((event) => event.type === 'transition');
  }

  /** Why segments were dropped so far. */
  get drops(): string[] {
    return this.wire.trace.filter((event) => event.type === 'drop').map(({ reason }) => reason);
  }

  counter(name: string): number {
    return this.wire.stack.counters[name] ?? 0;
  }

  /** The test is over: nothing is left that was sent and not expected. */
  end(): void {
    this.step();
    this.check();
  }

  private step(): void {
    this.wire.expectNothing();
  }

  private check(): void {
    const { stack, clock } = this.wire;
    const handle = this.handle === undefined ? [] : [this.handle];
    for (const connection of new Set([...stack.tcp.connections(), ...handle])) checkConnection(connection, clock);
  }

  private watch(connection: Connection): Connection {
    this.handle = connection;
    const note = (text: string) => (): unknown => this.happened.push(text);
    connection.on('connect', note('connect')).on('readable', note('readable')).on('writable', note('writable'));
    connection.on('warning', ({ code, detail }) => this.happened.push(`warning ${code}: ${detail}`));
    connection.on('error', (code) => this.happened.push(`error ${code}`));
    connection.on('closed', (how) => this.happened.push(`closed ${how}`));
    return connection;
  }
}

function describe(bytes: Uint8Array): string {
  return `${bytes.length} octets ${JSON.stringify(Buffer.from(bytes.subarray(0, 40)).toString('latin1'))}`;
}
