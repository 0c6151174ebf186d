import type { LookupAddress } from 'node:dns';
import { isIP, isIPv4 } from 'node:net';
import type { LookupFunction, TcpSocketConnectOpts } from 'node:net';
import { invalidAddressFamily, invalidIpAddress } from './argument-errors';
import { notFoundException } from './errors';

/** The names that are known without asking anybody. */
const HOSTS: ReadonlyMap<string, string> = new Map([['localhost', '127.0.0.1']]);

/** Shaped as `dns.lookup`, for a stack that has no resolver: `localhost`, IPv4 addresses, and ENOTFOUND for the rest. */
export const lookupLocally: LookupFunction = (hostname, options, callback) => {
  const address = isIP(hostname) ? hostname : HOSTS.get(hostname.toLowerCase());
  process.nextTick(() => {
    if (address === undefined) callback(notFoundException(hostname), '');
    else if (options.all) callback(null, [{ address, family: isIP(address) }]);
    else callback(null, address, isIP(address));
  });
};

export type LookupOptions = Pick<
  TcpSocketConnectOpts,
  'port' | 'lookup' | 'family' | 'hints' | 'localAddress' | 'autoSelectFamily'
>;

/**
 * Finds the address of a name with `options.lookup`, called as Node calls it.
 * @param found called for each answer; the socket's 'lookup' event
 * @param done called once, with the address to connect to: the first IPv4 address, if there is one
 */
export function resolveName(
  hostname: string,
  options: LookupOptions,
  found: (error: Error | null, address?: string, family?: number) => void,
  done: (error: Error | null, address: string) => void,
): void {
  const { lookup = lookupLocally, family, hints = 0, localAddress, autoSelectFamily = true } = options;
  const all = family !== 4 && family !== 6 && localAddress === undefined && autoSelectFamily;
  lookup(hostname, { family, hints, ...(all && { all }) }, (error, answer, answerFamily) => {
    if (error) {
      found(error);
      done(error, '');
      return;
    }
    const addresses = Array.isArray(answer) ? answer : [{ address: answer, family: answerFamily }];
    for (const { address, family } of addresses) found(null, address, family);
    done(...choose(hostname, options.port, addresses));
  });
}

/** What a lookup function of the user's may answer; the types only promise the better half. */
type Answer = Pick<LookupAddress, 'address'> & { family: number | undefined };

function choose(hostname: string, port: number, answers: readonly Answer[]): [error: Error | null, address: string] {
  const best = answers.find(({ address, family }) => isIPv4(address) && family === 4) ?? answers[0];
  if (best === undefined) return [notFoundException(hostname), ''];
  if (!isIP(best.address)) return [invalidIpAddress(best.address), ''];
  if (best.family !== 4 && best.family !== 6) return [invalidAddressFamily(best.family, hostname, port), ''];
  return [null, best.address];
}
