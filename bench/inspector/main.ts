// npm run bench:inspector: what the inspector costs a bulk transfer over a TAP: not there, closed, and with a page open. As root; about 45 s.
//   npm run bench:inspector -- [--rounds N] [--json]
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { WebSocket } from 'ws';
import { LOAD, PORTS, SERVER, TAP } from '../speed/addresses';
import { runLoad, type End } from '../speed/ends/end';
import { CORES, Namespace } from '../speed/namespaces';

const ROOT = resolve(__dirname, '../..');
/** ms of each run, and of what comes before it and does not count. */
const TIMES = { warm: 200, time: 600 };
const WARM_UP = { warm: 0, time: 1200 };

const MODES = ['without', 'closed', 'open'] as const;
type Mode = (typeof MODES)[number];
/** `in10`: at 10 Gbit/s, which is how fast the kernel is let send then. */
const WORKS = { in10: ['source', PORTS.sink], in: ['source', PORTS.sink], out: ['sink', PORTS.source] } as const;
const NAMES = ['in10', 'in', 'out'] as const;
const LIMIT = ['root', 'tbf', 'rate', '10gbit', 'burst', '2mb', 'latency', '20ms'];
type WorkName = keyof typeof WORKS;

interface Opened extends End {
  readonly child: ChildProcess;
}

/** What a page was told. */
class Page {
  bytes = 0;
  segments = 0;
  skipped = 0;
  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.bytes += data.length;
      const message = JSON.parse(data.toString()) as {
        type: string;
        events?: { type: string; segments: { in: number; out: number } }[];
      };
      for (const event of message.events ?? []) {
        if (event.type === 'segment') this.segments += 1;
        if (event.type === 'skipped') this.skipped += event.segments.in + event.segments.out;
      }
    });
  }

  static async open(path: string): Promise<Page> {
    const socket = new WebSocket(`ws+unix:${path}:/live`);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    return new Page(socket);
  }

  async close(): Promise<void> {
    this.socket.close();
    await new Promise((resolve) => this.socket.on('close', resolve));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '6' }, json: { type: 'boolean', default: false } },
  });
  const rounds = Number(values.rounds);
  const folder = mkdtempSync(join(tmpdir(), 'synack-bench-inspector-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const program = bundle(folder);
  const path = join(folder, 'inspector');
  const ends = { without: await open('without', [program]), with: await open('with', [program, path]) };
  const rates = { in10: emptyRates(), in: emptyRates(), out: emptyRates() };
  const cpu = emptyRates();
  const told = { time: 0, bytes: 0, segments: 0, skipped: 0 };
  for (const end of [ends.without, ends.with]) {
    for (const work of ['in', 'out'] as const) await rate(end, work, WARM_UP);
  }
  const before = await memory(ends.with);
  for (let round = 0; round < rounds; round++) {
    for (const work of NAMES) {
      // Who is first changes.
      for (const mode of round % 2 === 0 ? MODES : [...MODES].reverse()) {
        const page = mode === 'open' ? await Page.open(path) : undefined;
        const began = performance.now();
        const measured = await rate(mode === 'without' ? ends.without : ends.with, work, TIMES);
        rates[work][mode].push(measured.rate);
        if (work === 'in10') cpu[mode].push(measured.cpu);
        told.time += page === undefined ? 0 : performance.now() - began;
        await page?.close();
        told.bytes += page?.bytes ?? 0;
        told.segments += page?.segments ?? 0;
        told.skipped += page?.skipped ?? 0;
      }
    }
  }
  const seconds = told.time / 1000;
  const results = {
    ...Object.fromEntries(Object.entries(rates).map(([work, each]) => [work, summary(each)])),
    'in10, % of a core': Object.fromEntries(MODES.map((mode) => [mode, median(cpu[mode])])),
    page: {
      'segments a second told': Math.round(told.segments / seconds),
      'segments a second in all': Math.round((told.segments + told.skipped) / seconds),
      'kB a second': Math.round(told.bytes / seconds / 1000),
    },
    memory: { 'MB before': before, 'MB after': await memory(ends.with), 'MB without': await memory(ends.without) },
  };
  process.stdout.write(values.json ? `${JSON.stringify(results)}\n` : `${JSON.stringify(results, null, 2)}\n`);
}

function emptyRates(): Record<Mode, number[]> {
  return { without: [], closed: [], open: [] };
}

/** Gbit/s, and ratios of runs of the same round: their medians. */
function summary({ without, closed, open }: Record<Mode, number[]>): Record<string, string> {
  const ratios = (these: number[], those: number[]): number[] => these.map((each, i) => each / (those[i] ?? NaN));
  return {
    'Gbit/s without': spread(without),
    'Gbit/s closed': spread(closed),
    'Gbit/s open': spread(open),
    'closed ÷ without': spread(ratios(closed, without)),
    'open ÷ closed': spread(ratios(open, closed)),
  };
}

/** The median, and between which figures the half of them are that is nearest to it. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): string => (sorted[Math.round((sorted.length - 1) * share)] ?? NaN).toPrecision(3);
  return `${median(values).toPrecision(3)} (${at(0.25)} to ${at(0.75)})`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return Math.round(((low + high) / 2) * 1000) / 1000;
}

/** Gbit/s, and the server's share of its core in %. */
async function rate(
  end: Opened,
  work: WorkName,
  times: { warm: number; time: number },
): Promise<{ rate: number; cpu: number }> {
  if (work === 'in10') end.load.run('tc', 'qdisc', 'replace', 'dev', TAP, ...LIMIT);
  const { result, cpu } = await runLoad<{ bytes: number; seconds: number }>(end, WORKS[work], times);
  if (work === 'in10') end.load.run('tc', 'qdisc', 'delete', 'dev', TAP, 'root');
  await sleep(50);
  return { rate: (result.bytes * 8) / result.seconds / 1e9, cpu: cpu.server };
}

async function memory({ child }: Opened): Promise<number> {
  const answer = new Promise<number>((resolve) => child.once('message', resolve as (value: unknown) => void));
  child.send('memory');
  return Math.round((await answer) / 1e6);
}

/** One file, as the published package's code would run, in a tree in which it finds the addon. */
function bundle(folder: string): string {
  for (const name of ['node_modules', 'native', 'package.json']) symlinkSync(join(ROOT, name), join(folder, name));
  const outfile = join(folder, 'dist', 'bench', 'server.js');
  const entryPoints = [join(__dirname, 'server.ts')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', packages: 'external', target: 'node20' });
  return outfile;
}

async function open(label: string, command: readonly string[]): Promise<Opened> {
  const namespace = new Namespace(label);
  const child = namespace.spawn(CORES.server, [process.execPath, ...command], ['ignore', 'inherit', 'inherit', 'ipc']);
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => {
      resolve();
    });
    child.once('exit', (code) => {
      reject(new Error(`the server has ended with code ${code ?? 'none'}`));
    });
  });
  namespace.sendByCubic(TAP, LOAD);
  const close = (): Promise<void> => Promise.resolve();
  return { name: label, load: namespace, address: SERVER, pid: child.pid, child, close };
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`bench:inspector: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
