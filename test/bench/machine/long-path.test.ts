import { expect, test } from '@jest/globals';
import { LongPath } from '../../../bench/machine/long-path';

const PATH = { window: 2 ** 20, rate: 2 ** 30, roundTrip: 1000, seed: 1 } as const;

test('a path without loss carries its rate, and nothing is sent again', () => {
  const path = new LongPath({ ...PATH, loss: 0 });
  path.run(20_000);
  const before = path.received.octets;
  path.run(10_000);
  // What is in flight fills the path: a gibioctet a second, for a hundredth of it.
  const share = (path.received.octets - before) / (PATH.rate / 100);
  expect(share).toBeGreaterThan(0.9);
  expect(share).toBeLessThan(1.05);
  expect(path.scoreboard).toMatchObject({ sentAgain: 0, timeouts: 0 });
});

test('where one segment in twenty is lost the window stays as full, and what is lost is sent again', () => {
  const path = new LongPath({ ...PATH, loss: 0.05 });
  path.run(30_000);
  const { flying, unacknowledged, sentAgain } = path.scoreboard;
  expect(flying / PATH.window).toBeGreaterThan(0.9);
  expect(unacknowledged).toBeGreaterThan(PATH.window);
  expect(sentAgain).toBeGreaterThan(0.03);
  expect(sentAgain).toBeLessThan(0.08);
});
