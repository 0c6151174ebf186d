import type { SocketConstructorOpts } from 'node:net';
import type { DuplexOptions } from 'node:stream';
import type { Connection, ConnectionOptions } from '../tcp/user';
import { checkNumber, invalidArgValue } from './argument-errors';

/** What `new Socket` takes: Node's options, and what a server adds for a connection that it accepted. */
export interface SocketOptions extends SocketConstructorOpts {
  noDelay?: boolean | undefined;
  keepAlive?: boolean | undefined;
  /** In ms. */
  keepAliveInitialDelay?: number | undefined;
  readableHighWaterMark?: number | undefined;
  writableHighWaterMark?: number | undefined;
  /** A connection that stands already. */
  handle?: Connection | undefined;
  /** With `handle`: read nothing before `resume`. */
  pauseOnCreate?: boolean | undefined;
}

/** @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE */
export function checkSocketOptions(options: SocketOptions): void {
  for (const name of ['objectMode', 'readableObjectMode', 'writableObjectMode'] as const) {
    const value: unknown = Reflect.get(options, name);
    if (value) throw invalidArgValue(`options.${name}`, value, 'is not supported');
  }
  if (options.fd !== undefined) throw invalidArgValue('options.fd', options.fd, 'is not supported');
  checkNumber('options.keepAliveInitialDelay', options.keepAliveInitialDelay);
}

/** The part of a socket's options that is its stream's. */
export function streamOptions(options: SocketOptions): SocketOptions & DuplexOptions {
  const { handle, allowHalfOpen = false } = options;
  if (handle === undefined)
    return { ...options, signal: undefined, allowHalfOpen, emitClose: false, autoDestroy: true };
  // What a server accepts has no others.
  const { readableHighWaterMark, writableHighWaterMark, readable, writable } = options;
  return { allowHalfOpen, emitClose: false, readableHighWaterMark, writableHighWaterMark, readable, writable };
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
