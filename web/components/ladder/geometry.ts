import type { Metrics } from './layout';

/** How much room there is: words beside the arrows, below them, or on a phone. */
export type Width = 'wide' | 'middle' | 'narrow';

export function widthOf(pixels: number): Width {
  if (pixels >= 960) return 'wide';
  return pixels >= 560 ? 'middle' : 'narrow';
}

/** The columns beside the arrows, px: time and state at the left, the state and perhaps the words at the right. */
export interface Columns {
  readonly time: number;
  readonly left: number;
  readonly right: number;
  readonly words: number;
}

export function columnsOf(width: Width, pixels: number): Columns {
  switch (width) {
    case 'wide':
      return { time: 96, left: 122, right: 122, words: Math.round(Math.min(460, Math.max(280, pixels * 0.29))) };
    case 'middle':
      return { time: 92, left: 116, right: 116, words: 0 };
    case 'narrow':
      return { time: 0, left: 26, right: 26, words: 0 };
  }
}

/** The room between the lifelines, px. */
export function rungOf({ time, left, right, words }: Columns, pixels: number): number {
  return Math.max(80, pixels - time - left - right - words);
}

const METRICS: Readonly<Record<Width, Metrics>> = {
  wide: { segment: 54, note: 46, tall: 64, silence: 30, line: 26, slope: 8 },
  middle: { segment: 76, note: 46, tall: 64, silence: 30, line: 24, slope: 8 },
  narrow: { segment: 90, note: 82, tall: 98, silence: 30, line: 24, slope: 8 },
};

/** The heights of rows; with buttons beside the words they need more of it. */
export function metricsOf(width: Width, hasActions: boolean): Metrics {
  const metrics = METRICS[width];
  return hasActions && width === 'wide' ? { ...metrics, segment: metrics.segment + 18 } : metrics;
}

/** Of a monospaced character on an arrow, px. */
export const COLUMN = 7.3;
