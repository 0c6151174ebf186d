import { FLAG } from '../../wire/tcp';
import type { Ring } from './ring';
import type { Row, SegmentRow } from './row';

/** Why a row is of note: a fixed word each, for which whoever shows it has a text. */
export type NotableReason =
  | 'syn'
  | 'syn-ack'
  | 'fin'
  | 'reset'
  | 'lost'
  | 'spurious'
  | 'retransmission'
  | 'dropped'
  | 'zero-window'
  | 'window-probe'
  | 'request'
  | 'response'
  | 'tls-hello'
  | 'tls-alert'
  | 'websocket-close'
  /** A timer went off; the congestion window was changed; segments were not told. */
  | 'timer-fired'
  | 'congestion'
  | 'skipped'
  /** A router has told something. */
  | 'icmp';

export interface Notable {
  /** The row's. */
  readonly index: number;
  readonly reason: NotableReason;
}

/** Timers that go off all the time, and tell nothing. */
const ORDINARY_TIMERS: ReadonlySet<string> = new Set(['delayed-ack', 'pacing', 'reorder']);

/** The first row of note behind or before the row `from`, which is left out. */
export function nextNotable(rows: Ring<Row>, from: number, direction: 'next' | 'previous'): Notable | undefined {
  const step = direction === 'next' ? 1 : -1;
  const start = direction === 'next' ? Math.max(from + 1, rows.first) : Math.min(from - 1, rows.end - 1);
  for (let index = start; index >= rows.first && index < rows.end; index += step) {
    const row = rows.at(index);
    const reason = row === undefined ? undefined : notableReason(row);
    if (reason !== undefined) return { index, reason };
  }
  return undefined;
}

/** Why a row is of note; `undefined`: it is not. */
export function notableReason(row: Row): NotableReason | undefined {
  if (row.kind === 'segment') return ofSegment(row);
  const { event } = row;
  switch (event.type) {
    case 'timer':
      return ORDINARY_TIMERS.has(event.timer) ? undefined : 'timer-fired';
    case 'congestion':
      return event.cause === 'idle' ? undefined : 'congestion';
    case 'skipped':
      return 'skipped';
    case 'too-big':
      return 'icmp';
    case 'drop':
    case 'transition':
    case 'retransmission':
      // Their segment is of note.
      return undefined;
  }
}

/**
 * It was not acted on, and nothing is amiss: all of it had come before, or it only asks (a probe of a closed window, a keep-alive), and the
 * answer is on its way.
 */
export function isHarmlessDrop({ marks, reading: { purpose } }: SegmentRow): boolean {
  return marks.has('dropped') && (marks.has('duplicate') || purpose === 'window-probe' || purpose === 'keep-alive');
}

function ofSegment(row: SegmentRow): NotableReason | undefined {
  const { event, marks, reading, told } = row;
  const { flags } = event.segment;
  if (flags & FLAG.RST) return 'reset';
  for (const mark of ['lost', 'spurious', 'retransmission'] as const) if (marks.has(mark)) return mark;
  if (marks.has('dropped') && !isHarmlessDrop(row)) return 'dropped';
  if (flags & FLAG.SYN) return flags & FLAG.ACK ? 'syn-ack' : 'syn';
  if (flags & FLAG.FIN) return 'fin';
  if (reading.purpose === 'zero-window' || reading.purpose === 'window-probe') return reading.purpose;
  for (const item of told.items) {
    if (item.kind === 'request' || item.kind === 'response') return item.kind;
    if (item.kind === 'frame' && item.type === 'close') return 'websocket-close';
    if (item.kind !== 'tls') continue;
    if (item.names.includes('ClientHello') || item.names.includes('ServerHello')) return 'tls-hello';
    if (item.names.includes('alert')) return 'tls-alert';
  }
  return undefined;
}
