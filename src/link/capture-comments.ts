import { encodePackets, type Comments } from './pcapng';
import type { Link } from './link';

/** What is to be said of a packet in a capture, as far as it is known when it is asked for. */
export interface Remark {
  /** The packet's comments. */
  comments(): Comments;
  /** Something happened to it on the way out: the bad network that stands behind the capture has lost it, say. */
  fate?: string;
}

/** Knows what packets mean to a stack. */
export interface Annotator {
  /**
   * A packet crosses a link now.
   * @param pieces it as a wire carries it: several frames where a device cuts or has joined them. Valid during the call
   */
  passes(pieces: readonly Uint8Array[], direction: 'in' | 'out', medium: Link['medium']): Remark;
  /** The stack's turn is over: what came in has been read, and answered if it is. */
  settle(): void;
}

/** A packet that waits for what is to be said of it. */
interface Held {
  readonly time: number;
  readonly pieces: readonly Uint8Array[];
  readonly direction: 'in' | 'out';
  readonly remark: Remark;
  readonly sink: (blocks: Uint8Array) => void;
}

/** Bytes of frames that wait at most; beyond that they are written with what is known. */
const MOST_HELD = 8 * 1024 * 1024;
/** What a frame takes besides its bytes, roughly. */
const OVERHEAD = 200;

/**
 * The comments of captures of one stack's links. What a packet causes is known when the stack has read it, so packets wait here, in their
 * order, until the turn is over in which they came.
 */
export class CaptureComments {
  private waiting: Held[] = [];
  private held = 0;

  constructor(private readonly annotator: Annotator) {}

  passes(pieces: readonly Uint8Array[], direction: 'in' | 'out', medium: Link['medium']): Remark {
    return this.annotator.passes(pieces, direction, medium);
  }

  /** Takes the pieces of a packet. Their bytes stay as they are. */
  hold(packet: Held): void {
    this.waiting.push(packet);
    for (const { length } of packet.pieces) this.held += length + OVERHEAD;
    if (this.held > MOST_HELD) this.write();
  }

  /** The turn is over: writes what waits. */
  flush(): void {
    this.annotator.settle();
    if (this.waiting.length > 0) this.write();
  }

  private write(): void {
    const { waiting } = this;
    this.waiting = [];
    this.held = 0;
    for (const { time, pieces, direction, remark, sink } of waiting) {
      sink(encodePackets({ time, pieces, direction, comments: remark.comments() }));
    }
  }
}
