import type { Flow } from '../../explain';
import { parseAddress } from '../../wire/address';
import { isInside } from '../addresses';
import { Failure } from '../failure';

type Ends = Pick<Flow, 'number' | 'client' | 'server'>;
export type Filter = (ends: Ends) => boolean;

/**
 * Reads which conversations are wanted: `3`, `3,5`, `port 80`, `host 10.0.0.1`, `net 10.0.0.0/8`, joined by `and`, `or`, `not`.
 * `client` and `server` before `port`, `host` or `net` look at that end only.
 * @throws Failure for anything else
 */
export function parseOnly(text: string): Filter {
  const tokens = text
    .trim()
    .split(/\s+/)
    .filter((token) => token !== '');
  if (tokens.length === 0) throw wrong('nothing is named');
  let at = 0;
  const next = (what: string): string => {
    const token = tokens[at++];
    if (token === undefined) throw wrong(`${what} is missing`);
    return token;
  };
  const either = (): Filter => {
    const list = [both()];
    while (tokens[at] === 'or') {
      at += 1;
      list.push(both());
    }
    return (ends) => list.some((each) => each(ends));
  };
  const both = (): Filter => {
    const list = [one()];
    while (tokens[at] === 'and') {
      at += 1;
      list.push(one());
    }
    return (ends) => list.every((each) => each(ends));
  };
  const one = (): Filter => {
    const token = next('a condition');
    if (token === 'not') {
      const inner = one();
      return (ends) => !inner(ends);
    }
    if (/^\d+(,\d+)*$/.test(token)) {
      const numbers = new Set(token.split(',').map(Number));
      return ({ number }) => numbers.has(number);
    }
    const which = token === 'client' || token === 'server' ? token : undefined;
    const kind = which === undefined ? token : next('port, host or net');
    const value = next(`a value behind ${kind}`);
    const matches = condition(kind, value);
    if (which !== undefined) return (ends) => matches(ends[which]);
    return ({ client, server }) => matches(client) || matches(server);
  };
  const filter = either();
  if (at < tokens.length) throw wrong(`"${tokens[at] ?? ''}" is not understood`);
  return filter;
}

function condition(kind: string, value: string): (end: Ends['client']) => boolean {
  switch (kind) {
    case 'port': {
      const port = Number(value);
      if (!/^\d+$/.test(value) || port > 65535) throw wrong(`"${value}" is no port`);
      return (end) => end.port === port;
    }
    case 'host': {
      const address = parseAddress(value);
      if (address === undefined) throw wrong(`"${value}" is no address`);
      return (end) => parseAddress(end.address) === address;
    }
    case 'net': {
      const inside = isInside(value);
      if (inside === undefined) throw wrong(`"${value}" is no network; write it as 10.0.0.0/8`);
      return (end) => inside(end.address);
    }
    default:
      throw wrong(`"${kind}" is not understood`);
  }
}

function wrong(what: string): Failure {
  return new Failure(
    `--only: ${what}; it looks like: 3,5 or "port 80 and host 10.0.0.1" or "not server net 10.0.0.0/8"`,
  );
}
