import { hostAddress } from '../ip/address';
import { compareDestinations, type Destination } from '../ip/destination-order';
import type { Ip } from '../ip/ip';

export { hostAddress };

/** The families of which a stack has addresses; those of loopback do not count. */
export function familiesOf(ip: Ip): (4 | 6)[] {
  const outside = ip.interfaces.filter((each) => !each.loopback);
  const has4 = outside.some(({ addresses }) => addresses.length > 0);
  const has6 = outside.some(({ addresses6 }) => addresses6.some(({ state }) => state !== 'tentative'));
  return [...(has4 ? ([4] as const) : []), ...(has6 ? ([6] as const) : [])];
}

/** The addresses of a name, as text, in the order in which this stack should try them (RFC 6724 §6). Those that are equally good stay in order. */
export function inOrder(ip: Ip, addresses: readonly string[]): string[] {
  if (addresses.length < 2) return [...addresses];
  return addresses
    .map((text) => ({ text, destination: destinationOf(ip, text) }))
    .sort((one, other) => compareDestinations(one.destination, other.destination))
    .map(({ text }) => text);
}

function destinationOf(ip: Ip, text: string): Destination {
  const address = hostAddress(text);
  if (address === undefined) return { address: 0, source: undefined };
  const path = ip.path(address);
  if (typeof path === 'string') return { address, source: undefined };
  const own = path.interface.addresses6.find((each) => each.address === path.source);
  const length = own?.length ?? 128;
  return { address, source: { address: path.source, length, state: own?.state } };
}
