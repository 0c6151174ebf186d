import { describe, expect, test } from '@jest/globals';
import {
  barsOf,
  coarser,
  decimals,
  extent,
  firstAt,
  moved,
  nearest,
  sequenceRange,
  toX,
  toY,
  upFromZero,
  zoomed,
  type Frame,
} from '../../../web/components/plots/geometry';
import { PLOT_TEXTS } from '../../../web/components/plots/texts';
import { bytesText, momentText, rateText, shortBytes, timeText } from '../../../web/components/plots/units';

const frame: Frame = { left: 50, top: 10, width: 1000, height: 400, x: [0, 10], y: [0, 4000] };

describe('bars', () => {
  test('stand where their time and sequence numbers are', () => {
    expect(barsOf({ t: [1, 5], from: [0, 1000], to: [1000, 2000] }, frame)).toEqual([150, 310, 410, 550, 210, 310]);
    expect([toX(frame, 10), toY(frame, 4000)]).toEqual([1050, 10]);
  });

  test('of one column that touch are one; those with a gap between are not', () => {
    expect(barsOf({ t: [1, 1.001, 1.002], from: [0, 1000, 3000], to: [1000, 2000, 4000] }, frame)).toHaveLength(6);
  });

  test('are chosen by kind, and left out beside the frame', () => {
    const bars = { t: [1, 2, 3, 20], from: [0, 1, 2, 3], to: [10, 11, 12, 13], kind: [0, 1, 0, 1] };
    expect(barsOf(bars, frame, 1)).toHaveLength(3);
    expect(barsOf(bars, { ...frame, x: [2.5, 3.5] }, 0)).toHaveLength(3);
  });

  test('the nearest to the pointer is found, and none when it is far', () => {
    const bars = { t: [1, 1.05, 5], from: [0, 1000, 2000], to: [1000, 2000, 3000] };
    expect(nearest(bars, frame, { x: 156, y: 260 }, 14)).toBe(1);
    expect(nearest(bars, frame, { x: 150, y: 360 }, 14)).toBe(0);
    expect(nearest(bars, frame, { x: 300, y: 260 }, 14)).toBeUndefined();
  });
});

describe('ranges', () => {
  test('a search in what ascends', () => {
    expect([0, 1, 2, 9].map((value) => firstAt([1, 2, 2, 3], value))).toEqual([0, 0, 1, 4]);
  });

  test('least and largest begin with the point before, and pass over what is not known', () => {
    expect(extent([0, 1, 2, 3], [9, 5, NaN, 7], [1.5, 3])).toEqual([5, 7]);
    expect(extent([0], [NaN], [0, 1])).toBeUndefined();
  });

  test('a window far away does not press the data to the ground', () => {
    expect(sequenceRange([0, 1000], [0, 900], [500, 1500])[1]).toBeGreaterThan(1500);
    expect(sequenceRange([0, 1000], [0, 900], [0, 6_000_000])[1]).toBeLessThan(1200);
    expect(sequenceRange(undefined, undefined, undefined)).toEqual([0, 1]);
    expect(upFromZero(undefined)).toEqual([0, 1]);
  });

  test('zooming in and out stays inside, and ends with all', () => {
    expect(zoomed([0, 10], [0, 10], 0.5)).toEqual([2.5, 7.5]);
    expect(zoomed([0, 2], [0, 10], 2)).toEqual([0, 4]);
    expect(zoomed([2, 8], [0, 10], 2)).toBeUndefined();
    expect(moved([7, 9], [0, 10], 1)).toEqual([8, 10]);
  });

  test('a step is written with the decimals that it has', () => {
    expect([1, 20, 0.25, 0.1, 0.005, 2.5].map(decimals)).toEqual([0, 0, 2, 1, 3, 1]);
  });

  test('joined intervals keep the mean', () => {
    const { t, rate } = coarser({ t: Float64Array.of(1, 2, 3), rate: Float64Array.of(10, 20, 60) }, 2);
    expect([[...t], [...rate]]).toEqual([
      [1.5, 3],
      [15, 60],
    ]);
  });
});

test('units', () => {
  expect([timeText(85, 'en'), timeText(40_200, 'en'), timeText(1_250_000, 'ko'), timeText(999_900, 'en')]).toEqual([
    '85 µs',
    '40.2 ms',
    '1.25초',
    '1 s',
  ]);
  expect(momentText(40_100, 'en')).toBe('+0.0401 s');
  expect([bytesText(1, 'en'), bytesText(1_234_567, 'en'), bytesText(1460, 'ko')]).toEqual([
    '1 byte',
    '1,234,567 bytes',
    '1,460바이트',
  ]);
  expect([shortBytes(64_000), shortBytes(0), shortBytes(1_500_000), rateText(1_200_000)]).toEqual([
    '64 kB',
    '0 B',
    '1.5 MB',
    '9.6 Mbit/s',
  ]);
});

test('both languages have all lines', () => {
  expect(Object.keys(PLOT_TEXTS.ko.lines)).toEqual(Object.keys(PLOT_TEXTS.en.lines));
});
