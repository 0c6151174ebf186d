import type { End, SegmentRow } from '../../../src/inspect/record';
import { FLAG } from '../../../src/wire/tcp';
import { dataLength } from '../../../src/tcp/trace';
import { marksOf } from './shown';

export interface ArrowProps {
  readonly row: SegmentRow;
  /** Between the lifelines, px. */
  readonly rung: number;
  /** How much lower it ends than it starts, px. */
  readonly drop: number;
  /** Both ends are seen, so that what has not arrived is still on its way. */
  readonly bothSeen: boolean;
}

/** The weight of a segment: what begins or ends something stands out, a bare acknowledgment stands back. */
export function weightOf({ event }: SegmentRow): 'signal' | 'data' | 'ack' {
  if (event.segment.flags & (FLAG.SYN | FLAG.FIN | FLAG.RST)) return 'signal';
  return dataLength(event) > 0 ? 'data' : 'ack';
}

/** The line of an arrow with its head; one that is lost ends in a cross midway. */
export function Arrow({ row, rung, drop, bothSeen }: ArrowProps) {
  const isLost = row.marks.has('lost');
  const underWay = bothSeen && row.arrives === undefined && !isLost;
  const rightward = row.from === 'left';
  const part = isLost ? 0.52 : underWay ? 0.78 : 1;
  const start = rightward ? 0 : rung;
  const end = rightward ? rung * part : rung * (1 - part);
  const bottom = drop * part;
  const classes = ['ladder-arrow', `ladder-arrow-${weightOf(row)}`, ...inkOf(row)];
  if (underWay) classes.push('ladder-arrow-under-way');
  return (
    <svg class={classes.join(' ')} width={rung} height={1} aria-hidden="true">
      {isLost && <line class="ladder-arrow-missed" x1={end} y1={bottom} x2={rightward ? rung : 0} y2={drop} />}
      <line x1={start} y1={0} x2={end + (isLost ? 0 : rightward ? -3 : 3)} y2={bottom} />
      {isLost ? (
        <path class="ladder-cross" d={`M${end - 6},${bottom - 6}l12,12m0,-12l-12,12`} />
      ) : (
        <path
          class="ladder-head"
          transform={`translate(${end},${bottom}) rotate(${(Math.atan2(drop, rightward ? rung : -rung) * 180) / Math.PI})`}
          d="M0,0L-11,-4.5L-8.5,0L-11,4.5Z"
        />
      )}
    </svg>
  );
}

interface FromMiddleProps {
  readonly to: End;
  /** Between the lifelines, px. */
  readonly rung: number;
  readonly arrives: boolean;
}

/** What comes from a router in the middle, to one of the ends; or to a cross on the way there. */
export function FromMiddle({ to, rung, arrives }: FromMiddleProps) {
  const middle = rung / 2;
  const way = (to === 'right' ? 1 : -1) * middle * (arrives ? 1 : 0.4);
  const y = 10;
  return (
    <svg
      class={`ladder-arrow ladder-from-middle${arrives ? '' : ' ladder-ink-lost'}`}
      width={rung}
      height={1}
      aria-hidden="true"
    >
      <path class="ladder-head" d={`M${middle},${y - 6}l6,6l-6,6l-6,-6Z`} />
      <line x1={middle} y1={y} x2={middle + way} y2={y} />
      {arrives ? (
        <path
          class="ladder-head"
          transform={`translate(${middle + way},${y}) rotate(${to === 'right' ? 0 : 180})`}
          d="M0,0L-11,-4.5L-8.5,0L-11,4.5Z"
        />
      ) : (
        <path class="ladder-cross" d={`M${middle + way - 6},${y - 6}l12,12m0,-12l-12,12`} />
      )}
    </svg>
  );
}

function inkOf(row: SegmentRow): string[] {
  const marks = new Set(marksOf(row));
  if (marks.has('lost') || marks.has('dropped')) return ['ladder-ink-lost'];
  if (row.event.segment.flags & FLAG.RST) return ['ladder-ink-lost'];
  return marks.has('retransmission') ? ['ladder-ink-again'] : [];
}
