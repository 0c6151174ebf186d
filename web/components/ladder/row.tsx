import { Component, Fragment, type ComponentChildren } from 'preact';
import { UNICODE } from '../../../src/inspect/drawing';
import type { Words } from '../../../src/inspect/lang';
import { partsOfSegment } from '../../../src/inspect/on-the-arrow';
import type { EndState, NoteRow, Row, SegmentRow } from '../../../src/inspect/record';
import { FLAG } from '../../../src/wire/tcp';
import { Arrow, FromMiddle, weightOf } from './arrow';
import { fitParts } from './fit';
import { COLUMN, type Columns, type Width } from './geometry';
import { labelOf, markText, noteText, sentenceOf, type Names } from './say';
import { marksOf } from './shown';
import { SIGNS, type LadderTexts } from './texts';

export interface RowProps {
  readonly row: Row;
  /** Counts from 1, for screen readers. */
  readonly position: number;
  readonly top: number;
  readonly height: number;
  /** From the row's top to its arrow's tail, and from there down to its head, px. */
  readonly line: number;
  readonly drop: number;
  readonly time: string;
  readonly silence: string | undefined;
  readonly selected: boolean;
  /** It has the place in the order of the tabulator key. */
  readonly focusable: boolean;
  readonly width: Width;
  readonly columns: Columns;
  readonly rung: number;
  readonly bothSeen: boolean;
  readonly names: Names;
  readonly words: Words;
  readonly texts: LadderTexts;
  readonly actions: ((row: SegmentRow) => ComponentChildren) | undefined;
  /** What may change of a row after it was drawn; its parts are replaced then. */
  readonly marks: SegmentRow['marks'] | undefined;
  readonly reading: SegmentRow['reading'] | undefined;
  readonly left: EndState;
  readonly right: EndState;
  readonly arrives: number | undefined;
  readonly actionsVersion: unknown;
}

/** One row of the ladder. It is drawn anew only when something of it has changed. */
export class LadderRow extends Component<RowProps> {
  override shouldComponentUpdate(next: Readonly<RowProps>): boolean {
    const now = this.props;
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== now[key]);
  }

  override render(props: Readonly<RowProps>) {
    const { row, position, top, height, selected, focusable, names, words, texts, silence } = props;
    const kind = row.kind === 'segment' ? `segment ladder-row-${row.from}` : 'note';
    return (
      <div
        role="row"
        class={`ladder-row ladder-row-${kind}`}
        style={{ top: `${top}px`, height: `${height}px` }}
        data-index={row.index}
        aria-rowindex={position}
        aria-selected={selected}
        aria-label={labelOf(row, names, words, texts)}
        tabIndex={focusable ? 0 : -1}
      >
        {silence !== undefined && (
          <div class="ladder-silence" aria-hidden="true">
            <span>{silence}</span>
          </div>
        )}
        <div role="gridcell" class="ladder-time">
          {props.time}
        </div>
        {row.kind === 'segment' ? <SegmentCells {...props} row={row} /> : <NoteCell {...props} row={row} />}
      </div>
    );
  }
}

function SegmentCells(props: RowProps & { readonly row: SegmentRow }) {
  const { row, rung, drop, line, words, texts, width, bothSeen, actions } = props;
  const rightward = row.from === 'left';
  const falls = drop > STEEP;
  const sentence = sentenceOf(row, words);
  const buttons = actions !== undefined && <div class="ladder-actions">{actions(row)}</div>;
  const marks = <Marks {...props} />;
  return (
    <>
      <div role="gridcell" class="ladder-rung">
        <div
          class={drop > STEEPEST ? 'ladder-on ladder-on-steep' : 'ladder-on'}
          style={onTheLine(line, drop, rung, rightward)}
        >
          <Parts row={row} columns={drop > STEEPEST ? SHORT : (rung - 44) / COLUMN} />
        </div>
        <div class="ladder-line" style={{ top: `${line}px` }}>
          <Arrow row={row} rung={rung} drop={drop} bothSeen={bothSeen} />
        </div>
        <div
          class={falls && width !== 'wide' ? 'ladder-below ladder-above' : 'ladder-below'}
          style={
            falls && width !== 'wide'
              ? { bottom: `calc(100% - ${line}px)` }
              : { top: `${line + (falls ? 3 : drop) + 4}px` }
          }
        >
          {width === 'narrow' && <span class="ladder-time-inline">{props.time} </span>}
          {marks}
          {width !== 'wide' && <span class="ladder-says">{sentence}</span>}
        </div>
        {bothSeen && row.arrives === undefined && !row.marks.has('lost') && (
          <span class="visually-hidden">{texts.underWay}</span>
        )}
      </div>
      {width === 'wide' && (
        <div role="gridcell" class="ladder-words">
          <span class="ladder-says" title={sentence}>
            {sentence}
          </span>
          {buttons}
        </div>
      )}
      {width !== 'wide' && buttons !== false && <div role="gridcell">{buttons}</div>}
    </>
  );
}

/**
 * Above the line and along it: beside its tail, on an arrow that falls in its middle, where no other one starts or ends; on one that falls
 * far near its tail again, so that it stays by its row.
 */
function onTheLine(line: number, drop: number, rung: number, rightward: boolean): Readonly<Record<string, string>> {
  const angle = (Math.atan2(drop, rung) * 180) / Math.PI;
  const along = { height: `${line - 3}px`, transform: `rotate(${rightward ? angle : -angle}deg)` };
  if (drop <= STEEP) return along;
  if (drop <= STEEPEST) return { ...along, top: `${drop / 2}px`, justifyContent: 'center', transformOrigin: 'bottom' };
  return { ...along, [rightward ? 'paddingLeft' : 'paddingRight']: `${rung / 8}px` };
}

/** From here on an arrow falls, and falls far, px. */
const STEEP = 20;
const STEEPEST = 120;
/** Characters on an arrow that falls far: others fall beside it and across. */
const SHORT = 16;

/** What is written on the arrow. */
function Parts({ row, columns }: { readonly row: SegmentRow; readonly columns: number }) {
  const { event, reading } = row;
  const [flags, ...parts] = fitParts(partsOfSegment(event.segment, { ...reading, again: false }, UNICODE), columns);
  const isReset = (event.segment.flags & FLAG.RST) !== 0;
  return (
    <span class={`ladder-parts ladder-parts-${weightOf(row)}`}>
      <b class={isReset ? 'ladder-flags ladder-flags-reset' : 'ladder-flags'}>{flags?.text}</b>
      {parts.map(({ text }) => (
        <span class="ladder-part" key={text}>
          {' '}
          {text}
        </span>
      ))}
    </span>
  );
}

function Marks({ row, words, texts }: Pick<RowProps, 'words' | 'texts'> & { readonly row: SegmentRow }) {
  return (
    <>
      {marksOf(row).map((mark) => (
        <Fragment key={mark}>
          <span class={`ladder-mark ladder-mark-${mark}`}>
            <span aria-hidden="true">{SIGNS[mark]}</span> {markText(row, mark, words, texts)}
          </span>{' '}
        </Fragment>
      ))}
    </>
  );
}

function NoteCell({ row, words, texts, width, time, rung }: RowProps & { readonly row: NoteRow }) {
  const { event } = row;
  const kind = event.type;
  const tone = kind === 'drop' || kind === 'congestion' || kind === 'too-big' ? ` ladder-note-${kind}` : '';
  return (
    <div role="gridcell" class={`ladder-note ladder-note-at-${row.at}${tone}`}>
      {event.type === 'too-big' && <FromMiddle to={row.at} rung={rung} arrives={event.isHeard} />}
      <span class="ladder-note-text">
        <span class="ladder-note-sign" aria-hidden="true">
          {kind === 'timer' ? <Clock /> : NOTE_SIGNS[kind]}
        </span>
        <span>
          {noteText(row, words, texts)}
          {width === 'narrow' && <span class="ladder-time-inline"> {time}</span>}
        </span>
      </span>
    </div>
  );
}

/** Drawn, for many fonts have no sign of a clock. */
function Clock() {
  return (
    <svg class="ladder-clock" viewBox="0 0 16 16" width="13" height="13">
      <circle cx="8" cy="8.5" r="6" />
      <path d="M8,5v3.5l2.5,1.5M6.5,0.8h3" />
    </svg>
  );
}

const NOTE_SIGNS: Readonly<Record<Exclude<NoteRow['event']['type'], 'timer'>, string>> = {
  congestion: '◔',
  drop: '⊘',
  skipped: '⋯',
  transition: '◼',
  retransmission: '↻',
  'too-big': '◆',
};
