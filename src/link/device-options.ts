import { isUnspecifiedAddress, parsePrefix, withoutZone } from '../wire/address';
import { writeUint32 } from '../wire/bytes';
import { writeIpv6Address } from '../wire/ipv6-bytes';
import type { DeviceKind } from './device-addon';
import { cannotOpen } from './device-words';

/** How a TAP or TUN device is opened. */
export interface DeviceOptions {
  /**
   * Bytes of the largest IP packet, 68 (with IPv6 1280) to 65521, of a TUN to 65535; set on the kernel's end. Default: as the device
   * has it, 1500 if new.
   */
  readonly mtu?: number;
  /**
   * Gives the kernel's end this address, or these, as in `10.9.0.1/24` and `fd00:9::1/64`, and brings it up. IPv6's can be used at once: duplicates
   * are not looked for. Default: all is left as it is.
   */
  readonly host?: string | readonly string[];
  /** The interface stays after `close`, and can be attached to again. Default: it vanishes, if `open` made it. */
  readonly persist?: boolean;
  /**
   * Bytes of sent frames that the kernel may hold before `send` answers `false`. Matters where the kernel passes frames
   * on to something slower (a bridge, a shaped interface). Default: the kernel's, which is no limit.
   */
  readonly sendBuffer?: number;
  /**
   * Who does the work of a network card: cuts large segments, joins small ones, fills in and checks checksums. `kernel` (the
   * default): the kernel, in whose memory segments of up to 64 KiB then pass whole; where it cannot, as with `software`.
   * `software`: the addon, on frames of the MTU. `none`: nobody; frames pass one by one as they are.
   */
  readonly offload?: 'kernel' | 'software' | 'none';
  /**
   * This link is one of several queues of the interface: opened once more under the same name, with the same `mtu` and `offload`,
   * it is another. The kernel gives each flow to one of them, by its addresses and ports or by where its packets came from. A
   * queue that closes leaves its flows to the others. `StackWorkers` makes a stack of each. Default `false`.
   */
  readonly queue?: boolean;
}

export const OFFLOADS: readonly string[] = ['kernel', 'software', 'none'];

/** What the addon is asked for. */
export interface DeviceRequest extends Required<Omit<DeviceOptions, 'host'>> {
  /** The kernel's addresses, as native/address.h has them. */
  readonly addresses: Uint8Array;
}

const LARGEST_MTU = { TAP: 65_521, TUN: 65_535 } as const;
/** RFC 8200 §5: IPv6 asks it of every link. */
const LEAST_MTU_OF_IPV6 = 1280;

/** The options in full. @throws LinkError `EINVAL` for what the kernel would refuse with that word alone */
export function deviceRequest(kind: DeviceKind, name: string, options: DeviceOptions): DeviceRequest {
  checkName(kind, name);
  const { mtu = 0, sendBuffer = 0, persist = false, offload = 'kernel', queue = false, host = [] } = options;
  const refuse = (reason: string): never => {
    throw cannotOpen(kind, name, 'EINVAL', reason);
  };
  const most = LARGEST_MTU[kind];
  if (mtu !== 0 && !isWhole(mtu, 68, most)) refuse(`mtu ${mtu} is not between 68 and ${most}`);
  if (!OFFLOADS.includes(offload)) refuse(`offload is one of ${OFFLOADS.join(', ')}`);
  if (!isWhole(sendBuffer, 0, 0x7fffffff)) refuse(`sendBuffer ${sendBuffer} is not a size in bytes`);
  const hosts = typeof host === 'string' ? [host] : host;
  const hasIpv6 = hosts.some((each) => each.includes(':'));
  if (hasIpv6 && mtu !== 0 && mtu < LEAST_MTU_OF_IPV6) refuse(`mtu ${mtu} is less than the 1280 that IPv6 needs`);
  const addresses = Buffer.concat(
    hosts.map(
      (each) =>
        hostAddress(each) ??
        refuse(`host ${JSON.stringify(each)} is not an address with its prefix, as in 10.9.0.1/24 or fd00:9::1/64`),
    ),
  );
  return { mtu, sendBuffer, persist, offload, queue, addresses };
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The kernel's rule for names of interfaces, told before the kernel says only EINVAL. */
function checkName(kind: DeviceKind, name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > 15) {
    throw cannotOpen(kind, name, 'EINVAL', `the name has ${bytes} bytes; 1 to 15 are allowed`);
  }
  if (/[\s/:\0]/.test(name) || name === '.' || name === '..') {
    const rule = 'the name of an interface has no space, slash or colon in it, and is not . or ..';
    throw cannotOpen(kind, name, 'EINVAL', rule);
  }
}

/** A `struct host_address`: the version of IP, the bits of the prefix, 16 bytes of address. */
function hostAddress(text: string): Uint8Array | undefined {
  const prefix = parsePrefix(text);
  if (prefix === undefined || isUnspecifiedAddress(prefix.address)) return undefined;
  const { address, length } = prefix;
  const bytes = new Uint8Array(18);
  bytes[0] = typeof address === 'bigint' ? 6 : 4;
  bytes[1] = length;
  if (typeof address === 'bigint') writeIpv6Address(bytes, 2, withoutZone(address));
  else writeUint32(bytes, 2, address);
  return bytes;
}
