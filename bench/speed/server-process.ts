import type { ChildProcess } from 'node:child_process';
import { CORES, type Cores, type Namespace } from './namespaces';
import { serverProgram } from './programs';
import type { CallName, ServerCalls, ServerOptions } from './server-calls';

const LIMIT = 20_000;

/** A server process (server.ts), seen from the harness. It is asked one thing at a time. */
export class ServerProcess {
  readonly #child: ChildProcess;

  private constructor(namespace: Namespace, options: ServerOptions, core: Cores) {
    const command = [process.execPath, '--expose-gc', serverProgram(), JSON.stringify(options)];
    this.#child = namespace.spawn(core, command, ['ignore', 'inherit', 'inherit', 'ipc']);
  }

  /** Resolves when it listens. */
  static async start(namespace: Namespace, options: ServerOptions, core: Cores = CORES.server): Promise<ServerProcess> {
    const server = new ServerProcess(namespace, options, core);
    await server.#message('start');
    return server;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** @throws Error when the process has ended, or does not answer in time */
  ask<Name extends CallName>(call: Name): Promise<ServerCalls[Name]> {
    this.#child.send(call);
    // The other side is of the same version: its answers have the types that ServerCalls gives them.
    return this.#message(call) as Promise<ServerCalls[Name]>;
  }

  /** Resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await new Promise((resolve) => {
      this.#child.once('exit', resolve);
      this.#child.kill('SIGKILL');
    });
  }

  #message(what: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#child.off('message', answered);
        this.#child.off('exit', ended);
      };
      const answered = (answer: unknown): void => {
        done();
        resolve(answer);
      };
      const ended = (code: number | null, signal: string | null): void => {
        done();
        reject(new Error(`the server process ended (${code ?? signal}) when it was to do: ${what}`));
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`the server process did not answer in ${LIMIT / 1000} s: ${what}`));
      }, LIMIT);
      this.#child.on('message', answered);
      this.#child.on('exit', ended);
    });
  }
}
