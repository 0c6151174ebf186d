import { impair, memoryPair, Stack, VirtualClock, type TcpOptions, type TraceEvent } from '../../src/core';
import { Recorder, type ConnectionRecord } from '../../src/inspect';
import type { Connection } from '../../src/tcp/user';

/** The network between two hosts, the same both ways. */
export interface Path {
  /** µs one way */
  readonly delay: number;
  /** probability */
  readonly loss: number;
  /** bits a second */
  readonly rate?: number;
  /** packets */
  readonly queue?: number;
}

export interface HostsOptions {
  readonly path: Path;
  /** Whose trace is recorded. */
  readonly seenAt: 'client' | 'server';
  readonly seed: number;
  readonly tcp?: TcpOptions;
}

/** Two real stacks on a simulated network in virtual time, with a recorder at one of them. */
export class Hosts {
  readonly clock = new VirtualClock();
  readonly recorder = new Recorder();
  readonly client: Stack;
  readonly server: Stack;
  /** What the recorded stack has told of its own retransmissions. */
  retransmissions = 0;

  constructor({ path, seenAt, seed, tcp = {} }: HostsOptions) {
    const { clock } = this;
    const [left, right] = memoryPair({ clock });
    this.client = new Stack({ clock, seed, tcp });
    this.server = new Stack({ clock, seed: seed + 1, tcp });
    this[seenAt].observe((event: TraceEvent) => {
      if (event.type === 'retransmission') this.retransmissions += 1;
      this.recorder.event(event);
    });
    this.client.attach(impair(left, { clock, seed, in: path, out: path }), { address: '10.9.0.1/24' });
    this.server.attach(right, { address: '10.9.0.2/24' });
  }

  /** The latest connection that was recorded. */
  get record(): ConnectionRecord | undefined {
    return [...this.recorder.connections.values()].at(-1);
  }

  /** The server waits for calls; the client calls. Each program is given its end of the connection. */
  connect(port: number, serve: (one: Connection) => void, call: (one: Connection) => void): void {
    const listener = this.server.tcp.open({ passive: true, local: { port } });
    listener.on('connection', () => {
      for (let one = listener.accept(); typeof one === 'object'; one = listener.accept()) serve(one);
    });
    call(this.client.tcp.open({ remote: { address: '10.9.0.2', port } }));
  }
}

/** Calls `heard` with each piece of data that comes, and `end` at its end or when the connection is gone. */
export function listen(one: Connection, heard: (bytes: Uint8Array) => void, end: () => void = () => undefined): void {
  one.on('readable', () => {
    for (let data = one.receive(); data !== 'EAGAIN'; data = one.receive()) {
      if (typeof data === 'string') {
        end();
        return;
      }
      heard(data);
    }
  });
}

/** From now on, sends `bytes` bytes of `text`, over and over, as fast as it is taken; then calls `done`. */
export function push(one: Connection, text: Uint8Array, bytes: number, done: () => void): void {
  let left = bytes;
  const write = (): void => {
    while (left > 0) {
      const taken = one.send(text.subarray(0, Math.min(left, text.length)));
      if (typeof taken === 'string') return;
      left -= taken;
    }
    done();
  };
  one.on('writable', write);
  write();
}
