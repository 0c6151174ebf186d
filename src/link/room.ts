import { frameLength } from './frames';
import type { Frame } from './link';

const CHUNK = 1024 * 1024;

/** Memory for copies of frames that are needed for a moment only. It is used again, which saves to allocate and to collect it. */
export class Room {
  private readonly chunks: Uint8Array[] = [];
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

  clear(): void {
    this.index = 0;
    this.at = 0;
  }
}
