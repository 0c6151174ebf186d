import { frameLength } from './frames';
import type { Frame } from './link';

/** Bytes that are allocated at a time, unless a frame is larger. */
const CHUNK = 1024 * 1024;

/**
 * Memory for copies of frames that are needed for a moment only. It is used again, which saves to allocate and to collect it: it holds as
 * much as there ever was between two calls of `clear`.
 */
export class Room {
  private readonly chunks: Uint8Array[] = [];
  /** The next copy begins at `chunks[index][at]`; of that chunk there may be none yet. */
  private index = 0;
  private at = 0;

  /** The frame's bytes in one piece, until `clear` is called. */
  copy(frame: Frame): Uint8Array {
    const length = frameLength(frame);
    while (this.at + length > (this.chunks[this.index]?.length ?? Infinity)) {
      this.index += 1;
      this.at = 0;
    }
    const chunk = (this.chunks[this.index] ??= new Uint8Array(Math.max(length, CHUNK)));
    const begin = this.at;
    for (const slice of frame) {
      chunk.set(slice, this.at);
      this.at += slice.length;
    }
    return chunk.subarray(begin, this.at);
  }

  /** All copies are done with. */
  clear(): void {
    this.index = 0;
    this.at = 0;
  }
}
