import { geometricMean, medianGoodput, ratio, type CellResult, type Comparison, type LossResults } from './results';

/** Below it, a cell counts as behind Linux; above 1, as ahead. */
const WITHIN = 0.9;

/** The results as Markdown: a summary, and a table for each loss. */
export function lossTables({ cells }: LossResults): string {
  const groups = grouped(cells);
  const summary = [
    '| loss | cells | synack sends | ≥ 0.90 | ahead | synack receives | ≥ 0.90 | ahead |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...[...groups, ['all', cells] as const].map(
      ([name, group]) =>
        `| ${name} | ${group.length} | ${summarize(group.map(({ sends }) => sends))} | ${summarize(group.map(({ receives }) => receives))} |`,
    ),
  ];
  const tables = groups.map(([name, group]) => [`### ${capital(name)}`, '', ...table(group)].join('\n'));
  return [summary.join('\n'), ...tables].join('\n\n');
}

/** Cells by what the plot and the tables keep apart, in their order. */
export function grouped(cells: readonly CellResult[]): (readonly [name: string, cells: readonly CellResult[]])[] {
  const groups = new Map<string, CellResult[]>();
  for (const cell of cells) {
    const name = cell.reorder ? 'reordering' : `${cell.loss} % loss`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [cell]);
    else group.push(cell);
  }
  return [...groups];
}

function summarize(comparisons: readonly Comparison[]): string {
  const ratios = comparisons.map(ratio);
  const within = ratios.filter((each) => each >= WITHIN).length;
  const ahead = ratios.filter((each) => each > 1).length;
  return `${geometricMean(ratios).toFixed(2)} | ${within} | ${ahead}`;
}

function table(cells: readonly CellResult[]): string[] {
  const withLoss = cells.some(({ reorder }) => reorder);
  return [
    `| ${withLoss ? 'loss | ' : ''}RTT | rate | queue | runs | Linux → Linux | synack → Linux | ratio | Linux ← Linux | synack ← Linux | ratio |`,
    `| ${withLoss ? '--- | ' : ''}--- | --- | --- | --- | --- | --- | --- | --- | --- | --- |`,
    ...cells.map((cell) => {
      const { loss, rtt, rate, queue, sends, receives } = cell;
      const columns = [`${rtt} ms`, rate, queue, sends.synack.length, ...compare(sends), ...compare(receives)];
      return `| ${withLoss ? `${loss} % | ` : ''}${columns.join(' | ')} |`;
    }),
  ];
}

function compare(comparison: Comparison): string[] {
  const { synack, linux } = comparison;
  const value = ratio(comparison);
  const text = value.toFixed(2);
  return [speed(linux), speed(synack), value < WITHIN ? `**${text}**` : text];
}

/** Three digits; `*` when a run did not end within its limit. */
function speed(runs: Comparison['synack']): string {
  const cut = runs.some(({ complete }) => !complete);
  return `${Number(medianGoodput(runs).toPrecision(3))}${cut ? '\\*' : ''}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
