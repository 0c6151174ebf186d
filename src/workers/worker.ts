// The thread of one worker; `StackWorkers` starts it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isNativeError } from 'node:util/types';
import { workerData } from 'node:worker_threads';
import { portsOf, SiblingLink } from '../link/siblings';
import { TapLink } from '../link/tap';
import { Stack } from '../node/stack';
import { Post } from './post';
import type { Order, Report, Task } from './task';
import type { StackProgram } from './workers';

/** StackWorkers gives no other. */
const task = workerData as Task;
const { control, family } = task;
const stack = new Stack({ ...task.stack, tcp: { ...task.stack.tcp, ephemeralPorts: portsOf(family) } });
let tap: TapLink | undefined;

function open(name: string): void {
  tap = TapLink.open(name, { ...task.tap, queue: true });
  report({ done: 'open', name: tap.name });
}

async function run(link: TapLink): Promise<void> {
  const post = new Post(task);
  const shared = new SiblingLink(link, family, (to, frames, info) => {
    post.send(to, { frames, info });
  });
  // Now all queues are open: until now the kernel's choice was not final, and what came in was dropped.
  stack.attach(shared, task.attach);
  post.onParcel = ({ frames, info }) => {
    shared.deliver(frames, info);
  };
  const program = await load(task.file);
  await program(stack, { index: family.index, count: family.count, data: task.data });
  report({ done: 'run' });
}

/** The function that a module exports as its default, CommonJS or not. */
async function load(file: string): Promise<StackProgram> {
  const loaded = await loadModule(file);
  const program = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
  if (typeof program === 'function') return program as StackProgram;
  throw new TypeError(`${file} exports no function as its default: export default (stack) => { … }`);
}

async function loadModule(file: string): Promise<unknown> {
  try {
    return createRequire(__filename)(file);
  } catch (error) {
    const code = isNativeError(error) && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_REQUIRE_ESM' && code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return import(pathToFileURL(file).href);
  }
}

async function obey(order: Order): Promise<void> {
  if (order.do === 'open') open(order.name);
  else if (order.do === 'run' && tap !== undefined) await run(tap);
  else {
    await stack.close();
    await tap?.close();
    process.exit(); // this thread only, whatever else the program has open
  }
}

function report(what: Report): void {
  control.postMessage(what);
}

control.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    const code = isNativeError(error) && 'code' in error ? String(error.code) : undefined;
    report({ failed: error, code });
  });
});
