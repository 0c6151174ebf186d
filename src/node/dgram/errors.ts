import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { UdpErrorCode } from '../../stack/udp';
import { coded, invalidArgType, received, type CodedError } from '../argument-errors';

/** What a system call on a datagram socket can fail with here. */
export type DgramErrorCode = UdpErrorCode | 'EAFNOSUPPORT' | 'ECANCELED';

/** `recvmsg ECONNREFUSED`. */
export function dgramException(syscall: string, code: DgramErrorCode): NodeJS.ErrnoException {
  return Object.assign(new Error(`${syscall} ${code}`), { errno: errnoOf(code), code, syscall });
}

/** `send EMSGSIZE 10.9.0.1:53`, with what the user has said of the address. */
export function addressException(
  syscall: 'bind' | 'connect' | 'send',
  code: DgramErrorCode,
  address: string | undefined,
  port: number | undefined,
): NodeJS.ErrnoException {
  const where = port ? ` ${String(address)}:${port}` : address ? ` ${address}` : '';
  return Object.assign(new Error(`${syscall} ${code}${where}`), {
    errno: errnoOf(code),
    code,
    syscall,
    address,
    ...(port && { port }),
  });
}

class SystemError extends Error {
  override get name(): string {
    return 'SystemError';
  }
}

/** The buffers of a socket cannot be asked for, or not set to this. */
export function bufferSizeException(syscall: string, code: 'EBADF' | 'EINVAL'): CodedError {
  const errno = errnoOf(code);
  const [, message = code] = getSystemErrorMap().get(errno) ?? [];
  const error = new SystemError(`Could not get or set buffer size: ${syscall} returned ${code} (${message})`);
  return coded(
    Object.assign(error, { info: { errno, code, message, syscall }, errno, syscall }),
    'ERR_SOCKET_BUFFER_SIZE',
  );
}

export function badBufferSize(): CodedError {
  return coded(new TypeError('Buffer size must be a positive integer'), 'ERR_SOCKET_BAD_BUFFER_SIZE');
}

export function badType(): CodedError {
  const message = 'Bad socket type specified. Valid types are: udp4, udp6';
  return coded(new TypeError(message), 'ERR_SOCKET_BAD_TYPE');
}

export function alreadyBound(): CodedError {
  return coded(new Error('Socket is already bound'), 'ERR_SOCKET_ALREADY_BOUND');
}

export function notRunning(): CodedError {
  return coded(new Error('Not running'), 'ERR_SOCKET_DGRAM_NOT_RUNNING');
}

export function alreadyConnected(): CodedError {
  return coded(new Error('Already connected'), 'ERR_SOCKET_DGRAM_IS_CONNECTED');
}

export function notConnected(): CodedError {
  return coded(new Error('Not connected'), 'ERR_SOCKET_DGRAM_NOT_CONNECTED');
}

/** No file descriptor is a socket of this stack's. */
export function badFileDescriptor(): CodedError {
  return coded(new TypeError('Unsupported fd type: UNKNOWN'), 'ERR_INVALID_FD_TYPE');
}

export function missingArgument(name: string): CodedError {
  return coded(new TypeError(`The "${name}" argument must be specified`), 'ERR_MISSING_ARGS');
}

export function outOfBounds(name: string): CodedError {
  return coded(new RangeError(`"${name}" is outside of buffer bounds`), 'ERR_BUFFER_OUT_OF_BOUNDS');
}

/**
 * A port that can be sent to, as a number: 1 to 65535, or a string that says one.
 * @throws RangeError ERR_SOCKET_BAD_PORT
 */
export function remotePort(port: unknown): number {
  const isWritten = typeof port === 'string' && port.trim() !== '';
  const value = typeof port === 'number' || isWritten ? Number(port) : NaN;
  if (Number.isInteger(value) && value > 0 && value <= 65_535) return value;
  const message = `Port should be > 0 and < 65536. Received ${received(port)}.`;
  throw coded(new RangeError(message), 'ERR_SOCKET_BAD_PORT');
}

/** @throws TypeError ERR_INVALID_ARG_TYPE */
export function requireString(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
}

/** @throws TypeError ERR_INVALID_ARG_TYPE */
export function requireNumber(name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
}

/** @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE */
export function requireUint32(name: string, value: unknown): asserts value is number {
  requireNumber(name, value);
  const must = Number.isInteger(value) ? '>= 0 && <= 4294967295' : 'an integer';
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return;
  const message = `The value of "${name}" is out of range. It must be ${must}. Received ${value}`;
  throw coded(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

function errnoOf(code: DgramErrorCode): number {
  return -constants.errno[code];
}
