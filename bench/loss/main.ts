// npm run bench:loss: goodput over bad networks, synack against Linux.
import { Lane } from '../lab/lane';
import { saveResults, writeReport } from '../report/report';
import { isLight, nameOf, type Cell } from './cells';
import { measure } from './measure';
import { readOptions } from './options';
import { ratio, thisMachine, type CellResult, type LossResults } from './results';
import { lossTables } from './tables';

async function main(): Promise<void> {
  const options = readOptions();
  const { cells, runs, tcp } = options;
  const results = new Map<Cell, CellResult>();

  /** Measures cells, the first that is left each time, until none is left. */
  const drive = async (lane: Lane, left: Cell[]): Promise<void> => {
    for (let cell = left.shift(); cell !== undefined; cell = left.shift()) {
      const result = await measure(lane, cell, runs(cell), tcp);
      results.set(cell, result);
      const { sends, receives } = result;
      const ratios = `sends ${ratio(sends).toFixed(2)}, receives ${ratio(receives).toFixed(2)} of Linux`;
      process.stderr.write(`[${results.size}/${cells.length}] ${nameOf(cell)}: ${ratios}\n`);
    }
  };

  const light = cells.filter(isLight);
  const heavy = cells.filter((cell) => !isLight(cell));
  const first = await Lane.open();
  const others = await Promise.all(
    Array.from({ length: Math.min(options.lanes, light.length) - 1 }, () => Lane.open()),
  );
  await Promise.all([first, ...others].map((lane) => drive(lane, light)));
  for (const lane of others) lane.close();
  await drive(first, heavy);
  first.close();

  const all: LossResults = {
    machine: thisMachine(),
    tcp,
    cells: cells.flatMap((cell) => results.get(cell) ?? []),
  };
  process.stdout.write(options.json ? `${JSON.stringify(all, null, 2)}\n` : `${lossTables(all)}\n`);
  if (options.write) {
    saveResults('loss', all);
    writeReport();
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`bench:loss: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
