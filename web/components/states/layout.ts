import type { State } from '../../../src/tcp/states';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a state stands. CLOSED stands twice, as in Figure 5: where a connection begins, and where it ends. */
export type Place = State | 'CLOSED again';

/** The measures of the drawing, in its own units. */
export interface Measures {
  readonly width: number;
  readonly height: number;
  /** A state's box. */
  readonly box: { readonly width: number; readonly height: number };
  /** The middles of the three columns, and of the seven rows. */
  readonly columns: readonly [number, number, number];
  readonly rows: readonly [number, number, number, number, number, number, number];
  /** Between two arrows that run side by side: across, and up and down. */
  readonly apart: Point;
  /** Of the arrows that go around, from the edge. */
  readonly gutter: number;
  /** Event and action stand beside the arrows. */
  readonly labels: boolean;
}

export const WIDE: Measures = {
  width: 800,
  height: 700,
  box: { width: 160, height: 46 },
  columns: [112, 400, 688],
  rows: [60, 158, 258, 358, 456, 556, 652],
  apart: { x: 22, y: 8 },
  gutter: 14,
  labels: true,
};

/** For phones, and for a corner of a page. */
export const NARROW: Measures = {
  width: 360,
  height: 500,
  box: { width: 94, height: 36 },
  columns: [59, 180, 301],
  rows: [26, 100, 174, 248, 322, 396, 470],
  apart: { x: 14, y: 7 },
  gutter: 5,
  labels: false,
};

const PLACES: Readonly<Record<Place, readonly [column: 0 | 1 | 2, row: 0 | 1 | 2 | 3 | 4 | 5 | 6]>> = {
  CLOSED: [1, 0],
  LISTEN: [1, 1],
  'SYN-RECEIVED': [0, 2],
  'SYN-SENT': [2, 2],
  ESTABLISHED: [1, 3],
  'FIN-WAIT-1': [0, 4],
  'CLOSE-WAIT': [2, 4],
  'FIN-WAIT-2': [0, 5],
  CLOSING: [1, 5],
  'LAST-ACK': [2, 5],
  'TIME-WAIT': [1, 6],
  'CLOSED again': [2, 6],
};

export const ALL_PLACES = Object.keys(PLACES) as readonly Place[];

/** The middle of a state's box. */
export function middle(place: Place, { columns, rows }: Measures): Point {
  const [column, row] = PLACES[place];
  return { x: columns[column], y: rows[row] };
}

/** An arrow's line, and where its label stands (the baseline of its first line). */
export interface Shape {
  readonly points: readonly Point[];
  readonly label?: Point & { readonly anchor: 'start' | 'middle' | 'end' };
  /** The part of the line, from 0, on which numbers stand. */
  readonly numbers: number;
}

/** The lines of all arrows by their names (`arrowOf`), laid out by hand after Figure 5. */
export function shapes(m: Measures): ReadonlyMap<string, Shape> {
  const half = { x: m.box.width / 2, y: m.box.height / 2 };
  const { x: dx, y: dy } = m.apart;
  const at = (place: Place, x: -1 | 0 | 1, y: -1 | 0 | 1, shift: Partial<Point> = {}): Point => {
    const { x: cx, y: cy } = middle(place, m);
    return { x: cx + x * half.x + (shift.x ?? 0), y: cy + y * half.y + (shift.y ?? 0) };
  };
  /** First along, then up or down. */
  const along = (from: Point, to: Point): Point[] => [from, { x: to.x, y: from.y }, to];
  /** First up or down, then along. */
  const down = (from: Point, to: Point): Point[] => [from, { x: from.x, y: to.y }, to];
  const right = m.width - m.gutter;
  const left = m.gutter;
  const bottom = m.height - m.gutter;
  /** Around the right or the left edge to where a connection ends. */
  const around = (place: Place): Point[] => {
    const end = at('CLOSED again', 1, 0);
    const start = at(place, 1, 0);
    return [start, { x: right, y: start.y }, { x: right, y: end.y }, end];
  };
  const aroundLeft = (place: Place): Point[] => {
    const start = at(place, -1, 0);
    const end = at('CLOSED again', 0, 1);
    return [start, { x: left, y: start.y }, { x: left, y: bottom }, { x: end.x, y: bottom }, end];
  };
  /** From the middle column, between it and the right one, to the side of where a connection ends. */
  const inside = (place: Place, lane: number): Point[] => {
    const start = at(place, 1, 0);
    const end = at('CLOSED again', -1, 0, { y: -1.6 * dy });
    return [start, { x: start.x + lane, y: start.y }, { x: start.x + lane, y: end.y }, end];
  };
  const beside = (point: Point, anchor: 'start' | 'middle' | 'end', x: number, y: number): Shape['label'] => ({
    x: point.x + x,
    y: point.y + y,
    anchor,
  });
  const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  /** Two lines of label above a line, below it, and beside it. */
  const ABOVE = -26;
  const BELOW = 17;
  const BESIDE = -2;
  const list: Record<string, Shape> = {};
  const draw = (name: string, points: readonly Point[], numbers: number, label?: Shape['label']): void => {
    list[name] = label === undefined ? { points, numbers } : { points, numbers, label };
  };

  const closed = at('CLOSED', 1, 0);
  const sent = at('SYN-SENT', 0, -1);
  draw(
    'CLOSED>LISTEN',
    [at('CLOSED', 0, 1, { x: -dx }), at('LISTEN', 0, -1, { x: -dx })],
    0,
    beside(between(at('CLOSED', 0, 1), at('LISTEN', 0, -1)), 'end', -dx - 18, BESIDE),
  );
  draw(
    'LISTEN>CLOSED',
    [at('LISTEN', 0, -1, { x: dx }), at('CLOSED', 0, 1, { x: dx })],
    0,
    beside(between(at('CLOSED', 0, 1), at('LISTEN', 0, -1)), 'start', dx + 18, BESIDE),
  );
  draw(
    'CLOSED>SYN-SENT',
    along(at('CLOSED', 1, 0, { y: -dy }), at('SYN-SENT', 0, -1, { x: 2 * dx })),
    1,
    beside(between(closed, sent), 'middle', 0, closed.y - dy + ABOVE - between(closed, sent).y),
  );
  draw(
    'SYN-SENT>CLOSED',
    down(at('SYN-SENT', 0, -1, { x: dx * 0.5 }), at('CLOSED', 1, 0, { y: dy })),
    0,
    beside(between(closed, sent), 'middle', 0, closed.y + dy + BELOW - between(closed, sent).y),
  );
  const listenLeft = at('LISTEN', -1, 0);
  const received = at('SYN-RECEIVED', 0, -1);
  draw(
    'SYN-RECEIVED>LISTEN',
    down(at('SYN-RECEIVED', 0, -1, { x: -dx }), at('LISTEN', -1, 0, { y: -dy })),
    0,
    beside(listenLeft, 'middle', (received.x - listenLeft.x) / 2, -dy + ABOVE),
  );
  draw(
    'LISTEN>SYN-RECEIVED',
    along(at('LISTEN', -1, 0, { y: dy }), at('SYN-RECEIVED', 0, -1, { x: dx })),
    1,
    beside(listenLeft, 'middle', (received.x + dx - listenLeft.x) / 2, dy + BELOW),
  );
  draw(
    'LISTEN>SYN-SENT',
    along(at('LISTEN', 1, 0), at('SYN-SENT', 0, -1, { x: -dx })),
    1,
    beside(at('LISTEN', 1, 0), 'middle', (sent.x - dx - at('LISTEN', 1, 0).x) / 2, BELOW),
  );
  draw(
    'SYN-SENT>SYN-RECEIVED',
    [at('SYN-SENT', -1, 0, { y: -dy }), at('SYN-RECEIVED', 1, 0, { y: -dy })],
    0,
    beside(middle('LISTEN', m), 'middle', 0, m.rows[2] - m.rows[1] - dy + ABOVE),
  );
  const up = at('ESTABLISHED', 0, -1);
  draw(
    'SYN-RECEIVED>ESTABLISHED',
    along(at('SYN-RECEIVED', 1, 0, { y: dy }), at('ESTABLISHED', 0, -1, { x: -dx })),
    1,
    beside(at('SYN-RECEIVED', 1, 0), 'middle', (up.x - dx - at('SYN-RECEIVED', 1, 0).x) / 2, dy + BELOW),
  );
  draw(
    'SYN-SENT>ESTABLISHED',
    along(at('SYN-SENT', -1, 0, { y: dy }), at('ESTABLISHED', 0, -1, { x: dx })),
    1,
    beside(at('SYN-SENT', -1, 0), 'middle', (up.x + dx - at('SYN-SENT', -1, 0).x) / 2, dy + BELOW),
  );
  draw(
    'SYN-RECEIVED>FIN-WAIT-1',
    [at('SYN-RECEIVED', 0, 1), at('FIN-WAIT-1', 0, -1)],
    0,
    beside(between(at('SYN-RECEIVED', 0, 1), at('FIN-WAIT-1', 0, -1)), 'start', 18, BESIDE),
  );
  const finWait = at('FIN-WAIT-1', 1, 0);
  draw(
    'ESTABLISHED>FIN-WAIT-1',
    down(at('ESTABLISHED', 0, 1, { x: -dx }), at('FIN-WAIT-1', 1, 0, { y: -1.6 * dy })),
    0,
    beside(finWait, 'middle', (up.x - dx - finWait.x) / 2, -1.6 * dy + ABOVE),
  );
  draw(
    'ESTABLISHED>CLOSE-WAIT',
    down(at('ESTABLISHED', 0, 1, { x: dx }), at('CLOSE-WAIT', -1, 0, { y: -1.6 * dy })),
    0,
    beside(at('CLOSE-WAIT', -1, 0), 'middle', (up.x + dx - at('CLOSE-WAIT', -1, 0).x) / 2, -1.6 * dy + ABOVE),
  );
  draw(
    'FIN-WAIT-1>FIN-WAIT-2',
    [at('FIN-WAIT-1', 0, 1), at('FIN-WAIT-2', 0, -1)],
    0,
    beside(between(at('FIN-WAIT-1', 0, 1), at('FIN-WAIT-2', 0, -1)), 'start', 18, BESIDE),
  );
  draw(
    'FIN-WAIT-1>CLOSING',
    along(finWait, at('CLOSING', 0, -1)),
    1,
    beside(at('CLOSING', 0, -1), 'start', -half.x - 8, m.rows[4] - at('CLOSING', 0, -1).y + BELOW),
  );
  const lane = finWait.x + (m.labels ? 0.44 : 0.5) * (at('CLOSING', -1, 0).x - finWait.x);
  const wait = at('TIME-WAIT', -1, 0, { y: -dy });
  draw(
    'FIN-WAIT-1>TIME-WAIT',
    [at('FIN-WAIT-1', 1, 0, { y: 1.6 * dy }), { x: lane, y: finWait.y + 1.6 * dy }, { x: lane, y: wait.y }, wait],
    1,
    beside({ x: lane, y: wait.y }, 'start', 8, ABOVE),
  );
  draw(
    'FIN-WAIT-2>TIME-WAIT',
    down(at('FIN-WAIT-2', 0, 1), at('TIME-WAIT', -1, 0, { y: dy })),
    0,
    beside({ x: at('FIN-WAIT-2', 0, 1).x, y: wait.y + 2 * dy }, 'start', 18, -dy + ABOVE + 6),
  );
  draw(
    'CLOSE-WAIT>LAST-ACK',
    [at('CLOSE-WAIT', 0, 1), at('LAST-ACK', 0, -1)],
    0,
    beside(between(at('CLOSE-WAIT', 0, 1), at('LAST-ACK', 0, -1)), 'end', -18, BESIDE),
  );
  draw(
    'CLOSING>TIME-WAIT',
    [at('CLOSING', 0, 1), at('TIME-WAIT', 0, -1)],
    0,
    beside(between(at('CLOSING', 0, 1), at('TIME-WAIT', 0, -1)), 'start', 18, BESIDE),
  );
  draw(
    'LAST-ACK>CLOSED',
    [at('LAST-ACK', 0, 1), at('CLOSED again', 0, -1)],
    0,
    beside(between(at('LAST-ACK', 0, 1), at('CLOSED again', 0, -1)), 'end', -18, BESIDE),
  );
  draw(
    'TIME-WAIT>CLOSED',
    [at('TIME-WAIT', 1, 0), at('CLOSED again', -1, 0)],
    0,
    beside(between(at('TIME-WAIT', 1, 0), at('CLOSED again', -1, 0)), 'middle', 0, ABOVE),
  );

  // Beside the figure: drawn when they are taken.
  const closeWait = at('CLOSE-WAIT', 0, -1, { x: dx });
  const over = up.y - (up.y - at('SYN-RECEIVED', 0, 1).y) / 4;
  draw(
    'SYN-RECEIVED>CLOSE-WAIT',
    [at('SYN-RECEIVED', 0, 1, { x: dx }), { x: received.x + dx, y: over }, { x: closeWait.x, y: over }, closeWait],
    1,
  );
  draw('LISTEN!CLOSED', [at('LISTEN', 0, -1, { x: dx }), at('CLOSED', 0, 1, { x: dx })], 0);
  for (const place of ['SYN-SENT', 'CLOSE-WAIT'] as const) draw(`${place}!CLOSED`, around(place), 1);
  draw('LAST-ACK!CLOSED', around('LAST-ACK'), 1);
  for (const place of ['SYN-RECEIVED', 'FIN-WAIT-1', 'FIN-WAIT-2'] as const)
    draw(`${place}!CLOSED`, aroundLeft(place), 1);
  const gap = at('CLOSED again', -1, 0).x - at('TIME-WAIT', 1, 0).x;
  draw('ESTABLISHED!CLOSED', inside('ESTABLISHED', gap * (m.labels ? 0.85 : 0.5)), 1);
  draw('CLOSING!CLOSED', inside('CLOSING', gap * (m.labels ? 0.7 : 0.35)), 1);
  const under = at('TIME-WAIT', 0, 1);
  const end = at('CLOSED again', 0, 1);
  draw('TIME-WAIT!CLOSED', [under, { x: under.x, y: bottom }, { x: end.x, y: bottom }, end], 1);
  return new Map(Object.entries(list));
}

/** A line for a change of state that no RFC has: from box to box, straight. */
export function straight(from: Place, to: Place, m: Measures): Shape {
  const a = middle(from, m);
  const b = middle(to, m);
  const edge = (p: Point, q: Point): Point => {
    const x = q.x - p.x;
    const y = q.y - p.y;
    const scale = Math.min(m.box.width / 2 / Math.max(1, Math.abs(x)), m.box.height / 2 / Math.max(1, Math.abs(y)), 1);
    return { x: p.x + x * scale, y: p.y + y * scale };
  };
  return { points: [edge(a, b), edge(b, a)], numbers: 0 };
}

/** The same line `by` units to its left, so that two ends can take one arrow side by side. Only for right angles and single lines. */
export function shifted(points: readonly Point[], by: number): Point[] {
  const normals = points.slice(1).map((point, index) => {
    const before = points[index] ?? point;
    const length = Math.hypot(point.x - before.x, point.y - before.y) || 1;
    return { x: (point.y - before.y) / length, y: -(point.x - before.x) / length };
  });
  return points.map((point, index) => {
    const a = normals[index - 1] ?? normals[index] ?? { x: 0, y: 0 };
    const b = normals[index] ?? a;
    // At a corner both sides move; on a straight line they are the same.
    const straightOn = Math.abs(a.x - b.x) + Math.abs(a.y - b.y) < 0.01;
    const x = straightOn ? a.x : a.x + b.x;
    const y = straightOn ? a.y : a.y + b.y;
    return { x: point.x + x * by, y: point.y + y * by };
  });
}

/** The line as an SVG path with round corners; it ends `short` units before its last point, where the arrow's head is. */
export function pathOf(points: readonly Point[], radius: number, short = 0): string {
  let path = '';
  points.forEach((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined) path += `M${point.x} ${point.y}`;
    else if (after === undefined) {
      const end = towards(point, before, short);
      path += `L${end.x} ${end.y}`;
    } else {
      const a = towards(point, before, Math.min(radius, distance(point, before) / 2));
      const b = towards(point, after, Math.min(radius, distance(point, after) / 2));
      path += `L${a.x} ${a.y}Q${point.x} ${point.y} ${b.x} ${b.y}`;
    }
  });
  return path;
}

/** The three corners of the head at a line's end. */
export function headOf(points: readonly Point[], size: number): string {
  const tip = points.at(-1) ?? { x: 0, y: 0 };
  const before = points.at(-2) ?? tip;
  const length = distance(tip, before) || 1;
  const x = (tip.x - before.x) / length;
  const y = (tip.y - before.y) / length;
  const back = { x: tip.x - x * size, y: tip.y - y * size };
  const wide = size * 0.5;
  return `${tip.x},${tip.y} ${back.x - y * wide},${back.y + x * wide} ${back.x + y * wide},${back.y - x * wide}`;
}

/**
 * Where a step's number stands: a bit before the middle of its part of the line, so that the head stays free; `apart` units from there, along
 * the line, or beside it where that is too short.
 */
export function numberOn({ points, numbers }: Shape, apart: number): Point {
  const a = points[numbers] ?? { x: 0, y: 0 };
  const b = points[numbers + 1] ?? a;
  const length = distance(a, b) || 1;
  const x = (b.x - a.x) / length;
  const y = (b.y - a.y) / length;
  const place = { x: a.x + (b.x - a.x) * 0.4, y: a.y + (b.y - a.y) * 0.4 };
  if (length > 9 * Math.abs(apart)) return { x: place.x - x * apart, y: place.y - y * apart };
  return { x: place.x + y * apart, y: place.y - x * apart };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
}
