import type { TcpOptions } from '../../src/core';
import { Hosts, listen, push, type Path } from './hosts';

export interface Scenario extends Path {
  readonly bytes: number;
  readonly seed: number;
  readonly tcp?: TcpOptions;
  /** The server takes nothing between these times, µs. */
  readonly stall?: { readonly from: number; readonly to: number };
  /** How the client ends it. */
  readonly end?: 'close' | 'abort';
}

const PORT = 9293;
const CHUNK = new Uint8Array(16_384).fill(120);

/** The client, which is recorded, sends to the server, and ends. Step it with `clock`. */
export function play({ bytes, seed, tcp, stall, end = 'close', ...path }: Scenario): Hosts {
  const hosts = new Hosts({ path: { queue: 60, ...path }, seenAt: 'client', seed, tcp: { msl: 500_000, ...tcp } });
  const { clock } = hosts;
  hosts.connect(
    PORT,
    (one) => {
      let ended = false;
      const read = (): void => {
        const now = clock.now();
        if (stall !== undefined && now >= stall.from && now < stall.to) {
          clock.schedule(stall.to, read);
          return;
        }
        let data = one.receive();
        while (typeof data !== 'string') data = one.receive();
        if (data !== 'EOF' || ended) return;
        ended = true;
        one.shutdown();
      };
      one.on('readable', read);
    },
    (one) => {
      one.on('connect', () => {
        push(one, CHUNK, bytes, () => {
          if (end === 'close') one.shutdown();
          else one.abort();
        });
      });
      listen(one, () => undefined);
    },
  );
  return hosts;
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
