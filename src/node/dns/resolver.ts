import { AsyncResource } from 'node:async_hooks';
import { checkFunction, invalidArgType, invalidArgValue } from '../argument-errors';
import { Channel, type ChannelContext } from './channel';
import { validInt32 } from './errors';
import { METHOD_OF, type Done, type Operation } from './operations';

/** Node's default, for who says nothing. */
export const TRIES = 4;

/** Where an object keeps its channel: the methods of a module are the same as those of its `Resolver`. */
export const CHANNEL = Symbol('channel');

export interface Resolving {
  readonly [CHANNEL]: Channel;
}

export type ResolverMethod = (this: Resolving, ...args: unknown[]) => unknown;

/** How a method takes its arguments and gives its result: with a callback or with a promise. */
export type MethodStyle = (operation: Operation) => ResolverMethod;

/** `resolve4(name[, options], callback)`. */
export const withCallback: MethodStyle = (operation) =>
  function (this: Resolving, ...args) {
    const [name, options] = args;
    const callback = args.length > 2 ? args[2] : options;
    checkName(name);
    operation(this[CHANNEL], name, hasTtl(options), deliverTo(callback));
  };

/** `resolve4(name[, options])`. */
export const withPromise: MethodStyle = (operation) =>
  function (this: Resolving, ...args) {
    const [name, options] = args;
    checkName(name);
    return new Promise((resolve, reject) => {
      operation(this[CHANNEL], name, hasTtl(options), (error, value) => {
        if (error) reject(error);
        else resolve(value);
      });
    });
  };

/** The methods of a resolver by their names, `resolve` among them, which takes the type as an argument. */
export function methodsOf(operations: ReadonlyMap<string, Operation>, style: MethodStyle): Map<string, ResolverMethod> {
  const methods = new Map([...operations].map(([name, operation]) => [name, style(operation)]));
  const method = (type: string): ResolverMethod => {
    const found = methods.get(METHOD_OF.get(type) ?? '');
    if (found === undefined) throw invalidArgValue('rrtype', type);
    return found;
  };
  const resolve = style === withCallback ? resolveWithCallback(method) : resolveWithPromise(method);
  return methods.set('resolve', resolve);
}

function resolveWithCallback(method: (type: string) => ResolverMethod): ResolverMethod {
  return function (this: Resolving, name, type, callback) {
    if (typeof type === 'function') return method('A').call(this, name, type);
    checkType(type);
    return method(type).call(this, name, callback);
  };
}

function resolveWithPromise(method: (type: string) => ResolverMethod): ResolverMethod {
  return function (this: Resolving, name, type = 'A') {
    checkType(type);
    return method(type).call(this, name);
  };
}

/** A class shaped as `dns.Resolver`, or as `dns.promises.Resolver`, by its methods. */
export function createResolverClass(
  context: ChannelContext,
  methods: ReadonlyMap<string, ResolverMethod>,
): new (options?: unknown) => Resolving {
  class Resolver implements Resolving {
    readonly [CHANNEL]: Channel;

    constructor(options?: unknown) {
      const { timeout = -1, tries = TRIES } = { ...(options as { timeout?: unknown; tries?: unknown } | null) };
      const ms = validInt32('options.timeout', timeout, -1);
      const checkedTries = validInt32('options.tries', tries, 1);
      this[CHANNEL] = new Channel(context, { timeout: ms > 0 ? ms : undefined, tries: checkedTries });
    }

    cancel(): void {
      this[CHANNEL].cancel();
    }

    getServers(): string[] {
      return this[CHANNEL].servers;
    }

    setServers(servers: readonly string[]): void {
      this[CHANNEL].setServers(servers);
    }

    setLocalAddress(ipv4: string, ipv6?: string): void {
      this[CHANNEL].setLocalAddress(ipv4, ipv6);
    }
  }
  Object.assign(Resolver.prototype, Object.fromEntries(methods));
  return Resolver;
}

/**
 * Who calls a user's function: in the user's async context, and after all that is under way, so that what it throws does
 * not end up in the stack.
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is no function
 */
export function deliverTo(callback: unknown): Done {
  const checked = validCallback(callback);
  const resource = new AsyncResource('DNSQUERY');
  return (error, ...values) => {
    process.nextTick(() => {
      resource.runInAsyncScope(() => {
        if (error) checked(error);
        else checked(null, ...values);
      });
    });
  };
}

export function validCallback(callback: unknown): (...args: unknown[]) => void {
  if (callback === undefined) throw invalidArgType('callback', 'of type function', callback);
  checkFunction('callback', callback);
  return callback as (...args: unknown[]) => void;
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw invalidArgType('name', 'of type string', name);
}

function checkType(type: unknown): asserts type is string {
  if (typeof type !== 'string') throw invalidArgType('rrtype', 'of type string', type);
}

function hasTtl(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'ttl' in options && Boolean(options.ttl);
}
