import type { SVGAttributes } from 'preact';
import type { End } from '../../../src/inspect/record/row';
import { headOf, pathOf, numberOn, shifted, type Measures, type Shape } from './layout';
import type { Hop } from './trail';

/** An end that took an arrow. */
export interface Taken {
  readonly end: End;
  readonly hop: Hop;
}

interface ArrowProps {
  readonly shape: Shape;
  readonly m: Measures;
  /** For who does not see it. */
  readonly label: string;
  readonly taken: readonly Taken[];
  readonly active: boolean;
  readonly item: SVGAttributes<SVGGElement>;
}

/** An arrow of the diagram: thin and grey, and for each end that took it a thick one with the step's number. */
export function Arrow({ shape, m, label, taken, active, item }: ArrowProps) {
  const radius = m.labels ? 12 : 7;
  const head = m.labels ? 10 : 7;
  const both = taken.length > 1;
  const apart = m.labels ? 3.5 : 2.5;
  return (
    <g class={`states-arrow${active ? ' states-active' : ''}`} role="img" aria-label={label} {...item}>
      <path class="states-hit" d={pathOf(shape.points, radius)} />
      {taken.length === 0 && (
        <>
          <path class="states-line" d={pathOf(shape.points, radius, head - 1)} />
          <polygon class="states-head" points={headOf(shape.points, head)} />
        </>
      )}
      {taken.map(({ end }) => {
        const points = both ? shifted(shape.points, end === 'left' ? apart : -apart) : shape.points;
        return (
          <g key={end} class={`states-way states-${end}`}>
            <path class="states-line" d={pathOf(points, radius, head)} />
            <polygon class="states-head" points={headOf(points, head * 1.25)} />
          </g>
        );
      })}
      {taken.map(({ end, hop }) => {
        const r = m.labels ? 9.5 : 7.5;
        const { x, y } = numberOn(shape, both ? (end === 'left' ? r + 1 : -r - 1) : 0);
        return (
          <g key={end} class={`states-badge states-${end}`}>
            {end === 'left' ? (
              <rect x={x - r} y={y - r} width={2 * r} height={2 * r} rx="3" />
            ) : (
              <circle cx={x} cy={y} r={r} />
            )}
            <text x={x} y={y} dy="0.36em" text-anchor="middle">
              {hop.order}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface LabelProps {
  readonly shape: Shape;
  readonly texts: { readonly event: string; readonly action: string } | undefined;
  readonly active: boolean;
}

/** What takes an arrow, and what is sent, beside it. It is drawn over all arrows: one that crosses it must not make it illegible. */
export function ArrowLabel({ shape: { label }, texts, active }: LabelProps) {
  if (label === undefined || texts === undefined) return null;
  return (
    <text
      class={`states-label${active ? ' states-active' : ''}`}
      x={label.x}
      y={label.y}
      text-anchor={label.anchor}
      aria-hidden="true"
    >
      <tspan>{texts.event}</tspan>
      <tspan class="states-action" x={label.x} dy="1.2em">
        {texts.action === 'x' ? '–' : texts.action}
      </tspan>
    </text>
  );
}
