import type { ReceiveWindow, SendWindow } from '../../../src/inspect/record/windows';

export type Model =
  | { readonly direction: 'send'; readonly model: SendWindow }
  | { readonly direction: 'receive'; readonly model: ReceiveWindow };

/** The part of sequence space that is shown, as positions. */
export interface View {
  readonly from: number;
  readonly to: number;
}

export type Zoom = 'near' | 'window';

/** A border with a name in the RFC. */
export interface Mark {
  readonly name:
    'SND.UNA' | 'SND.NXT' | 'SND.UNA+SND.WND' | 'SND.UNA+cwnd' | 'cwnd' | 'RCV.NXT' | 'RCV.NXT+RCV.WND' | 'read';
  readonly position: number;
}

/** A window this many times as large as what is used of it is not shown whole, unless that is asked for. */
const MUCH = 3;
/** Before and behind what is shown, as a part of it. */
const MARGIN = 0.14;
const LEAST = 2000;
/** Room for a name, in pixels. */
const NAME = 66;

export function marksOf({ direction, model }: Model): Mark[] {
  if (direction === 'receive') {
    const { nxt, edge, takenTo } = model;
    const read: Mark[] = takenTo === undefined || takenTo === nxt ? [] : [{ name: 'read', position: takenTo }];
    return [...read, { name: 'RCV.NXT', position: nxt }, { name: 'RCV.NXT+RCV.WND', position: edge }];
  }
  const { una, nxt, edge, cwnd, cwndTo } = model;
  return [
    { name: 'SND.UNA', position: una },
    { name: 'SND.NXT', position: nxt },
    ...(cwnd === undefined || cwndTo === undefined || !(cwnd < 2 ** 53 - 1)
      ? []
      : [{ name: cwndTo === una + cwnd ? ('SND.UNA+cwnd' as const) : ('cwnd' as const), position: cwndTo }]),
    { name: 'SND.UNA+SND.WND', position: edge },
  ];
}

/**
 * What to show: from a bit before the first octet of interest to a bit behind the last. The scale changes in steps, so that the picture
 * slides, and does not breathe with each segment.
 */
export function viewOf(shown: Model, zoom: Zoom = 'near', width = 1000): View {
  const { first, near, far } = interest(shown);
  const wanted = Math.max(
    LEAST,
    zoom === 'window' || far - first <= MUCH * (near - first) ? Math.max(far, near) - first : near - first,
  );
  const size = step(wanted);
  // The name of the first border ends at it, and needs room there.
  const before = Math.max(MARGIN, NAME / Math.max(width - 2 * NAME, NAME));
  return { from: first - size * before, to: first + size * (1 + MARGIN) };
}

/** True when something is left out of the near view that the whole window has. */
export function isCut(shown: Model): boolean {
  return viewOf(shown, 'window').to > viewOf(shown).to * 1.0001;
}

function interest({ direction, model }: Model): { first: number; near: number; far: number } {
  if (direction === 'receive') {
    const { takenTo, nxt, edge, spans } = model;
    const last = spans.reduce((end, { kind, to }) => (kind === 'out-of-order' ? to : end), nxt);
    const first = Math.min(takenTo ?? nxt, nxt);
    return { first, near: Math.max(last, nxt, first + LEAST), far: edge };
  }
  const { una, nxt, edge, sendableTo, queuedTo } = model;
  // What waits behind the windows may be megabytes: only as far as the windows go.
  return { first: una, near: Math.max(nxt, Math.min(sendableTo, edge), Math.min(queuedTo ?? nxt, edge)), far: edge };
}

/** The next of 1, 1.5, 2, 3, 4, 6, 8, 12, … */
function step(value: number): number {
  const power = 2 ** Math.floor(Math.log2(value));
  if (value <= power) return power;
  return value <= 1.5 * power ? 1.5 * power : 2 * power;
}

/** A piece of the bar, in pixels. */
export interface Piece<Kind extends string> {
  readonly x: number;
  readonly width: number;
  readonly kind: Kind;
  /** The spans that it stands for. */
  readonly from: number;
  readonly to: number;
}

/** The spans inside a view as pieces of a bar `width` pixels wide. What is narrower than a pixel is joined with its neighbour. */
export function piecesOf<Kind extends string>(
  spans: readonly { readonly from: number; readonly to: number; readonly kind: Kind }[],
  view: View,
  width: number,
): Piece<Kind>[] {
  const scale = width / (view.to - view.from);
  const pieces: Piece<Kind>[] = [];
  for (const { from, to, kind } of spans) {
    const a = Math.max(0, (from - view.from) * scale);
    const last = kind === 'beyond';
    const b = last ? width : Math.min(width, (to - view.from) * scale);
    if (b <= a) continue;
    const before = pieces.at(-1);
    if (before !== undefined && (before.kind === kind || b - a < 0.75)) {
      pieces[pieces.length - 1] = { ...before, width: b - before.x, to };
    } else pieces.push({ x: a, width: b - a, kind, from, to: last ? Infinity : to });
  }
  return pieces;
}

/** Bytes of each kind. */
export function totals<Kind extends string>(
  spans: readonly { readonly from: number; readonly to: number; readonly kind: Kind }[],
): ReadonlyMap<Kind, number> {
  const sums = new Map<Kind, number>();
  for (const { from, to, kind } of spans) sums.set(kind, (sums.get(kind) ?? 0) + to - from);
  return sums;
}
