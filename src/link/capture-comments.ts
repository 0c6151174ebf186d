import { piecesOf, type Finish, type Pieces } from './finish';
import type { Frame, Link } from './link';
import type { Comments, PacketBlocks, PacketInfo } from './pcapng-packets';
import { Room } from './room';

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
   * @param bytes valid during the call
   * @param pieces how many frames it is on a wire: several where a device cuts it or has joined them
   */
  passes(bytes: Uint8Array, pieces: number, direction: 'in' | 'out', medium: Link['medium']): Remark;
  /** The stack's turn is over: what came in has been read, and answered if it is. */
  settle(): void;
}

/** A packet that waits for what is to be said of it. */
interface Held {
  readonly info: PacketInfo;
  readonly pieces: Pieces;
  readonly remark: Remark;
  readonly blocks: PacketBlocks;
  /** The link has not taken it: it is not in the capture. */
  refused: boolean;
}

/** A packet, and where it is to be written. */
export interface Passing {
  readonly info: PacketInfo & { readonly direction: 'in' | 'out' };
  readonly frame: Frame;
  readonly how: Finish;
  readonly medium: Link['medium'];
  readonly blocks: PacketBlocks;
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
  private readonly room = new Room();

  constructor(private readonly annotator: Annotator) {}

  /** Takes a packet that passes now. Who sends or receives it may write in its bytes afterwards. */
  hold({ info, frame, how, medium, blocks }: Passing): Held {
    if (this.held > MOST_HELD) this.write();
    const bytes = this.room.copy(frame);
    const pieces = piecesOf(bytes, how, medium);
    const remark = this.annotator.passes(bytes, pieces.count, info.direction, medium);
    const held: Held = { info, pieces, remark, blocks, refused: false };
    this.waiting.push(held);
    this.held += bytes.length + OVERHEAD * pieces.count;
    return held;
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
    let open: PacketBlocks | undefined;
    for (const { info, pieces, remark, blocks, refused } of waiting) {
      if (refused) continue;
      if (blocks !== open) open?.flush();
      open = blocks;
      blocks.add(info, pieces, remark.comments());
    }
    open?.flush();
    this.room.clear();
  }
}
