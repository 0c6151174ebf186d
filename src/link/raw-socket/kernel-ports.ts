import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { formatAddress, type Address } from '../../wire/address';
import { PortSet, type PortRange } from './ports';

/** Which ports the kernel uses itself, or may at any time. All of this is of the network namespace that the process is in. */

/** A port that a socket of the kernel's has. */
export interface TakenPort {
  readonly transport: 'TCP' | 'UDP';
  readonly port: number;
  /** Where the socket listens, or its end of a connection. */
  readonly address: Address;
}

/** Reads a file of the kernel's; `undefined` if it is not there. */
export type ReadFile = (path: string) => string | undefined;

export const readKernelFile: ReadFile = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const TABLES = [
  ['TCP', '/proc/net/tcp'],
  ['TCP', '/proc/net/tcp6'],
  ['UDP', '/proc/net/udp'],
  ['UDP', '/proc/net/udp6'],
] as const;

const ENTRY = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /;
/** The state of a connection that no socket has any more (`TCP_TIME_WAIT`). */
const TIME_WAIT = '06';

/** The ports of the kernel's sockets, of those that have one of these addresses or all. */
export function takenPorts(addresses: readonly Address[], read: ReadFile = readKernelFile): TakenPort[] {
  const ours = new Set<Address>(addresses);
  return TABLES.flatMap(([transport, path]) =>
    (read(path) ?? '').split('\n').flatMap((line): TakenPort[] => {
      const [, hex = '', port = '', state] = ENTRY.exec(line) ?? [];
      if (hex === '' || state === TIME_WAIT) return [];
      const address = parseKernelAddress(hex);
      const isOurs = address === 0 || address === 0n || ours.has(address);
      return isOurs ? [{ transport, port: parseInt(port, 16), address }] : [];
    }),
  );
}

/** Addresses stand as 32-bit words as they are in memory. An IPv4 address may stand in IPv6's table, mapped (`::ffff:10.9.0.1`). */
function parseKernelAddress(hex: string): Address {
  const words = (hex.match(/.{8}/g) ?? []).map((word) => {
    const bytes = Buffer.from(word, 'hex');
    return endianness() === 'LE' ? bytes.readUInt32LE() : bytes.readUInt32BE();
  });
  const [word = 0] = words;
  if (words.length === 1) return word;
  const address = words.reduce((bits, each) => (bits << 32n) | BigInt(each), 0n);
  return address >> 32n === 0xffffn ? Number(address & 0xffffffffn) : address;
}

/**
 * The ports from which the kernel chooses one for a connection that goes out, or for `bind` to port 0, except for those that
 * the administrator has reserved (`net.ipv4.ip_local_reserved_ports`).
 */
export function kernelsChoice(read: ReadFile = readKernelFile): PortSet {
  const [first = 32768, last = 60999] = (read('/proc/sys/net/ipv4/ip_local_port_range') ?? '')
    .trim()
    .split(/\s+/)
    .map(Number);
  const reserved = PortSet.parse((read('/proc/sys/net/ipv4/ip_local_reserved_ports') ?? '').trim());
  const choice = new PortSet([Number.isNaN(last) || first === 0 ? { first: 32768, last: 60999 } : { first, last }]);
  return reserved === undefined ? choice : choice.without(reserved);
}

/** For messages: `TCP port 22 (0.0.0.0)`. */
export function describeTaken({ transport, port, address }: TakenPort): string {
  return `${transport} port ${port} (${formatAddress(address)})`;
}

/** As ranges of one port each. */
export function rangesOf(taken: readonly TakenPort[]): PortRange[] {
  return taken.map(({ port }) => ({ first: port, last: port }));
}
