import { covers, type Address } from '../../wire/address';
import type { BoundSocket } from './socket';

/** Which socket has which port. */
export class UdpTable {
  /** The newest first. */
  readonly #byPort = new Map<number, BoundSocket[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  *all(): Iterable<BoundSocket> {
    for (const sockets of this.#byPort.values()) yield* sockets;
  }

  /** Those with this port, the newest first. */
  at(port: number): readonly BoundSocket[] | undefined {
    return this.#byPort.get(port);
  }

  add(socket: BoundSocket): void {
    const there = this.#byPort.get(socket.localPort);
    if (there === undefined) this.#byPort.set(socket.localPort, [socket]);
    else there.unshift(socket);
    this.#size += 1;
  }

  remove(socket: BoundSocket): void {
    const there = this.#byPort.get(socket.localPort);
    const place = there?.indexOf(socket) ?? -1;
    if (there === undefined || place < 0) return;
    there.splice(place, 1);
    if (there.length === 0) this.#byPort.delete(socket.localPort);
    this.#size -= 1;
  }

  /** True when a socket has the port on this address, and does not share it, or we do not: as Linux sees it. */
  isTaken(address: Address, port: number, shared: boolean, ipv6Only = false): boolean {
    const there = this.#byPort.get(port);
    if (there === undefined) return false;
    return there.some((other) => {
      const overlaps =
        covers(other.boundAddress, other.ipv6Only, address) || covers(address, ipv6Only, other.boundAddress);
      return overlaps && !(shared && other.isShared);
    });
  }

  /**
   * A free port: the first one upwards from a random place (RFC 6056, Algorithm 1). Whom the socket will talk to is not known, so there is
   * nothing to hash; and that the port cannot be guessed is what protects a query (RFC 5452 §9.2).
   * @returns `undefined` when all are taken
   */
  choose(
    address: Address,
    ipv6Only: boolean,
    { first, last }: { first: number; last: number },
    random32: () => number,
  ): number | undefined {
    const count = last - first + 1;
    const start = random32() % count;
    for (let tried = 0; tried < count; tried += 1) {
      const port = first + ((start + tried) % count);
      if (!this.isTaken(address, port, false, ipv6Only)) return port;
    }
    return undefined;
  }

  /** Whose a datagram to one host is: the socket that says most exactly whom it wants, and of several such the newest. */
  find(dst: Address, dstPort: number, src: Address, srcPort: number): BoundSocket | undefined {
    const there = this.#byPort.get(dstPort);
    if (there === undefined) return undefined;
    let best: BoundSocket | undefined;
    let bestScore = -1;
    for (const socket of there) {
      const score = socket.score(dst, src, srcPort);
      if (score > bestScore) {
        best = socket;
        bestScore = score;
      }
    }
    return best;
  }
}
