import { SERVER } from '../addresses';
import { Cable } from '../namespaces';
import { ServerProcess } from '../server-process';
import type { End } from './end';

/** Node's own modules over the kernel's TCP, behind a veth. */
export async function openNode({ offload }: { readonly offload: boolean }): Promise<End> {
  const cable = new Cable(offload);
  const process = await ServerProcess.start(cable.server, { kind: 'node', offload });
  return {
    name: offload ? 'Node net over veth' : 'Node net over plain veth',
    load: cable.load,
    address: SERVER,
    pid: process.pid,
    process,
    close: async () => {
      await process.end();
      cable.remove();
    },
  };
}
