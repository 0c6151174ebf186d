// What options of the commands cost: bulk in and out and a small echo over a TAP, each way in turn with the others. As root.
//   node --require ts-node/register bench/inspector/options.ts [--rounds N] [--time MS] [--works in,out,echo] [--base DIR] LABEL=JSON …
// The JSON is of HostOptions; the ratios are to the first one. --base: where the label ends in @base the code is that of another checkout.
//   … none='{"status":false}' closed='{}' captured='{"pcap":"/dev/null"}'
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PORTS } from '../speed/addresses';
import { runLoad, type End } from '../speed/ends/end';
import { bundle, open, ROOT } from './opened';

const WORKS = {
  in: { load: ['source', PORTS.sink], more: [], unit: 'Gbit/s' },
  out: { load: ['sink', PORTS.source], more: [], unit: 'Gbit/s' },
  echo: { load: ['echo', PORTS.echo], more: [64], unit: 'µs, p50' },
} as const;
type WorkName = keyof typeof WORKS;

interface Result {
  readonly bytes: number;
  readonly seconds: number;
  readonly p50: number;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '6' },
      time: { type: 'string', default: '500' },
      works: { type: 'string', default: 'in,out,echo' },
      base: { type: 'string', default: ROOT },
      profile: { type: 'string' },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'synack-bench-options-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const times = { warm: 200, time: Number(values.time) };
  const works = values.works.split(',').filter((each): each is WorkName => each in WORKS);
  const ends: End[] = [];
  for (const [index, each] of positionals.entries()) {
    const at = each.indexOf('=');
    const label = each.slice(0, at);
    const program = bundle(join(folder, String(index)), label.endsWith('@base') ? values.base : ROOT);
    const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
    ends.push(await open(label, [process.execPath, ...flags, program, each.slice(at + 1)]));
  }
  const figures = new Map<string, number[]>();
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const work of works) {
      for (const end of round % 2 === 0 ? ends : [...ends].reverse()) {
        const { load, more } = WORKS[work];
        const { result } = await runLoad<Result>(end, load, times, more);
        await sleep(30);
        if (round < 0) continue;
        const figure = work === 'echo' ? result.p50 : (result.bytes * 8) / result.seconds / 1e9;
        const name = `${work} ${end.name}`;
        figures.set(name, [...(figures.get(name) ?? []), figure]);
      }
    }
  }
  // A profile is written at the end.
  for (const each of ends) await each.close();
  for (const work of works) {
    const first = figures.get(`${work} ${ends[0]?.name ?? ''}`) ?? [];
    for (const { name } of ends) {
      const these = figures.get(`${work} ${name}`) ?? [];
      const ratios = these.map((each, round) => each / (first[round] ?? NaN));
      const [low, high] = [Math.min(...these), Math.max(...these)].map((each) => each.toPrecision(3));
      process.stdout.write(
        `${work.padEnd(5)}${name.padEnd(20)}${median(these).toPrecision(3).padStart(7)} ${WORKS[work].unit}` +
          ` (${low ?? ''} to ${high ?? ''}), ratio ${median(ratios).toFixed(3)}\n`,
      );
    }
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
