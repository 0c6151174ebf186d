import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { LOAD, PREFIX, SERVER, TAP } from '../speed/addresses';
import type { End } from '../speed/ends/end';
import { CORES, Namespace } from '../speed/namespaces';

export const ROOT = resolve(__dirname, '../..');

export interface OpenedHost extends End {
  /** MB. */
  memory(): Promise<number>;
}

/** One file, as the published package's code would run, in a tree in which it finds the addon. */
export function bundle(folder: string, root = ROOT): string {
  const outfile = join(folder, 'dist', 'bench', 'host.js');
  const entryPoints = [join(root, 'bench/inspector/host.ts')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', packages: 'external', target: 'node20' });
  for (const name of ['node_modules', 'native', 'package.json']) symlinkSync(join(ROOT, name), join(folder, name));
  return outfile;
}

/** A host as `command` opens it, at the other end of a TAP in a namespace of its own. */
export async function open(label: string, command: readonly string[]): Promise<OpenedHost> {
  const load = new Namespace('options');
  load.ip('tuntap', 'add', 'dev', TAP, 'mode', 'tap');
  load.ip('address', 'add', `${LOAD}/${PREFIX}`, 'dev', TAP);
  load.ip('link', 'set', TAP, 'up');
  load.sendByCubic(TAP, LOAD);
  const child = load.spawn(CORES.server, command, ['ignore', 'inherit', 'inherit', 'ipc']);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => {
      resolve();
    });
    child.once('exit', (code) => {
      reject(new Error(`${label} has ended with code ${code ?? 'none'}`));
    });
  });
  const close = async (): Promise<void> => {
    child.disconnect();
    await once(child, 'exit');
  };
  const memory = async (): Promise<number> => {
    child.send('memory');
    const [bytes] = (await once(child, 'message')) as [number];
    return Math.round(bytes / 1e6);
  };
  return { name: label, load, address: SERVER, pid: child.pid, close, memory };
}
