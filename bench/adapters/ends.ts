import { LOAD, LOAD6, TAP } from '../speed/addresses';
import type { End } from '../speed/ends/end';
import { Cable, CORES, Namespace } from '../speed/namespaces';
import { ServerProcess } from '../speed/server-process';
import { endsOf, TUN, type Adapter, type Family } from './adapter';

/** An end that is reached by either family. */
export interface DualEnd extends Omit<End, 'address'> {
  readonly addresses: Readonly<Record<Family, string>>;
}

/** As it is reached by one. */
export function over(family: Family, { addresses, ...end }: DualEnd): End {
  return { ...end, name: `${end.name}, IPv${family}`, address: addresses[family] };
}

const IPV6 = { ipv6: true };

/** Node's own modules over the kernel's TCP, behind a veth. */
export async function openNode(): Promise<DualEnd> {
  const cable = new Cable(true, IPV6);
  const process = await ServerProcess.start(cable.server, { kind: 'node', offload: true, ...IPV6 });
  return {
    ...behind(process, () => {
      cable.remove();
    }),
    name: 'Node net over veth',
    load: cable.load,
    addresses: endsOf('raw').server,
  };
}

/** synack on an adapter. @throws Error when that cannot be here */
export function open(adapter: Adapter): Promise<DualEnd> {
  if (adapter === 'tap' || adapter === 'tun') return openDevice(adapter);
  return adapter === 'udp' || adapter === 'ws' ? openTunnel(adapter) : openOnCable(adapter);
}

/** The kernel at the other side of the device is the load's. */
async function openDevice(adapter: 'tap' | 'tun'): Promise<DualEnd> {
  const namespace = new Namespace(adapter, IPV6);
  const process = await ServerProcess.start(namespace, { kind: 'synack', offload: true, adapter, ...IPV6 });
  for (const source of [LOAD, LOAD6]) namespace.sendByCubic(adapter === 'tap' ? TAP : TUN, source);
  return {
    ...behind(process, () => {
      namespace.remove();
    }),
    name: adapter,
    load: namespace,
    addresses: endsOf(adapter).server,
  };
}

/** Beside the kernel at one end of a veth. What the kernel does for it there is booked to nobody. */
async function openOnCable(adapter: 'raw' | 'pcap'): Promise<DualEnd> {
  const cable = new Cable(true, IPV6);
  const process = await ServerProcess.start(cable.server, { kind: 'synack', offload: false, adapter, ...IPV6 });
  return {
    ...behind(process, () => {
      cable.remove();
    }),
    name: adapter,
    load: cable.load,
    addresses: endsOf(adapter).server,
    hasHelpers: true,
  };
}

/** Over a veth to a relay, which shares the load's core and has the kernel at its TAP. */
async function openTunnel(adapter: 'udp' | 'ws'): Promise<DualEnd> {
  const cable = new Cable(true, IPV6);
  const relay = await ServerProcess.start(cable.load, { kind: 'relay', offload: false, adapter }, CORES.load);
  const process = await ServerProcess.start(cable.server, { kind: 'synack', offload: false, adapter, ...IPV6 });
  for (const source of Object.values(endsOf(adapter).load)) {
    cable.load.sendByCubic(TAP, source, source.includes(':') ? 'fd00:10::/64' : '10.10.0.0/24');
  }
  return {
    ...behind(process, async () => {
      await relay.end();
      cable.remove();
    }),
    name: adapter,
    load: cable.load,
    addresses: endsOf(adapter).server,
    hasHelpers: true,
  };
}

function behind(process: ServerProcess, remove: () => void | Promise<void>) {
  return {
    pid: process.pid,
    process,
    close: async (): Promise<void> => {
      await process.end();
      await remove();
    },
  };
}
