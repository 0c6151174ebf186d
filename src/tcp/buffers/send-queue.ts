/** The arrays of every queue that holds nothing: never changed. */
const NO_CHUNKS: Uint8Array[] = [];
const NO_STARTS: number[] = [];

/**
 * What the user gave to SEND and the peer has not acknowledged yet, in order, by reference. Positions are octets from the
 * oldest one still held.
 */
export class SendQueue {
  /** The chunks, oldest first, from `first` on; those before it are gone. */
  private chunks: Uint8Array[] = NO_CHUNKS;
  /** For each chunk, the position of its first octet, counted from the first octet ever queued. */
  private starts: number[] = NO_STARTS;
  private first = 0;
  private begin = 0;
  private end = 0;
  /** Where the last `read` ended: reads mostly go on from there. */
  private cursor = 0;

  /** How many octets are held. */
  get length(): number {
    return this.end - this.begin;
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    if (this.chunks.length === 0) {
      this.chunks = [data];
      this.starts = [this.end];
    } else {
      this.chunks.push(data);
      this.starts.push(this.end);
    }
    this.end += data.length;
  }

  /** The slices that hold `length` octets from `position` on. They share memory with what the user gave. */
  read(position: number, length: number): Uint8Array[] {
    const slices: Uint8Array[] = [];
    let at = this.begin + position;
    const stop = Math.min(at + length, this.end);
    let index = this.find(at);
    while (at < stop) {
      const chunk = this.chunks[index];
      const start = this.starts[index];
      if (chunk === undefined || start === undefined) break;
      const from = at - start;
      const to = Math.min(chunk.length, stop - start);
      slices.push(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to));
      at = start + to;
      this.cursor = index;
      index += 1;
    }
    return slices;
  }

  /** Lets go of the oldest `count` octets. */
  drop(count: number): void {
    this.begin = Math.min(this.begin + count, this.end);
    if (this.begin === this.end) {
      this.clear();
      return;
    }
    while (this.first < this.chunks.length) {
      const chunk = this.chunks[this.first];
      const start = this.starts[this.first];
      if (chunk === undefined || start === undefined || start + chunk.length > this.begin) break;
      this.first += 1;
    }
    if (this.first > 32 && this.first * 2 > this.chunks.length) {
      this.chunks = this.chunks.slice(this.first);
      this.starts = this.starts.slice(this.first);
      this.cursor = 0;
      this.first = 0;
    }
  }

  clear(): void {
    this.chunks = NO_CHUNKS;
    this.starts = NO_STARTS;
    this.first = 0;
    this.cursor = 0;
    this.begin = this.end;
  }

  /** The index of the chunk that holds the octet at absolute position `at`. */
  private find(at: number): number {
    for (let index = Math.max(this.cursor, this.first); index <= this.cursor + 1; index += 1) {
      if (this.holds(index, at)) return index;
    }
    let low = this.first;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private holds(index: number, at: number): boolean {
    const start = this.starts[index];
    const chunk = this.chunks[index];
    return start !== undefined && chunk !== undefined && start <= at && at < start + chunk.length;
  }
}
