import { ADDRCONFIG, ALL, V4MAPPED } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { invalidAddressFamily, invalidArgValue, invalidIpAddress } from './argument-errors';
import type { Target } from './connect-options';
import { notFoundException } from './errors';

const FAMILIES: readonly unknown[] = [undefined, null, 0, 4, 6, 'IPv4', 'IPv6'];

/**
 * Shaped as `dns.lookup`, for a stack that has no resolver: `localhost`, addresses, and ENOTFOUND for the rest.
 * @throws TypeError ERR_INVALID_ARG_VALUE
 */
export const lookupLocally: LookupFunction = (hostname, options, callback) => {
  const { family, hints = 0, all } = options;
  if (!FAMILIES.includes(family)) throw invalidArgValue('options.family', family, 'must be one of: 0, 4, 6');
  if (hints & ~(ADDRCONFIG | ALL | V4MAPPED)) throw invalidArgValue('hints', hints);
  const loopback = family === 6 || family === 'IPv6' ? '::1' : '127.0.0.1';
  const address = isIP(hostname) ? hostname : hostname.toLowerCase() === 'localhost' ? loopback : undefined;
  process.nextTick(() => {
    if (address === undefined) callback(notFoundException(hostname), '');
    else if (all) callback(null, [{ address, family: isIP(address) }]);
    else callback(null, address, isIP(address));
  });
};

/** What Node gives a lookup function for a socket. */
export interface LookupQuestion {
  readonly family: number | undefined;
  readonly hints: number;
  readonly all?: true;
}

/** What to ask for `target`: every address where several may be tried. */
export function lookupQuestion({ family, hints, localAddress, autoSelectFamily }: Target): LookupQuestion {
  const isOne = family === 4 || family === 6;
  // The types promise what nobody has checked yet: that is the lookup function's to do.
  const question = { family: family as number | undefined, hints: isOne || hints !== 0 ? hints : ADDRCONFIG };
  return !isOne && localAddress === undefined && autoSelectFamily ? { ...question, all: true } : question;
}

/** What a lookup function of the user's may answer; the types only promise the better half. */
export type Answer = Pick<LookupAddress, 'address'> & { readonly family: number | undefined };

/** Why an answer is no address to connect to; `undefined` when it is one. */
export function answerError(answer: Answer | undefined, { host, port }: Target): Error | undefined {
  if (answer === undefined) return notFoundException(host);
  if (!isIP(answer.address)) return invalidIpAddress(answer.address);
  return isFamily(answer.family) ? undefined : invalidAddressFamily(answer.family, host, port);
}

/** The addresses to try: each once, the families by turns, that of the first valid one first. */
export function byTurns(answers: readonly Answer[]): string[] {
  const valid = answers.filter(({ address, family }) => isIP(address) && isFamily(family));
  const first = valid[0]?.family;
  const groups = [true, false].map((isFirst) => {
    const group = valid.filter(({ family }) => (family === first) === isFirst);
    return [...new Set(group.map(({ address }) => address))];
  });
  const rounds = Math.max(...groups.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, i) => groups.flatMap((group) => group.slice(i, i + 1))).flat();
}

function isFamily(family: unknown): boolean {
  return family === 4 || family === 6;
}
