import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import type { Namespaces } from './namespaces';
import type { Answer, Argument, CallName, Reply, Request } from './path-calls';

const COMMAND = [process.execPath, '--require', 'ts-node/register', resolve(__dirname, 'path.ts')];

/** The other process, seen from here: starts it in its namespace, and calls it by messages. */
export class PathProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  /** It has opened its TAPs. */
  readonly open: Promise<unknown>;

  constructor(namespaces: Namespaces) {
    this.#child = namespaces.spawn('path', COMMAND, ['ignore', 'inherit', 'inherit', 'ipc']);
    this.open = this.#answer(0);
    this.#child.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('error' in reply) waiting?.reject(new Error(`in the process of the path: ${reply.error}`));
      else waiting?.resolve(reply.answer);
    });
    this.#child.on('exit', (code, signal) => {
      const error = new Error(`the process of the path ended: ${code ?? signal}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** Rejects when the call throws there, or the process ends. */
  call<Name extends CallName>(call: Name, argument: Argument<Name>): Promise<Answer<Name>> {
    const request: Request<Name> = { id: ++this.#lastId, call, argument };
    this.#child.send(request);
    // The other side is of the same version: its answers have the types that PathCalls gives them.
    return this.#answer(request.id) as Promise<Answer<Name>>;
  }

  close(): void {
    this.#child.disconnect();
  }

  #answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }
}
