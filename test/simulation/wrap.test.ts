import { describe, expect, test } from '@jest/globals';
import { Random } from '../../src/random';
import type { Status } from '../../src/tcp/status';
import { HOUR, MILLISECOND, seeds, withSeed, World } from '../support/simulation';
import { PLAIN_CALL, pick, Talks, type Talk } from '../support/simulation-talk';
import { someBytes } from '../support/simulation-user';

const TOP = 2 ** 32;
const DELAY = 20 * MILLISECOND;

/**
 * ISN = M + F(addresses, ports, secret), where M goes up by one every 4 µs (RFC 6528). A first world, in which the clocks start at
 * 0, tells what F comes to. In a second one with the same seed each host's clock is ahead of the world's by as much as brings its
 * ISN to where the test wants it.
 */
describe('both ends start just below 2³²', () => {
  test.each(seeds(40))('seed %i: octets, ACKs and FINs go around it, at 10 % loss', (seed) => {
    withSeed(seed, () => {
      const random = new Random(seed);
      const lengths = { a: 1 + random.below(200_000), b: 1 + random.below(200_000) };
      const isns = { a: TOP - below(random, lengths.a), b: TOP - below(random, lengths.b) };
      const first = handshake(new World({ seed, network: { delay: DELAY } }), random, lengths);
      const ahead = {
        a: ((isns.a - first.statuses().a.snd.iss) >>> 0) * 4,
        b: ((isns.b - first.statuses().b.snd.iss) >>> 0) * 4,
      };
      const world = new World({ seed, network: { delay: DELAY }, ahead });
      const { talks, statuses } = handshake(world, random, lengths);
      expect({ a: statuses().a.snd.iss, b: statuses().b.snd.iss }).toEqual({ a: isns.a % TOP, b: isns.b % TOP });

      world.network.set({ loss: 0.1, reorder: 0.1, duplicate: 0.05, corrupt: 0.02, jitter: 5 * MILLISECOND });
      world.runUntil(
        () => talks.isDone,
        HOUR,
        () => talks.describe(),
      );
      for (const name of ['a', 'b'] as const) {
        const { nxt, una, iss } = statuses()[name].snd;
        expect({ nxt, una }).toEqual({ nxt: (iss + lengths[name] + 2) % TOP, una: nxt });
        expect(nxt).toBeLessThan(iss);
      }
      talks.expectNoBytesLeft();
      world.expectNothingLeft();
    });
  });
});

/** How far below 2³² to start so that it lies at the first octets, somewhere within, or at the FIN. */
function below(random: Random, length: number): number {
  return pick(random, [1, 2, 3, 1460, 1 + random.below(length), 1 + random.below(length), length + 1, length + 2]);
}

/** One connection from a to b that has just been established at both ends. */
function handshake(
  world: World,
  random: Random,
  { a, b }: { a: number; b: number },
): { talks: Talks; statuses: () => { a: Status; b: Status } } {
  const options = { receiveBuffer: pick(random, [20_000, 100_000, 300_000]) };
  const habits = {
    write: { size: 1 + random.below(50_000), pause: 0 },
    read: { size: 1 + random.below(50_000), pause: 0 },
    shutdown: 'when-sent',
  } as const;
  const talk: Talk = {
    caller: world.a,
    ...PLAIN_CALL,
    callerPort: 1000,
    options: { caller: options, called: options },
    habits: { caller: habits, called: habits },
    bytes: { caller: someBytes(random, a), called: someBytes(random, b) },
  };
  const talks = new Talks(world, [talk]);
  world.runUntil(
    () => talks.usersOf(0) !== undefined,
    HOUR,
    () => talks.describe(),
  );
  return {
    talks,
    statuses: () => {
      const users = talks.usersOf(0);
      if (users === undefined) throw new Error('there is no connection');
      return { a: users.caller.connection.status(), b: users.called.connection.status() };
    },
  };
}
