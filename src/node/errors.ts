import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { ErrorCode } from '../tcp/errors';

/** What a system call can fail with here: TCP's codes, and those that a socket adds. */
export type SystemErrorCode = ErrorCode | 'EAFNOSUPPORT' | 'EALREADY';

/** An error as Node makes it from a failed system call, with the address where that is known. */
export interface SystemError extends NodeJS.ErrnoException {
  address?: string;
  port?: number;
  localAddress?: string;
  localPort?: number;
}

/** getaddrinfo's EAI_NONAME as libuv numbers it; Node calls it ENOTFOUND. */
const UV_EAI_NONAME = -3008;

/** `read ECONNRESET`: what ended a connection that stood. */
export function errnoException(syscall: 'read' | 'write', code: SystemErrorCode): SystemError {
  return Object.assign(new Error(`${syscall} ${code}`), { errno: errnoOf(code), code, syscall });
}

/**
 * `connect ECONNREFUSED 10.9.0.1:81`: what went wrong on the way to an address.
 * @param local this end, when it is worth telling; the message ends in ` - Local (address:port)`
 */
export function exceptionWithHostPort(
  syscall: 'connect' | 'bind',
  code: SystemErrorCode,
  address: string,
  port: number | undefined,
  local?: { readonly address: string; readonly port: number },
): SystemError {
  const origin = local === undefined ? '' : ` - Local (${local.address}:${local.port})`;
  const error: SystemError = Object.assign(new Error(`${syscall} ${code} ${hostPort(address, port)}${origin}`), {
    errno: errnoOf(code),
    code,
    syscall,
    address,
  });
  if (port) error.port = port;
  return error;
}

/** `listen EADDRINUSE: address already in use 10.9.0.2:80`. */
export function listenException(code: SystemErrorCode, address: string, port: number): SystemError {
  const errno = errnoOf(code);
  const [, description = code] = getSystemErrorMap().get(errno) ?? [];
  const message = `listen ${code}: ${description} ${hostPort(address, port)}`;
  const error: SystemError = Object.assign(new Error(message), { code, errno, syscall: 'listen', address });
  if (port) error.port = port;
  return error;
}

/** `getaddrinfo ENOTFOUND host`: a name that stands for no address. */
export function notFoundException(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    errno: UV_EAI_NONAME,
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname,
  });
}

/** The system's number for a code, negative as Node gives it. */
function errnoOf(code: SystemErrorCode): number {
  return -constants.errno[code];
}

/** The port is left out when there is none, as Node does: 0 means "any". */
function hostPort(address: string, port: number | undefined): string {
  return port ? `${address}:${port}` : address;
}
