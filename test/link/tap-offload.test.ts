import { describe, expect, test } from '@jest/globals';
import { namespace, whyNoBridge, whyNoSteering, whyNoTap } from '../support/netns';
import type { SeenFrame, TcpFrame } from '../support/tcp-frame';
import type * as scenarios from './tap-offload.scenarios';

const inNamespace = namespace<typeof scenarios>(require.resolve('./tap-offload.scenarios'));

// Each test starts programs; a busy machine takes its time.
function describeWithBridge(title: string, tests: () => void, andWhyNot?: string): void {
  const reason = whyNoTap() ?? whyNoBridge() ?? andWhyNot;
  if (reason === undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

/** A segment of the usual stream. */
const data = (from: number, length: number, flags = '.', rest = 'ack 1'): string =>
  `${flags} ${from}:${from + length}(${length}) ${rest}`;

/** The same as it is seen. */
const win = (segment: string): string => segment.replace(/(ack \d+)/, '$1 win 65535');

/** `length` octets from `from` on, cut at `size`. */
function pieces(from: number, length: number, size: number): { from: number; length: number; last: boolean }[] {
  const cut = [];
  for (let at = 0; at < length; at += size) {
    cut.push({ from: from + at, length: Math.min(size, length - at), last: at + size >= length });
  }
  return cut;
}

describeWithBridge('a TAP cuts segments as a network card does', () => {
  test.each(['software', 'kernel'] as const)(
    '%s: 64 KiB in many slices come out as segments of the MSS, PSH and FIN with the last',
    async (from) => {
      const frame = { segment: data(0, 64_240 + 700, 'FP.'), id: 65_530, segmentSize: 1460, slice: 1000 };
      const { taken, refused, seen } = await inNamespace('across', from, 'none', [frame]);
      expect({ taken, refused }).toEqual({ taken: true, refused: 0 });
      expect(seen).toEqual(
        pieces(0, 64_940, 1460).map(({ from: at, length, last }, index) => ({
          segment: win(data(at, length, last ? 'FP.' : '.')),
          id: (65_530 + index) % 65_536,
        })),
      );
    },
  );

  test.each(['software', 'kernel'] as const)('%s: options go with each, CWR with the first alone', async (from) => {
    const options = 'ack 1 win 65535 <nop,nop,TS val 7 ecr 8>';
    const frame = { segment: data(0, 3000, 'P.W', options), ecn: 2, segmentSize: 1448 };
    const { seen } = await inNamespace('across', from, 'none', [frame]);
    expect(seen.map(({ segment, wrong }) => wrong ?? segment)).toEqual([
      data(0, 1448, '.W', options),
      data(1448, 1448, '.', options),
      data(2896, 104, 'P.', options),
    ]);
  });

  test.each(['software', 'kernel'] as const)('%s: a checksum alone is filled in', async (from) => {
    const frames = [data(0, 0), data(0, 1), data(1, 1459), data(0, 0, 'R.')].map((segment) => ({
      segment,
      segmentSize: 0,
    }));
    const { seen } = await inNamespace('across', from, 'none', frames);
    expect(seen).toEqual(frames.map(({ segment }) => ({ segment: win(segment), id: 0 })));
  });

  test('kernel: it goes whole through the kernel to whoever takes it whole', async () => {
    const frame = { segment: data(0, 60_000, 'P.'), id: 9, segmentSize: 1460, slice: 4096 };
    const { seen, finished } = await inNamespace('across', 'kernel', 'kernel', [frame]);
    const whole = { segment: win(data(0, 60_000, 'P.')), id: 9, segmentSize: 1460, checked: true, unfilled: true };
    expect(seen).toEqual([whole]);
    expect(finished).toEqual(
      pieces(0, 60_000, 1460).map(({ from, length, last }, index) => ({
        segment: win(data(from, length, last ? 'P.' : '.')),
        id: 9 + index,
      })),
    );
  });

  test.each([
    ['kernel', [data(0, 3000)]],
    ['none', [data(0, 1000), data(1000, 1000), data(2000, 1000)]],
  ] as const)(
    '%s: whoever had the interface before leaves nothing of what was agreed on',
    async (offload, expected) => {
      const seen = await inNamespace('afterOthers', offload);
      expect(seen.map(({ segment, wrong }) => wrong ?? segment)).toEqual(expected.map(win));
    },
  );

  test('none: nothing is done to a frame', async () => {
    const frames = [{ segment: data(0, 100) }, { segment: data(100, 100), damaged: true }];
    const { seen } = await inNamespace('across', 'none', 'none', frames);
    expect(seen.map(({ wrong }) => wrong)).toEqual([undefined, 'TCP checksum']);
  });
});

/** What comes in by a TAP that joins in software, each as `segment size` or `segment` alone. */
async function joined(...frames: (string | TcpFrame)[]): Promise<string[]> {
  const sent = frames.map((each) => (typeof each === 'string' ? { segment: each } : each));
  const { seen, finished } = await inNamespace('across', 'none', 'software', sent);
  // Cut again they are what was sent, but for where PSH stood.
  const withoutPush = (segment: string): string => segment.replace('P', '');
  const content = (all: readonly (SeenFrame | undefined)[]): string[] =>
    all.map((each) => withoutPush(each?.segment ?? '').replace(/ win \d+/, '')).sort();
  expect(content(finished)).toEqual(sent.map(({ segment }) => withoutPush(segment).replace(/ win \d+/, '')).sort());
  return seen.map(({ segment, segmentSize, checked, wrong }) =>
    [segment.replace(' win 65535', ''), segmentSize, ...(checked === true ? [] : ['unchecked']), wrong]
      .filter((part) => part !== undefined)
      .join(' | '),
  );
}

describeWithBridge('a TAP joins segments', () => {
  test('that follow one another, up to a shorter one, with the PSH and the window of the last', async () => {
    expect(
      await joined(data(0, 1000), data(1000, 1000, 'P.', 'ack 1 win 500'), data(2000, 10), data(2010, 1000)),
    ).toEqual([`${data(0, 2010, 'P.')} | 1000`, data(2010, 1000)]);
    expect(await joined(data(0, 1000), data(1000, 1000, 'P.', 'ack 1 win 500'))).toEqual([
      `${data(0, 2000, 'P.')} win 500 | 1000`,
    ]);
  });

  test('across 2³² too', async () => {
    expect(await joined('. 4294966796:4294967296(500) ack 1'.replace('4294967296', '0'), data(0, 500))).toEqual([
      '. 4294966796:500(1000) ack 1 | 500',
    ]);
  });

  test('up to what an IP packet holds', async () => {
    const frames = pieces(0, 80 * 1460, 1460).map(({ from, length }) => data(from, length));
    expect(await joined(...frames)).toEqual([`${data(0, 44 * 1460)} | 1460`, `${data(44 * 1460, 36 * 1460)} | 1460`]);
  });

  test.each<[string, TcpFrame]>([
    ['a gap', { segment: data(1001, 1000) }],
    ['what overlaps', { segment: data(999, 1000) }],
    ['a longer one', { segment: data(1000, 1001) }],
    ['another acknowledgment', { segment: data(1000, 1000, '.', 'ack 2') }],
    ['other options', { segment: data(1000, 1000, '.', 'ack 1 <nop,nop,TS val 1 ecr 1>') }],
    ['FIN', { segment: data(1000, 1000, 'F.') }],
    ['SYN', { segment: data(1000, 1000, 'S.') }],
    ['RST', { segment: data(1000, 1000, 'R.') }],
    ['URG', { segment: data(1000, 1000, '.U', 'ack 1 urg 5') }],
    ['ECE', { segment: data(1000, 1000, '.E') }],
    ['CWR', { segment: data(1000, 1000, '.W') }],
    ['no data', { segment: data(1000, 0) }],
    ['another port', { segment: data(1000, 1000), srcPort: 81 }],
    ['a mark of congestion', { segment: data(1000, 1000), ecn: 3 }],
  ])('not with %s', async (_, frame) => {
    const second = frame.segment;
    expect(await joined(data(0, 1000), frame)).toEqual([data(0, 1000), second]);
  });

  test('with the same options', async () => {
    const options = 'ack 1 <nop,nop,TS val 1 ecr 1>';
    expect(await joined(data(0, 1000, '.', options), data(1000, 1000, '.', options))).toEqual([
      `${data(0, 2000, '.', options)} | 1000`,
    ]);
    expect(
      await joined(data(0, 1000, '.', options), data(1000, 1000, '.', 'ack 1 <nop,nop,TS val 2 ecr 1>')),
    ).toHaveLength(2);
  });

  test('not with one whose checksum does not hold, which is passed on so', async () => {
    expect(
      await joined(data(0, 1000), data(1000, 1000), { segment: data(2000, 1000), damaged: true }, data(3000, 1000)),
    ).toEqual([`${data(0, 2000)} | 1000`, `${data(2000, 1000)} | unchecked | TCP checksum`, data(3000, 1000)]);
  });

  test('not two streams that alternate, and each keeps its content', async () => {
    const frames = [0, 1, 2].flatMap((n) => [80, 81].map((srcPort) => ({ segment: data(n * 1000, 1000), srcPort })));
    expect(await joined(...frames)).toEqual(frames.map(({ segment }) => segment));
  });

  test('without what pads them', async () => {
    const short = [0, 1, 2].map((n) => ({ segment: data(n, 1), padding: 5 }));
    expect(await joined(...short, data(3, 1), { segment: data(4, 0), padding: 6 })).toEqual([
      `${data(0, 4)} | 1`,
      data(4, 0),
    ]);
  });

  test('and what is no more than one is one', async () => {
    expect(await joined(data(0, 1000))).toEqual([data(0, 1000)]);
  });
});

describeWithBridge('frames wait for flush', () => {
  test('as many as there is room for; then they go', async () => {
    // Slices that are small are copied into 256 KiB.
    const { withoutFlush, all, wrong } = await inNamespace('room', 60_000, 1000);
    expect(withoutFlush).toBe(16 * 60);
    expect({ all, wrong }).toEqual({ all: 20 * 60, wrong: [] });
  });

  test.each([0, 100, 3000])('the first slice is copied: %d bytes of it are data', async (length) => {
    expect(await inNamespace('changedBeforeFlush', length)).toEqual([{ segment: win(data(0, length)), id: 0 }]);
  });

  test('close sends them', async () => {
    const { seen, refused } = await inNamespace('closeWithWaiting');
    expect(seen.map(({ segment }) => segment)).toEqual(
      pieces(0, 4000, 1460).map(({ from, length }) => win(data(from, length))),
    );
    expect(refused).toBe(0);
  });
});

describeWithBridge(
  'a device that is full',
  () => {
    test.each([
      ['software', 60_000, 40, 1460],
      ['kernel', 60_000, 40, 1460],
      ['software', 1460, 2000, 0],
      ['kernel', 1460, 2000, 0],
    ] as const)('%s, %d octets a frame: all comes, once and in order', async (offload, segment, most, segmentSize) => {
      const outcome = await inNamespace('fullOnTheWay', offload, segment, most, segmentSize);
      const { sent, drains, refusals, refused, seen } = outcome;
      expect(refusals).toBeGreaterThan(0);
      expect(drains).toBe(refusals);
      expect(refused).toBe(0);
      const size = segmentSize === 0 ? segment : segmentSize;
      const wanted = Array.from({ length: sent }, (_, n) => pieces(n * segment, segment, size)).flat();
      expect(seen.map((each) => each.wrong ?? each.segment)).toEqual(
        wanted.map(({ from, length, last }) => win(data(from, length, last ? 'P.' : '.'))),
      );
    });

    test('closed, refuses what waits, and tells that it takes frames again', async () => {
      const { refused, ...rest } = await inNamespace('closeWhenFull');
      expect(rest).toEqual({ wasFull: true, drains: 1, takenAfterwards: true });
      expect(refused).toBeGreaterThan(1);
    });
  },
  whyNoSteering(),
);
