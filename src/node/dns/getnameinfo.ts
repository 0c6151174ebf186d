import type { Channel } from './channel';
import type { SystemCode } from './errors';
import { type NameContext, systemCode } from './getaddrinfo';
import { reverseName } from './names';
import { Records } from './records';

/**
 * What getnameinfo(3) does for an address: the hosts entries, `localhost`, and then PTR records.
 * @param done called once, with the name or with what went wrong; perhaps from inside this call
 */
export function getnameinfo(
  context: NameContext,
  channel: Channel,
  address: string,
  done: (result: { hostname: string } | SystemCode) => void,
): void {
  // glibc asks for an IPv4 address in IPv6's clothes as for what it is.
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=[\d.]+$)/i, '');
  const [known] = context.namesOf(plain);
  const hostname = known ?? (/^(127\.|::1$)/.test(plain) ? 'localhost' : undefined);
  if (hostname !== undefined) {
    done({ hostname });
    return;
  }
  channel.ask(reverseName(plain), 'PTR', (result) => {
    if (typeof result === 'string') {
      done(systemCode(result));
      return;
    }
    const [hostname] = new Records(result).ptr();
    done(hostname === undefined ? 'ENOTFOUND' : { hostname });
  });
}
