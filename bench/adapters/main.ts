// npm run bench:adapters: what each link of synack's carries, beside Node's own net over a veth in the same run.
//   npm run bench:adapters -- [--quick] [--no-write] [--json] [ADAPTER…]
// As root, in network namespaces of its own. Under 4 minutes, `--quick` about one; then nothing is written.
import { parseArgs } from 'node:util';
import { inTurns, type Contender, type Measured, type Sample } from '../speed/compare';
import { allNotes, note } from '../speed/notes';
import { ADAPTERS, type Adapter, type Family } from './adapter';
import { open, openNode, over, type DualEnd } from './ends';
import { figureOf, resultsOf, save, type Figure, type Row } from './results';
import { tableOf } from './table';
import { WORKS, type Times, type WorkName } from './works';

interface Settings extends Times {
  readonly rounds: number;
  /** ms of load before the first run, either way: V8 compiles what is hot. */
  readonly warmUp: number;
}

const FULL: Settings = { rounds: 5, warm: 100, time: 400, warmUp: 800 };
const QUICK: Settings = { rounds: 1, warm: 100, time: 250, warmUp: 250 };

/** ms after the start: no run begins later. */
const DEADLINE = 215_000;

/** Which families an adapter is measured over: a tunnel's frames are frames, whatever is in them. */
function familiesOf(adapter: Adapter | 'node'): readonly Family[] {
  return adapter === 'udp' || adapter === 'ws' ? [4] : [4, 6];
}

type Opened = readonly [Adapter | 'node', DualEnd];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const adapters = positionals.length === 0 ? ADAPTERS : positionals.map(adapterOf);
  const settings = values.quick ? QUICK : FULL;
  const rows = await measureAll(await openAll(adapters), settings);
  const results = resultsOf(rows, settings, allNotes());
  process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : tableOf(results));
  if (!values.quick && !values['no-write'] && adapters === ADAPTERS) save(results);
  if (rows.some(({ figures }) => Object.keys(figures).length < Object.keys(WORKS).length)) process.exitCode = 1;
}

function adapterOf(text: string): Adapter {
  const adapter = ADAPTERS.find((each) => each === text);
  if (adapter === undefined) throw new Error(`no adapter is called ${text}; there are ${ADAPTERS.join(', ')}`);
  return adapter;
}

/** Node first, which the others are compared with. One that cannot be opened is noted and left out. */
async function openAll(adapters: readonly Adapter[]): Promise<Opened[]> {
  const ends: Opened[] = [['node', await openNode()]];
  for (const adapter of adapters) {
    try {
      ends.push([adapter, await open(adapter)]);
    } catch (error) {
      note(`${adapter} was left out: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
  return ends;
}

async function measureAll(ends: readonly Opened[], settings: Settings): Promise<Row[]> {
  const times = { warm: 0, time: settings.warmUp };
  for (const [adapter, end] of ends) {
    for (const family of familiesOf(adapter)) {
      for (const measure of [WORKS.in.measure, WORKS.out.measure])
        await attempt(() => measure(over(family, end), times));
    }
  }
  const figures = new Map<string, Partial<Record<WorkName, Figure>>>();
  for (const name of Object.keys(WORKS) as WorkName[]) {
    process.stderr.write(`${name} … `);
    const began = performance.now();
    for (const family of [4, 6] as const) {
      const taking = ends.filter(([adapter]) => familiesOf(adapter).includes(family));
      const measured = await inTurns(contenders(taking, family, name, settings), settings.rounds);
      for (const [index, [adapter]] of taking.entries()) {
        const key = `${adapter} ${family}`;
        const figure = measured[index] && figureOf(name, measured[index], peerOf(measured, index));
        figures.set(key, { ...figures.get(key), ...(figure && { [name]: figure }) });
      }
    }
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  }
  for (const [, end] of ends) await end.close();
  return ends.flatMap(([adapter]) =>
    familiesOf(adapter).map((family): Row => ({ adapter, family, figures: figures.get(`${adapter} ${family}`) ?? {} })),
  );
}

/** Node's runs; for Node itself nothing. */
function peerOf(measured: readonly Measured[], index: number): Measured | undefined {
  return index === 0 ? undefined : measured[0];
}

function contenders(ends: readonly Opened[], family: Family, name: WorkName, times: Times): Contender[] {
  return ends.map(([, dual]) => {
    const end = over(family, dual);
    return { name: `${name}, ${end.name}`, measure: () => attempt(() => WORKS[name].measure(end, times)) };
  });
}

/** A run that fails, or would begin too late, is noted, and the others go on. */
async function attempt(measure: () => Promise<Sample>): Promise<Sample> {
  try {
    if (performance.now() > DEADLINE) throw new Error('the time was up before all runs were made');
    return await measure();
  } catch (error) {
    note(messageOf(error));
    return { value: NaN };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`bench:adapters: ${messageOf(error)}\n`);
    process.exit(1);
  },
);
