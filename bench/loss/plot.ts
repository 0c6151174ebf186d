import { grouped } from './tables';
import { ratio, type CellResult, type LossResults } from './results';

const WIDTH = 1000;
const LEFT = 70;
const RIGHT = 20;
const TOP = 60;
const PANEL = 150;
/** Between two panels: the labels of the upper, the title of the lower. */
const GAP = 78;
/** The ratios of the axis; it is logarithmic, and what lies beyond its ends is drawn there. */
const TICKS = [0.25, 0.5, 0.9, 1, 2, 4];
const SERIES = [
  { name: 'synack → Linux', color: '#0b6bcb', of: (cell: CellResult) => ratio(cell.sends) },
  { name: 'Linux → synack', color: '#c2410c', of: (cell: CellResult) => ratio(cell.receives) },
] as const;

/** An SVG picture: for each cell how many times Linux's goodput synack's is, a panel for each loss. */
export function lossPlot({ machine, cells }: LossResults): string {
  const groups = grouped(cells);
  const height = TOP + groups.length * (PANEL + GAP);
  const panels = groups.map(([name, group], index) => panel(name, group, TOP + index * (PANEL + GAP) + 24));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    text(LEFT, 22, 'Goodput over the same bad network: synack ÷ Linux with CUBIC', 'font-size="16"'),
    text(
      LEFT,
      42,
      `${machine.kernel}, ${machine.cores} cores, ${machine.date}. Dashed: 0.9×. What is off the scale stands at its edge.`,
      'fill="#555"',
    ),
    ...SERIES.flatMap(({ name, color }, index) => {
      const x = WIDTH - RIGHT - 240 + index * 125;
      return [mark(index, x, 18, color), text(x + 12, 22, name)];
    }),
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function panel(name: string, cells: readonly CellResult[], top: number): string {
  const step = (WIDTH - LEFT - RIGHT) / cells.length;
  const lines = TICKS.flatMap((tick) => {
    const y = height(tick, top);
    const style =
      tick === 1 ? 'stroke="#333"' : tick === 0.9 ? 'stroke="#999" stroke-dasharray="4 3"' : 'stroke="#ddd"';
    // 0.9 and 1 are too close to one another for two numbers.
    const label = tick === 0.9 ? '' : text(LEFT - 8, y + 4, `${tick}×`, 'text-anchor="end"');
    return [`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" ${style}/>`, label];
  });
  const points = cells.flatMap((cell, index) => {
    const x = LEFT + (index + 0.5) * step;
    const { rate, rtt, loss, reorder } = cell;
    const label = 'text-anchor="middle" font-size="11"';
    return [
      ...SERIES.map(({ color, of }, series) =>
        mark(series, x + (series * 2 - 1) * 8, height(of(cell), top), color, of(cell)),
      ),
      text(x, top + PANEL + 16, `${rate} Mbit/s`, label),
      text(x, top + PANEL + 31, `${rtt} ms${reorder ? `, ${loss} %` : ''}`, label),
    ];
  });
  return [text(LEFT, top - 8, name, 'font-weight="bold"'), ...lines, ...points].join('\n');
}

/** Where a ratio stands in a panel. */
function height(ratio: number, top: number): number {
  const [least = 0.25] = TICKS;
  const most = TICKS.at(-1) ?? 4;
  const within = Math.min(most, Math.max(least, ratio));
  return Number((top + PANEL * (1 - Math.log(within / least) / Math.log(most / least))).toFixed(1));
}

/** The series differ in shape, not only in color. */
function mark(series: number, x: number, y: number, color: string, value?: number): string {
  const title = value === undefined ? '' : `<title>${value.toFixed(2)}</title>`;
  if (series === 0) return `<circle cx="${x.toFixed(1)}" cy="${y}" r="5" fill="${color}">${title}</circle>`;
  return `<rect x="${(x - 4.5).toFixed(1)}" y="${y - 4.5}" width="9" height="9" fill="${color}">${title}</rect>`;
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${Number(x.toFixed(1))}" y="${y}" ${attributes}>${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
}
