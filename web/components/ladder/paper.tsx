import type { ComponentChildren } from 'preact';
import type { End, Ring, Row } from '../../../src/inspect/record';
import { columnsOf, metricsOf, rungOf } from './geometry';
import { heightOf, LadderLayout } from './layout';
import { Lifelines } from './lifelines';
import { printed } from './printed';
import type { Names } from './say';
import { stateText } from './say';
import { spansOf, type Span } from './spans';
import type { LadderTexts } from './texts';
import type { RowProps } from './row';

/** How wide a ladder is on paper, px: A4 and Letter have more between their margins. */
const WIDTH = 680;

/** What of a row depends on where it is drawn. */
export type RowPlace = Pick<RowProps, 'top' | 'height' | 'line' | 'drop' | 'width' | 'columns' | 'rung'>;

interface PaperProps {
  readonly rows: Ring<Row>;
  readonly names: Names;
  readonly texts: LadderTexts;
  /** The row that stands first in sight. */
  readonly inSight: number | undefined;
  /** Draws the row of an entry of `layout`. */
  readonly draw: (layout: LadderLayout, entry: number, place: RowPlace) => ComponentChildren;
}

/**
 * The ladder on paper: all rows up to a limit, evenly one below the other. Each is a block of its own with its piece of both lifelines, so
 * that a page ends between two of them.
 */
export function Paper({ rows, names, texts, inSight, draw }: PaperProps) {
  const metrics = metricsOf('middle', false);
  const columns = columnsOf('middle', WIDTH);
  const rung = rungOf(columns, WIDTH);
  const layout = new LadderLayout({ metrics, timeMode: 'even', µsPerPixel: 1 });
  layout.update(rows);
  const { from, to } = printed(layout.length, inSight === undefined ? 0 : layout.entryOf(inSight));
  const told: Record<End, string | undefined> = { left: undefined, right: undefined };
  const pieces: ComponentChildren[] = [];
  for (let entry = from; entry < to; entry++) {
    const row = rows.at(layout.indexAt(entry) ?? -1);
    if (row === undefined) continue;
    const top = entry === from ? layout.top(entry) : bottomOf(entry - 1);
    const bottom = bottomOf(entry);
    const spans = spansOf(rows, layout, entry, entry + 1).map((span): Span => {
      const text = stateText(span.state);
      const continues = told[span.end] === text;
      told[span.end] = text;
      const begins = span.top <= layout.top(entry) ? 0 : span.top - top;
      return { ...span, top: begins, bottom: Math.min(span.bottom, bottom) - top, continues };
    });
    const place = {
      top: layout.top(entry) - top,
      height: heightOf(row, metrics),
      line: metrics.line,
      drop: row.kind === 'segment' ? layout.head(entry, row.arrives) - layout.tail(entry) : 0,
      width: 'middle',
      columns,
      rung,
    } as const;
    pieces.push(
      <div key={entry} class="ladder-paper-row" style={{ height: `${bottom - top}px` }}>
        <Lifelines spans={spans} width="middle" texts={texts} />
        {draw(layout, entry, place)}
      </div>,
    );
  }
  const style = [
    `--ladder-time:${columns.time}px;--ladder-left:${columns.left}px;--ladder-right:${columns.right}px`,
    `--ladder-words:0px;--ladder-rung:${rung}px;--ladder-top:0px;width:${WIDTH}px`,
  ].join(';');
  return (
    <div class="ladder-paper ladder-middle ladder-even" style={style}>
      {to - from < layout.length && <p class="ladder-paper-part">{texts.printedPart(from + 1, to, layout.length)}</p>}
      <p class="ladder-paper-names">
        <b class="ladder-name-left">{names.left}</b>
        <b class="ladder-name-right">{names.right}</b>
      </p>
      {pieces}
    </div>
  );

  function bottomOf(entry: number): number {
    const row = rows.at(layout.indexAt(entry) ?? -1);
    return layout.top(entry) + (row === undefined ? 0 : heightOf(row, metrics));
  }
}
