import type { Address } from '../wire/address';
import { LongTuples } from './long-tuples';
import type { FourTuple } from './tuple';

/** The table grows when it is so full: two thirds. */
const FULL = [2, 3] as const;

/**
 * The connection table: four-tuple → connection, in constant time and for IPv4 without allocating (open addressing with linear probing).
 * The hash is seeded, so that nobody outside can choose addresses and ports that collide.
 */
export class ConnectionTable<Connection> {
  private capacity = 64;
  /** Three words a place: local address, remote address, both ports. They mean something where `values` has a connection. */
  private keys = new Uint32Array(this.capacity * 3);
  private values: (Connection | undefined)[] = new Array<Connection | undefined>(this.capacity).fill(undefined);
  private used = 0;

  /** Those between IPv6 addresses. */
  private readonly long: LongTuples<Connection>;

  /** @param seed a secret 32-bit number */
  constructor(private readonly seed: number) {
    this.long = new LongTuples([seed, stir(seed, 1), stir(seed, 2), stir(seed, 3)]);
  }

  get size(): number {
    return this.used + this.long.size;
  }

  get(local: Address, localPort: number, remote: Address, remotePort: number): Connection | undefined {
    if (typeof local !== 'number' || typeof remote !== 'number') {
      return this.long.get(local, localPort, remote, remotePort);
    }
    return this.values[this.find(local, remote, ports(localPort, remotePort))];
  }

  has(local: Address, localPort: number, remote: Address, remotePort: number): boolean {
    return this.get(local, localPort, remote, remotePort) !== undefined;
  }

  /** Adds a connection whose four-tuple is not in the table. */
  add(tuple: FourTuple, connection: Connection): void {
    const { localAddress, remoteAddress } = tuple;
    if (typeof localAddress !== 'number' || typeof remoteAddress !== 'number') {
      this.long.add(tuple, connection);
      return;
    }
    if (this.used * FULL[1] >= this.capacity * FULL[0]) this.grow();
    this.place(localAddress, remoteAddress, ports(tuple.localPort, tuple.remotePort), connection);
    this.used += 1;
  }

  /** Takes a connection out; harmless when it is not there. */
  remove(tuple: FourTuple): void {
    const { localAddress, remoteAddress } = tuple;
    if (typeof localAddress !== 'number' || typeof remoteAddress !== 'number') {
      this.long.remove(tuple);
      return;
    }
    const { values, keys } = this;
    const mask = this.capacity - 1;
    let gap = this.find(localAddress, remoteAddress, ports(tuple.localPort, tuple.remotePort));
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
    yield* this.long.all();
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
