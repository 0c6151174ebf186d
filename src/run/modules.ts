import type { Stack } from '../node/stack';

/** The modules of Node's that a stack can stand in for, by the name under which programs ask for them. */
export type ModuleTable = ReadonlyMap<string, object>;

/** `net`, `http`, … of a stack; each also as `node:net`, … Node's own name for it follows from `moduleName`. */
export function modulesOf(stack: Stack): ModuleTable {
  const { net, http, https, http2, tls, dgram, dns } = stack;
  const modules = { net, http, https, http2, tls, dgram, dns, 'dns/promises': dns.promises };
  return new Map<string, object>(Object.entries(modules));
}

/** `node:net` and `net` are the same. */
export function moduleName(request: string): string {
  return request.startsWith('node:') ? request.slice('node:'.length) : request;
}
