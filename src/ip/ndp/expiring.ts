interface Entry<Value> {
  value: Value;
  until: number;
}

/** Things that hold for a time, a limited number of them. Times are µs on the stack's clock. */
export class Expiring<Key, Value> {
  readonly #most: number;
  readonly #full: () => void;
  readonly #gone: (value: Value) => void;
  readonly #entries = new Map<Key, Entry<Value>>();

  /**
   * @param full called for each that found no room
   * @param gone called for each that ends, or is taken away
   */
  constructor(most: number, full: () => void, gone: (value: Value) => void = () => undefined) {
    this.#most = most;
    this.#full = full;
    this.#gone = gone;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** When the next one ends; `Infinity` when none does. */
  get earliest(): number {
    let earliest = Infinity;
    for (const { until } of this.#entries.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  keys(): IterableIterator<Key> {
    return this.#entries.keys();
  }

  /** It holds until then. One that is not there is made, if there is room. */
  set(key: Key, until: number, make: () => Value): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.until = until;
    else if (this.#entries.size >= this.#most) this.#full();
    else this.#entries.set(key, { value: make(), until });
  }

  /** Another value for one that is there; nobody is told that the old one is gone. */
  replace(key: Key, value: Value): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.value = value;
  }

  /** Harmless for what is not there. */
  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#gone(entry.value);
  }

  /** Takes away what has ended. */
  expire(now: number): void {
    for (const [key, { until }] of this.#entries) if (until <= now) this.delete(key);
  }
}
