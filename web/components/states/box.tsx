import type { SVGAttributes } from 'preact';
import { describeState } from './describe';
import { middle, type Measures, type Place } from './layout';
import type { StateTexts } from './texts';

interface Holder {
  readonly name: string;
  readonly presumed: boolean;
}

interface BoxProps {
  readonly place: Place;
  readonly m: Measures;
  /** The ends that are in this state now. */
  readonly left: Holder | undefined;
  readonly right: Holder | undefined;
  /** An end has been here. */
  readonly passed: boolean;
  readonly texts: StateTexts;
  readonly active: boolean;
  readonly item: SVGAttributes<SVGGElement>;
}

/** A state: its name, and who is in it. */
export function Box({ place, m, left, right, passed, texts, active, item }: BoxProps) {
  const { x, y } = middle(place, m);
  const { width, height } = m.box;
  const { title, means, waits } = describeState(place, texts);
  const here = [left, right].flatMap((each) =>
    each === undefined ? [] : [`${each.name}${each.presumed ? ' ?' : ''}`],
  );
  const lit = here.length > 0;
  const split = left !== undefined && right !== undefined;
  const classes = ['states-box', lit && 'states-lit', passed && 'states-passed', active && 'states-active'];
  const label = `${title}. ${means} ${texts.waitsFor}: ${waits}${lit ? ` (${here.join(', ')})` : ''}`;
  // A sign before the name, and perhaps a question mark behind it.
  const most = Math.floor(((split ? width / 2 : width) - (m.labels ? 26 : 21)) / (m.labels ? 5.4 : 5));
  return (
    <g
      class={classes.filter(Boolean).join(' ')}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      role="img"
      aria-label={label}
      {...item}
    >
      <rect class="states-ground" width={width} height={height} rx="7" />
      {left !== undefined && <Tint end="left" from={0} to={split ? width / 2 : width} height={height} />}
      {right !== undefined && <Tint end="right" from={split ? width / 2 : 0} to={width} height={height} />}
      <rect class="states-edge" width={width} height={height} rx="7" />
      <text class="states-name" x={width / 2} y={lit ? height * 0.36 : height / 2} dy="0.36em" text-anchor="middle">
        {title}
      </text>
      {left !== undefined && (
        <Chip end="left" x={split ? width / 4 : width / 2} y={height * 0.75} holder={left} most={most} />
      )}
      {right !== undefined && (
        <Chip end="right" x={split ? (width * 3) / 4 : width / 2} y={height * 0.75} holder={right} most={most} />
      )}
    </g>
  );
}

function Tint({ end, from, to, height }: { end: 'left' | 'right'; from: number; to: number; height: number }) {
  const first = from === 0 ? 7 : 0;
  const width = to - from;
  // Round where it meets the box's corners, straight where the other half begins.
  const d =
    end === 'left' && first > 0
      ? `M${to} 0H7Q0 0 0 7V${height - 7}Q0 ${height} 7 ${height}H${to}Z`
      : `M${from} 0H${to - 7}Q${to} 0 ${to} 7V${height - 7}Q${to} ${height} ${to - 7} ${height}H${from}Z`;
  return width > 0 ? <path class={`states-tint states-${end}`} d={d} /> : null;
}

function Chip(props: { end: 'left' | 'right'; x: number; y: number; holder: Holder; most: number }) {
  const { end, x, y, holder, most } = props;
  const name = shortened(holder.name, most);
  const sign = end === 'left' ? '■' : '●';
  return (
    <text class={`states-chip states-${end}`} x={x} y={y} dy="0.3em" text-anchor="middle" data-end={end}>
      {sign} {name}
      {holder.presumed ? ' ?' : ''}
    </text>
  );
}

/** A name of at most so many characters: its first word, or its beginning. */
function shortened(name: string, most: number): string {
  if (name.length <= most) return name;
  const [word = ''] = name.split(' ');
  return word !== '' && word.length <= most ? word : `${name.slice(0, Math.max(1, most - 1))}…`;
}
