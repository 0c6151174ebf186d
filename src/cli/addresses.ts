import { parseIpv4Address, parseIpv4Prefix } from '../wire/address';

/** An address as a number; `undefined` for a name. */
export function parseHost(text: string): number | bigint | undefined {
  return parseIpv4Address(text);
}

/** An address with a port behind it: IPv6 in brackets. */
export function withPort(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** An address as a URL has it. */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Tells whether an address is `text`, or in the network `text`; `undefined` when `text` is neither. */
export function isInside(text: string): ((address: string) => boolean) | undefined {
  const prefix = parseIpv4Prefix(text.includes('/') ? text : `${text}/32`);
  if (prefix === undefined) return undefined;
  const { address: network, mask } = prefix;
  return (address) => {
    const parsed = parseIpv4Address(address);
    return parsed !== undefined && (parsed & mask) >>> 0 === (network & mask) >>> 0;
  };
}
