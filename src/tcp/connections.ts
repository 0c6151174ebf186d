import { formatIpv4Address } from '../wire/address';
import type { Endpoint } from './user';

/** The table grows when it is so full: two thirds. */
const FULL = [2, 3] as const;

/** A four-tuple, IPv4 addresses as 32-bit numbers. */
export interface FourTuple {
  readonly localAddress: number;
  readonly localPort: number;
  readonly remoteAddress: number;
  readonly remotePort: number;
}

/** Both ends for people. */
export function endpoints(tuple: FourTuple): { readonly local: Endpoint; readonly remote: Endpoint } {
  return {
    local: { address: formatIpv4Address(tuple.localAddress), port: tuple.localPort },
    remote: { address: formatIpv4Address(tuple.remoteAddress), port: tuple.remotePort },
  };
}

/** A four-tuple as a keyed hash takes it. */
export function tupleWords({ localAddress, localPort, remoteAddress, remotePort }: FourTuple): readonly number[] {
  return [localAddress, remoteAddress, (localPort << 16) | remotePort];
}

/**
 * The connection table: four-tuple → connection, in constant time and without allocating (open addressing with linear probing). The
 * hash is seeded, so that nobody outside can choose addresses and ports that collide.
 */
export class ConnectionTable<Connection> {
  private capacity = 64;
  /** Three words a place: local address, remote address, both ports. They mean something where `values` has a connection. */
  private keys = new Uint32Array(this.capacity * 3);
  private values: (Connection | undefined)[] = new Array<Connection | undefined>(this.capacity).fill(undefined);
  private used = 0;

  /** @param seed a secret 32-bit number */
  constructor(private readonly seed: number) {}

  get size(): number {
    return this.used;
  }

  get(local: number, localPort: number, remote: number, remotePort: number): Connection | undefined {
    return this.values[this.find(local, remote, ports(localPort, remotePort))];
  }

  has(local: number, localPort: number, remote: number, remotePort: number): boolean {
    return this.get(local, localPort, remote, remotePort) !== undefined;
  }

  /** Adds a connection whose four-tuple is not in the table. */
  add(tuple: FourTuple, connection: Connection): void {
    if (this.used * FULL[1] >= this.capacity * FULL[0]) this.grow();
    this.place(tuple.localAddress, tuple.remoteAddress, ports(tuple.localPort, tuple.remotePort), connection);
    this.used += 1;
  }

  /** Takes a connection out; harmless when it is not there. */
  remove(tuple: FourTuple): void {
    const { values, keys } = this;
    const mask = this.capacity - 1;
    let gap = this.find(tuple.localAddress, tuple.remoteAddress, ports(tuple.localPort, tuple.remotePort));
    if (values[gap] === undefined) return;
    this.used -= 1;
    // Whatever stands behind the gap and was looked for from before it, or in it, moves up, so that no search ends too soon.
    for (let place = (gap + 1) & mask; values[place] !== undefined; place = (place + 1) & mask) {
      if (((place - this.home(place)) & mask) < ((place - gap) & mask)) continue;
      values[gap] = values[place];
      keys.copyWithin(gap * 3, place * 3, place * 3 + 3);
      gap = place;
    }
    values[gap] = undefined;
  }

  *all(): IterableIterator<Connection> {
    for (const connection of this.values) if (connection !== undefined) yield connection;
  }

  /** Where the connection is, or the free place at which the search for it ends. */
  private find(local: number, remote: number, both: number): number {
    const { keys, values } = this;
    const mask = this.capacity - 1;
    let place = this.hash(local, remote, both) & mask;
    for (; values[place] !== undefined; place = (place + 1) & mask) {
      const at = place * 3;
      if (keys[at + 1] === remote && keys[at + 2] === both && keys[at] === local) break;
    }
    return place;
  }

  private place(local: number, remote: number, both: number, connection: Connection): void {
    const place = this.find(local, remote, both);
    this.keys[place * 3] = local;
    this.keys[place * 3 + 1] = remote;
    this.keys[place * 3 + 2] = both;
    this.values[place] = connection;
  }

  private grow(): void {
    const { capacity, keys, values } = this;
    this.capacity = capacity * 2;
    this.keys = new Uint32Array(this.capacity * 3);
    this.values = new Array<Connection | undefined>(this.capacity).fill(undefined);
    for (let place = 0; place < capacity; place += 1) {
      const connection = values[place];
      if (connection === undefined) continue;
      this.place(keys[place * 3] ?? 0, keys[place * 3 + 1] ?? 0, keys[place * 3 + 2] ?? 0, connection);
    }
  }

  /** Where the search for what stands in `place` begins. */
  private home(place: number): number {
    const { keys } = this;
    const at = place * 3;
    return this.hash(keys[at] ?? 0, keys[at + 1] ?? 0, keys[at + 2] ?? 0) & (this.capacity - 1);
  }

  /** Multiplications and shifts that spread each input bit over all (in the manner of MurmurHash3's finaliser). */
  private hash(local: number, remote: number, both: number): number {
    const hash = Math.imul(stir(stir(stir(this.seed, local), remote), both), 0x85ebca77);
    return (hash ^ (hash >>> 13)) >>> 0;
  }
}

function stir(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function ports(local: number, remote: number): number {
  return ((local << 16) | remote) >>> 0;
}
