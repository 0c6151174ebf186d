import { expect, test } from '@jest/globals';
import { median, ofPairs, rounded } from '../../../bench/machine/statistics';

test('a median is the middle, or the mean of the middle two', () => {
  expect([median([9, 1, 5]), median([4, 10, 1, 2])]).toEqual([5, 3]);
  expect(() => median([])).toThrow('no median');
});

test("the ratio is the median of the pairs', not that of the medians", () => {
  const pairs = [
    { ours: 2, other: 1 },
    { ours: 30, other: 10 },
    { ours: 4, other: 4 },
  ];
  expect(ofPairs(pairs)).toEqual({ ours: 4, other: 4, ratio: 2 });
});

test('figures are rounded to what they are worth', () => {
  expect([rounded(1.2345), rounded(1234.5, 0)]).toEqual([1.23, 1235]);
});
