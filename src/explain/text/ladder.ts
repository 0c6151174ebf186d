import { duration } from '../../inspect/duration';
import { Layout, NARROWEST, type Row as Line } from '../../inspect/layout';
import { narrate } from '../../inspect/narration';
import { partsOfSegment } from '../../inspect/on-the-arrow';
import type { EndState, NoteRow, SegmentRow } from '../../inspect/record/row';
import { withPort } from '../../wire/address';
import type { ConversationReport } from '../report';
import type { Page } from './page';

/** The packet's number and the seconds since the capture began. */
const NUMBER = 7;
const TIME = 11;
/** Silence in µs that is worth a line. */
const LONG_SILENCE = 1_000_000;

/** Draws a conversation's ladder: the client at the left, the server at the right, the packets' numbers before each. */
export function drawLadder(page: Page, report: ConversationReport): void {
  const { width, color, ascii } = page.options;
  const layout = new Layout({ width: Math.max(NARROWEST, width - NUMBER - TIME), color, ascii });
  const put = (row: Line, frame?: number, time?: number): void => {
    layout.row(row).forEach((line, index) => {
      const number = index > 0 || frame === undefined ? '' : String(frame);
      const seconds = index > 0 || time === undefined ? '' : (time / 1_000_000).toFixed(6);
      page.line(`${page.paint('faint', number.padStart(NUMBER) + seconds.padStart(TIME))}${line}`);
    });
  };
  const { client, server } = report;
  for (const line of layout.names('', withPort(client.address, client.port), withPort(server.address, server.port)))
    page.line(' '.repeat(NUMBER + TIME) + line);
  put({ lifeline: layout.glyphs.lifelineStart });
  let shown = { left: '', right: '' };
  let last: number | undefined;
  for (const { frame, row } of report.rows) {
    if (last !== undefined && row.time - last >= LONG_SILENCE && row.kind === 'segment') {
      const passed = page.words.later(duration(row.time - last, page.words));
      put({ rung: layout.centred(`${layout.glyphs.dots} ${passed} ${layout.glyphs.dots}`) });
    }
    last = row.time;
    if (row.kind === 'note') {
      for (const rung of countRungs(page, layout, row)) put({ rung });
      continue;
    }
    const states = { left: stateText(row.left), right: stateText(row.right) };
    const isNew = { left: states.left !== shown.left, right: states.right !== shown.right };
    shown = states;
    const ink =
      row.marks.has('lost') || row.reading.purpose === 'abort' || row.reading.purpose === 'refusal'
        ? 'failure'
        : row.reading.again
          ? 'warning'
          : undefined;
    put(
      {
        rung: layout.arrow(row.event.direction, partsOfSegment(row.event.segment, row.reading, layout.glyphs), ink),
        words: sentence(page, layout, row),
        speaker: row.from === 'left' ? 'peer' : 'us',
        left: isNew.left ? layout.paint('strong', states.left) : '',
        right: isNew.right ? layout.paint('strong', states.right) : '',
      },
      frame,
      row.time,
    );
  }
  put({ lifeline: layout.glyphs.lifelineEnd });
}

function sentence(page: Page, layout: Layout, row: SegmentRow): string {
  const { words } = page;
  const said = narrate(row.reading, { words, room: layout.words, ascii: page.options.ascii, told: row.told });
  return row.marks.has('lost') ? `${said} ${page.options.ascii ? 'x' : layout.glyphs.cross}` : said;
}

/** What was left out, in a line for each direction. */
function countRungs(page: Page, layout: Layout, { event }: NoteRow): string[] {
  if (event.type !== 'skipped') return [];
  const { left, right } = layout.glyphs;
  return (['in', 'out'] as const).flatMap((direction) => {
    if (event.segments[direction] === 0) return [];
    const text = page.words.more(event.segments[direction], event.bytes[direction]);
    return [layout.centred(direction === 'in' ? `${text} ${right}` : `${left} ${text}`)];
  });
}

function stateText({ state, presumed }: EndState): string {
  return `${state ?? ''}${state === undefined || presumed ? '?' : ''}`;
}
