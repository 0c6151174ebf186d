import { once } from 'node:events';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { LinkError } from '../link/errors';
import type { Order, Report, Task } from './task';

/** How long a worker may take to close, ms; then it is ended. */
const CLOSING = 2000;

export type Plan = Omit<Task, 'control'>;

/** How a worker ended: its exit code, and what it threw. */
export interface End {
  readonly code: number;
  readonly error: Error | undefined;
}

/** One worker, seen from where it was started. It is asked one thing at a time. */
export class Member {
  readonly worker: Worker;
  readonly ended: Promise<End>;

  readonly #control: MessagePort;

  constructor(plan: Plan) {
    const { port1, port2 } = new MessageChannel();
    const task: Task = { ...plan, control: port2 };
    const ports = plan.siblings.filter((port) => port !== undefined);
    this.worker = new Worker(require.resolve('./worker'), { workerData: task, transferList: [port2, ...ports] });
    this.#control = port1;
    this.ended = new Promise((fulfil) => {
      let thrown: Error | undefined;
      this.worker.once('error', (error: Error) => (thrown = error));
      this.worker.once('exit', (code) => {
        port1.close();
        fulfil({ code, error: thrown });
      });
    });
  }

  /** @throws what went wrong in the worker, or an Error when it ended */
  async ask(order: Order): Promise<Exclude<Report, { failed: unknown }>> {
    const answered = once(this.#control, 'message') as Promise<[Report]>;
    this.#control.postMessage(order);
    const answer = await Promise.race([answered, this.ended]);
    if (!Array.isArray(answer)) {
      const { code, error } = answer;
      throw error ?? new Error(`a stack worker ended (exit code ${code}) when it was to ${order.do}`);
    }
    const [report] = answer;
    if ('failed' in report) throw fromClone(report);
    return report;
  }

  /** Ends it in good order, or after a while by force. */
  async close(): Promise<void> {
    const order: Order = { do: 'close' };
    this.#control.postMessage(order);
    const timer = setTimeout(() => void this.worker.terminate(), CLOSING);
    await this.ended;
    clearTimeout(timer);
  }
}

/** An error's class and code do not survive cloning. */
function fromClone({ failed, code }: Extract<Report, { failed: unknown }>): unknown {
  if (!(failed instanceof Error) || code === undefined) return failed;
  if (failed.name === 'LinkError' || failed.stack?.startsWith('LinkError')) {
    return new LinkError(code, failed.message, { cause: failed.cause });
  }
  return Object.assign(failed, { code });
}
