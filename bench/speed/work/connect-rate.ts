import { PORTS } from '../addresses';
import { inTurns, rowsOf, type Sample } from '../compare';
import { contenders, withEnds } from '../ends/contest';
import { runLoad, type End } from '../ends/end';
import { quoted } from '../quoted';
import type { Row } from '../row';
import type { Settings } from '../settings';

const IN_FLIGHT = 64;

/** What `load connect` prints. */
interface Connections {
  readonly count: number;
  readonly seconds: number;
}

/** Connections that are opened and closed in good order, the client first. */
export async function connectRate(settings: Settings): Promise<Row[]> {
  const measure = (end: End): Promise<Sample> => connections(end, settings);
  return withEnds({ offload: true, peers: ['node', 'lwip'] }, async (ends) => {
    for (const end of ends) await measure(end);
    const measured = await inTurns(contenders(ends, measure), settings.pairs);
    return rowsOf({ work: 'connect-rate', unit: 'connections/s', better: 'more' }, measured, quoted('connect-rate'));
  });
}

/** So many a second. */
export async function connections(end: End, times: { warm: number; time: number }): Promise<Sample> {
  const { result, cpu } = await runLoad<Connections>(end, ['connect', PORTS.close], times, [IN_FLIGHT]);
  const { count, seconds } = result;
  if (count < 100) throw new Error(`${end.name}: only ${count} connections in ${seconds} s`);
  return { value: count / seconds, cpu };
}
