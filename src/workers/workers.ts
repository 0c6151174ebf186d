import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { InterfaceConfig } from '../ip/interface';
import { locallyAdministeredMac } from '../ip/mac';
import type { TapOptions } from '../link/tap';
import type { Stack } from '../node/stack';
import type { StackOptions } from '../stack';
import { formatMac } from '../wire/address';
import { Member, type End, type Plan } from './member';

/** The kernel allows as many queues of a TAP. */
const MAX_QUEUES = 256;
/** As `TcpOptions` has them. */
const EPHEMERAL_PORTS = { first: 32_768, last: 60_999 };

/** What a module for `StackWorkers` exports as its default. It may answer a promise: of when it listens, for example. */
export type StackProgram = (stack: Stack, worker: WorkerInfo) => unknown;

export interface WorkerInfo {
  /** Which of the workers this is, from 0. */
  readonly index: number;
  readonly count: number;
  /** What `StackWorkersOptions.data` was, cloned. */
  readonly data: unknown;
}

export interface StackWorkersOptions extends Omit<InterfaceConfig, 'announce' | 'dhcp'> {
  /** The module that each worker loads, a `StackProgram`: its full path, as in `__filename`, or its `file:` URL. */
  readonly file: string | URL;
  /** How many workers, each on a queue of its own: as many as there are cores to spare. 1 to 256. */
  readonly queues: number;
  /** The TAP interface, which has several queues or is made, and how it is opened. */
  readonly tap: Omit<TapOptions, 'queue'> & { readonly name: string };
  /** Options of each stack. The workers divide `tcp.ephemeralPorts` among them. */
  readonly stack?: Pick<StackOptions, 'tcp' | 'ip'>;
  /** Anything that can be cloned, for the program. */
  readonly data?: unknown;
}

/**
 * One host on several cores: worker threads with a stack each, on a queue each of one TAP interface, all with the same addresses. Each
 * runs the same program; the kernel divides the connections that come in among them, and each stays where its SYN went. A
 * connection that a worker opens is its own.
 *
 *     const workers = await StackWorkers.start({
 *       file: __filename, queues: 2, tap: { name: 'tap0', host: '10.9.0.1/24' }, address: '10.9.0.2/24',
 *     });
 *
 * How many there are is fixed while it runs, since with another number the kernel would divide otherwise, and connections would
 * arrive at workers that do not know them. So when one ends all are closed. Then `error` is emitted, which as always ends the
 * program when nobody listens.
 */
export class StackWorkers extends EventEmitter<{ error: [Error] }> {
  /** The interface, also where the kernel chose the number. */
  readonly name: string;
  /** By index; what their programs send by `parentPort` arrives here as their `message` events. */
  readonly workers: readonly Worker[];

  readonly #members: readonly Member[];
  readonly #lost: Int32Array;
  #closing: Promise<void> | undefined;

  private constructor(name: string, members: readonly Member[], lost: Int32Array) {
    super();
    this.name = name;
    this.#members = members;
    this.#lost = lost;
    this.workers = members.map(({ worker }) => worker);
    for (const [index, member] of members.entries()) void member.ended.then((end) => this.#ended(index, end));
  }

  /**
   * Resolves when each worker's program has been called, and what it answered is done.
   * @throws LinkError when the TAP cannot be opened; RangeError for options that cannot be; what the program throws
   */
  static async start(options: StackWorkersOptions): Promise<StackWorkers> {
    const { queues, tap } = options;
    if (!Number.isInteger(queues) || queues < 1 || queues > MAX_QUEUES) {
      throw new RangeError(`cannot start stack workers: queues is ${queues}, and should be 1 to ${MAX_QUEUES}`);
    }
    const lost = sharedNumbers(1);
    const members = plansOf(options, lost).map((plan) => new Member(plan));
    try {
      let { name } = tap;
      // One after the other: the first may have the kernel choose the name.
      for (const member of members) {
        const report = await member.ask({ do: 'open', name });
        if (report.done === 'open') ({ name } = report);
      }
      await Promise.all(members.map((member) => member.ask({ do: 'run' })));
      return new StackWorkers(name, members, lost);
    } catch (error) {
      await Promise.all(members.map((member) => member.close()));
      throw error;
    }
  }

  /** Frames that were to go over from one worker to another that was too far behind: a bound of 1024 each way. */
  get lost(): number {
    return Atomics.load(this.#lost, 0);
  }

  /** Closes the stacks, which resets connections that are open, and ends the workers. */
  close(): Promise<void> {
    return (this.#closing ??= Promise.all(this.#members.map((member) => member.close())).then(() => undefined));
  }

  async #ended(index: number, { code, error: cause }: End): Promise<void> {
    if (this.#closing !== undefined) return;
    await this.close();
    const which = `stack worker ${index} of ${this.#members.length}`;
    const error = new Error(
      `${which} ended (exit code ${code}), and the others were closed: without it the kernel would mix up their connections; start them anew`,
      { cause },
    );
    // Not from a promise: what a listener throws, or that there is none, ends the program as it does elsewhere.
    process.nextTick(() => this.emit('error', error));
  }
}

function plansOf(
  { file, queues, tap, stack = {}, data, ...attach }: StackWorkersOptions,
  lost: Int32Array<SharedArrayBuffer>,
): Plan[] {
  const mac = attach.mac ?? formatMac(locallyAdministeredMac(() => randomInt(2 ** 32)));
  const ports = stack.tcp?.ephemeralPorts ?? EPHEMERAL_PORTS;
  const underWay = sharedNumbers(queues * queues);
  const path = typeof file === 'string' && !file.startsWith('file:') ? resolve(file) : fileURLToPath(file);
  return mesh(queues).map((siblings, index) => ({
    file: path,
    family: { index, count: queues, ports },
    tap,
    attach: { ...attach, mac, announce: index === 0 },
    stack,
    data,
    siblings,
    underWay,
    lost,
  }));
}

function sharedNumbers(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

/** A channel between each two: for each of them its ends, by the other's index. */
function mesh(count: number): (MessagePort | undefined)[][] {
  const ends = Array.from({ length: count }, () => new Array<MessagePort | undefined>(count).fill(undefined));
  for (const [one, ofOne] of ends.entries()) {
    for (const [other, ofOther] of ends.entries()) {
      if (other <= one) continue;
      const { port1, port2 } = new MessageChannel();
      ofOne[other] = port1;
      ofOther[one] = port2;
    }
  }
  return ends;
}
