import { describe, expect, test } from '@jest/globals';
import { Random } from '../../src/random';
import { HOUR, MILLISECOND, SECOND, World } from '../support/simulation';
import { PLAIN_CALL, Talks, type Talk } from '../support/simulation-talk';
import { someBytes } from '../support/simulation-user';

const RATE = 100_000_000;
const DELAY = 10 * MILLISECOND;
const RTT = 2 * DELAY;
const BYTES = 20_000_000;
/** Four times what is under way at full rate: 250,000 bytes. */
const BUFFER = 1_000_000;
const MSS = 1460;

describe('20 MB over 100 Mbit/s and 10 ms each way, in virtual time', () => {
  test('a clean link: at least 90 % of its rate, slow start, headers and all', () => {
    const { time, world } = transfer(0);
    expect((BYTES * 8 * SECOND) / time / RATE).toBeGreaterThan(0.9);
    expect(world.a.stack.counters).not.toHaveProperty(['tcp.retransmissions']);
  });

  test('the same from a host whose link cuts its segments', () => {
    const { time, world } = transfer(0, 'b');
    expect((BYTES * 8 * SECOND) / time / RATE).toBeGreaterThan(0.9);
    expect(world.b.stack.counters).not.toHaveProperty(['tcp.retransmissions']);
  });

  test('1 % of all packets lost: within twice the time that the loss makes of it', () => {
    const { time, world } = transfer(0.01);
    // M. Mathis et al., "The macroscopic behavior of the TCP congestion avoidance algorithm" (1997): MSS / RTT × √(3/2) / √p.
    const rate = (MSS / RTT) * Math.sqrt(1.5 / 0.01);
    expect(time).toBeLessThan((2 * BYTES) / rate);
    expect(world.a.stack.counters['tcp.retransmissions']).toBeGreaterThan(100);
  });
});

/** How long it takes from the SYN to the last byte, µs. */
function transfer(loss: number, caller: 'a' | 'b' = 'a'): { time: number; world: World } {
  const world = new World({ seed: 1, offload: caller === 'b', network: { delay: DELAY, rate: RATE, loss } });
  const random = new Random(1);
  const options = { sendBuffer: BUFFER, receiveBuffer: BUFFER };
  const habits = {
    write: { size: 65_536, pause: 0 },
    read: { size: 65_536, pause: 0 },
    shutdown: 'when-sent',
  } as const;
  const talk: Talk = {
    caller: world[caller],
    ...PLAIN_CALL,
    options: { caller: options, called: options },
    habits: { caller: habits, called: habits },
    bytes: { caller: someBytes(random, BYTES), called: new Uint8Array(0) },
  };
  const talks = new Talks(world, [talk]);
  const received = (): number => talks.usersOf(0)?.called.received ?? 0;
  world.runUntil(
    () => received() === BYTES,
    HOUR,
    () => talks.describe(),
  );
  const time = world.clock.now();
  world.runUntil(
    () => talks.isDone,
    HOUR,
    () => talks.describe(),
  );
  talks.expectNoBytesLeft();
  world.expectNothingLeft();
  return { time, world };
}
