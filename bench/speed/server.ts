// A server process of the benchmark: every service on one stack, Node's or synack's. Its parent asks it by messages.
import * as dgram from 'node:dgram';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import { Stack, StackWorkers, TapLink } from '../../src';
import { openAdapter, openRelay } from '../adapters/open';
import { LOAD, PREFIX, SERVER, TAP } from './addresses';
import { LateTimer } from './late-timer';
import type { CallName, ServerCalls, ServerOptions } from './server-calls';
import { serve, type Counts, type Modules } from './services';

const options = JSON.parse(process.argv[2] ?? '') as ServerOptions;
const counts: Counts = { sunk: 0, idle: 0 };
let timer: LateTimer | undefined;

async function openModules(): Promise<Modules> {
  if (options.kind === 'node') return { net, http, dgram };
  if (options.adapter !== undefined) return openAdapter(options.adapter);
  const stack = new Stack();
  const tap = TapLink.open(TAP, { host: `${LOAD}/${PREFIX}`, offload: options.offload ? 'kernel' : 'software' });
  if (tap.kernelOffload !== options.offload) throw new Error('the kernel has no offload on a TAP here');
  stack.attach(tap, { address: `${SERVER}/${PREFIX}` });
  return stack;
}

async function listen(): Promise<void> {
  if (options.kind === 'relay') return openRelay(options.adapter);
  if (options.queues === undefined) return serve(await openModules(), counts, options.ipv6 === true ? '::' : '0.0.0.0');
  await StackWorkers.start({
    file: require.resolve('./queue-program'),
    queues: options.queues,
    tap: { name: TAP, host: `${LOAD}/${PREFIX}` },
    address: `${SERVER}/${PREFIX}`,
  });
}

const calls: { readonly [Name in CallName]: () => ServerCalls[Name] } = {
  counts: () => ({ ...counts }),
  memory: () => {
    // The first one may leave behind what finalizers hold.
    for (let i = 0; i < 3; i++) globalThis.gc?.();
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1];
    return { resident: Number(kilobytes) * 1024, heap: process.memoryUsage().heapUsed };
  },
  startTimer: () => {
    timer = new LateTimer();
    return null;
  },
  stopTimer: () => {
    if (timer === undefined) throw new Error('no timer runs');
    return timer.stop();
  },
  version: () => process.version,
};

process.on('message', (call: CallName) => process.send?.(calls[call]()));
// It has no use of its own.
process.on('disconnect', () => process.exit());

void listen().then(() => process.send?.('ready'));
