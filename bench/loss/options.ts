import { parseArgs } from 'node:util';
import type { TcpOptions } from '../../src/stack/tcp-options';
import { ALL_CELLS, QUICK_CELLS, runsOf, type Cell } from './cells';

const USAGE = `npm run bench:loss -- [options]

Goodput of synack against Linux over bad networks. Needs root; makes network namespaces of its own.

  --quick             a few cells, two runs of each: under 4 minutes
  --loss 5,20         only cells with this loss, %
  --rtt 20            … this round-trip time, ms
  --rate 100          … this rate, Mbit/s
  --reorder           only the cells with reordering
  --no-reorder        none of them
  --runs 3            runs of each transfer; default 3 to 9, more where chance weighs more
  --lanes 4           how many transfers at a time where they are slow
  --tcp '{"…": …}'    options of synack's TCP, as JSON
  --json              print the results as JSON
  --write             write docs/ and bench/results/ also when not all cells were measured
`;

export interface Options {
  readonly cells: readonly Cell[];
  readonly runs: (cell: Cell) => number;
  readonly lanes: number;
  readonly tcp: TcpOptions;
  readonly json: boolean;
  readonly write: boolean;
}

/** Reads the command line; ends the process when help is asked for. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      loss: { type: 'string' },
      rtt: { type: 'string' },
      rate: { type: 'string' },
      reorder: { type: 'boolean' },
      'no-reorder': { type: 'boolean' },
      runs: { type: 'string' },
      lanes: { type: 'string', default: '4' },
      tcp: { type: 'string', default: '{}' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit();
  }
  const { quick, loss, rtt, rate, reorder, runs } = values;
  const among = (list: string | undefined, value: number): boolean =>
    list === undefined || list.split(',').map(Number).includes(value);
  const cells = (quick ? QUICK_CELLS : ALL_CELLS).filter(
    (cell) =>
      among(loss, cell.loss) &&
      among(rtt, cell.rtt) &&
      among(rate, cell.rate) &&
      (!reorder || cell.reorder) &&
      (!values['no-reorder'] || !cell.reorder),
  );
  if (cells.length === 0) throw new Error('no cell is like that; npm run bench:loss -- --help tells what there is');
  return {
    cells,
    runs: runs !== undefined ? () => count('runs', runs) : quick ? () => 2 : runsOf,
    lanes: count('lanes', values.lanes),
    // What is wrong with it, the stack will say.
    tcp: JSON.parse(values.tcp) as TcpOptions,
    json: values.json,
    write: values.write || cells.length === ALL_CELLS.length,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) throw new Error(`--${name} is 1 to 100, not ${text}`);
  return value;
}
