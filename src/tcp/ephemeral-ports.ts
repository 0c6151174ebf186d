import { sipHash, type SipKey } from '../siphash';

/** The first and the last ephemeral port. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Ephemeral ports by RFC 6056, Algorithm 3 (simple hash-based selection): for each peer the ports go up one by one from a
 * secret starting point, so that they neither collide soon nor tell an outsider anything.
 */
export class EphemeralPorts {
  private next = 0;

  constructor(
    private readonly key: SipKey,
    private readonly range: PortRange,
  ) {}

  /**
   * @param peer the local address, the remote address and the remote port, as 32-bit words
   * @param isFree true when the port can be used with that peer
   * @returns a port, or `undefined` when all are taken
   */
  choose(peer: readonly number[], isFree: (port: number) => boolean): number | undefined {
    const { first, last } = this.range;
    const count = last - first + 1;
    const offset = sipHash(this.key, peer);
    for (let tried = 0; tried < count; tried += 1) {
      const port = first + ((offset + this.next) % count);
      this.next = (this.next + 1) % count;
      if (isFree(port)) return port;
    }
    return undefined;
  }
}
