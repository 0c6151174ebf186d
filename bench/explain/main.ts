// npm run bench:explain: how fast captures are explained, and in how much memory: long downloads, and a flood of SYNs. About 30 s.
//   npm run bench:explain -- [--megabytes 1000] [--syns 1000000] [--gzip] [--keep FOLDER] [--json]
import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { CaptureFile, downloads, flood } from './captures';

const ROOT = resolve(__dirname, '../..');

interface Result {
  readonly capture: string;
  readonly packets: number;
  readonly megabytes: number;
  readonly seconds: number;
  /** The most resident memory, MB. */
  readonly memory: number;
  readonly conversations: number;
}

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    syns: { type: 'string', default: '1000000' },
    gzip: { type: 'boolean', default: false },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

/** synack explain on a file: its JSON, the time that it took, and its memory. */
async function explain(program: string, file: string): Promise<{ text: string; seconds: number; memory: number }> {
  const began = performance.now();
  const child = fork(program, ['explain', '--json', file], {
    execArgv: ['--require', join(__dirname, 'memory.cjs')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let memory = 0;
  child.on('message', (message: { readonly memory: number }) => {
    memory = message.memory;
  });
  const parts: Buffer[] = [];
  child.stdout?.on('data', (part: Buffer) => parts.push(part));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  if (code !== 0) throw new Error(`synack explain ended with ${code}`);
  return { text: Buffer.concat(parts).toString(), seconds: (performance.now() - began) / 1000, memory };
}

async function main(): Promise<void> {
  const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'synack-explain-'));
  mkdirSync(folder, { recursive: true });
  const results: Result[] = [];
  try {
    // As the published package runs: compiled once.
    const program = join(folder, 'dist', 'cli', 'main.js');
    for (const name of ['package.json', 'node_modules'])
      if (!existsSync(join(folder, name))) symlinkSync(join(ROOT, name), join(folder, name));
    const entry = join(ROOT, 'src/cli/main.ts');
    buildSync({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', packages: 'external' });
    const captures = {
      downloads: (file: CaptureFile) => downloads(file, Number(values.megabytes) * 1e6),
      flood: (file: CaptureFile) => {
        flood(file, Number(values.syns));
      },
    };
    for (const [capture, fill] of Object.entries(captures)) {
      let path = join(folder, `${capture}.pcap`);
      const file = new CaptureFile(path);
      fill(file);
      file.end();
      if (values.gzip) {
        spawnSync('gzip', ['-1', '-f', path]);
        path += '.gz';
      }
      const { text, seconds, memory } = await explain(program, path);
      const { totalConversations: conversations } = JSON.parse(text) as { readonly totalConversations: number };
      const megabytes = Math.round(file.bytes / 1e6);
      results.push({ capture, packets: file.packets, megabytes, seconds, memory, conversations });
    }
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else
    for (const { capture, packets, megabytes, seconds, memory, conversations } of results)
      console.log(
        `${capture.padEnd(10)} ${String(packets).padStart(8)} packets  ${String(conversations).padStart(8)} conversations  ` +
          `${String(megabytes).padStart(5)} MB  ${seconds.toFixed(1).padStart(5)} s  ${(megabytes / seconds).toFixed(0).padStart(4)} MB/s  ` +
          `${memory.toFixed(0).padStart(4)} MB of memory`,
      );
}

void main();
