import { CpuWatch, type CpuUse } from '../cpu';
import { Lines } from '../lines';
import { CORES, type Cores, type Namespace } from '../namespaces';
import { loadProgram } from '../programs';
import type { ServerProcess } from '../server-process';

/** A stack whose servers listen, and the namespace that load comes to it from. */
export interface End {
  readonly name: string;
  readonly load: Namespace;
  readonly address: string;
  /** The process that does the stack's work. */
  readonly pid: number | undefined;
  /** Where the servers are programs of Node. */
  readonly process?: ServerProcess;
  /** Other processes of its own are at work on the cores. */
  readonly hasHelpers?: boolean;
  close(): Promise<void>;
}

/** How much longer than planned a load may take, ms: it has limits of its own, and tells of them. */
const GRACE = 15_000;

export interface LoadRun<Result> {
  readonly result: Result;
  readonly cpu: CpuUse;
}

/**
 * Runs bench/speed/load.c against a stack.
 * @param what the mode, and the port of its service
 * @param more the mode's own arguments
 * @param core where it runs, if not on a core of its own
 * @throws Error when it fails, or does not end in time
 */
export async function runLoad<Result>(
  end: End,
  [mode, port]: readonly [mode: string, port: number],
  { warm, time }: { readonly warm: number; readonly time: number },
  more: readonly number[] = [],
  core: Cores = CORES.load,
): Promise<LoadRun<Result>> {
  const args = [mode, end.address, port, warm, time, ...more].map(String);
  const child = end.load.spawn(core, [loadProgram(), ...args], ['ignore', 'pipe', 'inherit']);
  const watch = new CpuWatch(end.pid, child.pid, warm, core === CORES.both ? CORES.load : core);
  try {
    const line = await new Lines(child, `load ${args.join(' ')}`).next(warm + time + GRACE);
    // bench/speed/load.c prints what its mode is described to print.
    return { result: JSON.parse(line) as Result, cpu: end.hasHelpers ? { ...watch.end(), others: NaN } : watch.end() };
  } catch (error) {
    throw new Error(`${end.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    watch.end();
  }
}
