import { impair, memoryPair, Stack, VirtualClock, type TcpOptions, type TraceEvent } from '../../../src/core';
import { Recorder, type ConnectionRecord } from '../../../src/inspect';

/** Two real stacks on a simulated link, in virtual time; what the client's stack traces is recorded. */
export interface World {
  readonly clock: VirtualClock;
  /** What the client's stack told; the server's is the far end. */
  readonly recorder: Recorder;
  /** What the client's stack told of its own retransmissions. */
  retransmissions: number;
  readonly connection: () => ConnectionRecord | undefined;
}

export interface Scenario {
  readonly bytes: number;
  /** µs one way; bits a second; probability. */
  readonly delay: number;
  readonly rate: number;
  readonly loss: number;
  readonly seed: number;
  readonly tcp?: TcpOptions;
  /** The server takes nothing between these times, µs. */
  readonly stall?: { readonly from: number; readonly to: number };
  /** Who ends it, and how. */
  readonly end?: 'close' | 'abort' | 'none';
}

const PORT = 9293;

/** Sends so many bytes from a client to a server, and ends. Step it with `world.clock`. */
export function world({ bytes, delay, rate, loss, seed, tcp = {}, stall, end = 'close' }: Scenario): World {
  const clock = new VirtualClock();
  const [near, far] = memoryPair({ clock });
  const path = { delay, loss, rate, queue: 60 };
  const wire = impair(near, { clock, seed, in: path, out: path });
  const recorder = new Recorder();
  const client = new Stack({ clock, seed, tcp: { msl: 500_000, ...tcp } });
  const server = new Stack({ clock, seed: seed + 1, tcp: { msl: 500_000, ...tcp } });
  const made: World = {
    clock,
    recorder,
    retransmissions: 0,
    connection: () => [...recorder.connections.values()][0],
  };
  client.observe((event: TraceEvent) => {
    if (event.type === 'retransmission') made.retransmissions += 1;
    recorder.event(event);
  });
  client.attach(wire, { address: '10.0.0.1/24' });
  server.attach(far, { address: '10.0.0.2/24' });

  const listener = server.tcp.open({ passive: true, local: { port: PORT } });
  listener.on('connection', () => {
    const served = listener.accept();
    if (typeof served === 'string') return;
    let ended = false;
    const read = (): void => {
      const now = clock.now();
      if (stall !== undefined && now >= stall.from && now < stall.to) {
        clock.schedule(stall.to, read);
        return;
      }
      let data = served.receive();
      while (typeof data !== 'string') data = served.receive();
      if (data !== 'EOF' || ended) return;
      ended = true;
      served.shutdown();
    };
    served.on('readable', read);
  });

  const call = client.tcp.open({ remote: { address: '10.0.0.2', port: PORT } });
  let left = bytes;
  const write = (): void => {
    while (left > 0) {
      const chunk = new Uint8Array(Math.min(left, 16_384)).fill(120);
      const taken = call.send(chunk);
      if (typeof taken !== 'number') return;
      left -= taken;
    }
    if (end === 'close') call.shutdown();
    else if (end === 'abort') call.abort();
  };
  call.on('connect', write);
  call.on('writable', write);
  call.on('readable', () => {
    while (typeof call.receive() !== 'string');
  });
  return made;
}

export const SCENARIOS = {
  lossy: { bytes: 1_000_000, delay: 20_000, rate: 10_000_000, loss: 0.02, seed: 7 },
  stall: {
    bytes: 200_000,
    delay: 20_000,
    rate: 10_000_000,
    loss: 0,
    seed: 3,
    tcp: { receiveBuffer: 32_768 },
    stall: { from: 200_000, to: 3_000_000 },
  },
  bulk: { bytes: 17_000_000, delay: 5_000, rate: 100_000_000, loss: 0.004, seed: 11 },
  abort: { bytes: 20_000, delay: 20_000, rate: 10_000_000, loss: 0, seed: 5, end: 'abort' },
} satisfies Record<string, Scenario>;
