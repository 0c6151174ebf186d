import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoBridge, whyNoTap } from '../support/netns';
import type { TcpFrame } from '../support/tcp-frame';
import type * as scenarios from './device-ip.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./device-ip.scenarios'));

// Each test starts programs; a busy machine takes its time.
const reason = whyNoTap() ?? whyNoBridge();
const OPTIONS = 'ack 1 win 65535 <nop,nop,TS val 7 ecr 8>';

const data = (from: number, length: number, flags = '.', rest = 'ack 1 win 65535'): string =>
  `${flags} ${from}:${from + length}(${length}) ${rest}`;

/** `length` octets from `from` on, cut at `size`, PSH and FIN with the last. */
function pieces(from: number, length: number, size: number, flags: string): string[] {
  const cut = [];
  for (let at = 0; at < length; at += size) {
    cut.push(data(from + at, Math.min(size, length - at), at + size >= length ? flags : '.'));
  }
  return cut;
}

/** What tap-offload.test.ts shows of TCP over IPv4 on a TAP, in short for the others. What is TAP's alone is in tap.test.ts. */
describe.each([
  ['TAP', 6],
  ['TUN', 4],
  ['TUN', 6],
] as const)('%s, IPv%d', (kind, ip) => {
  const testHere = reason === undefined ? test : test.skip;
  const why = reason === undefined ? '' : ` (skipped: ${reason})`;
  const ids = (first: number, count: number): (number | undefined)[] =>
    Array.from({ length: count }, (_, index) => (ip === 4 ? (first + index) % 65_536 : undefined));

  async function across(from: 'kernel' | 'software' | 'none', to: typeof from, runs: readonly (readonly TcpFrame[])[]) {
    const outcome = await inNamespace(
      'across',
      kind,
      from,
      to,
      runs.map((run) => run.map((each) => ({ ...each, ip }))),
    );
    expect(outcome.refused).toBe(0);
    return outcome.outcomes;
  }

  testHere.each(['software', 'kernel'] as const)(`%s cuts segments and fills in checksums${why}`, async (from) => {
    const [large, marked, single] = await across(from, 'none', [
      [{ segment: data(0, 64_940, 'FP.'), id: 65_530, segmentSize: 1400, slice: 1000 }],
      [{ segment: data(0, 3000, 'P.W', OPTIONS), ecn: 2, segmentSize: 1400 }],
      [data(0, 0), data(0, 1), data(1, 1399), data(0, 0, 'R.')].map((segment) => ({ segment, segmentSize: 0 })),
    ]);
    const segments = pieces(0, 64_940, 1400, 'FP.');
    expect(large?.seen.map((each) => each?.wrong ?? each?.segment)).toEqual(segments);
    expect(large?.seen.map((each) => each?.id)).toEqual(ids(65_530, segments.length));
    expect(marked?.seen.map((each) => each?.wrong ?? each?.segment)).toEqual([
      data(0, 1400, '.W', OPTIONS),
      data(1400, 1400, '.', OPTIONS),
      data(2800, 200, 'P.', OPTIONS),
    ]);
    expect(single?.seen.map((each) => each?.wrong ?? each?.segment)).toEqual([
      data(0, 0),
      data(0, 1),
      data(1, 1399),
      data(0, 0, 'R.'),
    ]);
  });

  testHere(`kernel: a segment goes whole through the kernel to whoever takes it whole${why}`, async () => {
    const frame = { segment: data(0, 60_000, 'P.'), id: 9, segmentSize: 1400, slice: 4096 };
    const [outcome] = await across('kernel', 'kernel', [[frame]]);
    expect(outcome?.seen).toEqual([
      {
        segment: data(0, 60_000, 'P.'),
        ...(ip === 4 && { id: 9 }),
        segmentSize: 1400,
        checked: true,
        unfilled: true,
      },
    ]);
    expect(outcome?.finished.map((each) => each?.wrong ?? each?.segment)).toEqual(pieces(0, 60_000, 1400, 'P.'));
    expect(outcome?.finished.map((each) => each?.id)).toEqual(ids(9, 43));
  });

  testHere(`software joins segments that follow one another, and no others${why}`, async () => {
    const other = ip === 4 ? 6 : 4;
    const runs: (readonly [readonly TcpFrame[], string[]])[] = [
      [
        [data(0, 1000), data(1000, 1000), data(2000, 10, 'P.', 'ack 1 win 500'), data(2010, 9)].map(plain),
        [`${data(0, 2010, 'P.', 'ack 1 win 500')} | 1000`, data(2010, 9)],
      ],
      [pieces(0, 50_000, 1000, '.').map(plain), [`${data(0, 50_000)} | 1000`]],
      [
        [plain(data(0, 1000)), plain(data(1001, 1000))],
        [data(0, 1000), data(1001, 1000)],
      ],
      [
        [plain(data(0, 500)), { segment: data(500, 500), ecn: 3 }],
        [data(0, 500), data(500, 500)],
      ],
      [
        [plain(data(0, 500)), { segment: data(500, 500), srcPort: 81 }],
        [data(0, 500), data(500, 500)],
      ],
      [
        [plain(data(0, 500)), plain(data(500, 500)), { segment: data(1000, 500), damaged: true }, plain(data(1500, 5))],
        [`${data(0, 1000)} | 500`, `${data(1000, 500)} | unchecked | TCP checksum`, data(1500, 5)],
      ],
      // Of the other version, both ways round.
      [
        [plain(data(0, 500)), { segment: data(500, 500), ip: other }],
        [data(0, 500), data(500, 500)],
      ],
      [
        [{ segment: data(0, 500), ip: other }, plain(data(500, 500))],
        [data(0, 500), data(500, 500)],
      ],
    ];
    const { outcomes, refused } = await inNamespace(
      'across',
      kind,
      'none',
      'software',
      runs.map(([frames]) => frames.map((each) => ({ ip, ...each }))),
    );
    expect(refused).toBe(0);
    const told = outcomes.map(({ seen }) =>
      seen.map((each) =>
        [each?.segment, each?.segmentSize, ...(each?.checked === true ? [] : ['unchecked']), each?.wrong]
          .filter((part) => part !== undefined)
          .join(' | '),
      ),
    );
    expect(told).toEqual(runs.map(([, expected]) => expected));
    expect(outcomes.flatMap(({ finished }) => finished.map((each) => each?.wrong)).filter(Boolean)).toEqual([
      'TCP checksum',
    ]);
  });
});

function plain(segment: string): TcpFrame {
  return { segment };
}
