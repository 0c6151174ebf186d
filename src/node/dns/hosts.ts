import { isIP } from 'node:net';
import { canonical, canonicalIPv6 } from './names';

/** Names and their addresses, as hosts(5) has them, and the other way round. */
export class Hosts {
  private readonly addresses = new Map<string, Set<string>>();
  private readonly names = new Map<string, Set<string>>();

  /** @param address as it will be told; of IPv6 without a zone */
  add(name: string, address: string): void {
    const family = isIP(address);
    if (family === 0) return;
    const written = family === 6 && !address.includes('%') ? canonicalIPv6(address) : address;
    push(this.addresses, canonical(name), written);
    push(this.names, written, name);
  }

  /** The addresses of a name, in the order in which they were added. */
  addressesOf(name: string): readonly string[] {
    return [...(this.addresses.get(canonical(name)) ?? [])];
  }

  /** The names of an address, the canonical one first. */
  namesOf(address: string): readonly string[] {
    const written = isIP(address) === 6 && !address.includes('%') ? canonicalIPv6(address) : address;
    return [...(this.names.get(written) ?? [])];
  }
}

/** Reads the text of a hosts(5) file: `address name alias…`, `#` for comments. Lines without an address are passed over. */
export function parseHosts(text: string): Hosts {
  const hosts = new Hosts();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    for (const name of names) hosts.add(name, address);
  }
  return hosts;
}

/**
 * Entries as a program gives them: `{ 'db.test': '10.0.0.5', 'web.test': ['10.0.0.6', '10.0.0.7'] }`.
 * @throws TypeError for an address that is none
 */
export function hostsOf(entries: Readonly<Record<string, string | readonly string[]>>): Hosts {
  const hosts = new Hosts();
  for (const [name, addresses] of Object.entries(entries)) {
    for (const address of typeof addresses === 'string' ? [addresses] : addresses) {
      if (!isIP(address)) {
        throw new TypeError(`the hosts entry '${name}' needs IP addresses: '${address}' is none, such as 10.0.0.5`);
      }
      hosts.add(name, address);
    }
  }
  return hosts;
}

function push(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, new Set([value]));
  else values.add(value);
}
