import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { duration } from '../../../src/inspect/duration';
import type { Ring, Row, SegmentRow } from '../../../src/inspect/record';
import { useTexts, useWords } from '../../lang';
import { usePrinting } from '../printing';
import { Announcer } from './announce';
import { columnsOf, metricsOf, rungOf, widthOf } from './geometry';
import { heightOf, LadderLayout, type TimeMode } from './layout';
import { Lifelines } from './lifelines';
import { LadderRow } from './row';
import { Paper, type RowPlace } from './paper';
import type { Names } from './say';
import { isOfNote } from './shown';
import { useSize } from './size';
import { spansOf } from './spans';
import { TEXTS, type LadderTexts } from './texts';
import { elapsed, since, timeOfDay, type TimeColumn } from './times';
import { Toolbar } from './toolbar';
import './ladder.css';

export interface LadderProps {
  /** The rows of one connection (`ConnectionRecord.rows`). Another ring: another ladder. */
  readonly rows: Ring<Row>;
  /** Changes when rows come, or change. */
  readonly version: number;
  /** What the two ends are called. */
  readonly names: Names;
  /** The number of the row that is selected. */
  readonly selected?: number | undefined;
  readonly onSelect?: (index: number) => void;
  /** By Enter, or a click. */
  readonly onOpen?: (index: number) => void;
  /** Keeps at the end as rows come, until the reader scrolls away from it. */
  readonly live?: boolean;
  /** Shows nothing new for the time being. */
  readonly paused?: boolean;
  /** How it is to begin: the reader may change it. Default `even`. */
  readonly timeMode?: TimeMode;
  /** Both ends are seen (`SegmentRow.arrives`): what has not arrived is drawn as on its way. */
  readonly bothSeen?: boolean;
  /** More to stand beside a segment: buttons that do something to it. Keep the function while it gives the same. */
  readonly actions?: (row: SegmentRow) => ComponentChildren;
  /** The wall clock's time, ms since 1970, at a time of the rows'; with it the reader may have that beside them. */
  readonly wall?: (time: number) => number;
  /** Why rows are not shown one by one, where some are not: stands behind how many they are. */
  readonly skippedBecause?: string;
  /** Without the bar above it. */
  readonly plain?: boolean;
}

/** Rows drawn above and below what is seen, px; arrows to scale reach further. */
const OVERSCAN: Readonly<Record<TimeMode, number>> = { even: 160, scale: 240 };
/** Rows looked through above those for arrows that reach into sight. */
const MOST_ABOVE = 60;
const HEAD = 44;
const FIRST_SCALE = 200;
const SCALES = { least: 1, most: 1_000_000 };

/**
 * The ladder of a connection: its two ends as lifelines with their states, each segment an arrow between them, with what it says in plain
 * words. Only what is seen is drawn. By keyboard: up, down, page up, page down, Home, End; n and p go to events of note; Enter opens.
 */
export function Ladder(props: LadderProps) {
  const { rows, version, names, onSelect, onOpen, live = false, paused = false, bothSeen = false, actions } = props;
  const { wall, skippedBecause } = props;
  const ownTexts = useTexts(TEXTS);
  const texts = useMemo(() => withReason(ownTexts, skippedBecause), [ownTexts, skippedBecause]);
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller, { width: 960, height: 600 });
  const width = widthOf(size.width);
  const columns = useMemo(() => columnsOf(width, size.width), [width, size.width]);
  const rung = rungOf(columns, size.width);
  const [timeMode, setTimeMode] = useState<TimeMode>(props.timeMode ?? 'even');
  const [timeColumn, setTimeColumn] = useState<TimeColumn>('elapsed');
  const [scale, setScale] = useState(FIRST_SCALE);
  const [top, setTop] = useState(0);
  // Without a choice from outside, the keyboard's place: of these rows, not of those that were here before.
  const [place, setPlace] = useState<{ readonly rows: Ring<Row>; readonly index: number }>();
  const active = place?.rows === rows ? place.index : undefined;
  const selected = props.selected ?? active;

  const hasActions = actions !== undefined;
  const layout = useMemo(
    () => new LadderLayout({ metrics: metricsOf(width, hasActions), timeMode, µsPerPixel: scale }),
    [width, hasActions, timeMode, scale],
  );
  const { metrics } = layout.options;
  const printing = usePrinting();
  const state = useRef({
    following: live,
    /** Where the scroller was left by us, to tell a reader's scrolling from our own. */
    left: 0,
    /** Entries seen when the reader left the end. */
    seenAt: 0,
    moved: 0,
    /** The row at the top, and how far above the edge it starts: it stays there when the layout changes. */
    anchor: { index: 0, offset: 0 },
    layout,
    rows,
    wantsFocus: false,
  }).current;
  if (state.rows !== rows) {
    state.rows = rows;
    state.following = live;
    state.anchor = { index: 0, offset: 0 };
  }
  if (!paused || layout.length === 0) state.moved += layout.update(rows);

  const view = Math.max(0, size.height - HEAD);
  const bottomTop = Math.max(0, layout.height - view);
  const from = state.following ? bottomTop : Math.min(top, bottomTop);
  const over = OVERSCAN[timeMode];
  const range = layout.range(from - over, from + view + over);

  const scrollTo = (y: number): void => {
    const { current } = scroller;
    if (current === null) return;
    current.scrollTop = y;
    state.left = current.scrollTop;
    setTop(current.scrollTop);
  };
  const keepAnchor = (y: number): void => {
    const entry = layout.entryAt(y);
    state.anchor = { index: layout.indexAt(entry) ?? 0, offset: y - layout.top(entry) };
  };

  useLayoutEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    if (state.layout !== layout) {
      state.layout = layout;
      state.moved = 0;
      if (!state.following) scrollTo(layout.top(layout.entryOf(state.anchor.index)) + state.anchor.offset);
    }
    if (state.following) current.scrollTop = current.scrollHeight;
    else if (state.moved !== 0) scrollTo(Math.max(0, current.scrollTop - state.moved));
    state.moved = 0;
    state.left = current.scrollTop;
  });

  const onScroll = (): void => {
    const { current } = scroller;
    if (current === null) return;
    const { scrollTop, clientHeight, scrollHeight } = current;
    const atEnd = scrollTop + clientHeight >= scrollHeight - 4;
    if (state.following && scrollTop < state.left - 2) {
      state.following = false;
      state.seenAt = layout.seen;
    } else if (live && atEnd) state.following = true;
    state.left = scrollTop;
    keepAnchor(scrollTop);
    setTop(scrollTop);
  };

  /** Brings an entry into sight. */
  const reveal = (entry: number): void => {
    const { current } = scroller;
    if (current === null) return;
    const start = layout.top(entry);
    const end = entry + 1 < layout.length ? layout.top(entry + 1) : layout.height;
    const seen = current.scrollTop;
    if (start >= seen + 4 && Math.min(end, start + metrics.segment) <= seen + view) return;
    state.following = false;
    state.seenAt = layout.seen;
    scrollTo(Math.max(0, start - view / 3));
    keepAnchor(current.scrollTop);
  };

  const select = useCallback(
    (index: number) => {
      setPlace({ rows, index });
      onSelect?.(index);
    },
    [rows, onSelect],
  );
  const goTo = (entry: number): void => {
    const index = layout.indexAt(Math.max(0, Math.min(layout.length - 1, entry)));
    if (index === undefined) return;
    reveal(layout.entryOf(index));
    state.wantsFocus = true;
    select(index);
  };
  const here = (): number => (selected === undefined ? layout.entryAt(from) - 1 : layout.entryOf(selected));
  const jump = (direction: 1 | -1): void => {
    for (let entry = here() + direction; entry >= 0 && entry < layout.length; entry += direction) {
      const row = rows.at(layout.indexAt(entry) ?? -1);
      if (row !== undefined && isOfNote(row)) {
        goTo(entry);
        return;
      }
    }
  };

  // A selection made elsewhere (in a plot, in a lesson) is brought into sight.
  useEffect(() => {
    if (props.selected !== undefined && props.selected !== active) {
      setPlace({ rows, index: props.selected });
      reveal(layout.entryOf(props.selected));
    }
  }, [props.selected]);
  // Before anything is painted: the row that had the focus may be gone, and the next key must not be lost.
  useLayoutEffect(() => {
    if (!state.wantsFocus) return;
    state.wantsFocus = false;
    scroller.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // Keys pressed on a button in a row are the button's.
    if (event.target instanceof Element && event.target.closest('.ladder-actions') !== null) return;
    const page = Math.max(1, Math.floor(view / metrics.segment) - 1);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => {
        goTo(here() + 1);
      },
      ArrowUp: () => {
        goTo(here() - 1);
      },
      PageDown: () => {
        goTo(here() + page);
      },
      PageUp: () => {
        goTo(here() - page);
      },
      Home: () => {
        goTo(0);
      },
      End: () => {
        goTo(layout.length - 1);
      },
      n: () => {
        jump(1);
      },
      p: () => {
        jump(-1);
      },
      Enter: () => {
        if (selected !== undefined) onOpen?.(selected);
      },
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const onClick = (event: MouseEvent): void => {
    if (!(event.target instanceof Element) || event.target.closest('.ladder-actions') !== null) return;
    const row = event.target.closest<HTMLElement>('[data-index]');
    if (row === null || getSelection()?.type === 'Range') return;
    const index = Number(row.dataset['index']);
    select(index);
    onOpen?.(index);
  };
  const toEnd = (): void => {
    state.following = live;
    scrollTo(bottomTop);
  };

  const entries: number[] = [];
  for (let entry = firstWithReach(rows, layout, range.from, from); entry < range.to; entry++) entries.push(entry);
  // The row with the focus stays, wherever it is.
  const held = selected === undefined ? undefined : layout.entryOf(selected);
  if (held !== undefined && held < layout.length && !entries.includes(held)) entries.push(held);
  const focusable = held ?? layout.entryAt(from);

  const timeText = (time: number, passed: number): string => {
    if (timeColumn === 'since') return since(passed);
    return timeColumn === 'clock' && wall !== undefined ? timeOfDay(wall(time)) : elapsed(time - layout.origin);
  };
  const rowIn = (places: LadderLayout, entry: number, place: RowPlace | undefined) => {
    const index = places.indexAt(entry);
    const row = index === undefined ? undefined : rows.at(index);
    if (row === undefined) return undefined;
    const before = rows.at(places.indexAt(entry - 1) ?? -1);
    const silence = places.silenceBefore(entry);
    const passed = row.time - (before?.time ?? row.time);
    const arrives = row.kind === 'segment' ? row.arrives : undefined;
    return (
      <LadderRow
        key={row.index}
        row={row}
        position={entry + 2}
        top={places.top(entry)}
        height={heightOf(row, metrics)}
        line={metrics.line}
        drop={row.kind === 'segment' ? places.head(entry, arrives) - places.tail(entry) : 0}
        time={timeText(row.time, passed)}
        silence={silence === undefined ? undefined : words.later(duration(silence, words))}
        selected={row.index === selected}
        focusable={entry === focusable}
        width={width}
        columns={columns}
        rung={rung}
        bothSeen={bothSeen}
        names={names}
        words={words}
        texts={texts}
        actions={place === undefined ? actions : undefined}
        marks={row.kind === 'segment' ? row.marks : undefined}
        reading={row.kind === 'segment' ? row.reading : undefined}
        left={row.left}
        right={row.right}
        arrives={arrives}
        actionsVersion={actions === undefined ? undefined : version}
        {...place}
      />
    );
  };
  const drawRow = (entry: number) => rowIn(layout, entry, undefined);

  const fresh = layout.seen - state.seenAt;
  const style = [
    `--ladder-time:${columns.time}px;--ladder-left:${columns.left}px;--ladder-right:${columns.right}px`,
    `--ladder-words:${columns.words}px;--ladder-rung:${rung}px;--ladder-top:${HEAD}px`,
  ].join(';');
  return (
    <section
      // What holds for a narrow screen does not for paper, which stands inside.
      class={`ladder ladder-${printing ? 'middle' : width} ladder-${timeMode}${hasActions ? ' ladder-has-actions' : ''}`}
      style={style}
      aria-label={texts.ladder}
    >
      {props.plain !== true && (
        <Toolbar
          {...{ texts, timeColumn, setTimeColumn, timeMode, setTimeMode, jump, paused }}
          hasClock={wall !== undefined}
          zoom={(factor) => {
            setScale((known) => Math.max(SCALES.least, Math.min(SCALES.most, known * factor)));
          }}
        />
      )}
      <div
        ref={scroller}
        class="ladder-scroll"
        role="grid"
        aria-label={texts.ladder}
        aria-description={texts.keys}
        aria-rowcount={layout.length + 1}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div class="ladder-heads" role="row" aria-rowindex={1}>
          <span role="columnheader" class="ladder-heads-time">
            {texts.timeHeads[timeColumn]}
          </span>
          <span role="columnheader" class="ladder-heads-ends" aria-label={texts.columns.segment}>
            <b class="ladder-name ladder-name-left">{names.left}</b>
            <b class="ladder-name ladder-name-right">{names.right}</b>
          </span>
          {width === 'wide' && (
            <span role="columnheader" class="ladder-heads-words">
              {texts.columns.words}
            </span>
          )}
        </div>
        <div class="ladder-body" role="rowgroup" style={{ height: `${layout.height}px` }}>
          <Lifelines
            spans={spansOf(rows, layout, range.from, range.to)}
            width={width}
            texts={texts}
            begun={layout.length > 0}
          />
          {entries.map(drawRow)}
        </div>
        {layout.length === 0 && <p class="ladder-empty">{texts.empty}</p>}
      </div>
      {printing && <Paper {...{ rows, names, texts }} inSight={layout.indexAt(layout.entryAt(from))} draw={rowIn} />}
      {live && !state.following && (
        <button type="button" class="ladder-to-end" onClick={toEnd}>
          ↓ {texts.toEnd(fresh)}
        </button>
      )}
      {live && <Announcer {...{ rows, version, names, words, texts }} />}
    </section>
  );
}

/** Texts that say why what is not shown is not. */
function withReason(texts: LadderTexts, because: string | undefined): LadderTexts {
  if (because === undefined) return texts;
  return { ...texts, skipped: (segments, bytes) => `${texts.skipped(segments, bytes)}: ${because}` };
}

/** The first entry above `entry` whose arrow reaches down to `y`: to scale, an arrow may fall far. */
function firstWithReach(rows: Ring<Row>, layout: LadderLayout, entry: number, y: number): number {
  if (layout.options.timeMode === 'even') return entry;
  let first = entry;
  for (let above = entry - 1; above >= Math.max(0, entry - MOST_ABOVE); above--) {
    const row = rows.at(layout.indexAt(above) ?? -1);
    if (row?.kind === 'segment' && layout.head(above, row.arrives) > y) first = above;
  }
  return first;
}
