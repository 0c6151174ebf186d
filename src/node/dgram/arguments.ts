import { Buffer } from 'node:buffer';
import { invalidArgType } from '../argument-errors';
import { alreadyConnected, outOfBounds, remotePort, requireString } from './errors';

export type SendCallback = (error: Error | null, bytes?: number) => void;

/** One call of `send`. */
export interface SendCall {
  readonly list: readonly Uint8Array[];
  /** `undefined` on a connected socket. */
  readonly port: number | undefined;
  /** As the user wrote it: a name, an address, or nothing for this host. */
  readonly address: string | undefined;
  readonly callback: SendCallback | undefined;
}

const BYTES = 'of type string or an instance of Buffer, TypedArray, or DataView';

/**
 * Brings the ways in which `send` can be called into one: `(msg, port, address?, callback?)`, `(msg, offset, length, port, address?,
 * callback?)`, and on a connected socket `(msg, callback?)` and `(msg, offset, length, callback?)`.
 * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_BUFFER_OUT_OF_BOUNDS, ERR_SOCKET_BAD_PORT, Error ERR_SOCKET_DGRAM_IS_CONNECTED
 */
export function sendCall(args: readonly unknown[], isConnected: boolean): SendCall {
  return isConnected ? toPeer(args) : toAddress(args);
}

function toAddress([message, second, third, fourth, fifth, sixth]: readonly unknown[]): SendCall {
  const isSliced = Boolean(fifth) || (Boolean(fourth) && typeof fourth !== 'function');
  const list = isSliced ? [slice(message, second, third)] : buffers(message);
  const [port, address, callback] = isSliced ? [fourth, fifth, sixth] : [second, third, fourth];
  const number = remotePort(port);
  if (typeof address === 'function') {
    return { list, port: number, address: undefined, callback: address as SendCallback };
  }
  if (address !== undefined && address !== null) requireString('address', address);
  return {
    list,
    port: number,
    address: address === '' ? undefined : (address ?? undefined),
    callback: callbackOf(callback),
  };
}

function toPeer([message, second, third, fourth, fifth]: readonly unknown[]): SendCall {
  const isSliced = typeof third === 'number';
  const list = isSliced ? [slice(message, second, third)] : undefined;
  const callback = isSliced ? fourth : second;
  const isAddressed = (Boolean(fourth) && !(isSliced && typeof fourth === 'function')) || Boolean(fifth);
  if (isAddressed) throw alreadyConnected();
  return { list: list ?? buffers(message), port: undefined, address: undefined, callback: callbackOf(callback) };
}

function callbackOf(value: unknown): SendCallback | undefined {
  return typeof value === 'function' ? (value as SendCallback) : undefined;
}

function buffers(message: unknown): readonly Uint8Array[] {
  if (!Array.isArray(message)) return [bytesOf(message) ?? refuse('buffer', message)];
  return message.map((each: unknown) => bytesOf(each) ?? refuse('buffer list arguments', message));
}

function refuse(name: string, value: unknown): never {
  throw invalidArgType(name, BYTES, value);
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return value;
  if (!ArrayBuffer.isView(value)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function slice(message: unknown, from: unknown, count: unknown): Uint8Array {
  const bytes = bytesOf(message) ?? refuse('buffer', message);
  const [offset, length] = [Number(from) >>> 0, Number(count) >>> 0];
  if (offset > bytes.length) throw outOfBounds('offset');
  if (offset + length > bytes.length) throw outOfBounds('length');
  return bytes.subarray(offset, offset + length);
}

/** One call of `bind`. Nothing of it is checked, as in Node. */
export interface BindCall {
  readonly port: unknown;
  readonly address: string | undefined;
  readonly fd: number | undefined;
  readonly callback: (() => void) | undefined;
}

/** `(port?, address?, callback?)` and `(options, callback?)`. */
export function bindCall(args: readonly unknown[]): BindCall {
  const [first, second] = args;
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  if (typeof first === 'object' && first !== null) {
    const { port, address, fd } = first as { port?: unknown; address?: string; fd?: unknown };
    const isDescriptor = typeof fd === 'number' && Number.isInteger(fd) && fd > 0;
    return { port, address: address === '' ? undefined : address, fd: isDescriptor ? fd : undefined, callback };
  }
  return { port: first, address: typeof second === 'string' && second ? second : undefined, fd: undefined, callback };
}

/** As the kernel sees what Node hands it: sixteen bits of it. */
export function localPort(port: unknown): number {
  return typeof port === 'number' || typeof port === 'string' ? Number(port) & 0xffff : 0;
}
