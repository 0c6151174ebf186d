import type { IpHost } from './host';

const COUNTERS = 1024;

/**
 * The identification field (RFC 6864). An atomic datagram (DF set, never fragmented) may have any value and gets a
 * random one. Others must not repeat for the same source, destination and protocol while fragments live: they are
 * counted per destination and protocol, in a fixed number of counters with random starts, so that traffic to one
 * host tells another nothing (RFC 7739 §5.3).
 */
export class Identification {
  readonly #host: IpHost;
  readonly #counters = new Uint16Array(COUNTERS);
  readonly #key: number;

  constructor(host: IpHost) {
    this.#host = host;
    this.#key = host.random32() | 1;
    for (let i = 0; i < COUNTERS; i++) this.#counters[i] = host.random32();
  }

  /** @returns the 16-bit value for the next packet to `destination` (uint32) */
  next(destination: number, protocol: number, dontFragment: boolean): number {
    if (dontFragment) return this.#host.random32() & 0xffff;
    // Multiplicative hashing: the product's upper bits depend on all of the address.
    const bucket = Math.imul(destination ^ (protocol << 24) ^ this.#key, this.#key) >>> 22;
    const value = this.#counters[bucket] ?? 0;
    this.#counters[bucket] = value + 1;
    return value;
  }
}
