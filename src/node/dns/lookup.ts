import * as dns from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { invalidArgType, invalidArgValue } from '../argument-errors';
import type { Channel } from './channel';
import { systemException, type DnsException } from './errors';
import { getaddrinfo, type NameContext, type Order, type Wanted } from './getaddrinfo';
import { deliverTo, validCallback } from './resolver';

export const ORDERS: readonly Order[] = ['verbatim', 'ipv4first', 'ipv6first'];
const FAMILIES = [0, 4, 6] as const;

/** What lookups share. */
export interface LookupContext extends NameContext {
  readonly channel: Channel;
  readonly defaultOrder: Order;
}

interface Request extends Wanted {
  readonly all: boolean;
}

/** `lookup(hostname[, options], callback)`, as `dns.lookup`. */
export function lookupWithCallback(context: LookupContext, args: readonly unknown[]): void {
  const [hostname, options] = args;
  checkHostname(hostname);
  const short = typeof options === 'function';
  const callback = short ? options : args[2];
  if (!short && options !== undefined && typeof options !== 'number' && typeof options !== 'object') {
    validCallback(args.length === 2 ? options : callback);
    throw invalidArgType('options', 'of type object or integer', options);
  }
  validCallback(callback);
  const request = requestOf(context, short ? undefined : options, true);
  const deliver = deliverTo(callback);
  look(context, hostname, request, (error, addresses) => {
    if (error) deliver(error);
    else if (request.all) deliver(null, addresses);
    else deliver(null, ...one(addresses, request));
  });
}

/** `lookup(hostname[, options])`, as `dns.promises.lookup`. Arguments that are wrong throw at once, as Node's do. */
export function lookupWithPromise(context: LookupContext, hostname: unknown, options: unknown): Promise<unknown> {
  checkHostname(hostname);
  if (options !== undefined && typeof options !== 'number' && typeof options !== 'object') {
    throw invalidArgType('options', 'of type object or integer', options);
  }
  const request = requestOf(context, options, false);
  return new Promise((resolve, reject) => {
    look(context, hostname, request, (error, addresses) => {
      const [address, family] = one(addresses, request);
      if (error) reject(error);
      else resolve(request.all ? addresses : { address, family });
    });
  });
}

/** @throws TypeError ERR_INVALID_ARG_VALUE */
export function checkOneOf<T>(name: string, value: unknown, allowed: readonly T[]): asserts value is T {
  if (allowed.includes(value as T)) return;
  const list = allowed.map((each) => (typeof each === 'string' ? `'${each}'` : String(each))).join(', ');
  throw invalidArgValue(name, value, `must be one of: ${list}`);
}

function look(
  context: LookupContext,
  hostname: string | undefined,
  request: Request,
  done: (error: DnsException | null, addresses: readonly LookupAddress[]) => void,
): void {
  if (!hostname) {
    warnOfEmptyName(hostname);
    done(null, []);
    return;
  }
  const literal = isIP(hostname);
  if (literal) {
    done(null, [{ address: hostname, family: literal }]);
    return;
  }
  getaddrinfo(context, context.channel, hostname, request, (result) => {
    if (typeof result === 'string') done(systemException(result, 'getaddrinfo', hostname), []);
    else done(null, result);
  });
}

/** The first address and its family. Without any, which only the empty name gets, Node says so. */
function one([first]: readonly LookupAddress[], { family }: Request): [address: string | null, family: number] {
  return first === undefined ? [null, family === 6 ? 6 : 4] : [first.address, first.family];
}

/** @param named whether families may be called `IPv4` and `IPv6`, which only the function with a callback knows */
function requestOf(context: LookupContext, options: unknown, named: boolean): Request {
  if (typeof options === 'number') {
    checkOneOf('family', options, FAMILIES);
    return { family: options, hints: 0, all: false, order: context.defaultOrder };
  }
  const { family, hints, all, verbatim, order } = { ...(options as Record<string, unknown> | null | undefined) };
  const request = {
    hints: hints == null ? 0 : validHints(hints),
    family: family == null ? 0 : validFamily(family, named),
    all: all == null ? false : validBoolean('options.all', all),
    order: context.defaultOrder,
  };
  if (verbatim != null) request.order = validBoolean('options.verbatim', verbatim) ? 'verbatim' : 'ipv4first';
  if (order != null) {
    checkOneOf('options.order', order, ORDERS);
    request.order = order;
  }
  return request;
}

function validHints(hints: unknown): number {
  if (typeof hints !== 'number') throw invalidArgType('options.hints', 'of type number', hints);
  const flags = hints >>> 0;
  if ((flags & ~(dns.ADDRCONFIG | dns.ALL | dns.V4MAPPED)) !== 0) throw invalidArgValue('hints', flags);
  return flags;
}

function validFamily(family: unknown, named: boolean): 0 | 4 | 6 {
  if (named && family === 'IPv4') return 4;
  if (named && family === 'IPv6') return 6;
  checkOneOf('options.family', family, FAMILIES);
  return family;
}

function validBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
  return value;
}

/** Any falsy value stands for the empty name, as in Node. */
function checkHostname(hostname: unknown): asserts hostname is string | undefined {
  if (hostname && typeof hostname !== 'string') throw invalidArgType('hostname', 'of type string', hostname);
}

let warned = false;

function warnOfEmptyName(hostname: unknown): void {
  if (warned) return;
  warned = true;
  process.emitWarning(
    `The provided hostname "${String(hostname)}" is not a valid hostname, and is supported in the dns module solely for compatibility.`,
    'DeprecationWarning',
    'DEP0118',
  );
}
