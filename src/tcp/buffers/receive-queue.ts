/** Below this size a payload is copied, so that one small slice does not keep a large receive slab alive. */
const COPY_BELOW = 512;

/** What came in order and waits for RECEIVE: slices of the frames that brought it. */
export class ReceiveQueue {
  private chunks: Uint8Array[] = [];
  private first = 0;
  private bytes = 0;

  /** How many octets wait. */
  get length(): number {
    return this.bytes;
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    this.chunks.push(own(data));
    this.bytes += data.length;
  }

  /** Takes the oldest piece, at most `max` octets of it; `undefined` when nothing waits. */
  take(max: number): Uint8Array | undefined {
    const chunk = this.chunks[this.first];
    if (chunk === undefined) return undefined;
    if (chunk.length > max) {
      this.chunks[this.first] = chunk.subarray(max);
      this.bytes -= max;
      return chunk.subarray(0, max);
    }
    this.first += 1;
    this.bytes -= chunk.length;
    if (this.first === this.chunks.length) {
      this.chunks = [];
      this.first = 0;
    } else if (this.first > 64 && this.first * 2 > this.chunks.length) {
      this.chunks = this.chunks.slice(this.first);
      this.first = 0;
    }
    return chunk;
  }

  clear(): void {
    this.chunks = [];
    this.first = 0;
    this.bytes = 0;
  }
}

/** The data itself, or a copy where it is a small part of a larger buffer. */
export function own(data: Uint8Array): Uint8Array {
  return data.length < COPY_BELOW && data.buffer.byteLength > data.length ? data.slice() : data;
}
