import * as nodeNet from 'node:net';
import type { SocketConstructorOpts } from 'node:net';
import type { DuplexOptions } from 'node:stream';
import type { Connection, ConnectionOptions } from '../tcp/user';
import { checkNumber, invalidArgValue } from './argument-errors';
import type { SocketConnection } from './node-connection';
import { NodeConnection } from './node-connection';
import type { OnRead } from './onread';

/** What `new Socket` takes: Node's options, and what a server adds for a connection that it accepted. */
export interface SocketOptions extends SocketConstructorOpts {
  onread?: OnRead | undefined;
  noDelay?: boolean | undefined;
  keepAlive?: boolean | undefined;
  /** In ms. */
  keepAliveInitialDelay?: number | undefined;
  readableHighWaterMark?: number | undefined;
  writableHighWaterMark?: number | undefined;
  /** A connection that stands already: the stack's, or a handle of Node's own. */
  handle?: Connection | object | null | undefined;
  /** With `handle`: a socket of IPv6, which shows IPv4 addresses as `::ffff:10.9.0.1`. */
  asIpv6?: boolean | undefined;
  /** With `handle`: read nothing before `resume`. */
  pauseOnCreate?: boolean | undefined;
}

/**
 * What the constructor of a socket was given, checked. A number is a file descriptor, as in old programs.
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
 */
export function socketOptions(given: SocketOptions | number | null | undefined): SocketOptions {
  if (given === undefined || given === null) return NONE;
  if (typeof given === 'number') return { fd: given };
  for (const name of OBJECT_MODES) {
    const value: unknown = Reflect.get(given, name);
    if (value) throw invalidArgValue(`options.${name}`, value, 'is not supported');
  }
  checkNumber('options.keepAliveInitialDelay', given.keepAliveInitialDelay);
  return given;
}

const NONE: SocketOptions = {};
const OBJECT_MODES = ['objectMode', 'readableObjectMode', 'writableObjectMode'] as const;

/** The part of a socket's options that is its stream's. */
export function streamOptions(options: SocketOptions): SocketOptions & DuplexOptions {
  const { handle } = options;
  const allowHalfOpen = Boolean(options.allowHalfOpen);
  if (!handle || !isConnection(handle))
    return { ...options, signal: undefined, allowHalfOpen, emitClose: false, autoDestroy: true };
  // What a server accepts has no others.
  const { asIpv6, readableHighWaterMark, writableHighWaterMark, readable, writable } = options;
  return { asIpv6, allowHalfOpen, emitClose: false, readableHighWaterMark, writableHighWaterMark, readable, writable };
}

/**
 * The connection that a socket is given by its options. A file descriptor, and a handle of Node's own, are not the stack's: a socket of
 * Node's takes them.
 * @throws what Node's own socket throws
 */
export function givenConnection({ handle, fd, readable, writable }: SocketOptions): SocketConnection | undefined {
  if (handle && isConnection(handle)) return handle;
  if (!handle && fd === undefined) return undefined;
  // `handle` and `manualStart` are only not in Node's types. What arrives waits until the socket above asks for it.
  const options = { handle, fd, readable, writable, allowHalfOpen: true, manualStart: true };
  const socket = new nodeNet.Socket(options);
  return new NodeConnection(socket, () => undefined);
}

function isConnection(handle: object): handle is Connection {
  return 'receive' in handle;
}

/** The options of a connection that a server gives to all that it accepts. */
export type AcceptOptions = Pick<ConnectionOptions, 'noDelay' | 'keepAlive'>;

export type KeepAlive = NonNullable<ConnectionOptions['keepAlive']>;

/** Node's milliseconds (whole seconds count) as the stack's option, with libuv's second between probes and ten of them. */
export function keepAliveOption(enable: boolean, initialDelay: number): KeepAlive {
  if (!enable) return false;
  const seconds = Math.trunc(initialDelay / 1000);
  return { ...(seconds > 0 && { idle: seconds * 1_000_000 }), interval: 1_000_000, probes: 10 };
}
