import { describe, expect, test } from '@jest/globals';
import { byFigure, inTurns, rowsOf, type Contender, type Sample } from '../../bench/speed/compare';
import { chartOf } from '../../bench/speed/chart';
import type { CpuUse } from '../../bench/speed/cpu';
import type { Row } from '../../bench/speed/row';
import { tableOf } from '../../bench/speed/table';

const SUBJECT = { work: 'bulk-in', unit: 'Gbit/s', better: 'more' } as const;
const QUIET: CpuUse = { server: 98, load: 40, serverCore: 99, loadCore: 45, others: 5 };

function measured(name: string, ...values: number[]) {
  return { name, samples: values.map((value): Sample => ({ value, cpu: QUIET, more: { p99: value * 10 } })) };
}

/** Gives one sample after the other, and tells of it. */
function contender(name: string, calls: string[], samples: Sample[]): Contender {
  return {
    name,
    measure: () => {
      calls.push(name);
      const sample = samples.length > 1 ? samples.shift() : samples[0];
      return sample === undefined ? Promise.reject(new Error('no sample')) : Promise.resolve(sample);
    },
  };
}

describe('rows', () => {
  test('have medians, and the median of the ratios of pairs, which is another than the ratio of the medians', () => {
    const [row] = rowsOf(SUBJECT, [measured('synack', 1, 4, 9), measured('Node', 1, 8, 3)]);
    expect(row).toMatchObject({ ...SUBJECT, synack: 4, peer: 3, peerName: 'Node', ratio: 1, runs: 3 });
    expect(row?.details).toMatchObject({ leastRatio: 0.5, mostRatio: 3, peerP99: 30, synackServerCpu: 98 });
  });

  test('of a figure that is quoted have no runs', () => {
    const [row] = rowsOf(SUBJECT, [measured('synack', 5)], [{ name: 'smoltcp (quoted)', value: 10 }]);
    expect(row).toMatchObject({ synack: 5, peer: 10, peerName: 'smoltcp (quoted)', ratio: 0.5, runs: 0 });
  });

  test('can be about another figure of the same runs', () => {
    const both = [measured('synack', 5), measured('Node', 2)];
    expect(rowsOf(SUBJECT, byFigure(both, 'p99'))).toMatchObject([{ synack: 50, peer: 20, ratio: 2.5 }]);
  });

  test.each([
    ['server', QUIET],
    ['load', { ...QUIET, server: 70, serverCore: 75, load: 98 }],
    ['both ends', { ...QUIET, loadCore: 97 }],
    ['waking each other', { ...QUIET, server: 50, serverCore: 60 }],
    ['the core that both share', { ...QUIET, server: 60, serverCore: 100, loadCore: 100 }],
  ])('tell what limited: %s', (what, cpu) => {
    const [row] = rowsOf(SUBJECT, [{ name: 'synack', samples: [{ value: 1, cpu }] }, measured('Node', 1)]);
    expect(row?.details).toMatchObject({ synackBottleneck: what });
  });
});

describe('runs', () => {
  test('are made in turns, of some in the first rounds only', async () => {
    const calls: string[] = [];
    const one = contender('one', calls, [{ value: 1 }]);
    const few = { ...contender('few', calls, [{ value: 2 }]), rounds: 1 };
    const [first, second] = await inTurns([one, few], 3);
    expect(calls).toEqual(['one', 'few', 'one', 'one']);
    expect([first?.samples.length, second?.samples.length]).toEqual([3, 1]);
  });

  test('that were disturbed are made again, but not for ever', async () => {
    const disturbed = { value: 1, cpu: { ...QUIET, others: 60 } };
    const once = await inTurns([contender('once', [], [disturbed, { value: 2, cpu: QUIET }])], 1);
    expect(once[0]?.samples).toEqual([{ value: 2, cpu: QUIET }]);
    const always = await inTurns([contender('always', [], [disturbed])], 2);
    expect(always[0]?.samples).toEqual([disturbed, disturbed]);
  });
});

describe('the table and the chart', () => {
  const rows: Row[] = [
    ...rowsOf(SUBJECT, [measured('synack', 5), measured('Node <net>', 2)], [{ name: 'smoltcp (quoted)', value: 10 }]),
    { ...SUBJECT, work: 'idle-memory', synack: 3, peer: NaN, peerName: 'nobody', ratio: NaN, runs: 1 },
  ];
  const machine = { date: '2026-01-02', kernel: 'Linux 6', processor: 'none', cores: 2, node: 'v20' };

  test('the table names a work once, and leaves empty what is not known', () => {
    const lines = tableOf(rows).split('\n').slice(2);
    expect(lines.map((line) => line.includes('bulk-in'))).toEqual([true, false, false]);
    expect(lines[2]).not.toContain('NaN');
  });

  test('the chart has a bar for synack and each peer whose figure is known, and escapes names', () => {
    const chart = chartOf(rows, machine);
    const kinds = [...chart.matchAll(/<rect class="(\w+)"/g)].map((found) => found[1]);
    expect(kinds).toEqual(['ours', 'theirs', 'quoted', 'ours']);
    expect(chart).toContain('Node &lt;net>');
    expect(chart).not.toContain('NaN');
  });
});
