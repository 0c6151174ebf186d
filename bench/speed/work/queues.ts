import { PORTS } from '../addresses';
import { inTurns, rowsOf, type Sample } from '../compare';
import { contenders } from '../ends/contest';
import { runLoad, type End } from '../ends/end';
import { openWorkers } from '../ends/workers';
import { CORES } from '../namespaces';
import { note } from '../notes';
import { missing } from '../programs';
import type { Row } from '../row';
import type { Settings } from '../settings';
import { wrk } from './http';

const IN_FLIGHT = 64;
/** One for each core that there is. */
const WORKERS = 2;

interface Load {
  readonly unit: string;
  readonly measure: (end: End, settings: Settings) => Promise<Sample>;
}

const LOADS: readonly Load[] = [
  { unit: 'requests/s', measure: (end, settings) => requests(end, PORTS.http, settings) },
  { unit: 'requests/s, a SHA-256 of 48 KiB each', measure: (end, settings) => requests(end, PORTS.work, settings) },
  { unit: 'connections/s', measure: connections },
];

/** Two workers beside one. Neither they nor the load are pinned: they share two cores, and the rows' details say so. */
export async function queues(settings: Settings): Promise<Row[]> {
  const reason = missing('wrk', 'wrk');
  if (reason !== undefined) note(`left out: requests, ${reason}`);
  const ends: End[] = [];
  const rows: Row[] = [];
  try {
    for (const count of [WORKERS, 1]) ends.push(await openWorkers(count));
    for (const { unit, measure } of LOADS) {
      if (reason !== undefined && unit.startsWith('requests')) continue;
      const run = (end: End): Promise<Sample> => measure(end, settings);
      for (const end of ends) await run(end);
      const measured = await inTurns(contenders(ends, run), settings.pairs);
      rows.push(...rowsOf({ work: 'queues', unit, better: 'more' }, measured).map(honest));
    }
  } finally {
    for (const end of ends) await end.close();
  }
  return rows;
}

/** From so much on, %, both cores have little more to give. */
const FULL = 85;

/** What limits, where no end has a core to itself. */
function honest(row: Row): Row {
  const { synackServerCoreBusy, synackLoadCoreBusy } = row.details ?? {};
  const areFull = Math.min(Number(synackServerCoreBusy), Number(synackLoadCoreBusy)) >= FULL;
  const limit = areFull ? 'two cores, shared with the load' : 'waking each other, on two cores shared with the load';
  return { ...row, details: { ...row.details, synackBottleneck: limit, peerBottleneck: "the one worker's core" } };
}

function requests(end: End, port: number, { quick }: Settings): Promise<Sample> {
  return wrk(end, quick ? 1 : 2, { port, core: CORES.both });
}

async function connections(end: End, settings: Settings): Promise<Sample> {
  const { result, cpu } = await runLoad<{ readonly count: number; readonly seconds: number }>(
    end,
    ['connect', PORTS.close],
    settings,
    [IN_FLIGHT],
    CORES.both,
  );
  return { value: result.count / result.seconds, cpu };
}
