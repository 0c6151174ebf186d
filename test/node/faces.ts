import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as nodeHttp from 'node:http';
import * as nodeHttp2 from 'node:http2';
import * as nodeHttps from 'node:https';
import * as nodeNet from 'node:net';
import type { Server, Socket } from 'node:net';
import * as nodeTls from 'node:tls';
import { isNativeError } from 'node:util/types';
import type { Http } from '../../src/node/http';
import type { Http2 } from '../../src/node/http2';
import type { Https } from '../../src/node/https';
import type { Net } from '../../src/node/net';
import { Stack } from '../../src/node/stack';
import type { Tls } from '../../src/node/tls';
import { quiet } from '../support/quiet';

/** The same test for each: Node's own `net`, over the kernel's loopback, is the reference; ours has the stack's. */
const STACK = new Stack();
export const FACES: readonly (readonly [name: string, net: Net])[] = [
  ['node:net', nodeNet],
  ['synack', STACK.net],
];

/** What stands on `net`. */
export interface Web {
  readonly net: Net;
  readonly http: Http;
  readonly https: Https;
  readonly tls: Tls;
  readonly http2: Http2;
}

/** As `FACES`, for the modules that stand on `net`. */
export const WEB_FACES: readonly (readonly [name: string, web: Web])[] = [
  ['node', { net: nodeNet, http: nodeHttp, https: nodeHttps, tls: nodeTls, http2: nodeHttp2 }],
  ['synack', STACK],
];

export const LOOPBACK = '127.0.0.1';

/** Listens on loopback, on a port that is free. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return portOf(server);
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A port on which nobody listens: one that was free a moment ago. */
export async function unusedPort(net: Net): Promise<number> {
  const server = net.createServer();
  const port = await listening(server);
  await closed(server);
  return port;
}

/** Another address of loopback, where calls are neither taken nor refused: a listener that has as many as it waits for, and takes none. */
export const SILENT = '127.0.0.2';

/** Makes `SILENT` silent on a port. `end` makes it an address as others are. */
export async function silence(net: Net): Promise<{ port: number; end: () => void }> {
  const { port, end } = net === STACK.net ? silentListener() : await silentProcess();
  const callers: Socket[] = [];
  for (let heard = true; heard;) {
    const caller = net.connect(port, SILENT).on('error', () => undefined);
    callers.push(caller);
    heard = await Promise.race([next(caller, 'connect').then(() => true), quiet(100).then(() => false)]);
  }
  return {
    port,
    end: () => {
      end();
      for (const caller of callers) caller.destroy();
    },
  };
}

function silentListener(): { port: number; end: () => void } {
  const listener = STACK.tcp.open({ passive: true, local: { address: SILENT, port: 0 }, backlog: 1 });
  return {
    port: listener.local.port,
    end: () => {
      listener.close();
    },
  };
}

/** A process that listens and then stands still. */
async function silentProcess(): Promise<{ port: number; end: () => void }> {
  const program = `
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '${SILENT}', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
      process.exit();
    });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(said), end: () => child.kill('SIGKILL') };
}

/** A lookup function that knows these addresses, of a name or all of them as it is asked; it notes what it is asked. */
export function lookupOf(addresses: readonly string[], asked: unknown[] = []): nodeNet.LookupFunction {
  return (hostname, options, callback) => {
    asked.push([hostname, { ...options }]);
    const all = addresses.map((address) => ({ address, family: nodeNet.isIP(address) }));
    const [first] = all;
    process.nextTick(() => {
      if (options.all) callback(null, all);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

/** Calls what Node's types do not allow. */
export function call(object: object, method: string, ...args: unknown[]): unknown {
  const value: unknown = Reflect.get(object, method);
  if (typeof value !== 'function') throw new Error(`there is no ${method}`);
  return Reflect.apply(value, object, args);
}

/** What both calls throw must be one and the same. */
export function thrown(wrong: () => unknown): { name: string; code: unknown; message: string } | undefined {
  try {
    wrong();
  } catch (error) {
    if (!isNativeError(error)) throw error;
    return { name: error.name, code: Reflect.get(error, 'code'), message: error.message };
  }
  return undefined;
}

/** Closes a server, and waits until its connections have ended too. */
export async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}

/** Two ends of one connection. The server stops to listen at once, and is gone when both ends are. */
export async function pair(
  net: Net,
  options: { allowHalfOpen?: boolean; pauseOnConnect?: boolean } = {},
): Promise<{ client: Socket; server: Socket }> {
  const listener = net.createServer(options);
  const port = await listening(listener);
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const client = net.connect({ port, host: LOOPBACK, allowHalfOpen: options.allowHalfOpen });
  await once(client, 'connect');
  const [server] = await accepted;
  listener.close();
  return { client, server };
}

/** Notes each event of an emitter, in order. */
export function record(
  emitter: NodeJS.EventEmitter,
  events: readonly string[],
  into: string[] = [],
  prefix = '',
): string[] {
  for (const event of events) {
    emitter.on(event, (argument: unknown) => {
      const detail = isNativeError(argument) ? argument.message : typeof argument === 'boolean' ? argument : '';
      into.push(`${prefix}${event} ${String(detail)}`.trim());
    });
  }
  return into;
}

/** Resolves with the next error. */
export async function errorOf(emitter: NodeJS.EventEmitter): Promise<NodeJS.ErrnoException> {
  return await new Promise((resolve) => emitter.once('error', resolve));
}

/** Resolves with the arguments of the next such event. Unlike Node's `once`, an error does not reject it. */
export async function next(emitter: NodeJS.EventEmitter, event: string): Promise<unknown[]> {
  return await new Promise((resolve) => {
    emitter.once(event, (...args: unknown[]) => {
      resolve(args);
    });
  });
}

/** All that comes until the end. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

/** Writes one piece after the other, as fast as the stream takes them, and ends. */
export async function writeAll(socket: Socket, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) if (!socket.write(piece)) await once(socket, 'drain');
  socket.end();
}

/** Lets everything that is due happen. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}
