import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { until } from './lab-until';

/** A program that runs in the lab: what it is told, what it says, how it ends. */
export class Program {
  readonly stdin: Writable;
  stderr = '';
  /** Its exit code, or the signal that ended it, once it has ended and all its output is here. */
  readonly ended: Promise<number | NodeJS.Signals>;

  private readonly child: ChildProcessWithoutNullStreams;
  private readonly chunks: Buffer[] = [];
  private how: number | NodeJS.Signals | undefined;

  constructor(
    readonly name: string,
    args: readonly string[],
    enter: readonly string[] = [],
  ) {
    const [first = name, ...rest] = [...enter, name, ...args];
    this.child = spawn(first, rest);
    this.stdin = this.child.stdin;
    this.stdin.on('error', () => undefined); // it does not have to read all that we write
    this.child.stdout.on('data', (chunk: Buffer) => this.chunks.push(chunk));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((fulfil, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        this.how = code ?? signal ?? 'SIGKILL';
        fulfil(this.how);
      });
    });
  }

  /** Its process, which is there. */
  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} did not start`);
    return this.child.pid;
  }

  /** What it has written to its standard output. */
  get output(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Waits until its standard output contains this. */
  async says(text: string): Promise<void> {
    await until(
      () => `${JSON.stringify(text)} from ${this.describe()}`,
      () => this.output.includes(text),
    );
  }

  /** Waits until its standard error contains this. */
  async complains(text: string): Promise<void> {
    await until(
      () => `${JSON.stringify(text)} from ${this.describe()}`,
      () => this.stderr.includes(text),
    );
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends it in any case. */
  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended.catch(() => undefined);
  }

  describe(): string {
    const state = this.how === undefined ? 'runs' : `ended with ${this.how}`;
    const { output } = this;
    return `${this.name} ${state}; it wrote ${output.length} bytes, and complained: ${JSON.stringify(this.stderr)}`;
  }
}
