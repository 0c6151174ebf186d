import type { AddressInfo, SocketReadyState } from 'node:net';
import type { DuplexOptions } from 'node:stream';
import type { Endpoint } from '../tcp/user';
import { addressInfo, familyOf } from './addresses';
import { CallableDuplex } from './callable';
import { endToProgram, type Interfaces } from './zones';

export const LOCAL = Symbol('local');
export const REMOTE = Symbol('remote');
export const AS_IPV6 = Symbol('as IPv6');

const NOT_THERE = undefined as unknown as number;

/** A stream that connects, and what its ends are called. */
export abstract class DuplexWithEnds extends CallableDuplex {
  #asIpv6: boolean;
  readonly #interfaces: Interfaces | undefined;

  /** @param options a stream's, and `asIpv6`: it is a socket of IPv6, which shows IPv4 addresses as `::ffff:10.9.0.1` */
  constructor(options: DuplexOptions & { readonly asIpv6?: boolean | undefined }, interfaces: Interfaces | undefined) {
    super(options);
    this.#asIpv6 = Boolean(options.asIpv6);
    this.#interfaces = interfaces;
  }

  /** It is to connect as a socket of that family. */
  set [AS_IPV6](asIpv6: boolean) {
    this.#asIpv6 = asIpv6;
  }

  abstract readonly connecting: boolean;
  /** It has no connection that stands. */
  abstract readonly pending: boolean;
  /** This end, once it has an address. */
  abstract readonly [LOCAL]: Endpoint | undefined;
  /** The other end, once connected. */
  abstract readonly [REMOTE]: Endpoint | undefined;

  get readyState(): SocketReadyState {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  /** The bytes that wait to be written. Node has no number before `connect`, whatever its types say. */
  get bufferSize(): number {
    return this.pending && !this.connecting ? NOT_THERE : this.writableLength;
  }

  address(): AddressInfo | Record<string, never> {
    const local = this[LOCAL];
    return local === undefined ? {} : addressInfo(this.#shown(local));
  }

  get localAddress(): string | undefined {
    const local = this[LOCAL];
    return local && this.#shown(local).address;
  }

  get localPort(): number | undefined {
    return this[LOCAL]?.port;
  }

  get localFamily(): string | undefined {
    const local = this[LOCAL];
    return local && familyOf(this.#shown(local).address);
  }

  get remoteAddress(): string | undefined {
    const remote = this[REMOTE];
    return remote && this.#shown(remote).address;
  }

  get remotePort(): number | undefined {
    return this[REMOTE]?.port;
  }

  get remoteFamily(): string | undefined {
    const remote = this[REMOTE];
    return remote && familyOf(this.#shown(remote).address);
  }

  #shown(end: Endpoint): Endpoint {
    return endToProgram(end, this.#asIpv6, this.#interfaces);
  }
}
