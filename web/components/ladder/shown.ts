import { isHarmlessDrop, notableReason, type Mark, type Row, type SegmentRow } from '../../../src/inspect/record';
import { isHidden } from '../../../src/inspect/drops';
import type { TimerName } from '../../../src/tcp/timers';

/** Timers that go off with nothing to see, or whose end is told by the change of state that follows. */
const SILENT_TIMERS: ReadonlySet<TimerName> = new Set<TimerName>(['pacing', 'time-wait', 'user']);

/** False for notes that the arrows beside them tell already. */
export function isShown(row: Row): boolean {
  if (row.kind === 'segment') return true;
  const { event } = row;
  switch (event.type) {
    case 'transition':
      // Other changes of state stand beside the segment that made them.
      return event.to === 'CLOSED' && !event.event.startsWith('rcv');
    case 'timer':
      return event.action === 'fired' && !SILENT_TIMERS.has(event.timer);
    case 'retransmission':
      return false;
    case 'drop':
      return !isHidden(event);
    case 'congestion':
    case 'skipped':
    case 'too-big':
      return true;
  }
}

/** Worth a stop on the way through a long ladder: more than ordinary data and its acknowledgments. */
export function isOfNote(row: Row): boolean {
  return notableReason(row) !== undefined;
}

/** The marks of a segment in the order in which they are best read. */
const ORDER: readonly Mark[] = [
  'lost',
  'dropped',
  'marked',
  'retransmission',
  'spurious',
  'duplicate',
  'out-of-order',
  'fills',
  'sacked',
];

/** Those that tell a reader something: that what had come already, or a question, was dropped would only alarm. */
export function marksOf(row: SegmentRow): Mark[] {
  return ORDER.filter((mark) => row.marks.has(mark) && !(mark === 'dropped' && isHarmlessDrop(row)));
}
