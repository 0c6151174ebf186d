import { byFigure, inTurns, rowsOf, type Sample } from '../compare';
import { contenders, withEnds } from '../ends/contest';
import type { End } from '../ends/end';
import type { Row } from '../row';
import type { Settings } from '../settings';
import { kernelToStack } from './bulk';

/** ms. Long enough for some hundred timeouts. */
const TIME = 2000;
const QUICK_TIME = 1000;

/** How late a timeout of the server's process is while data comes in as fast as it can: 99th percentiles, and in the details more. */
export async function timer({ quick, pairs }: Settings): Promise<Row[]> {
  const measure = async (end: End): Promise<Sample> => {
    if (end.process === undefined) throw new Error(`${end.name} is no process of Node`);
    await end.process.ask('startTimer');
    const { value: speed, cpu } = await kernelToStack(end, { warm: 0, time: quick ? QUICK_TIME : TIME });
    const { p50, p99, max, count } = await end.process.ask('stopTimer');
    if (count < 10) throw new Error(`${end.name}: the timer went off ${count} times`);
    return { value: p99, ...(cpu && { cpu }), more: { p50, max, speed } };
  };
  return withEnds({ offload: true, peers: ['node'] }, async (ends) => {
    for (const end of ends) await measure(end);
    const measured = await inTurns(contenders(ends, measure), pairs);
    return [
      ...rowsOf({ work: 'timer-p99', unit: 'ms late, p99', better: 'less' }, measured),
      ...rowsOf({ work: 'timer-p99', unit: 'ms late, most', better: 'less' }, byFigure(measured, 'max')),
    ];
  });
}
