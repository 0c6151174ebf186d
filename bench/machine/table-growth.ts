/** What a segment costs with 100,000 connections beside what it costs with 10: the table, the timers and the objects of each. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Row } from '../speed/row';
import { runAlone } from './alone';
import { ofPairs, rounded, type Pair } from './statistics';
import type { Answer, Question } from './table-growth-stack';

const FEW = 10;
const MANY = 100_000;
const SEGMENTS = 30_000;
const PAIRS = 9;
/** Until all is compiled and every connection has had its share. */
const WARM_UP = 15;

export async function measure(): Promise<Row[]> {
  const few = new Child(FEW);
  const many = new Child(MANY);
  try {
    await few.memory();
    const { heap, memory } = await many.memory();
    for (let round = 0; round < WARM_UP; round += 1) {
      await few.cost(FEW);
      await many.cost(MANY);
    }
    const spread: Pair[] = [];
    const idle: Pair[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      spread.push({ ours: await many.cost(MANY), other: await few.cost(FEW) });
      idle.push({ ours: await many.cost(FEW), other: await few.cost(FEW) });
    }
    const memoryOfAll = { 'octets of heap a connection': rounded(heap, 0), 'octets in all': rounded(memory, 0) };
    return [row(`all of ${MANY} in turn at random`, spread, memoryOfAll), row(`${FEW} of ${MANY}, others idle`, idle)];
  } finally {
    few.end();
    many.end();
  }
}

function row(traffic: string, pairs: readonly Pair[], details: Record<string, number> = {}): Row {
  const { ours, other, ratio } = ofPairs(pairs);
  return {
    work: 'table-growth',
    unit: 'ns a segment',
    synack: rounded(ours, 0),
    peer: rounded(other, 0),
    peerName: `itself, ${FEW} connections`,
    ratio: rounded(ratio),
    better: 'less',
    runs: pairs.length,
    details: { traffic, target: 'at most 1.3', ...details },
  };
}

/** A process with a stack in it. */
class Child {
  private readonly process: ChildProcess;

  constructor(connections: number) {
    // A profile that is asked for is of the stacks.
    const profiled = process.execArgv.filter((each) => each.startsWith('--cpu-prof'));
    const execArgv = [...profiled, '--expose-gc', '--max-old-space-size=4096', '--require', 'ts-node/register'];
    this.process = fork(join(__dirname, 'table-growth-stack.ts'), [String(connections)], { execArgv });
  }

  async memory(): Promise<{ heap: number; memory: number }> {
    const answer = await this.answer();
    if (!('heap' in answer)) throw new Error('the stack tells of its memory first');
    return answer;
  }

  async cost(active: number): Promise<number> {
    const question: Question = { segments: SEGMENTS, active };
    this.process.send(question);
    const answer = await this.answer();
    if (!('nanoseconds' in answer)) throw new Error('the stack tells what a segment costs');
    return answer.nanoseconds;
  }

  end(): void {
    if (this.process.connected) this.process.disconnect();
  }

  private async answer(): Promise<Answer> {
    const gone = new AbortController();
    const exit = once(this.process, 'exit', { signal: gone.signal }).then(
      () => {
        throw new Error('the process of a stack has ended; its own error stands above');
      },
      () => undefined,
    );
    try {
      const answered = await Promise.race([once(this.process, 'message', { signal: gone.signal }), exit]);
      return (answered as [Answer])[0];
    } finally {
      gone.abort();
    }
  }
}

runAlone(module, measure);
