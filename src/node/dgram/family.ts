import type { SocketType } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { hostAddress } from '../../stack/addresses';
import type { UdpEndpoint } from '../../stack/udp';
import { isLinkLocal6 } from '../../wire/address';
import { endToProgram, toProgram, toStack, type Interfaces } from '../zones';

/** The addresses of a socket's family, as its program writes and reads them. */
export class Family {
  readonly isIpv6: boolean;
  /** What stands for every address, and for this host. */
  readonly any: string;
  readonly loopback: string;

  readonly #interfaces: Interfaces | undefined;
  /** Where the last datagram came from, as the stack has it and as it is told. */
  #source = '';
  #shownSource = '';

  constructor(type: SocketType, interfaces: Interfaces | undefined) {
    this.isIpv6 = type === 'udp6';
    this.any = this.isIpv6 ? '::' : '0.0.0.0';
    this.loopback = this.isIpv6 ? '::1' : '127.0.0.1';
    this.#interfaces = interfaces;
  }

  has(address: string): boolean {
    return this.isIpv6 ? isIPv6(address) : isIPv4(address);
  }

  /** @returns `undefined` for an address of the other family, or with a zone that no interface has */
  toStack(address: string): string | undefined {
    return this.has(address) ? toStack(address, this.#interfaces) : undefined;
  }

  /** As `toStack`, for what is to be bound: who is bound to a group hears it on every interface. */
  toBind(address: string): string | undefined {
    const zoned = this.toStack(address);
    return zoned?.startsWith('ff') ? zoned.replace(/%.*/, '') : zoned;
  }

  shown(end: UdpEndpoint): UdpEndpoint {
    return endToProgram(end, this.isIpv6, this.#interfaces);
  }

  /** Where a datagram came from; mostly the next one is from the same. */
  sourceOf(address: string): string {
    if (!this.isIpv6) return address;
    if (address !== this.#source) {
      this.#source = address;
      this.#shownSource = toProgram(address, true, this.#interfaces);
    }
    return this.#shownSource;
  }
}

/** A link-local address of which nobody says the link. */
export function lacksZone(address: string): boolean {
  const value = address.includes('%') ? undefined : hostAddress(address);
  return typeof value === 'bigint' && isLinkLocal6(value);
}
