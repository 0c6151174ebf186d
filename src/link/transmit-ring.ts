import type { Frame, FrameWork } from './link';
import type { NativeDevice } from './device-addon';

/** A frame's description, in words (native/transmit.h). */
const DESCRIPTION = 4;
const PIECE = 2;
const BY_REFERENCE = 0x80000000;
/** Below this many bytes a copy is cheaper than telling the addon where the bytes are. */
const COPY_BELOW = 2048;
/** The addon takes so many pieces a frame. */
const MOST_PIECES = 64;

/** Frames that wait for the next flush: described in memory that is shared with the addon, small pieces in it, large ones by reference. */
export class TransmitRing {
  readonly #device: NativeDevice;
  #frames = 0;
  #words = 0;
  #bytes = 0;
  readonly #references: Uint8Array[] = [];
  /** The device was full: what waits stays until it tells that it has room. */
  #blocked = false;

  constructor(device: NativeDevice) {
    this.#device = device;
  }

  get isBlocked(): boolean {
    return this.#blocked;
  }

  /**
   * Takes a frame. `false`: there is no room for it. Slices of `COPY_BELOW` bytes or more behind the first are kept until `flush` has sent
   * them.
   */
  add(frame: Frame, work: FrameWork | undefined): boolean {
    if (this.#blocked) return false;
    if (this.#place(frame, work)) return true;
    return this.flush() && this.#place(frame, work);
  }

  /** Sends what waits. `false`: the device is full; `resume` is to be called when it has room. */
  flush(): boolean {
    if (this.#frames === 0) return true;
    this.#blocked = this.#device.flush(this.#frames, this.#references) > 0;
    if (this.#blocked) return false;
    this.#frames = this.#words = this.#bytes = 0;
    this.#references.length = 0;
    return true;
  }

  /** The device has room again. Returns as `flush` does. */
  resume(): boolean {
    this.#blocked = false;
    return this.flush();
  }

  #place(frame: Frame, work: FrameWork | undefined): boolean {
    const { txWords, txBytes } = this.#device;
    const count = Math.min(frame.length, MOST_PIECES);
    if (this.#words + DESCRIPTION + PIECE * count > txWords.length) return false;
    let copied = 0;
    for (let index = 0; index < frame.length; index++) {
      const { length } = frame[index] ?? { length: 0 };
      if (index === 0 || length < COPY_BELOW || index >= MOST_PIECES - 1) copied += length;
    }
    if (this.#bytes + copied > txBytes.length) return false;

    let at = this.#words + DESCRIPTION;
    let pieces = 0;
    // Where the present piece, which is a copy, ends: what is copied next to it joins it, but for the headers.
    let end = -1;
    for (let index = 0; index < frame.length; index++) {
      const slice = frame[index];
      if (slice === undefined || slice.length === 0) continue;
      if (index > 0 && slice.length >= COPY_BELOW && pieces < MOST_PIECES - 1) {
        txWords[at] = BY_REFERENCE | this.#references.length;
        txWords[at + 1] = slice.length;
        this.#references.push(slice);
        at += PIECE;
        pieces++;
        end = -1;
        continue;
      }
      txBytes.set(slice, this.#bytes);
      if (end === this.#bytes) txWords[at - 1] = (txWords[at - 1] ?? 0) + slice.length;
      else {
        txWords[at] = this.#bytes;
        txWords[at + 1] = slice.length;
        at += PIECE;
        pieces++;
      }
      this.#bytes += slice.length;
      end = index === 0 ? -1 : this.#bytes;
    }
    const start = this.#words;
    txWords[start] = pieces;
    txWords[start + 1] = work?.segmentSize ?? 0;
    txWords[start + 2] = work?.checksumStart ?? 0;
    txWords[start + 3] = work?.checksumOffset ?? 0;
    this.#words = at;
    this.#frames++;
    return true;
  }
}
