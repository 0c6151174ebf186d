import { LOAD, SERVER, TAP } from '../addresses';
import { Namespace } from '../namespaces';
import { ServerProcess } from '../server-process';
import type { End } from './end';

/** synack on a TAP, with what the device can take off it or without. */
export async function openSynack({ offload }: { readonly offload: boolean }): Promise<End> {
  const namespace = new Namespace('synack');
  const process = await ServerProcess.start(namespace, { kind: 'synack', offload });
  namespace.sendByCubic(TAP, LOAD);
  return {
    name: 'synack',
    load: namespace,
    address: SERVER,
    pid: process.pid,
    process,
    close: async () => {
      await process.end();
      namespace.remove();
    },
  };
}
