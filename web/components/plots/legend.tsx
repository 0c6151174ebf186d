import { lang, useTexts } from '../../lang';
import type { Chart } from './charts';
import { PLOT_TEXTS } from './texts';

interface LegendProps {
  readonly chart: Chart;
  /** As of the chart's view: the chart itself stays the same object. */
  readonly version: number;
  /** The time that is shown, s. */
  readonly range: readonly [number, number];
  /** The point under the cursor; `undefined`: the last one. */
  readonly index: number | undefined;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (key: string) => void;
}

/** What the lines are, with their values under the cursor, else their last; a line's button hides it. */
export function Legend({ chart, range, index, hidden, onToggle }: LegendProps) {
  const texts = useTexts(PLOT_TEXTS);
  const data = chart.data(range);
  return (
    <div class="plots-legend">
      {chart.lines.map((line, at) => {
        if (line.silent === true) return null;
        const values = data[at + 1];
        const value = valueAt(values, index);
        const isBand = line.width === 0;
        return (
          <button
            key={line.key}
            type="button"
            aria-pressed={!hidden.has(line.key)}
            onClick={() => {
              onToggle(line.key);
            }}
          >
            <svg width="20" height="10" aria-hidden="true">
              {isBand ? (
                <rect y="1" width="20" height="8" style={{ fill: `var(--${line.color})`, opacity: 0.25 }} />
              ) : (
                <path
                  d="M0 5H20"
                  style={{
                    stroke: `var(--${line.color})`,
                    strokeWidth: 2.5,
                    strokeDasharray: line.dash?.join(' ') ?? 'none',
                  }}
                />
              )}
            </svg>
            {texts.lines[line.key]}
            {!isBand && <span class="plots-value">{value === undefined ? '–' : chart.value(value, lang.value)}</span>}
          </button>
        );
      })}
      {chart.extras.map(({ key, color, sign }) => (
        <span key={key} class="plots-extra">
          <span style={{ color: `var(--${color})` }} aria-hidden="true">
            {sign}
          </span>{' '}
          {texts.lines[key]}
        </span>
      ))}
    </div>
  );
}

/** The value of a point, or the last that is there. */
export function valueAt(
  values: ArrayLike<number | null | undefined> | undefined,
  index: number | undefined,
): number | undefined {
  if (values === undefined) return undefined;
  for (let at = index ?? values.length - 1; at >= 0; at--) {
    const value = values[at];
    if (value !== null && value !== undefined && !Number.isNaN(value)) return value;
    if (index !== undefined) return undefined;
  }
  return undefined;
}
