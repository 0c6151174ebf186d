import type { Row } from './row';

const COLUMNS = ['work', 'synack', 'peer', '', 'ratio', 'runs', 'CPU server/load', 'what limited'] as const;
/** Numbers stand to the right. */
const RIGHT = new Set<string>(['synack', 'peer', 'ratio', 'runs']);

/** The table for the terminal. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row, index) => cellsOf(row, rows[index - 1]));
  const widths = COLUMNS.map((name, column) =>
    Math.max(name.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lineOf = (line: readonly string[]): string =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return RIGHT.has(COLUMNS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [lineOf(COLUMNS), lineOf(widths.map((width) => '─'.repeat(width))), ...cells.map(lineOf)].join('\n');
}

function cellsOf(row: Row, before: Row | undefined): string[] {
  const isSame = before !== undefined && titleOf(before) === titleOf(row);
  const { synackBottleneck = '', peerBottleneck = '' } = row.details ?? {};
  return [
    isSame ? '' : titleOf(row),
    number(row.synack),
    number(row.peer),
    row.peerName,
    Number.isFinite(row.ratio) ? row.ratio.toFixed(2) : '',
    row.runs === 0 ? '' : String(row.runs),
    [cpuOf(row, 'synack'), cpuOf(row, 'peer')].filter((text) => text !== '').join('  vs '),
    [...new Set([synackBottleneck, peerBottleneck])].filter((text) => text !== '').join(' vs '),
  ];
}

/** What a row is about: rows with the same title have the same figure of synack's. */
export function titleOf({ work, unit, details = {} }: Row): string {
  // Where a work has several, its details tell them apart.
  const variant = details['link'] ?? details['traffic'] ?? details['load'];
  return variant === undefined ? `${work}, ${unit}` : `${work}, ${unit}, ${variant}`;
}

function cpuOf({ details = {} }: Row, side: string): string {
  const [server, load] = [details[`${side}ServerCpu`], details[`${side}LoadCpu`]];
  return server === undefined || load === undefined ? '' : `${server}/${load} %`;
}

/** With so many digits, and separators; empty when it is not known. */
export function number(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '';
  return value.toLocaleString('en-US', { maximumSignificantDigits: digits });
}
