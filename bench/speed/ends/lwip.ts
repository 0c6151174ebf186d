import { LOAD, NETMASK, PORTS, PREFIX, SERVER, TAP } from '../addresses';
import { Lines } from '../lines';
import { CORES, Namespace } from '../namespaces';
import { lwipProgram, missing } from '../programs';
import type { End } from './end';

export function whyNoLwip(): string | undefined {
  return missing('/usr/include/lwip/lwip/tcp.h', 'liblwip-dev');
}

/** lwIP on a TAP; bench/peers/lwip tells how. Its servers are the four that no other protocol is above. */
export async function openLwip(): Promise<End> {
  const namespace = new Namespace('lwip');
  namespace.ip('tuntap', 'add', TAP, 'mode', 'tap');
  namespace.ip('address', 'add', `${LOAD}/${PREFIX}`, 'dev', TAP);
  namespace.ip('link', 'set', TAP, 'up');
  namespace.sendByCubic(TAP, LOAD);
  const ports = [PORTS.sink, PORTS.source, PORTS.echo, PORTS.close].map(String);
  const command = [lwipProgram(), TAP, SERVER, NETMASK, ...ports];
  const child = namespace.spawn(CORES.server, command, ['ignore', 'pipe', 'inherit']);
  await new Lines(child, 'lwip').next(5000);
  return {
    name: 'lwIP over TAP',
    load: namespace,
    address: SERVER,
    pid: child.pid,
    close: () => {
      child.kill('SIGKILL');
      namespace.remove();
      return Promise.resolve();
    },
  };
}
