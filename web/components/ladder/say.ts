import { narrate } from '../../../src/inspect/narration';
import { flagNames } from '../../../src/inspect/on-the-arrow';
import { isHidden } from '../../../src/inspect/drops';
import type { EndState, Mark, NoteRow, Row, SegmentRow } from '../../../src/inspect/record';
import type { Words } from '../../../src/inspect/lang';
import type { TcpDropEvent } from '../../../src/tcp/trace';
import { counterMeans } from '../../lang/counters';
import { marksOf } from './shown';
import type { LadderTexts } from './texts';

export type Names = Readonly<Record<'left' | 'right', string>>;

/** What a segment says, with the remarks about it. */
export function sentenceOf(row: SegmentRow, words: Words): string {
  return narrate(row.reading, { words, told: row.told });
}

/** A remark about a segment. That it was dropped is told with the reason, where no note above it tells that. */
export function markText({ drop }: SegmentRow, mark: Mark, words: Words, texts: LadderTexts): string {
  if (mark !== 'dropped' || drop === undefined || !isHidden(drop)) return texts.marks[mark];
  return `${texts.marks.dropped}: ${drop.reason === 'outside-window' ? texts.outsideWindow : dropReason(drop, words, texts)}`;
}

function dropReason(
  { layer, reason, detail }: Pick<TcpDropEvent, 'reason' | 'detail'> & { layer: string },
  words: Words,
  texts: LadderTexts,
): string {
  return words.dropReasons[reason] ?? counterMeans(`${layer}.${reason}`, texts.lang) ?? detail;
}

/** What happened between the segments. */
export function noteText({ event }: NoteRow, words: Words, texts: LadderTexts): string {
  switch (event.type) {
    case 'timer':
      return texts.timers[event.timer] ?? event.timer;
    case 'congestion':
      return texts.congestion(event, texts.causes[event.cause]);
    case 'drop':
      return texts.droppedBecause(dropReason(event, words, texts));
    case 'skipped':
      return texts.skipped(event.segments.in + event.segments.out, event.bytes.in + event.bytes.out);
    case 'transition':
      return event.from === 'TIME-WAIT' ? texts.timeWaitOver : texts.closedBy(event.event);
    case 'retransmission':
      return texts.marks.retransmission;
    case 'too-big':
      return texts.tooBig(event.mtu, event.isHeard);
  }
}

/** A state as it is written: `ESTABLISHED?` is presumed, `?` is not known. */
export function stateText({ state, presumed }: EndState): string {
  return `${state ?? ''}${state === undefined || presumed ? '?' : ''}`;
}

/** A row for those who do not see it: direction, flags, the sentence, marks, and both ends' states. */
export function labelOf(row: Row, names: Names, words: Words, texts: LadderTexts): string {
  const states = (['left', 'right'] as const).map((end) => {
    const { state, presumed } = row[end];
    return state === undefined ? `${names[end]} ${texts.noStateYet}` : texts.stateOf(names[end], state, presumed);
  });
  if (row.kind === 'note') return `${noteText(row, words, texts)} ${states.join(', ')}.`;
  const to = row.from === 'left' ? 'right' : 'left';
  const remarks = marksOf(row).map((mark) => markText(row, mark, words, texts));
  const said = [texts.fromTo(names[row.from], names[to]), flagNames(row.event.segment.flags), ...remarks].join(', ');
  return `${said}: ${sentenceOf(row, words)} ${states.join(', ')}.`;
}
