import { number } from '../speed/table';
import type { Results, Row } from './results';
import { WORKS, type WorkName } from './works';

const NAMES = Object.keys(WORKS) as WorkName[];
const HEAD = ['', 'IP', ...NAMES.map((name) => `${WORKS[name].title}, ${WORKS[name].unit}`), 'CPU in/out, %'];

/** The table for the terminal: medians, and in parentheses the ratio to Node's. */
export function tableOf({ rows, notes, rounds, time, machine }: Results): string {
  const lines = rows.map(cellsOf);
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? '').length)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    lineOf(HEAD),
    lineOf(widths.map((width) => '─'.repeat(width))),
    ...lines.map(lineOf),
    '',
    "In parentheses: ÷ Node's own net over the veth in the same rounds (pings: ÷ the kernel's, which answers there). CPU: of a core, the process with the stack, in bulk.",
    `Medians of ${rounds} runs of ${time} ms each. ${machine.date}, ${machine.kernel}, ${machine.cores} cores (${machine.processor})`,
    ...notes,
    '',
  ].join('\n');
}

function cellsOf({ adapter, family, figures }: Row): string[] {
  const cells = NAMES.map((name) => {
    const figure = figures[name];
    if (figure === undefined) return '';
    const ratio = figure.ratio === undefined ? '' : ` (${figure.ratio.toFixed(2)})`;
    return `${number(figure.value, 3)}${ratio}`;
  });
  const cpu = [figures.in?.serverCpu, figures.out?.serverCpu].map((value) =>
    value === undefined ? '–' : String(value),
  );
  return [adapter === 'node' ? 'Node net, veth' : adapter, String(family), ...cells, cpu.join('/')];
}
