import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS, TAP } from '../addresses';
import { Lines } from '../lines';
import { CORES, Namespace } from '../namespaces';
import { loadProgram, missing } from '../programs';
import type { End } from './end';

/** What slirp4netns calls the host that it runs on, and what its device needs to come up, ms. */
const HOST = '10.0.2.2';
const LIMIT = 5000;

export function whyNoSlirp(): string | undefined {
  return missing('slirp4netns', 'slirp4netns');
}

/**
 * slirp4netns: its stack ends the connections that come over a TAP, and a socket of the kernel's carries the data on. The
 * servers behind it are bench/speed/load.c, on the load's core.
 */
export async function openSlirp(): Promise<End> {
  const outside = new Namespace('slirp-host');
  const inside = new Namespace('slirp');
  const ports = [PORTS.sink, PORTS.source].map(String);
  const server = outside.spawn(CORES.load, [loadProgram(), 'serve', ...ports], ['ignore', 'pipe', 'inherit']);
  await new Lines(server, 'load serve').next(LIMIT);
  const path = `/run/netns/${inside.name}`;
  const command = ['slirp4netns', '--configure', '--mtu=1500', '--netns-type=path', path, TAP];
  const slirp = outside.spawn(CORES.server, command, ['ignore', 'ignore', 'ignore']);
  const end: End = {
    name: 'slirp4netns',
    load: inside,
    address: HOST,
    pid: slirp.pid,
    hasHelpers: true,
    close: () => {
      slirp.kill('SIGKILL');
      server.kill('SIGKILL');
      inside.remove();
      outside.remove();
      return Promise.resolve();
    },
  };
  for (let waited = 0; waited < LIMIT; waited += 50) {
    await sleep(50);
    if (inside.run('ip', 'route').includes('default')) {
      inside.ip('route', 'replace', '10.0.2.0/24', 'dev', TAP, 'congctl', 'cubic');
      return end;
    }
  }
  await end.close();
  throw new Error('slirp4netns did not set up its device');
}
