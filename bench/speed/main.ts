// npm run bench: how fast synack is, beside its peers in the same run.
import { allNotes, note, noteAbout } from './notes';
import { readOptions } from './options';
import { WORKS } from './registry';
import { resultsOf, save } from './results';
import type { Row } from './row';
import { tableOf } from './table';

async function main(): Promise<void> {
  const { works, settings, write, json } = readOptions();
  const rows: Row[] = [];
  let failed = 0;
  for (const work of works) {
    const began = performance.now();
    noteAbout(work);
    process.stderr.write(`${work} … `);
    try {
      rows.push(...(await WORKS[work](settings)));
      process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failed++;
      note(`failed: ${reason}`);
      process.stderr.write(`failed: ${reason}\n`);
    }
  }
  const results = resultsOf(rows, allNotes());
  process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : `${tableOf(rows)}\n${tail(results)}`);
  if (write && rows.length > 0) save(results);
  if (failed > 0) process.exitCode = 1;
}

function tail({ machine, versions, notes }: ReturnType<typeof resultsOf>): string {
  const { date, kernel, processor, cores } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '',
    'Ratios are synack ÷ peer, the median of those of the runs that were made in turns. CPU: % of a core, synack vs peer.',
    `${date}, ${kernel}, ${cores} cores (${processor}); ${programs.join(', ')}`,
    ...notes,
    '',
  ].join('\n');
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
