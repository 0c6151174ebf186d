import { PORTS } from '../addresses';
import { byFigure, inTurns, rowsOf, type Sample } from '../compare';
import { contenders, withEnds } from '../ends/contest';
import { runLoad, type End } from '../ends/end';
import { CORES } from '../namespaces';
import { quoted } from '../quoted';
import type { Row, Work } from '../row';
import type { Settings } from '../settings';

/** Bytes. */
const SIZE = 64;

/** What `load echo` prints; µs. */
interface Echo {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

export function echoSameCore(settings: Settings): Promise<Row[]> {
  return echo('echo-same-core', CORES.server, settings);
}

export function echoCrossCore(settings: Settings): Promise<Row[]> {
  return echo('echo-cross-core', CORES.load, settings);
}

/** How long one message there and back takes: two rows a peer, one of medians and one of 99th percentiles. */
async function echo(work: Work, core: number, settings: Settings): Promise<Row[]> {
  const measure = (end: End): Promise<Sample> => echoTime(end, settings, core);
  return withEnds({ offload: true, peers: ['node', 'lwip'] }, async (ends) => {
    for (const end of ends) await measure(end);
    const measured = await inTurns(contenders(ends, measure), settings.pairs);
    return [
      ...rowsOf({ work, unit: 'µs, p50', better: 'less' }, measured, quoted(work)),
      ...rowsOf({ work, unit: 'µs, p99', better: 'less' }, byFigure(measured, 'p99')),
    ];
  });
}

/** µs, the median. */
export async function echoTime(
  end: End,
  times: { warm: number; time: number },
  core: number = CORES.load,
): Promise<Sample> {
  const { result, cpu } = await runLoad<Echo>(end, ['echo', PORTS.echo], times, [SIZE], core);
  const { p50, p99, count } = result;
  if (count < 100) throw new Error(`${end.name}: only ${count} echoes in ${times.time} ms`);
  return { value: p50, cpu, more: { p99, perSecond: count / (times.time / 1000) } };
}
