// npm run bench:floor: what the addon alone moves, with no TCP: two TAPs on a bridge, one process each, a core each.
import type { ChildProcess } from 'node:child_process';
import { CORES, Namespace } from '../speed/namespaces';
import type { Report } from './end';

const TIME = 3000;
const NAMES = ['sending', 'receiving'] as const;

async function main(): Promise<void> {
  for (const offload of ['kernel'] as const) {
    const namespace = new Namespace('floor');
    const ends = NAMES.map((name) => start(namespace, name, offload));
    await Promise.all(ends.map(({ ready }) => ready));
    namespace.ip('link', 'add', 'bridge', 'type', 'bridge');
    for (const name of NAMES) namespace.ip('link', 'set', name, 'master', 'bridge', 'up');
    namespace.ip('link', 'set', 'bridge', 'up');
    const reports = await Promise.all(ends.map(({ run }) => run(TIME)));
    for (const [index, { bytes, frames, cpu }] of reports.entries()) {
      const speed = ((bytes * 8) / TIME / 1e6).toFixed(1);
      const share = ((cpu / TIME) * 100).toFixed(0);
      process.stdout.write(
        `${offload}, ${NAMES[index] ?? ''}: ${speed} Gbit/s, ${frames} frames, ${share} % of a core\n`,
      );
    }
  }
}

interface End {
  readonly ready: Promise<void>;
  readonly run: (time: number) => Promise<Report>;
}

function start(namespace: Namespace, name: (typeof NAMES)[number], offload: string): End {
  const core = name === 'sending' ? CORES.server : CORES.load;
  const script = require.resolve('./end.ts');
  const child = namespace.spawn(
    core,
    [process.execPath, '--require', 'ts-node/register', script, name, offload],
    ['ignore', 'inherit', 'inherit', 'ipc'],
  );
  return {
    ready: message<string>(child).then(() => undefined),
    run: (time) => {
      child.send({ time });
      return message<Report>(child);
    },
  };
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve as (value: unknown) => void);
    child.once('exit', (code) => {
      reject(new Error(`an end of the floor's measurement has ended with code ${code ?? 'none'}`));
    });
  });
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`bench:floor: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
