import { describe, expect, test } from '@jest/globals';
import type { Step } from '../../../src/inspect';
import { FIGURE_5_TRANSITIONS, STATES, TRANSITIONS, type State } from '../../../src/tcp/states';
import { arrowTexts, describeArrow, describeState } from '../../../web/components/states/describe';
import {
  ALL_PLACES,
  middle,
  NARROW,
  shapes,
  shifted,
  WIDE,
  type Measures,
  type Place,
  type Point,
} from '../../../web/components/states/layout';
import { STATE_TEXTS } from '../../../web/components/states/texts';
import { arrowOf, trail } from '../../../web/components/states/trail';

const MEASURES = [
  ['wide', WIDE],
  ['narrow', NARROW],
] as const;

describe.each(MEASURES)('the %s drawing', (_, m) => {
  const lines = shapes(m);

  test('has an arrow for every transition of RFC 9293, and no other', () => {
    expect(new Set(lines.keys())).toEqual(new Set(TRANSITIONS.map(arrowOf)));
    expect(FIGURE_5_TRANSITIONS.map(arrowOf).filter((name) => name.includes('!'))).toEqual([]);
  });

  test('has every state, inside the picture, and no two on one another', () => {
    expect(new Set(ALL_PLACES)).toEqual(new Set<Place>([...STATES, 'CLOSED again']));
    for (const place of ALL_PLACES) {
      const { x, y } = middle(place, m);
      expect(x - m.box.width / 2).toBeGreaterThanOrEqual(0);
      expect(x + m.box.width / 2).toBeLessThanOrEqual(m.width);
      expect(y - m.box.height / 2).toBeGreaterThanOrEqual(0);
      expect(y + m.box.height / 2).toBeLessThanOrEqual(m.height);
      for (const other of ALL_PLACES) if (other !== place) expect(distanceOfBoxes(place, other, m)).toBeGreaterThan(10);
    }
  });

  test.each([...lines])('%s leads from its state to its state, through none, at right angles', (name, { points }) => {
    const [from, to] = name.split(/[>!]/) as [Place, Place];
    expect(onBorder(points[0], from, m)).toBe(true);
    expect(onBorder(points.at(-1), to, m) || (to === 'CLOSED' && onBorder(points.at(-1), 'CLOSED again', m))).toBe(
      true,
    );
    points.slice(1).forEach((point, index) => {
      const before = points[index] ?? point;
      expect(before.x === point.x || before.y === point.y).toBe(true);
      for (const place of ALL_PLACES) expect([place, passesThrough(before, point, place, m)]).toEqual([place, false]);
    });
  });

  test('no two arrows of Figure 5 lie on one another', () => {
    const figure = FIGURE_5_TRANSITIONS.map((each) => ({
      name: arrowOf(each),
      points: lines.get(arrowOf(each))?.points ?? [],
    }));
    for (const a of figure)
      for (const b of figure)
        if (a.name < b.name) expect([a.name, b.name, share(a.points, b.points)]).toEqual([a.name, b.name, false]);
  });
});

test('every state, event and action has its words in both languages', () => {
  for (const texts of Object.values(STATE_TEXTS)) {
    for (const state of STATES) {
      expect(texts.states[state].means.length).toBeGreaterThan(8);
      expect(texts.states[state].waits).not.toBe('');
    }
    for (const { event, action } of TRANSITIONS) {
      expect([event, texts.events[event]]).not.toEqual([event, undefined]);
      expect([action, texts.actions[action]]).not.toEqual([action, undefined]);
    }
  }
  expect(Object.keys(STATE_TEXTS.ko.events)).toEqual(Object.keys(STATE_TEXTS.en.events));
});

test('an arrow is told in words', () => {
  expect(describeArrow('ESTABLISHED>FIN-WAIT-1', STATE_TEXTS.en)).toBe(
    'ESTABLISHED → FIN-WAIT-1: the program said CLOSE: a FIN goes out.',
  );
  expect(describeArrow('ESTABLISHED>FIN-WAIT-1', STATE_TEXTS.ko)).toContain('FIN을 보냅니다');
  expect(arrowTexts('ESTABLISHED!CLOSED')?.event).toBe('ABORT / rcv RST / user timeout');
  expect(describeState('CLOSED again', STATE_TEXTS.en).title).toBe('CLOSED');
});

describe('the way of an end', () => {
  const names = (steps: readonly Step[]): string[] =>
    trail(steps).map(
      ({ order, transition, from, to }) =>
        `${order} ${transition === undefined ? `${from}?${to}` : arrowOf(transition)}`,
    );

  test('as the stack tells it', () => {
    const way = steps('CLOSED SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED');
    expect(names(way)).toEqual([
      '1 CLOSED>SYN-SENT',
      '2 SYN-SENT>ESTABLISHED',
      '3 ESTABLISHED>FIN-WAIT-1',
      '4 FIN-WAIT-1>FIN-WAIT-2',
      '5 FIN-WAIT-2>TIME-WAIT',
      '6 TIME-WAIT>CLOSED',
    ]);
  });

  test('begins where the first thing that was seen began', () => {
    expect(names(steps('? SYN-SENT'))).toEqual(['1 CLOSED>SYN-SENT']);
    expect(names(steps('? SYN-RECEIVED ESTABLISHED'))).toEqual(['1 LISTEN>SYN-RECEIVED', '2 SYN-RECEIVED>ESTABLISHED']);
    expect(names(steps('? ESTABLISHED CLOSE-WAIT'))).toEqual(['1 ESTABLISHED>CLOSE-WAIT']);
  });

  test('goes through states that were skipped, in one step', () => {
    expect(names(steps('ESTABLISHED LAST-ACK'))).toEqual(['1 ESTABLISHED>CLOSE-WAIT', '1 CLOSE-WAIT>LAST-ACK']);
  });

  test('is taken back with what was presumed', () => {
    expect(names(steps('? SYN-RECEIVED ESTABLISHED SYN-RECEIVED ESTABLISHED'))).toEqual([
      '1 LISTEN>SYN-RECEIVED',
      '2 SYN-RECEIVED>ESTABLISHED',
    ]);
  });

  test('an abrupt end is another arrow than a close', () => {
    const [abort] = trail([{ time: 1, from: 'SYN-SENT', to: 'CLOSED', event: 'ABORT' }]);
    const [close] = trail([{ time: 1, from: 'SYN-SENT', to: 'CLOSED', event: 'CLOSE' }]);
    const [seen] = trail([{ time: 1, from: 'SYN-SENT', to: 'CLOSED', event: undefined }]);
    expect([abort, close, seen].map((hop) => hop?.transition && arrowOf(hop.transition))).toEqual([
      'SYN-SENT!CLOSED',
      'SYN-SENT>CLOSED',
      'SYN-SENT!CLOSED',
    ]);
    expect([abort?.event, seen?.event]).toEqual(['ABORT', undefined]);
  });

  test('what no RFC has is told as such', () => {
    expect(names(steps('TIME-WAIT ESTABLISHED'))).toEqual(['1 TIME-WAIT?ESTABLISHED']);
  });
});

test('the second end goes beside the first, at the same distance around every corner', () => {
  const line = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 50 },
  ];
  expect(shifted(line, 3)).toEqual([
    { x: 0, y: -3 },
    { x: 103, y: -3 },
    { x: 103, y: 50 },
  ]);
});

function steps(states: string): Step[] {
  const list = states.split(' ').map((name) => (name === '?' ? undefined : (name as State)));
  return list.slice(1).map((to, index) => ({ time: index, from: list[index], to, event: undefined }));
}

function onBorder(point: Point | undefined, place: Place, m: Measures): boolean {
  if (point === undefined) return false;
  const { x, y } = middle(place, m);
  const across = Math.abs(point.x - x) / (m.box.width / 2);
  const along = Math.abs(point.y - y) / (m.box.height / 2);
  return Math.max(across, along) > 0.999 && across < 1.001 && along < 1.001;
}

function passesThrough(a: Point, b: Point, place: Place, m: Measures): boolean {
  const { x, y } = middle(place, m);
  const [halfX, halfY] = [m.box.width / 2 - 0.5, m.box.height / 2 - 0.5];
  const overlaps = (p: number, q: number, at: number, half: number): boolean =>
    Math.max(p, q) > at - half && Math.min(p, q) < at + half;
  return overlaps(a.x, b.x, x, halfX) && overlaps(a.y, b.y, y, halfY);
}

function distanceOfBoxes(a: Place, b: Place, m: Measures): number {
  const [p, q] = [middle(a, m), middle(b, m)];
  return Math.max(Math.abs(p.x - q.x) - m.box.width, Math.abs(p.y - q.y) - m.box.height);
}

/** Two lines have more than a point in common. */
function share(a: readonly Point[], b: readonly Point[]): boolean {
  const parts = (points: readonly Point[]) =>
    points.slice(1).map((point, index) => [points[index] ?? point, point] as const);
  return parts(a).some(([p, q]) =>
    parts(b).some(([r, s]) =>
      (['x', 'y'] as const).some((along) => {
        const across = along === 'x' ? 'y' : 'x';
        if (p[across] !== q[across] || r[across] !== s[across] || Math.abs(p[across] - r[across]) > 2) return false;
        const common =
          Math.min(Math.max(p[along], q[along]), Math.max(r[along], s[along])) -
          Math.max(Math.min(p[along], q[along]), Math.min(r[along], s[along]));
        return common > 1;
      }),
    ),
  );
}
