import type { TcpOptions } from '../../src/stack/tcp-options';
import type { Lane, Who } from '../lab/lane';
import { payloadHash } from '../lab/payload';
import { loadOf, nameOf, networkOf, queueOf, type Cell } from './cells';
import type { CellResult, Run } from './results';

/**
 * Measures a cell: in each run synack and Linux take turns, one way and then the other, with the same seed.
 * @throws Error when bytes arrive that are not those that were sent, or Linux does not use CUBIC
 */
export async function measure(lane: Lane, cell: Cell, runs: number, tcp: TcpOptions): Promise<CellResult> {
  const sends = { synack: [] as Run[], linux: [] as Run[] };
  const receives = { synack: [] as Run[], linux: [] as Run[] };
  for (let seed = 1; seed <= runs; seed++) {
    const run = (from: Who, to: Who): Promise<Run> => transfer(lane, cell, seed, tcp, from, to);
    sends.synack.push(await run('synack', 'right'));
    sends.linux.push(await run('left', 'right'));
    receives.synack.push(await run('right', 'synack'));
    receives.linux.push(await run('right', 'left'));
  }
  return { ...cell, queue: queueOf(cell), ...loadOf(cell), sends, receives };
}

async function transfer(lane: Lane, cell: Cell, seed: number, tcp: TcpOptions, from: Who, to: Who): Promise<Run> {
  const load = loadOf(cell);
  const what = `${nameOf(cell)}, seed ${seed}, from ${from} to ${to}`;
  await lane.begin({ seed, network: networkOf(cell), tcp });
  const { bytes, time, sha256, congestion, retransmissions } = await lane.transfer(from, to, load);
  if (sha256 !== payloadHash(bytes)) throw new Error(`${what}: the hash of ${bytes} bytes is wrong`);
  if (from !== 'synack' && congestion !== 'cubic') throw new Error(`${what}: Linux sends by ${congestion}, not cubic`);
  return { seed, bytes, time, complete: bytes === load.bytes, congestion, retransmissions };
}
