import { isIP } from 'node:net';
import { invalidArgType, invalidIpAddress } from '../argument-errors';

/** A name server. */
export interface NameServer {
  readonly address: string;
  readonly port: number;
}

export const DNS_PORT = 53;

/**
 * Servers as `dns.setServers` takes them: `1.2.3.4`, `1.2.3.4:5353`, `::1`, `[::1]:5353`. Each is taken once.
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_IP_ADDRESS
 */
export function parseServers(servers: unknown): NameServer[] {
  if (!Array.isArray(servers)) throw invalidArgType('servers', 'an instance of Array', servers);
  const parsed = servers.map((server: unknown, index) => {
    if (typeof server !== 'string') throw invalidArgType(`servers[${index}]`, 'of type string', server);
    return parseServer(server);
  });
  const seen = new Set<string>();
  return parsed.filter((server) => {
    const text = formatServer(server);
    return !seen.has(text) && seen.add(text);
  });
}

/** As `dns.getServers` tells one: the port only when it is not 53. */
export function formatServer({ address, port }: NameServer): string {
  if (port === DNS_PORT) return address;
  return `${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

function parseServer(server: string): NameServer {
  if (isIP(server)) return { address: server, port: DNS_PORT };
  const [, bracketed, plain, digits] = /^(?:\[([^[\]]*)\]|([^:]+))(?::(\d+))?/.exec(server) ?? [];
  const address = bracketed ?? plain ?? '';
  const port = digits === undefined ? DNS_PORT : Number(digits) || DNS_PORT;
  const whole = bracketed !== undefined || digits !== undefined;
  if (!isIP(address) || !whole || port > 65_535) throw invalidIpAddress(server);
  return { address, port };
}
