import type { LookupAddress } from 'node:dns';
import * as dns from 'node:dns';
import { isIP } from 'node:net';
import type { Channel } from './channel';
import type { QueryErrorCode, SystemCode } from './errors';
import { CODE } from './errors';
import { isLocalhost, shortIPv4, wireName } from './names';
import { Records } from './records';

export type Family = 4 | 6;

export type Order = 'verbatim' | 'ipv4first' | 'ipv6first';

/** What is known without asking a server, and how names are asked for. */
export interface NameContext {
  /** The addresses of a name in the hosts entries. */
  addressesOf(name: string): readonly string[];
  /** The names of an address in the hosts entries, the canonical one first. */
  namesOf(address: string): readonly string[];
  /** The domains in which names with fewer dots than `ndots` are looked for. */
  search(): { readonly search: readonly string[]; readonly ndots: number };
  /** The families of which this host has an address besides loopback's. */
  families(): readonly Family[];
  /** Puts addresses in the order in which this host should try them (RFC 6724 §6). */
  sort(addresses: readonly string[]): readonly string[];
}

export interface Wanted {
  readonly family: 0 | Family;
  /** `ADDRCONFIG`, `V4MAPPED`, `ALL`. */
  readonly hints: number;
  readonly order: Order;
}

/**
 * What getaddrinfo(3) does for a name: addresses in C's short forms, `localhost` (RFC 6761 §6.3), the hosts entries, and
 * then A and AAAA records, in the search domains too.
 * @param done called once, with at least one address or with what went wrong; perhaps from inside this call
 */
export function getaddrinfo(
  context: NameContext,
  channel: Channel,
  hostname: string,
  wanted: Wanted,
  done: (result: LookupAddress[] | SystemCode) => void,
): void {
  const families = wantedFamilies(wanted, context.families());
  const finish = (addresses: readonly string[]): boolean => {
    const found = arranged(addresses, wanted, context);
    if (found.length > 0) done(found);
    return found.length > 0;
  };
  const short = shortIPv4(hostname);
  if (short !== undefined) {
    if (!finish([short])) done('ENOTFOUND');
    return;
  }
  if (isLocalhost(hostname)) {
    finish(loopbackOf(context.addressesOf(hostname), wanted));
    return;
  }
  if (families.length === 0) {
    done('ENOTFOUND');
    return;
  }
  if (finish(context.addressesOf(hostname))) return;
  const name = wireName(hostname);
  if (name === undefined) {
    done(hostname.length > LONGEST ? 'EINVAL' : 'ENOTFOUND');
    return;
  }
  const candidates = candidatesFor(hostname.endsWith('.'), name, context.search());
  askEach(channel, candidates, families, (result) => {
    if (typeof result === 'string') done(result);
    else if (!finish(result)) done('ENOTFOUND');
  });
}

/**
 * This host, whatever else the hosts entries may say. Where they say that it is of one family only it is, unless the other is wanted. No address
 * besides loopback's is needed (`ADDRCONFIG`): who calls `localhost` has to find who listens there.
 */
function loopbackOf(entries: readonly string[], { family }: Wanted): readonly string[] {
  const known = entries.filter((each) => /^127\.|^::1$/.test(each) && (family === 0 || isIP(each) === family));
  return known.length > 0 ? known : ['::1', '127.0.0.1'];
}

/** The longest name that goes into a query, as text. */
const LONGEST = 253;

/** The families to ask for, in order of preference. */
function wantedFamilies({ family, hints }: Wanted, configured: readonly Family[]): Family[] {
  const mapped = family === 6 && (hints & dns.V4MAPPED) !== 0;
  const families: Family[] = family === 0 || mapped ? [6, 4] : [family];
  // As glibc has it: on a host with neither, who wants any family gets both.
  const isAny = (hints & dns.ADDRCONFIG) === 0 || (family === 0 && configured.length === 0);
  return isAny ? families : families.filter((each) => configured.includes(each));
}

/** The addresses as they were asked for: of that family, in that order, IPv4 in IPv6 (RFC 3493 §6.1). */
function arranged(addresses: readonly string[], wanted: Wanted, context: NameContext): LookupAddress[] {
  const { family, hints, order } = wanted;
  const all = context.sort(addresses).map((address) => ({ address, family: isIP(address) }));
  const ipv4 = all.filter((each) => each.family === 4);
  const ipv6 = all.filter((each) => each.family === 6);
  if (family === 4) return ipv4;
  if (family === 6) {
    const mapped = (hints & dns.V4MAPPED) !== 0 && ((hints & dns.ALL) !== 0 || ipv6.length === 0);
    const inIPv6 = mapped ? ipv4.map(({ address }) => ({ address: `::ffff:${address}`, family: 6 })) : [];
    return [...ipv6, ...inIPv6];
  }
  if (order === 'verbatim') return all;
  return order === 'ipv6first' ? [...ipv6, ...ipv4] : [...ipv4, ...ipv6];
}

/** The names to try, in order (resolv.conf(5): `search`, `ndots`). */
function candidatesFor(
  absolute: boolean,
  name: string,
  { search, ndots }: { search: readonly string[]; ndots: number },
): string[] {
  if (absolute) return [name];
  const dots = name.split('.').length - 1;
  const searched = search.map((domain) => (domain === '.' ? name : `${name}.${domain}`));
  return dots >= ndots ? [name, ...searched] : [...searched, name];
}

/** Asks for one name after the other, until there are addresses or a server that does not answer. */
function askEach(
  channel: Channel,
  candidates: readonly string[],
  families: readonly Family[],
  done: (result: readonly string[] | SystemCode) => void,
  failed?: SystemCode,
): void {
  const [name, ...others] = candidates;
  if (name === undefined) {
    done(failed ?? 'ENOTFOUND');
    return;
  }
  askFor(channel, name, families, (addresses, code) => {
    if (addresses.length > 0) done(addresses);
    else if (code === undefined) askEach(channel, others, families, done, failed);
    // A server that cannot tell of one domain may know the next.
    else if (code === CODE.SERVFAIL) askEach(channel, others, families, done, systemCode(code));
    else done(systemCode(code));
  });
}

/** Asks for a name's addresses of all these families at once. */
function askFor(
  channel: Channel,
  name: string,
  families: readonly Family[],
  done: (addresses: readonly string[], failure: QueryErrorCode | undefined) => void,
): void {
  // In the order in which they were asked for, however the answers come.
  const addresses = new Map(families.map((family) => [family, [] as string[]]));
  let failure: QueryErrorCode | undefined;
  let open = families.length;
  for (const family of families) {
    channel.ask(name, family === 4 ? 'A' : 'AAAA', (result) => {
      if (typeof result === 'object') {
        const records = new Records(result);
        addresses.set(
          family,
          (family === 4 ? records.a() : records.aaaa()).map(({ address }) => address),
        );
      } else if (!NOT_THERE.has(result)) {
        failure = result;
      }
      if (--open === 0) done([...addresses.values()].flat(), failure);
    });
  }
}

/** What says that there is no such name or no such record; the rest says nothing of the name. */
const NOT_THERE: ReadonlySet<string> = new Set([CODE.NOTFOUND, CODE.NODATA, CODE.BADNAME]);

/** A query's failure, in the words of getaddrinfo(3). */
export function systemCode(code: QueryErrorCode): SystemCode {
  if (NOT_THERE.has(code)) return 'ENOTFOUND';
  if (code === CODE.FORMERR) return 'EAI_FAIL';
  if (code === CODE.NOMEM) return 'EAI_MEMORY';
  return 'EAI_AGAIN';
}
