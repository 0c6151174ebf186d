import * as dns from 'node:dns';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { invalidArgValue, validPort } from '../argument-errors';
import { Channel } from './channel';
import { type DnsCounters, newCounters } from './counters';
import { CODE, missingArguments, systemException } from './errors';
import { getnameinfo } from './getnameinfo';
import { checkOneOf, type LookupContext, lookupWithCallback, lookupWithPromise, ORDERS } from './lookup';
import { operationsOf, type Done } from './operations';
import { contextsOf, type DnsOptions } from './options';
import {
  CHANNEL,
  createResolverClass,
  deliverTo,
  methodsOf,
  type ResolverMethod,
  type Resolving,
  TRIES,
} from './resolver';
import { validCallback, withCallback, withPromise } from './resolver';

/** `node:dns`, with Node's own types: what takes Node's takes this. */
export type Dns = Omit<typeof dns, 'default'>;

/** A `dns`, and what it has done. */
export type CountedDns = Dns & { readonly counters: Readonly<DnsCounters> };

/**
 * Makes a module shaped like `node:dns` that asks through the given `net` and `dgram`. It opens and reads nothing
 * until it is asked something.
 *
 * @throws TypeError for `servers` or `hosts` that are no addresses
 */
export function createDns(options: DnsOptions): CountedDns {
  const counters = newCounters();
  const { names, context, services } = contextsOf(options, counters);
  const operations = operationsOf(names);
  let current: Resolving = { [CHANNEL]: new Channel(context, { timeout: undefined, tries: TRIES }) };
  let defaultOrder = dns.getDefaultResultOrder();

  const lookupContext: LookupContext = {
    ...names,
    get channel() {
      return current[CHANNEL];
    },
    get defaultOrder() {
      return defaultOrder;
    },
  };

  const shared = {
    ...CODE,
    getServers: () => current[CHANNEL].servers,
    // As in Node, what is under way goes on with the servers that it began with.
    setServers(servers: readonly string[]): void {
      const channel = new Channel(context, { timeout: undefined, tries: TRIES });
      channel.setServers(servers);
      current = { [CHANNEL]: channel };
    },
    getDefaultResultOrder: () => defaultOrder,
    setDefaultResultOrder(order: unknown): void {
      checkOneOf('dnsOrder', order, ORDERS);
      defaultOrder = order;
    },
  };

  const bound = (methods: ReadonlyMap<string, ResolverMethod>): Record<string, (...args: unknown[]) => unknown> =>
    Object.fromEntries(
      [...methods].map(([name, method]) => [name, (...args: unknown[]) => method.apply(current, args)]),
    );

  const lookupPromise = (hostname: unknown, lookupOptions?: unknown): Promise<unknown> =>
    lookupWithPromise(lookupContext, hostname, lookupOptions);
  const lookup = withPromisified((...args) => {
    lookupWithCallback(lookupContext, args);
  }, lookupPromise);

  const serviceOf = (address: string, port: number, done: Done): void => {
    getnameinfo(names, current[CHANNEL], address, (result) => {
      if (typeof result === 'string') done(systemException(result, 'getnameinfo', address));
      else done(null, { ...result, service: services.content.get(port) ?? String(port) });
    });
  };
  const lookupServicePromise = (...args: unknown[]): Promise<unknown> => {
    if (args.length !== 2) throw missingArguments('address', 'port');
    const [address, port] = validService(args[0], args[1]);
    return new Promise((resolve, reject) => {
      serviceOf(address, port, (error, service) => {
        if (error) reject(error);
        else resolve(service);
      });
    });
  };
  const lookupService = withPromisified((...args) => {
    if (args.length !== 3) throw missingArguments('address', 'port', 'callback');
    const [address, port] = validService(args[0], args[1]);
    validCallback(args[2]);
    const deliver = deliverTo(args[2]);
    serviceOf(address, port, (error, value) => {
      const { hostname, service } = { ...(value as { hostname: string; service: string } | undefined) };
      deliver(error, hostname, service);
    });
  }, lookupServicePromise);

  const callbackMethods = methodsOf(operations, withCallback);
  const promiseMethods = methodsOf(operations, withPromise);
  const promises = {
    ...shared,
    ...bound(promiseMethods),
    lookup: lookupPromise,
    lookupService: lookupServicePromise,
    Resolver: createResolverClass(context, promiseMethods),
  };
  const module = {
    ...shared,
    ...bound(callbackMethods),
    ADDRCONFIG: dns.ADDRCONFIG,
    ALL: dns.ALL,
    V4MAPPED: dns.V4MAPPED,
    lookup,
    lookupService,
    Resolver: createResolverClass(context, callbackMethods),
    promises,
    counters,
  };
  // The methods are made from a table, whose rows the compiler cannot tell apart; the tests compare them with Node's.
  return module as unknown as CountedDns;
}

function validService(address: unknown, port: unknown): [address: string, port: number] {
  if (typeof address !== 'string' || !isIP(address)) throw invalidArgValue('address', address);
  return [address, validPort('Port', port as number | string)];
}

/** A function that `util.promisify` turns into that promise's. */
function withPromisified(
  withCallback: (...args: unknown[]) => void,
  withPromise: (...args: unknown[]) => Promise<unknown>,
): (...args: unknown[]) => void {
  return Object.assign(withCallback, { [promisify.custom]: withPromise });
}
