import type { Machine } from '../loss/results';
import type { Row } from './row';
import { number, titleOf } from './table';

const WIDTH = 960;
const MARGIN = 24;
const COLUMNS = 2;
const GAP = 32;
const HEADER = 76;
/** In a panel: its title, and each bar with the room around it. */
const TITLE = 30;
const BAR = 16;
const STEP = 23;
const BELOW = 22;
/** Where the bars begin, and the longest of them. */
const NAMES = 178;
const PANEL = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS;
const LONGEST = PANEL - NAMES - 62;

/** Either scheme has its own ground, so that it can be read on any page. What knows no schemes draws the light one. */
const STYLE = `
  text { fill: #1f2328; font: 12px system-ui, sans-serif; }
  .head { font-size: 17px; font-weight: 600; }
  .title { font-size: 13px; font-weight: 600; }
  .own { font-weight: 600; }
  .dim { fill: #59636e; }
  .ground { fill: #ffffff; }
  .rule { stroke: #d1d9e0; }
  .ours { fill: #0969da; }
  .theirs { fill: #a9b4c0; }
  .quoted { fill: #d8dee4; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .dim { fill: #9198a1; }
    .ground { fill: #0d1117; }
    .rule { stroke: #3d444d; }
    .ours { fill: #4493f8; }
    .theirs { fill: #656c76; }
    .quoted { fill: #3d444d; }
  }`;

/** One panel: what was measured, and a bar for synack and each peer. */
interface Panel {
  readonly title: string;
  readonly better: Row['better'];
  readonly bars: readonly Bar[];
}

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly kind: 'ours' | 'theirs' | 'quoted';
}

/** An SVG picture of the rows: bars in panels, a panel for each work and unit. */
export function chartOf(rows: readonly Row[], { date, kernel, cores, node }: Machine): string {
  const panels = panelsOf(rows);
  const bottoms = Array.from({ length: COLUMNS }, () => HEADER);
  const drawn = panels.map((panel) => {
    // Into the column that is shortest so far.
    const column = bottoms.indexOf(Math.min(...bottoms));
    const top = bottoms[column] ?? HEADER;
    bottoms[column] = top + TITLE + panel.bars.length * STEP + BELOW;
    return draw(panel, MARGIN + column * (PANEL + GAP), top);
  });
  const height = Math.max(...bottoms);
  const about = `${date}, ${kernel}, ${cores} cores, Node ${node}. Faint bars: quoted, with their date in bench/results/latest.json.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>How fast synack is, beside its peers</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect width="${WIDTH}" height="${height}" rx="8" class="ground"/>`,
    text(MARGIN, 34, 'synack over a TAP device, beside its peers', 'head'),
    text(MARGIN, 54, about, 'dim'),
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function panelsOf(rows: readonly Row[]): Panel[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const title = titleOf(row);
    groups.set(title, [...(groups.get(title) ?? []), row]);
  }
  return [...groups].flatMap(([title, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const peers = group.map(({ peerName, peer, runs }): Bar => ({
      name: shortened(peerName),
      value: peer,
      kind: runs === 0 ? 'quoted' : 'theirs',
    }));
    const bars: Bar[] = [{ name: 'synack', value: first.synack, kind: 'ours' }, ...peers];
    return [{ title, better: first.better, bars: bars.filter(({ value }) => Number.isFinite(value)) }];
  });
}

/** So that it fits beside its bar: without what it says in parentheses, and if need be behind a comma. */
function shortened(name: string): string {
  const short = name.replace(/ \(.*\)/, '');
  return short.length > 28 ? short.replace(/,.*/, '') : short;
}

function draw({ title, better, bars }: Panel, x: number, top: number): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const ruler = `<line x1="${x}" x2="${x + PANEL}" y1="${top}" y2="${top}" class="rule"/>`;
  const lines = bars.map(({ name, value, kind }, index) => {
    const y = top + TITLE + index * STEP;
    const length = Math.max(2, (LONGEST * value) / most);
    const own = kind === 'ours' ? ' own' : '';
    return [
      text(x, y + 12, name, own === '' ? 'dim' : 'own'),
      `<rect class="${kind}" x="${x + NAMES}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" rx="2"/>`,
      text(x + NAMES + length + 6, y + 12, number(value, 3), own.trim()),
    ].join('\n');
  });
  return [ruler, text(x, top + 19, `${title} (${better} is better)`, 'title'), ...lines].join('\n');
}

function text(x: number, y: number, words: string, kind: string): string {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const style = kind === '' ? '' : ` class="${kind}"`;
  return `<text x="${Number(x.toFixed(1))}" y="${y}"${style}>${safe}</text>`;
}
