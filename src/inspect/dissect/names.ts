/** Names of numbers, as IANA has them. */
const ETHERTYPES: Readonly<Record<number, string>> = {
  0x0800: 'IPv4',
  0x0806: 'ARP',
  0x86dd: 'IPv6',
  0x8100: '802.1Q',
  0x88a8: '802.1ad',
  0x88cc: 'LLDP',
  0x8863: 'PPPoE Discovery',
  0x8864: 'PPPoE',
};

const PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'Hop-by-Hop Options',
  1: 'ICMP',
  2: 'IGMP',
  4: 'IPv4',
  6: 'TCP',
  17: 'UDP',
  41: 'IPv6',
  43: 'Routing',
  44: 'Fragment',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPv6',
  59: 'No Next Header',
  60: 'Destination Options',
  132: 'SCTP',
};

const ICMP_TYPES: Readonly<Record<number, string>> = {
  0: 'Echo Reply',
  3: 'Destination Unreachable',
  4: 'Source Quench',
  5: 'Redirect',
  8: 'Echo',
  9: 'Router Advertisement',
  10: 'Router Solicitation',
  11: 'Time Exceeded',
  12: 'Parameter Problem',
  13: 'Timestamp',
  14: 'Timestamp Reply',
};

const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  1: 'Destination Unreachable',
  2: 'Packet Too Big',
  3: 'Time Exceeded',
  4: 'Parameter Problem',
  128: 'Echo Request',
  129: 'Echo Reply',
  130: 'Multicast Listener Query',
  131: 'Multicast Listener Report',
  132: 'Multicast Listener Done',
  133: 'Router Solicitation',
  134: 'Router Advertisement',
  135: 'Neighbor Solicitation',
  136: 'Neighbor Advertisement',
  137: 'Redirect',
  143: 'Multicast Listener Report v2',
};

export const etherTypeName = (type: number): string => ETHERTYPES[type] ?? '';
export const protocolName = (protocol: number): string => PROTOCOLS[protocol] ?? '';
export const icmpName = (type: number): string => ICMP_TYPES[type] ?? '';
export const icmpv6Name = (type: number): string => ICMPV6_TYPES[type] ?? '';

/** A number with its name, if it has one. */
export function named(value: number | string, name: string): string {
  return name === '' ? String(value) : `${value} (${name})`;
}
