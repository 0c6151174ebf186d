import { Recorder, type ConnectionRecord, type End } from '../../inspect';
import { Stack } from '../../stack';
import type { TcpOptions } from '../../stack/tcp-options';
import type { State } from '../../tcp/states';
import type { ConnectionId, SegmentEvent } from '../../tcp/trace';
import type { ActiveOpen, ConnectionOptions, PassiveOpen } from '../../tcp/user';
import type { TraceEvent } from '../../trace';
import type { Call } from './action';
import { Talk } from './talk';
import type { Spoken } from './timeline';
import type { Wire } from './wire';
import type { World } from './world';

/** Where a host is plugged in. */
export interface Plug {
  readonly wire: Wire;
  readonly end: End;
}

/** What a caller can say beside whom it calls. */
export type CallOptions = ConnectionOptions & Pick<Partial<ActiveOpen>, 'local' | 'data' | 'fastOpen'>;

interface Service {
  readonly port: number;
  readonly serve: (talk: Talk) => void;
  readonly options: Partial<PassiveOpen>;
}

/** A machine with the real stack on it, and programs. */
export class Host {
  /** All its programs' ends of connections, oldest first. */
  readonly talks: Talk[] = [];
  /** What its stack told: one recorder for each time that it was started. */
  readonly recorders: Recorder[] = [];
  isUp = true;
  /** Told of every event of its trace. */
  stack: Stack;
  /** What it has just told of a segment that it sends; the wire takes it up. */
  spoken: Spoken | undefined;
  private readonly services: Service[] = [];
  private readonly states = new Map<string, { state: State; id: number }>();
  private starts = 0;
  private stopListening: () => void = () => undefined;

  constructor(
    readonly world: World,
    readonly name: string,
    readonly plugs: readonly Plug[],
    private readonly seed: number,
    private readonly tcp: TcpOptions,
    private readonly piggyback: boolean,
  ) {
    this.stack = this.boot();
  }

  /** The address by which others on the wires know it; on the first one. */
  get address(): string {
    const [first] = this.plugs;
    return first === undefined ? '127.0.0.1' : first.wire.addresses[first.end];
  }

  /** The recorder of what goes on now. */
  get recorder(): Recorder {
    return this.recorders[this.recorders.length - 1] ?? new Recorder();
  }

  /** The records of all its connections, oldest first, also of those from before a crash. */
  get records(): readonly ConnectionRecord[] {
    return this.recorders.flatMap((recorder) => [...recorder.connections.values()]);
  }

  /**
   * Calls another host, on a wire that both have.
   * @throws TcpError when it is refused on the spot, which only a `local` port that is taken can bring about: see {@link tryConnect}
   */
  connect(to: Host, port: number, options: CallOptions = {}): Talk {
    this.called('open');
    const remote = { address: this.addressOf(to), port };
    const talk = new Talk(this, this.stack.tcp.open({ ...options, remote }), false);
    if (options.data !== undefined) talk.gave(options.data);
    this.talks.push(talk);
    return talk;
  }

  /** As `connect`; when the port is taken, by TIME-WAIT for example, the program hears of that (EADDRINUSE), and there is no talk. */
  tryConnect(to: Host, port: number, options: CallOptions = {}): Talk | undefined {
    try {
      return this.connect(to, port, options);
    } catch {
      this.called('refused');
      return undefined;
    }
  }

  /** Takes calls at a port; after a crash, again. `serve` is told of each connection when its handshake is done. */
  listen(port: number, serve: (talk: Talk) => void = () => undefined, options: Partial<PassiveOpen> = {}): void {
    const service = { port, serve, options };
    this.services.push(service);
    this.start(service);
  }

  /** What the reader wants its programs to do. */
  perform(call: Call, amount = 100): void {
    if (call === 'crash') this.crash();
    else {
      for (const talk of this.talks) {
        if (call === 'close') talk.close();
        else if (call === 'abort') talk.abort();
        else if (call === 'send') talk.send(amount);
        else talk.read(amount);
      }
    }
  }

  /**
   * The machine loses its power: nothing is sent, everything is forgotten.
   * @param downFor µs until it is up again, and its services with it; 0: at once. `Infinity`: it stays down
   */
  crash(downFor = 0): void {
    if (!this.isUp) return;
    this.called('crash');
    this.isUp = false;
    this.stopListening();
    for (const { wire, end } of this.plugs) wire.unplug(end);
    for (const connection of this.stack.tcp.connections()) {
      const { id, local, remote, state } = connection;
      this.take({
        ...{ type: 'transition', time: this.world.now, connection: { id, local, remote }, from: state, to: 'CLOSED' },
        event: 'crash',
      });
    }
    for (const talk of this.talks) talk.crashed();
    void this.stack.close();
    const restart = (): void => {
      this.isUp = true;
      this.stack = this.boot();
      this.called('boot');
      for (const service of this.services) this.start(service);
    };
    if (downFor === 0) restart();
    else if (downFor !== Infinity) this.world.after(downFor, restart);
  }

  /** The state of its end of a connection; LISTEN where it would take a call, CLOSED where there is nothing. */
  stateOf(local: { address: string; port: number }, remote: { address: string; port: number }): State | undefined {
    if (!this.plugs.some(({ wire, end }) => wire.addresses[end] === local.address)) return undefined;
    const known = this.states.get(keyOf({ local, remote }));
    if (known !== undefined) return known.state;
    return this.isUp && this.stack.tcp.listeners().some((each) => each.local.port === local.port) ? 'LISTEN' : 'CLOSED';
  }

  /** Tells the world what a program does. */
  called(call: Call | 'listen' | 'open' | 'boot' | 'refused', amount?: number): void {
    this.world.tell({
      ...{ kind: 'call', time: this.world.now, host: this.name, call },
      ...(amount !== undefined && { amount }),
    });
  }

  private addressOf(other: Host): string {
    for (const { wire, end } of this.plugs) {
      const far = end === 'left' ? 'right' : 'left';
      if (other.plugs.some((plug) => plug.wire === wire && plug.end === far)) return wire.addresses[far];
    }
    throw new Error(`${this.name} and ${other.name} have no wire between them`);
  }

  private start({ port, serve, options }: Service): void {
    this.called('listen');
    const listener = this.stack.tcp.open({ ...options, passive: true, local: { port } });
    listener.on('connection', () => {
      for (let next = listener.accept(); typeof next !== 'string'; next = listener.accept()) {
        const talk = new Talk(this, next, true);
        this.talks.push(talk);
        serve(talk);
        // What came before anybody listened for it.
        if (talk.isReading) talk.resume();
      }
    });
  }

  private boot(): Stack {
    const stack = new Stack({ clock: this.world.clock, seed: this.seed + this.starts, tcp: this.tcp, ipv6: false });
    this.starts += 1;
    this.recorders.push(new Recorder());
    this.states.clear();
    for (const { wire, end } of this.plugs) {
      stack.attach(wire.plug(end, `${this.name}-${wire.index}`, this.piggyback), {
        address: `${wire.addresses[end]}/24`,
        defaultRoute: wire.index === this.plugs[0]?.wire.index,
      });
    }
    this.stopListening = stack.observe((event) => {
      this.take(event);
    });
    return stack;
  }

  private take(event: TraceEvent): void {
    const { recorder } = this;
    if (!('connection' in event) || event.connection === undefined) {
      recorder.event(event);
      this.world.traced(this, event, undefined, 0);
      return;
    }
    const from = recorder.known(event.connection)?.rows.end ?? 0;
    recorder.event(event);
    const record = recorder.known(event.connection);
    if (event.type === 'transition') this.keep(event.connection, event.to);
    else if (event.type === 'segment') this.keepOf(event, record);
    this.world.traced(this, event, record, from);
  }

  private keepOf(event: SegmentEvent, record: ConnectionRecord | undefined): void {
    const row = record?.rows.last;
    if (event.direction === 'out' && row?.kind === 'segment') this.spoken = { event, row };
    // Of a segment that belongs to no connection nothing is to be remembered, least of all that a caller came to a listener.
    if (event.connection.id !== 0 && record?.state !== undefined) this.keep(event.connection, record.state);
  }

  private keep(connection: ConnectionId, state: State): void {
    if (connection.remote.port === 0) return;
    const key = keyOf(connection);
    const known = this.states.get(key);
    if (known !== undefined && known.id > connection.id) return;
    this.states.set(key, { state, id: connection.id });
  }
}

function keyOf({ local, remote }: Pick<ConnectionId, 'local' | 'remote'>): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}
