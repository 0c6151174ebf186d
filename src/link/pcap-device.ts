import { readFileSync } from 'node:fs';
import { LinkError } from './errors';

/** What Linux says of an interface. */
export interface Device {
  readonly mtu: number;
  /** The kernel's own Ethernet address there. */
  readonly mac: string;
}

const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;
const IFF_UP = 1;
const CAP_NET_RAW = 13;

/**
 * Looks at an interface before it is captured on, so that what is wrong can be told in words.
 * @throws LinkError `EINVAL` (the name), `ENODEV`, `ENETDOWN`, `ENOTSUP` (not Ethernet, not Linux), `EPERM` (no CAP_NET_RAW)
 */
export function checkDevice(name: string): Device {
  if (process.platform !== 'linux') {
    throw cannotOpen(
      name,
      'ENOTSUP',
      `this is written for Linux, not ${process.platform}; a memory link works everywhere`,
    );
  }
  if (!/^[^\s/:]{1,15}$/.test(name) || name === '.' || name === '..') {
    throw cannotOpen(name, 'EINVAL', 'that is no name of an interface; ip link shows them');
  }
  if (!isThere(name)) throw cannotOpen(name, 'ENODEV', 'there is no such interface; ip link shows those there are');
  const type = Number(read(name, 'type') ?? ARPHRD_ETHER);
  if (type === ARPHRD_LOOPBACK) {
    throw cannotOpen(name, 'ENOTSUP', 'the loopback interface is no Ethernet that another host could be on');
  }
  if (type !== ARPHRD_ETHER) {
    throw cannotOpen(
      name,
      'ENOTSUP',
      `it is not Ethernet (its hardware type is ${type}); a host of its own needs a MAC`,
    );
  }
  if (!isUp(name)) throw cannotOpen(name, 'ENETDOWN', `it is down; try: ip link set ${name} up`);
  if (!hasRawCapability()) {
    throw cannotOpen(
      name,
      'EPERM',
      'it needs the capability CAP_NET_RAW; run as root, in Docker add --cap-add NET_RAW',
    );
  }
  return { mtu: Number(read(name, 'mtu') ?? 1500), mac: read(name, 'address') ?? '' };
}

/** True while the interface is set up, as far as it is known. */
export function isUp(name: string): boolean {
  return (Number(read(name, 'flags') ?? IFF_UP) & IFF_UP) !== 0;
}

/** True while the interface is there. */
export function isThere(name: string): boolean {
  // Unlike /sys this always shows the network namespace that the process is in.
  return readFileSync('/proc/self/net/dev', 'utf8')
    .split('\n')
    .some((line) => line.trimStart().startsWith(`${name}:`));
}

export function cannotOpen(name: string, code: string, reason: string, options?: ErrorOptions): LinkError {
  return new LinkError(code, `cannot open pcap ${name}: ${reason}`, options);
}

/** `undefined` where /sys is of another namespace, too. */
function read(name: string, attribute: string): string | undefined {
  try {
    return readFileSync(`/sys/class/net/${name}/${attribute}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Where it cannot be known the kernel is asked by trying. */
function hasRawCapability(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return effective === undefined || ((BigInt(`0x${effective}`) >> BigInt(CAP_NET_RAW)) & 1n) === 1n;
  } catch {
    return true;
  }
}
