import { describe, expect, test } from '@jest/globals';
import { HyStart } from '../../../src/tcp/congestion/hystart';
import { MS, MSS } from '../../support/ack-sample';

/** A round of so many ACKs, all with that round trip. */
function round(hystart: HyStart, rtt: number | undefined, acks = 8): void {
  hystart.roundStarted();
  for (let count = 0; count < acks; count++) hystart.acked(MSS, MSS, rtt);
}

describe('the threshold (RFC 9406 §4.2: an eighth of the last round, 4 to 16 ms)', () => {
  test.each([
    [10 * MS, 4 * MS],
    [32 * MS, 4 * MS],
    [80 * MS, 10 * MS],
    [128 * MS, 16 * MS],
    [400 * MS, 16 * MS],
  ])('after a round of %d µs, a rise of %d µs', (rtt, threshold) => {
    const hystart = new HyStart();
    round(hystart, rtt);
    round(hystart, rtt + threshold - 1);
    expect(hystart.phase).toBe('slow-start');

    const other = new HyStart();
    round(other, rtt);
    round(other, rtt + threshold);
    expect(other.phase).toBe('css');
  });
});

test('the first round, with nothing before it, decides nothing', () => {
  const hystart = new HyStart();
  for (let count = 0; count < 100; count++) hystart.acked(MSS, MSS, count * 100 * MS);
  expect(hystart.phase).toBe('slow-start');
});

test('fewer than eight samples in a round decide nothing, nor do ACKs without one', () => {
  const hystart = new HyStart();
  round(hystart, 100 * MS);
  round(hystart, 200 * MS, 7);
  expect(hystart.phase).toBe('slow-start');
  hystart.acked(MSS, MSS, undefined);
  expect(hystart.phase).toBe('slow-start');
  hystart.acked(MSS, MSS, 200 * MS);
  expect(hystart.phase).toBe('css');
});

test('one fast answer in the round is enough to go on', () => {
  const hystart = new HyStart();
  round(hystart, 100 * MS);
  hystart.roundStarted();
  hystart.acked(MSS, MSS, 100 * MS);
  for (let count = 0; count < 20; count++) hystart.acked(MSS, MSS, 200 * MS);
  expect(hystart.phase).toBe('slow-start');
});

test('an ACK adds eight segments at most, and a quarter of that in CSS', () => {
  const hystart = new HyStart();
  expect(hystart.acked(3 * MSS, MSS, 100 * MS)).toBe(3 * MSS);
  expect(hystart.acked(20 * MSS, MSS, 100 * MS)).toBe(8 * MSS);
  round(hystart, 100 * MS);
  round(hystart, 120 * MS);
  expect(hystart.acked(MSS, MSS, 120 * MS)).toBe(MSS / 4);
  expect(hystart.acked(20 * MSS, MSS, 120 * MS)).toBe(2 * MSS);
});

test('five rounds of CSS, the one in which it began included, end slow start', () => {
  const hystart = new HyStart();
  round(hystart, 100 * MS);
  for (let count = 0; count < 5; count++) {
    round(hystart, 120 * MS);
    expect(hystart.phase).toBe('css');
  }
  hystart.roundStarted();
  expect(hystart.phase).toBe('done');
});

test('a false alarm: the delay falls below where CSS began, and slow start goes on', () => {
  const hystart = new HyStart();
  round(hystart, 100 * MS);
  round(hystart, 120 * MS);
  round(hystart, 120 * MS);
  expect(hystart.phase).toBe('css');
  round(hystart, 119 * MS, 7);
  expect(hystart.phase).toBe('css');
  hystart.acked(MSS, MSS, 119 * MS);
  expect(hystart.phase).toBe('slow-start');
  expect(hystart.acked(MSS, MSS, 119 * MS)).toBe(MSS);

  // The rounds of a later CSS are counted anew.
  for (let count = 0; count < 5; count++) round(hystart, 200 * MS);
  expect(hystart.phase).toBe('css');
  hystart.roundStarted();
  expect(hystart.phase).toBe('done');
});

test('rounds in which nothing was measured do not count', () => {
  const hystart = new HyStart();
  round(hystart, 100 * MS);
  round(hystart, 120 * MS);
  for (let count = 0; count < 20; count++) hystart.roundStarted();
  expect(hystart.phase).toBe('css');
});
