import type { CapturedPacket } from '../capture/packet';

/** Octets of a packet that are kept: headers with all options, and where the data begins. */
const MOST_OCTETS = 200;

/** The beginning of a packet as it was captured, link header first. */
export interface KeptFrame {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  /** How long it was on the wire, bytes. */
  readonly length: number;
}

/** The packets that can be opened: all rows of a capture share the room. */
export class KeptFrames {
  /** Bytes in use. */
  used = 0;

  /** @param most bytes */
  constructor(private readonly most: number) {}

  /** Keeps the beginning of a packet; `undefined` when there is no room any more. */
  keep({ linkType, bytes, start, end, length }: CapturedPacket): KeptFrame | undefined {
    const size = Math.min(MOST_OCTETS, end - start);
    if (this.used + size > this.most) return undefined;
    this.used += size;
    return { linkType, bytes: bytes.slice(start, start + size), length };
  }

  /** The row is gone: others may have its room. */
  release(frame: KeptFrame | undefined): void {
    if (frame !== undefined) this.used -= frame.bytes.length;
  }
}
