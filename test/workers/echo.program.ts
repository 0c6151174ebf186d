import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { Stack, WorkerInfo } from '../../src';

/** What the test asks of a worker. */
export type Question =
  | { readonly ask: 'counts' }
  /** Opens so many connections, waits, and gathers what comes before their end; answers its hash for each. */
  | { readonly ask: 'connect'; readonly port: number; readonly times: number };

export interface Counts {
  /** Connections that came to this worker, and that ended in good order. */
  readonly served: number;
  readonly closed: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** An echo server on port 7, and connections out when it is asked for. */
export default function program(stack: Stack, { data }: WorkerInfo): Promise<void> {
  let served = 0;
  let closed = 0;
  if (data === 'throw') throw new Error('thrown by the program');
  const server = stack.net.createServer((socket) => {
    served++;
    socket.pipe(socket);
    socket.on('close', (hadError) => (closed += hadError ? 0 : 1));
  });

  const connect = (port: number): Promise<string> =>
    new Promise((resolve) => {
      const hash = createHash('sha256');
      const socket = stack.net.connect(port, '10.9.0.1');
      socket.on('data', (bytes: Buffer) => hash.update(bytes));
      socket.on('end', () => {
        resolve(hash.digest('hex'));
      });
      socket.on('error', (error) => {
        resolve(String(error));
      });
    });

  parentPort?.on('message', (question: Question) => {
    if (question.ask === 'counts') {
      const counts: Counts = { served, closed, counters: stack.counters };
      parentPort?.postMessage(counts);
    } else {
      const hashes = Array.from({ length: question.times }, () => connect(question.port));
      void Promise.all(hashes).then((all) => {
        parentPort?.postMessage(all);
      });
    }
  });
  return new Promise((resolve) => {
    server.listen(7, () => {
      resolve();
    });
  });
}
