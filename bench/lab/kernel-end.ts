import { execFileSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Endpoint } from '../../src';
import type { Side } from './addresses';
import type { Namespaces } from './namespaces';
import type { Load, Received, Sent } from './path-calls';

const SOURCES = ['peer.c', 'sha256.c'].map((file) => resolve(__dirname, '..', file));

let program: string | undefined;

/** Compiles bench/peer.c once, into a folder that goes with this process. */
function peer(): string {
  if (program !== undefined) return program;
  const folder = mkdtempSync(join(tmpdir(), 'synack-bench-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  program = join(folder, 'peer');
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-o', program, ...SOURCES], { stdio: 'inherit' });
  return program;
}

/** A kernel connects to `to` and sends. */
export async function kernelSends(namespaces: Namespaces, from: Side, to: Endpoint, load: Load): Promise<Sent> {
  const { bytes, limit } = load;
  const lines = run(namespaces, from, ['send', to.address, String(to.port), String(bytes), String(limit)]);
  return JSON.parse(await lines.next()) as Sent;
}

/** A kernel listens on `port`, and receives. Resolves when it listens; `received` tells of the end. */
export async function kernelListens(
  namespaces: Namespaces,
  on: Side,
  port: number,
  { bytes, limit }: Load,
): Promise<{ received: Promise<Received> }> {
  const lines = run(namespaces, on, ['receive', String(port), String(bytes), String(limit)]);
  const first = await lines.next();
  if (first !== 'listening') throw new Error(`bench/peer.c said "${first}" before it listened`);
  return { received: lines.next().then((line) => JSON.parse(line) as Received) };
}

function run(namespaces: Namespaces, where: Side, args: readonly string[]): Lines {
  return new Lines(namespaces.spawn(where, [peer(), ...args], ['ignore', 'pipe', 'inherit']), args.join(' '));
}

/** The lines that a program prints, one after the other. */
class Lines {
  readonly #lines: AsyncIterator<string>;

  constructor(
    child: ChildProcess,
    private readonly what: string,
  ) {
    if (child.stdout === null) throw new Error(`no output of "peer ${what}"`);
    this.#lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  }

  async next(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error(`"peer ${this.what}" ended without telling how`);
    return next.value;
  }
}
