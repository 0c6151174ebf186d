import * as nodeDgram from 'node:dgram';
import type { RemoteInfo, Socket, SocketOptions } from 'node:dgram';
import type { Dgram } from '../../src/node/dgram/dgram';
import { Stack } from '../../src/node/stack';
import { quiet } from '../support/quiet';

/** The same test for each: Node's own `dgram`, over the kernel's loopback, is the reference; ours has the stack's. */
export const DGRAMS: readonly (readonly [name: string, dgram: Dgram])[] = [
  ['node:dgram', nodeDgram],
  ['synack', new Stack().dgram],
];

export const LOOPBACK = '127.0.0.1';

const open: Socket[] = [];

/** A socket that `closeAll` closes, if the test has not. */
export function create(dgram: Dgram, options: Partial<SocketOptions> = {}): Socket {
  const socket = dgram.createSocket({ type: 'udp4', ...options });
  open.push(socket);
  return socket;
}

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const socket of open.splice(0)) await socket[Symbol.asyncDispose]();
}

/** A socket that is bound to a free port of loopback's. */
export async function bound(dgram: Dgram, options: Partial<SocketOptions> = {}, port = 0): Promise<Socket> {
  const socket = create(dgram, options);
  await new Promise<void>((resolve) => socket.bind(port, LOOPBACK, resolve));
  return socket;
}

export interface Message {
  readonly text: string;
  readonly from: RemoteInfo;
}

/** The next `count` datagrams. */
export async function messages(socket: Socket, count: number): Promise<Message[]> {
  const received: Message[] = [];
  return await new Promise((resolve) => {
    socket.on('message', function take(data, from) {
      if (received.push({ text: String(data), from }) < count) return;
      socket.off('message', take);
      resolve(received);
    });
  });
}

export async function message(socket: Socket): Promise<Message> {
  const [first] = await messages(socket, 1);
  if (first === undefined) throw new Error('there is none');
  return first;
}

/** What comes in the time that a datagram on loopback takes many times over. */
export async function silence(socket: Socket): Promise<string[]> {
  const received: string[] = [];
  socket.on('message', (data) => received.push(String(data)));
  await quiet(50);
  return received;
}

/** Sends, and resolves with what the callback was given. */
export async function sent(socket: Socket, ...args: readonly unknown[]): Promise<unknown[]> {
  return await new Promise((resolve) => {
    const send = socket.send.bind(socket) as (...all: unknown[]) => void;
    send(...args, (...told: unknown[]) => {
      resolve(told);
    });
  });
}

/** What a call throws. */
export function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** A port on which nobody listens: one that was free a moment ago. */
export async function unusedPort(dgram: Dgram): Promise<number> {
  const socket = await bound(dgram);
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
