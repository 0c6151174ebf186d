import { formatIpv4Address } from '../wire/address';
import type { Endpoint } from './user';

const FREE = 0;
const USED = 1;
/** Taken out, but a search goes on beyond it. */
const GONE = 2;

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
  private marks = new Uint8Array(this.capacity);
  /** Three words a place: local address, remote address, both ports. */
  private keys = new Uint32Array(this.capacity * 3);
  private values: (Connection | undefined)[] = new Array<Connection | undefined>(this.capacity);
  private used = 0;
  private gone = 0;

  /** @param seed a secret 32-bit number */
  constructor(private readonly seed: number) {}

  get size(): number {
    return this.used;
  }

  get(local: number, localPort: number, remote: number, remotePort: number): Connection | undefined {
    const place = this.find(local, remote, ports(localPort, remotePort));
    return place === -1 ? undefined : this.values[place];
  }

  has(local: number, localPort: number, remote: number, remotePort: number): boolean {
    return this.find(local, remote, ports(localPort, remotePort)) !== -1;
  }

  /** Adds a connection whose four-tuple is not in the table. */
  add(tuple: FourTuple, connection: Connection): void {
    if ((this.used + this.gone + 1) * 2 > this.capacity) this.rehash();
    this.place(tuple.localAddress, tuple.remoteAddress, ports(tuple.localPort, tuple.remotePort), connection);
    this.used += 1;
  }

  /** Takes a connection out; harmless when it is not there. */
  remove(tuple: FourTuple): void {
    const place = this.find(tuple.localAddress, tuple.remoteAddress, ports(tuple.localPort, tuple.remotePort));
    if (place === -1) return;
    this.marks[place] = GONE;
    this.values[place] = undefined;
    this.used -= 1;
    this.gone += 1;
  }

  *all(): IterableIterator<Connection> {
    for (const connection of this.values) if (connection !== undefined) yield connection;
  }

  private find(local: number, remote: number, both: number): number {
    const mask = this.capacity - 1;
    for (let place = this.hash(local, remote, both) & mask; this.marks[place] !== FREE; place = (place + 1) & mask) {
      const at = place * 3;
      if (
        this.keys[at] === local &&
        this.keys[at + 1] === remote &&
        this.keys[at + 2] === both &&
        this.marks[place] === USED
      ) {
        return place;
      }
    }
    return -1;
  }

  private place(local: number, remote: number, both: number, connection: Connection): void {
    const mask = this.capacity - 1;
    let place = this.hash(local, remote, both) & mask;
    while (this.marks[place] === USED) place = (place + 1) & mask;
    if (this.marks[place] === GONE) this.gone -= 1;
    this.marks[place] = USED;
    this.keys.set([local, remote, both], place * 3);
    this.values[place] = connection;
  }

  private rehash(): void {
    const { capacity, marks, keys, values } = this;
    this.capacity = this.used * 4 > capacity ? capacity * 2 : capacity;
    this.marks = new Uint8Array(this.capacity);
    this.keys = new Uint32Array(this.capacity * 3);
    this.values = new Array<Connection | undefined>(this.capacity);
    this.gone = 0;
    for (let place = 0; place < capacity; place += 1) {
      const connection = values[place];
      if (marks[place] !== USED || connection === undefined) continue;
      this.place(keys[place * 3] ?? 0, keys[place * 3 + 1] ?? 0, keys[place * 3 + 2] ?? 0, connection);
    }
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
