import * as dns from 'node:dns';
import { constants } from 'node:os';
import { invalidArgType, type CodedError } from '../argument-errors';

/** What a query ends with, as `node:dns` has its error codes. ENOSERVER's is what Node 20 makes of that of c-ares. */
export const CODE = {
  NODATA: dns.NODATA,
  FORMERR: dns.FORMERR,
  SERVFAIL: dns.SERVFAIL,
  NOTFOUND: dns.NOTFOUND,
  NOTIMP: dns.NOTIMP,
  REFUSED: dns.REFUSED,
  BADQUERY: dns.BADQUERY,
  BADNAME: dns.BADNAME,
  BADFAMILY: dns.BADFAMILY,
  BADRESP: dns.BADRESP,
  CONNREFUSED: dns.CONNREFUSED,
  TIMEOUT: dns.TIMEOUT,
  EOF: dns.EOF,
  FILE: dns.FILE,
  NOMEM: dns.NOMEM,
  DESTRUCTION: dns.DESTRUCTION,
  BADSTR: dns.BADSTR,
  BADFLAGS: dns.BADFLAGS,
  NONAME: dns.NONAME,
  BADHINTS: dns.BADHINTS,
  NOTINITIALIZED: dns.NOTINITIALIZED,
  LOADIPHLPAPI: dns.LOADIPHLPAPI,
  ADDRGETNETWORKPARAMS: dns.ADDRGETNETWORKPARAMS,
  CANCELLED: dns.CANCELLED,
} as const;

export const NO_SERVER = 'UNKNOWN_ARES_ERROR';

export type QueryErrorCode = (typeof CODE)[keyof typeof CODE] | typeof NO_SERVER;

/** What `getaddrinfo` and `getnameinfo` fail with, and the numbers that libuv has for it. */
const SYSTEM = {
  ENOTFOUND: -3008, // EAI_NONAME, which Node calls so
  EAI_AGAIN: -3001,
  EAI_FAIL: -3004,
  EAI_MEMORY: -3006,
  EINVAL: -constants.errno.EINVAL,
} as const;

export type SystemCode = keyof typeof SYSTEM;

/** An error as `node:dns` makes it. */
export interface DnsException extends NodeJS.ErrnoException {
  /** The name or address that was asked for. */
  hostname?: string;
}

/** `queryA ENOTFOUND example.test`: what came of a query. Such errors have no number. */
export function queryException(code: QueryErrorCode, syscall: string, hostname: string): DnsException {
  return exception(code, undefined, syscall, hostname);
}

/** `getaddrinfo ENOTFOUND example.test`. */
export function systemException(code: SystemCode, syscall: string, hostname: string): DnsException {
  return exception(code, SYSTEM[code], syscall, hostname);
}

/** Why servers cannot be set: `ERR_DNS_SET_SERVERS_FAILED`, in Node's words. */
export function pendingQueries(servers: readonly string[]): CodedError {
  const message = `c-ares failed to set servers: "There are pending queries." [${String(servers)}]`;
  return Object.assign(new Error(message), { code: 'ERR_DNS_SET_SERVERS_FAILED' });
}

/** `The "address" and "port" arguments must be specified`. */
export function missingArguments(...names: readonly string[]): CodedError {
  const quoted = names.map((name) => `"${name}"`);
  const [last = '', ...before] = quoted.reverse();
  const list = before.length > 1 ? `${before.reverse().join(', ')}, and ${last}` : `${before.join()} and ${last}`;
  return Object.assign(new TypeError(`The ${list} arguments must be specified`), { code: 'ERR_MISSING_ARGS' });
}

/** What is wrong with an address to ask from: Node's messages have no more in them. */
export function badLocalAddress(message: string): CodedError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}

/**
 * A whole number of at least `least` that fits in 32 bits.
 * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE
 */
export function validInt32(name: string, value: unknown, least: number): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  const most = 2 ** 31 - 1;
  const range = Number.isInteger(value) ? `>= ${least} && <= ${most}` : 'an integer';
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${value}`;
  throw Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });
}

function exception(code: string, errno: number | undefined, syscall: string, hostname: string): DnsException {
  const error: DnsException = Object.assign(new Error(`${syscall} ${code}${hostname && ` ${hostname}`}`), {
    errno,
    code,
    syscall,
  });
  if (hostname) error.hostname = hostname;
  return error;
}
