/** Packets on their way from a link to a program that takes them one by one: `for await (const packet of queue)`. */
export class PacketQueue implements AsyncIterableIterator<Uint8Array> {
  readonly #limit: number;
  /** There is room again, after a packet that found none. */
  readonly #onRoom: () => void;
  readonly #onStop: () => void;
  readonly #packets: Uint8Array[] = [];
  readonly #takers: ((result: IteratorResult<Uint8Array>) => void)[] = [];
  #isFull = false;
  #ended = false;

  /** @param limit packets that may wait @param onStop whoever took packets takes no more */
  constructor(limit: number, onRoom: () => void, onStop: () => void) {
    this.#limit = limit;
    this.#onRoom = onRoom;
    this.#onStop = onStop;
  }

  /** Packets that wait. */
  get length(): number {
    return this.#packets.length;
  }

  /** `false`: as many packets wait as may; `onRoom` is called when half of them were taken. */
  hasRoom(): boolean {
    this.#isFull ||= this.#packets.length >= this.#limit;
    return !this.#isFull;
  }

  push(packet: Uint8Array): void {
    const taker = this.#takers.shift();
    if (taker === undefined) this.#packets.push(packet);
    else taker({ value: packet, done: false });
  }

  /** No more packets come; those that wait can still be taken. */
  end(): void {
    this.#ended = true;
    for (const taker of this.#takers.splice(0)) taker(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const packet = this.#packets.shift();
    if (packet !== undefined) {
      this.#giveRoom();
      return Promise.resolve({ value: packet, done: false });
    }
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** A loop was left. What waits is thrown away. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.end();
    this.#packets.length = 0;
    this.#onStop();
    this.#giveRoom();
    return Promise.resolve(DONE);
  }

  #giveRoom(): void {
    if (!this.#isFull || this.#packets.length > this.#limit / 2) return;
    this.#isFull = false;
    this.#onRoom();
  }
}

const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true };
