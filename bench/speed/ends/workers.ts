import { LOAD, SERVER, TAP } from '../addresses';
import { CORES, Namespace } from '../namespaces';
import { ServerProcess } from '../server-process';
import type { End } from './end';

/** synack in so many worker threads, with a queue of one TAP each, on whichever core is free. */
export async function openWorkers(queues: number): Promise<End> {
  const namespace = new Namespace(`queues-${queues}`);
  const process = await ServerProcess.start(namespace, { kind: 'synack', offload: true, queues }, CORES.both);
  namespace.sendByCubic(TAP, LOAD);
  return {
    name: queues === 1 ? 'synack, 1 worker' : `synack, ${queues} workers`,
    load: namespace,
    address: SERVER,
    pid: process.pid,
    process,
    hasHelpers: true,
    close: async () => {
      await process.end();
      namespace.remove();
    },
  };
}
