/** Below this size a payload is copied, so that one small slice does not keep a large receive slab alive. */
const COPY_BELOW = 512;

/** Small payloads that nobody takes are gathered in pieces of this size: an octet in each segment must not cost a hundred here. */
const GATHERED = 4096;

/** The chunks of every queue in which nothing waits: never changed. */
const NOTHING: Uint8Array[] = [];

/** What came in order and waits for RECEIVE: slices of the frames that brought it. */
export class ReceiveQueue {
  /** Where small payloads are gathered; the last chunk lies in it. */
  private gathering: ArrayBufferLike | undefined = undefined;
  private chunks: Uint8Array[] = NOTHING;
  private first = 0;
  private bytes = 0;

  /** How many octets wait. */
  get length(): number {
    return this.bytes;
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    if (data.length >= COPY_BELOW || !this.gather(data)) this.add(own(data));
    this.bytes += data.length;
  }

  private add(data: Uint8Array): void {
    if (this.chunks.length === 0) this.chunks = [data];
    else this.chunks.push(data);
  }

  /** Adds a small payload to a small one that waits. */
  private gather(data: Uint8Array): boolean {
    const last = this.chunks.at(-1);
    if (last === undefined) return false;
    const { buffer, byteOffset, length } = last;
    const end = byteOffset + length;
    if (buffer === this.gathering && end + data.length <= GATHERED) {
      new Uint8Array(buffer).set(data, end);
      this.chunks[this.chunks.length - 1] = new Uint8Array(buffer, byteOffset, length + data.length);
      return true;
    }
    if (length >= COPY_BELOW) return false;
    const gathered = new Uint8Array(GATHERED);
    gathered.set(last);
    gathered.set(data, length);
    this.gathering = gathered.buffer;
    this.chunks[this.chunks.length - 1] = gathered.subarray(0, length + data.length);
    return true;
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
      this.chunks = NOTHING;
      this.gathering = undefined;
      this.first = 0;
    } else if (this.first > 64 && this.first * 2 > this.chunks.length) {
      this.chunks = this.chunks.slice(this.first);
      this.first = 0;
    }
    return chunk;
  }

  clear(): void {
    this.chunks = NOTHING;
    this.first = 0;
    this.bytes = 0;
    this.gathering = undefined;
  }
}

/** Copies lie side by side in pieces of memory of this size: an array with memory of its own costs several times as much to make. */
const POOL_SIZE = 16_384;
let pool = new Uint8Array(POOL_SIZE);
let pooled = 0;

/** The data itself, or a copy where it is a small part of a larger buffer. */
export function own(data: Uint8Array): Uint8Array {
  const { length } = data;
  if (length >= COPY_BELOW || data.buffer.byteLength === length) return data;
  if (pooled + length > POOL_SIZE) {
    pool = new Uint8Array(POOL_SIZE);
    pooled = 0;
  }
  const copy = new Uint8Array(pool.buffer, pooled, length);
  copy.set(data);
  pooled += length;
  return copy;
}
