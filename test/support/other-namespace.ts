import { type ChildProcess, execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { readlinkSync } from 'node:fs';

/** For `setpriv`: what is started ends with us. */
const WITH_US = ['--pdeathsig', 'KILL', '--'];

/** A second network namespace beside that of a scenario (netns.ts): another machine. It is gone when its last process is. */
export class OtherNamespace {
  private constructor(private readonly holder: ChildProcess) {}

  /** @param seconds after which it is gone, whatever happens; it does not outlive this process either */
  static async open(seconds = 60): Promise<OtherNamespace> {
    const args = [...WITH_US, 'unshare', '--net', 'sleep', `${seconds}`];
    const holder = spawn('setpriv', args, { stdio: 'ignore' });
    await once(holder, 'spawn');
    const namespace = new OtherNamespace(holder);
    while (namespace.#link() === readlinkSync('/proc/self/ns/net')) await delay(2);
    return namespace;
  }

  /** Lays an Ethernet cable from here, interface `here`, to there, interface `there`. Both ends are up and have no address. */
  async cable(here: string, there: string): Promise<void> {
    const quiet = (device: string): string => `ip link set ${device} addrgenmode none; ip link set ${device} up`;
    bash(`ip link add ${here} type veth peer name ${there} netns ${this.pid}`);
    bash(quiet(here));
    this.sh(`ip link set lo up; ${quiet(there)}`);
    await delay(20);
  }

  /** Runs a command of the shell's there; returns what it has printed. */
  sh(command: string): string {
    return execFileSync('nsenter', [...this.#target, 'bash', '-c', command], { encoding: 'utf8' });
  }

  /** Starts a program there. */
  start(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [first = '', ...rest] = this.enter;
    return spawn(first, [...rest, program, ...args], options);
  }

  close(): void {
    this.holder.kill('SIGKILL');
  }

  /** What a command begins with that is to run there. */
  get enter(): string[] {
    return ['setpriv', ...WITH_US, 'nsenter', ...this.#target];
  }

  /** A process there. */
  get pid(): number {
    return this.holder.pid ?? 0;
  }

  get #target(): string[] {
    return ['--target', `${this.pid}`, '--net'];
  }

  #link(): string {
    return readlinkSync(`/proc/${this.pid}/ns/net`);
  }
}

/** Runs a command of the shell's here; returns what it has printed. */
export function bash(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

/** What a program prints, when it has ended. */
export async function outputOf(
  child: ChildProcess,
): Promise<{ readonly status: number | null; readonly output: Buffer }> {
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output: Buffer.concat(chunks) };
}
