import { isIP } from 'node:net';

/** What resolv.conf(5) says of names and servers. Times are in ms. */
export interface ResolvConf {
  /** Addresses, as `dns.setServers` takes them; port 53. */
  readonly nameservers: readonly string[];
  /** The domains in which names with few dots are looked for. */
  readonly search: readonly string[];
  /** A name with so many dots is first asked for as it is. */
  readonly ndots: number;
  /** How long a server may take the first time. */
  readonly timeout: number | undefined;
}

/** glibc's bounds, where it has some. */
const MOST_SEARCH = 32;
const MOST = { ndots: 15, timeout: 30 };

/**
 * Reads the text of a resolv.conf(5): `nameserver`, `domain`, `search`, and of `options` `ndots:n` and `timeout:n`
 * (seconds). What it does not know or understand it passes over. The last `domain` or `search` counts.
 */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  let search: string[] = [];
  const options: { ndots?: number; timeout?: number } = {};
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    const [first] = values;
    if (first === undefined) continue;
    if (keyword === 'nameserver' && isIP(first)) nameservers.push(first);
    else if (keyword === 'domain') search = [first];
    else if (keyword === 'search') search = values.slice(0, MOST_SEARCH);
    else if (keyword === 'options') {
      for (const value of values) {
        const [, name, digits] = /^(ndots|timeout):(\d+)$/.exec(value) ?? [];
        if (isOption(name)) options[name] = Math.min(Number(digits), MOST[name]);
      }
    }
  }
  const { ndots = 1, timeout } = options;
  return { nameservers, search, ndots, timeout: timeout && timeout * 1000 };
}

function isOption(name: string | undefined): name is keyof typeof MOST {
  return name !== undefined && name in MOST;
}
