import type { Answer } from 'dns-packet';
import * as nodeDgram from 'node:dgram';
import nodeDns from 'node:dns';
import * as nodeNet from 'node:net';
import { isNativeError } from 'node:util/types';
import { SystemClock } from '../../src/clock/system-clock';
import { Stack } from '../../src/node/stack';
import type { Dns } from '../../src/node/dns/dns';
import { createDns, type CountedDns } from '../../src/node/dns/dns';
import type { DnsOptions } from '../../src/node/dns/options';
import type { Modules as ServerModules } from '../support/dns-server';
import { DnsServer } from '../support/dns-server';

/** Whose sockets a resolver asks through, and those that a server near it has. */
export interface Place {
  readonly name: string;
  readonly modules: DnsOptions & ServerModules;
}

const stack = new Stack();

/** Ours over Node's own sockets, and over a stack's loopback. */
export const PLACES: readonly [Place, ...Place[]] = [
  { name: "ours over Node's sockets", modules: { net: nodeNet, dgram: nodeDgram, clock: new SystemClock() } },
  { name: 'synack', modules: { net: stack.net, dgram: stack.dgram, clock: stack.clock } },
];

/** Files of the machine that a test must not depend on. */
export const NO_FILES = { hostsFile: false, resolvConf: false } as const;

/** The same test for each: Node's own `dns` is the reference. A server listens where the face's queries go. */
export const DNS_FACES: readonly (readonly [
  name: string,
  dns: Dns,
  serve: (zone?: readonly Answer[]) => Promise<DnsServer>,
])[] = [
  ['node:dns', nodeDns, (zone) => DnsServer.start({ net: nodeNet, dgram: nodeDgram }, zone)],
  ...PLACES.map(({ name, modules }) => {
    const serve = (zone?: readonly Answer[]): Promise<DnsServer> => DnsServer.start(modules, zone);
    return [name, createDns({ ...modules, ...NO_FILES }), serve] as const;
  }),
];

/** A resolver of ours and a server that it asks. */
export async function served(
  { modules }: Place,
  options: Partial<DnsOptions> = {},
  zone: readonly Answer[] = [],
): Promise<{ server: DnsServer; dns: CountedDns }> {
  const server = await DnsServer.start(modules, zone);
  return { server, dns: createDns({ ...modules, ...NO_FILES, servers: [server.address], ...options }) };
}

/** What a promise comes to: its value, or what an error has in it. */
export async function outcome(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return told(error);
  }
}

/** An error, as it can be compared. */
export function told(error: unknown): unknown {
  if (!isNativeError(error)) return error;
  return Object.assign({ name: error.name, message: error.message }, error);
}
