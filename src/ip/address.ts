import { isLimitedBroadcast, isLoopback, isMulticast, parseIpv4Prefix } from '../wire/address';

/** One address of an interface, and the network that it is in. All numbers are uint32. */
export interface InterfaceAddress {
  /** As it was given: `10.9.0.2/24`. */
  readonly cidr: string;
  readonly address: number;
  readonly length: number;
  readonly mask: number;
  readonly network: number;
  /** The directed broadcast address; `undefined` for /31 (RFC 3021) and /32, which have none. */
  readonly broadcast: number | undefined;
}

/**
 * Reads `10.9.0.2/24`.
 * @throws RangeError when no host can have this address; the message begins with `doing`
 */
export function interfaceAddress(cidr: string, doing: string): InterfaceAddress {
  const prefix = parseIpv4Prefix(cidr);
  if (prefix === undefined) {
    throw new RangeError(`${doing}: "${cidr}" is not an IPv4 address with a prefix length, such as 10.9.0.2/24`);
  }
  const { address, length, mask } = prefix;
  const network = (address & mask) >>> 0;
  const broadcast = length <= 30 ? (network | ~mask) >>> 0 : undefined;
  if (!isHost(address)) throw new RangeError(`${doing}: ${cidr} is not an address that a host can have`);
  if (broadcast !== undefined && (address === network || address === broadcast)) {
    const what = address === network ? 'names the network itself' : "is the network's broadcast address";
    throw new RangeError(`${doing}: ${cidr} ${what}; give a host's address in it`);
  }
  return { cidr, address, length, mask, network, broadcast };
}

/** True for an address that one host can have: not "this network" (0/8), not multicast, not the limited broadcast. */
export function isHost(address: number): boolean {
  return address >>> 24 !== 0 && !isMulticast(address) && !isLimitedBroadcast(address);
}

/** True for an address that may stand on a wire as a source (RFC 1122 §3.2.1.3): a host's, and not loopback. */
export function isUnicast(address: number): boolean {
  return isHost(address) && !isLoopback(address);
}

/** True when `address` is in the network of `of`. */
export function isInside(address: number, of: InterfaceAddress): boolean {
  return (address & of.mask) >>> 0 === of.network;
}
