import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS } from '../addresses';
import { inTurns, rowsOf, type Contender, type Sample } from '../compare';
import { contenders, withEnds } from '../ends/contest';
import { runLoad, type End } from '../ends/end';
import { iperf3 } from '../ends/iperf3';
import { quoted } from '../quoted';
import type { Row, Work } from '../row';
import type { Settings } from '../settings';

/** What `load source` and `load sink` print. */
interface Bulk {
  readonly bytes: number;
  readonly seconds: number;
  readonly total: number;
}

/** Ceilings, and peers that are known to be slower, are measured in so many rounds. */
const FEWER = 3;
/** ms. Before the first run: V8 compiles what is hot. */
const WARM_UP = 1500;

export function bulkIn(settings: Settings): Promise<Row[]> {
  return withOffload('bulk-in', kernelToStack, settings);
}

export function bulkOut(settings: Settings): Promise<Row[]> {
  return withOffload('bulk-out', stackToKernel, settings);
}

export function bulkInPlain(settings: Settings): Promise<Row[]> {
  return withoutOffload('bulk-in-plain', kernelToStack, settings);
}

export function bulkOutPlain(settings: Settings): Promise<Row[]> {
  return withoutOffload('bulk-out-plain', stackToKernel, settings);
}

type Measure = (end: End, times: { warm: number; time: number }) => Promise<Sample>;

async function withOffload(work: Work, measure: Measure, settings: Settings): Promise<Row[]> {
  return withEnds({ offload: true, peers: ['node', 'slirp'] }, async (ends) => {
    await warmUp(ends, measure);
    const all: Contender[] = contenders(ends, (end) => measure(end, settings)).map((contender) =>
      contender.name === 'slirp4netns' ? { ...contender, rounds: FEWER } : contender,
    );
    const ceiling = iperf3(work === 'bulk-in' ? 'in' : 'out', settings);
    if (ceiling !== undefined) all.push({ ...ceiling.contender, rounds: FEWER });
    try {
      return rowsOf(subject(work), await inTurns(all, settings.pairs), quoted(work));
    } finally {
      ceiling?.close();
    }
  });
}

async function withoutOffload(work: Work, measure: Measure, settings: Settings): Promise<Row[]> {
  return withEnds({ offload: false, peers: ['node', 'lwip'] }, async (ends) => {
    await warmUp(ends, measure);
    const measured = await inTurns(
      contenders(ends, (end) => measure(end, settings)),
      settings.pairs,
    );
    return rowsOf(subject(work), measured, quoted(work));
  });
}

function subject(work: Work) {
  return { work, unit: 'Gbit/s', better: 'more' } as const;
}

async function warmUp(ends: readonly End[], measure: Measure): Promise<void> {
  for (const end of ends) if (end.process !== undefined) await measure(end, { warm: 0, time: WARM_UP });
}

/** Bytes that the stack has acknowledged; afterwards its `data` listener must have seen every one that was sent. */
export async function kernelToStack(end: End, times: { warm: number; time: number }): Promise<Sample> {
  const before = await end.process?.ask('counts');
  const { result, cpu } = await runLoad<Bulk>(end, ['source', PORTS.sink], times);
  if (end.process !== undefined && before !== undefined) {
    const sunk = async (): Promise<number> => ((await end.process?.ask('counts'))?.sunk ?? 0) - before.sunk;
    for (let waited = 0; waited < 1000 && (await sunk()) < result.total; waited += 20) await sleep(20);
    const came = await sunk();
    if (came !== result.total) throw new Error(`${end.name}: of ${result.total} bytes sent ${came} were delivered`);
  }
  return { value: rate(end, result), cpu };
}

/** Bytes that the kernel's end has read. */
export async function stackToKernel(end: End, times: { warm: number; time: number }): Promise<Sample> {
  const { result, cpu } = await runLoad<Bulk>(end, ['sink', PORTS.source], times);
  return { value: rate(end, result), cpu };
}

/** Gbit/s. @throws Error when next to nothing moved: that is no measurement of speed */
function rate(end: End, { bytes, seconds }: Bulk): number {
  const speed = (bytes * 8) / seconds / 1e9;
  if (!(speed > 0.01)) throw new Error(`${end.name}: only ${bytes} bytes in ${seconds} s`);
  return speed;
}
