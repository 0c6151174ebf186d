import { sipHash, type SipKey } from '../siphash';
import type { Address } from '../wire/address';
import { tupleWords, type FourTuple } from './tuple';

interface Entry<Connection> {
  readonly tuple: FourTuple;
  readonly connection: Connection;
  next: Entry<Connection> | undefined;
}

/**
 * Connections between IPv6 addresses: by a keyed hash of the four-tuple, and behind it a chain of those that have the same. Whoever has a
 * /64 has addresses enough to make any hash without a secret collide.
 */
export class LongTuples<Connection> {
  private readonly chains = new Map<number, Entry<Connection>>();
  private used = 0;
  /** What was found last: mostly the next segment is of the same connection, and hashing costs more than all the rest. */
  private last: Entry<Connection> | undefined;

  constructor(private readonly key: SipKey) {}

  get size(): number {
    return this.used;
  }

  get(localAddress: Address, localPort: number, remoteAddress: Address, remotePort: number): Connection | undefined {
    const { last } = this;
    if (
      last?.tuple.remotePort === remotePort &&
      last.tuple.localPort === localPort &&
      last.tuple.remoteAddress === remoteAddress &&
      last.tuple.localAddress === localAddress
    ) {
      return last.connection;
    }
    const tuple = { localAddress, localPort, remoteAddress, remotePort };
    for (let entry = this.chains.get(this.hash(tuple)); entry !== undefined; entry = entry.next) {
      if (!isSame(entry.tuple, tuple)) continue;
      this.last = entry;
      return entry.connection;
    }
    return undefined;
  }

  /** Adds a connection whose four-tuple is not in the table. */
  add(tuple: FourTuple, connection: Connection): void {
    const hash = this.hash(tuple);
    this.chains.set(hash, { tuple, connection, next: this.chains.get(hash) });
    this.used += 1;
  }

  /** Takes a connection out; harmless when it is not there. */
  remove(tuple: FourTuple): void {
    const hash = this.hash(tuple);
    let before: Entry<Connection> | undefined;
    for (let entry = this.chains.get(hash); entry !== undefined; before = entry, entry = entry.next) {
      if (!isSame(entry.tuple, tuple)) continue;
      if (before !== undefined) before.next = entry.next;
      else if (entry.next !== undefined) this.chains.set(hash, entry.next);
      else this.chains.delete(hash);
      this.used -= 1;
      this.last = undefined;
      return;
    }
  }

  *all(): IterableIterator<Connection> {
    for (const first of this.chains.values()) {
      for (let entry: Entry<Connection> | undefined = first; entry !== undefined; entry = entry.next) {
        yield entry.connection;
      }
    }
  }

  private hash(tuple: FourTuple): number {
    return sipHash(this.key, tupleWords(tuple));
  }
}

function isSame(one: FourTuple, other: FourTuple): boolean {
  return (
    one.remotePort === other.remotePort &&
    one.localPort === other.localPort &&
    one.remoteAddress === other.remoteAddress &&
    one.localAddress === other.localAddress
  );
}
