import { describe, expect, test } from '@jest/globals';
import { Recorder } from '../../src/inspect';
import { Ring, type Row } from '../../src/inspect/record';
import type { TraceEvent } from '../../src/trace';
import { fitParts } from '../../web/components/ladder/fit';
import { metricsOf } from '../../web/components/ladder/geometry';
import { LadderLayout, type TimeMode } from '../../web/components/ladder/layout';
import { isOfNote, isShown, marksOf } from '../../web/components/ladder/shown';
import { LESSONS, Run } from '../../src/lessons';
import { spansOf } from '../../web/components/ladder/spans';
import { markText } from '../../web/components/ladder/say';
import { TEXTS as LADDER_TEXTS } from '../../web/components/ladder/texts';
import { en as EN } from '../../src/inspect/lang/en';
import { MOST_PRINTED, printed } from '../../web/components/ladder/printed';
import { elapsed, since } from '../../web/components/ladder/times';
import { helloFromNc, segment } from '../inspect/script';

const METRIC = metricsOf('wide', false);

function recordOf(events: readonly TraceEvent[], maxRows = 20_000): Ring<Row> {
  const recorder = new Recorder({ maxRows });
  for (const event of events) recorder.event(event);
  const [record] = recorder.connections.values();
  if (record === undefined) throw new Error('nothing was recorded');
  return record.rows;
}

function layoutOf(timeMode: TimeMode = 'even', µsPerPixel = 100): LadderLayout {
  return new LadderLayout({ metrics: METRIC, timeMode, µsPerPixel });
}

/** One data segment after the other, at the times given. */
function dataAt(...times: number[]): Row[] {
  return [
    ...recordOf(times.map((time, at) => segment(`> . ${at * 10}:${at * 10 + 10}(10) ack 1 | ESTABLISHED`, { time }))),
  ];
}

function ringOf(rows: readonly Row[], limit = 20_000): Ring<Row> {
  const ring = new Ring<Row>(limit);
  for (const row of rows) ring.push({ ...row, index: ring.end });
  return ring;
}

describe('where the rows of a ladder stand', () => {
  test('one below the other, and found again by their height', () => {
    const layout = layoutOf();
    layout.update(ringOf(dataAt(0, 10, 20)));
    expect([0, 1, 2].map((entry) => layout.top(entry))).toEqual([0, METRIC.segment, 2 * METRIC.segment]);
    expect([0, METRIC.segment - 1, METRIC.segment, 1e9].map((y) => layout.entryAt(y))).toEqual([0, 0, 1, 2]);
    expect(layout.range(METRIC.segment + 1, 2 * METRIC.segment + 1)).toEqual({ from: 1, to: 3 });
  });

  test('a silence of a second or more is told, and has room', () => {
    const layout = layoutOf();
    layout.update(ringOf(dataAt(0, 999_999, 1_999_999)));
    expect([0, 1, 2].map((entry) => layout.silenceBefore(entry))).toEqual([undefined, undefined, 1_000_000]);
    expect(layout.top(2)).toBe(2 * METRIC.segment + METRIC.silence);
  });

  test('to scale, time is distance; but no row covers another, and long silences are cut', () => {
    const layout = layoutOf('scale', 100);
    layout.update(ringOf(dataAt(0, 10_000, 10_001, 60_000_000)));
    expect(layout.top(1)).toBe(100);
    expect(layout.top(2)).toBe(100 + METRIC.segment);
    expect(layout.top(3)).toBe(100 + METRIC.segment + 220);
    expect(layout.heightOfTime(5000)).toBe(50 + METRIC.line);
  });

  test('an arrow ends where its arrival stands: at the row of that time, or between two', () => {
    const scale = layoutOf('scale', 100);
    scale.update(ringOf(dataAt(0, 10_000, 20_000)));
    expect(scale.head(0, 10_000)).toBe(scale.tail(1));
    expect(scale.head(0, 15_000)).toBe((scale.tail(1) + scale.tail(2)) / 2);
    expect(scale.head(0, undefined)).toBe(scale.tail(0));
    const even = layoutOf();
    even.update(ringOf(dataAt(0, 10_000)));
    expect(even.head(0, 10_000)).toBe(even.tail(0) + METRIC.slope);
  });

  test('follows a ring that forgets: what is left moves up by as much as is gone', () => {
    const times = Array.from({ length: 40 }, (_, at) => at);
    const rows = dataAt(...times);
    const layout = layoutOf();
    const ring = ringOf(rows.slice(0, 15), 10);
    expect(layout.update(ring)).toBe(0);
    const before = layout.length;
    for (const row of rows.slice(15, 25)) ring.push({ ...row, index: ring.end });
    const moved = layout.update(ring);
    expect(layout.length).toBe(ring.length);
    expect(moved).toBe((before + 10 - ring.length) * METRIC.segment);
    expect(layout.indexAt(0)).toBe(ring.first);
    expect(layout.top(0)).toBe(0);
    expect(layout.seen).toBe(25);
    expect(layout.entryOf(ring.first + 3)).toBe(3);
  });

  test('another ring is another ladder', () => {
    const layout = layoutOf();
    layout.update(ringOf(dataAt(0, 10, 20)));
    layout.update(ringOf(dataAt(500)));
    expect([layout.length, layout.seen, layout.origin]).toEqual([1, 1, 500]);
  });

  test('taking in a row costs the same, however many there are', () => {
    const [row] = dataAt(0);
    if (row === undefined) throw new Error('no row');
    const ring = new Ring<Row>(200_000);
    const layout = layoutOf();
    let reads = 0;
    const at = ring.at.bind(ring);
    ring.at = (index) => {
      reads += 1;
      return at(index);
    };
    for (let index = 0; index < 20_000; index++) {
      ring.push({ ...row, index, time: index });
      layout.update(ring);
    }
    expect(layout.length).toBe(20_000);
    expect(reads).toBe(20_000);
  });
});

describe('what a ladder shows', () => {
  test('changes of state stand beside their segments; that nothing but time has closed it has a row', () => {
    const connection = segment('< . 1:1(0) ack 1 | ESTABLISHED').connection;
    const rows = recordOf([
      ...helloFromNc(),
      { type: 'transition', time: 9, connection, from: 'TIME-WAIT', to: 'CLOSED', event: '2MSL timeout' },
      { type: 'transition', time: 9, connection, from: 'LAST-ACK', to: 'CLOSED', event: 'rcv ACK of FIN' },
      { type: 'timer', time: 9, connection, timer: 'pacing', action: 'fired', deadline: 9 },
      { type: 'timer', time: 9, connection, timer: 'retransmission', action: 'fired', deadline: 9 },
    ]);
    const notes = [...rows].filter((row) => row.kind === 'note' && isShown(row));
    expect(notes.map((row) => row.kind === 'note' && row.event.type)).toEqual(['transition', 'timer']);
  });
});

describe('the lifelines', () => {
  const rows = recordOf(helloFromNc());

  test('of a whole conversation: every state at both ends, in order', () => {
    const layout = layoutOf();
    layout.update(rows);
    const spans = spansOf(rows, layout, 0, layout.length);
    const states = (end: 'left' | 'right'): string[] =>
      spans
        .filter((span) => span.end === end)
        .map(({ state }) => `${state.state ?? ''}${state.presumed || state.state === undefined ? '?' : ''}`);
    expect(states('right')).toEqual(['LISTEN', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED']);
    expect(states('left').slice(0, 4)).toEqual(['?', 'SYN-SENT', 'ESTABLISHED?', 'ESTABLISHED']);
  });

  test.each([
    ['a call of ours', '> S 0:0(0) | SYN-SENT', ['CLOSED', 'SYN-SENT']],
    ['a connection that is older than the page', '> P. 1:10(9) ack 1 | ESTABLISHED', ['ESTABLISHED']],
  ])('before the first segment stands where we were: %s', (_, text, expected) => {
    const layout = layoutOf();
    const own = recordOf([segment(text, { time: 1 })]);
    layout.update(own);
    const spans = spansOf(own, layout, 0, layout.length).filter(({ end }) => end === 'right');
    expect(spans.map(({ state }) => state)).toEqual(expected.map((state) => ({ state, presumed: false })));
  });

  test('of a part: they join without gaps from its top to its bottom, in the state that was before', () => {
    const layout = layoutOf();
    layout.update(rows);
    const spans = spansOf(rows, layout, 3, 6).filter(({ end }) => end === 'right');
    expect(spans[0]).toMatchObject({ top: layout.top(3), state: { state: 'ESTABLISHED' } });
    expect(spans.at(-1)?.bottom).toBe(layout.top(6));
    for (const [at, span] of spans.entries()) if (at > 0) expect(span.top).toBe(spans[at - 1]?.bottom);
  });

  test.each(['even', 'scale'] as const)(
    'two arrivals at one instant: what answers the first was sent before the state that the second makes (%s)',
    (mode) => {
      const lesson = LESSONS.find(({ id }) => id === 'websocket');
      if (lesson === undefined) throw new Error('there is no such lesson');
      const { rows: both } = new Run(lesson).finish().timeline;
      const layout = layoutOf(mode);
      layout.update(both);
      const whole = spansOf(both, layout, 0, layout.length).filter(({ end }) => end === 'left');
      const states = ['SYN-SENT', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'];
      expect(whole.map(({ state }) => state.state)).toEqual(states);
      // And in each part of it, whatever stands above.
      for (let from = 1; from < layout.length; from++) {
        const part = spansOf(both, layout, from, layout.length).filter(({ end }) => end === 'left');
        expect(part.map(({ state, bottom }) => [state.state, bottom])).toEqual(
          whole.slice(-part.length).map(({ state, bottom }) => [state.state, bottom]),
        );
      }
    },
  );
});

describe('what is written', () => {
  test('on an arrow: what matters least goes first, the flags never', () => {
    const parts = [
      { text: 'SYN', rank: 0 },
      { text: 'seq 1', rank: 1 },
      { text: 'mss 1460', rank: 3 },
      { text: 'TS', rank: 6 },
    ];
    const fitted = (columns: number): string =>
      fitParts(parts, columns)
        .map(({ text }) => text)
        .join(' ');
    expect(fitted(80)).toBe('SYN seq 1 mss 1460 TS');
    expect(fitted(22)).toBe('SYN seq 1 mss 1460');
    expect(fitted(12)).toBe('SYN seq 1');
    expect(fitted(1)).toBe('SYN');
  });

  test('in the column of times', () => {
    expect([0, 1_204_250, 60_000_000].map(elapsed)).toEqual(['0.000\u202f000', '1.204\u202f250', '60.000\u202f000']);
    expect([0, 999, 1500, 40_000, 1_234_567, 7_200_000_000].map(since)).toEqual([
      '+0 µs',
      '+999 µs',
      '+1.5 ms',
      '+40 ms',
      '+1.23 s',
      '+120 min',
    ]);
  });
});

test('on paper are all rows, or as many as go from those in sight on', () => {
  expect(printed(300, 250)).toEqual({ from: 0, to: 300 });
  expect(printed(20_000, 700)).toEqual({ from: 700, to: 700 + MOST_PRINTED });
  expect(printed(20_000, 19_990)).toEqual({ from: 20_000 - MOST_PRINTED, to: 20_000 });
});

describe('what the stack did not act on', () => {
  /** The marks that are shown of the last of these segments, which was dropped; and whether it is of note. */
  function dropped(reason: string, ...lines: readonly string[]): unknown {
    const events: TraceEvent[] = lines.map((line, time) => segment(`${line} | ESTABLISHED`, { time }));
    const last = events.at(-1);
    if (last?.type !== 'segment') throw new Error('no segment');
    const { connection, time } = last;
    events.splice(-1, 0, { type: 'drop', layer: 'tcp', time, reason, detail: '', connection });
    const row = [...recordOf(events)].at(-1);
    if (row?.kind !== 'segment' || !row.marks.has('dropped')) throw new Error('it was not dropped');
    said = marksOf(row).map((mark) => markText(row, mark, EN, LADDER_TEXTS.en));
    return [marksOf(row), isOfNote(row)];
  }
  let said: string[] = [];
  const SAID = ['> . 1:1(0) ack 1', '< . 1:101(100) ack 1', '> . 1:1(0) ack 101'];
  const FULL = [...SAID.slice(0, 2), '> . 1:1(0) ack 101 win 0'];

  test('had come before, or only asks: that is told, and does not alarm', () => {
    expect(dropped('outside-window', ...SAID, '< . 1:101(100) ack 1')).toEqual([['retransmission', 'duplicate'], true]);
    expect(dropped('outside-window', ...FULL, '< . 100:100(0) ack 1')).toEqual([[], true]);
    expect(dropped('outside-window', ...SAID, '< . 100:100(0) ack 1')).toEqual([[], false]);
  });

  test('is marked where it is lost to us', () => {
    expect(dropped('paws', ...SAID, '< . 101:201(100) ack 1')).toEqual([['dropped'], true]);
    expect(said).toEqual(['dropped']);
    expect(dropped('outside-window', ...FULL, '< . 900101:900201(100) ack 1')).toEqual([['dropped'], true]);
    // No note above it says why: the mark does.
    expect(said).toEqual([`dropped: ${LADDER_TEXTS.en.outsideWindow}`]);
  });
});
