import type { FrameType, Telling } from './told';

/** Bytes of a payload that are kept to be told; a control frame has no more than 125. */
const MOST_KEPT = 256;
const LONGEST_HEADER = 14;

/** RFC 6455 §5.2. */
const TYPES: Readonly<Record<number, FrameType>> = {
  0x0: 'continuation',
  0x1: 'text',
  0x2: 'binary',
  0x8: 'close',
  0x9: 'ping',
  0xa: 'pong',
};

interface Frame {
  readonly type: FrameType;
  readonly isLast: boolean;
  readonly compressed: boolean;
  readonly length: number;
  readonly key: Uint8Array | undefined;
  readonly head: number[];
  left: number;
  isTold: boolean;
}

/** The frames in one direction of a WebSocket, piece by piece. */
export class WebSocketFrames {
  private header: number[] = [];
  private frame: Frame | undefined;
  /** A frame that cannot be: nothing behind it is understood. */
  failed = false;
  closed = false;

  /** @param otherHasClosed whether the other direction has had its close frame */
  constructor(private readonly otherHasClosed: () => boolean) {}

  read(bytes: Uint8Array, telling: Telling): void {
    let more = 0;
    for (let at = 0; at < bytes.length && !this.failed;) {
      const { frame } = this;
      if (frame === undefined) {
        this.header.push(bytes[at] ?? 0);
        at += 1;
        this.readHeader(telling);
        continue;
      }
      const taken = Math.min(frame.left, bytes.length - at);
      keep(frame, bytes.subarray(at, at + taken));
      at += taken;
      frame.left -= taken;
      if (frame.isTold) more += taken;
      this.tell(frame, telling);
    }
    if (more > 0) telling.add({ kind: 'more', bytes: more });
  }

  private readHeader(telling: Telling): void {
    const { header } = this;
    const [first = 0, second = 0] = header;
    const short = second & 0x7f;
    const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
    const end = 2 + extended + (second & 0x80 ? 4 : 0);
    if (header.length < 2 || header.length < end) return;
    const type = TYPES[first & 0xf];
    let length = extended === 0 ? short : 0;
    for (const byte of header.slice(2, 2 + extended)) length = length * 256 + byte;
    this.header = [];
    if (type === undefined || !Number.isSafeInteger(length) || end > LONGEST_HEADER) {
      this.failed = true;
      return;
    }
    const frame: Frame = {
      type,
      isLast: (first & 0x80) !== 0,
      compressed: (first & 0x40) !== 0,
      length,
      key: second & 0x80 ? Uint8Array.from(header.slice(end - 4)) : undefined,
      head: [],
      left: length,
      isTold: false,
    };
    this.frame = frame;
    if (length === 0) this.tell(frame, telling);
  }

  /** Tells a frame when its payload begins, a control frame when it is complete. */
  private tell(frame: Frame, telling: Telling): void {
    const { type, isLast, compressed, length, head, left } = frame;
    const isControl = type === 'close' || type === 'ping' || type === 'pong';
    if (!frame.isTold && !(isControl && left > 0)) {
      frame.isTold = true;
      const isClose = type === 'close';
      telling.add({
        kind: 'frame',
        type,
        isLast,
        compressed,
        length,
        head: Uint8Array.from(isClose ? head.slice(2) : head),
        code: isClose && head.length >= 2 ? (head[0] ?? 0) * 256 + (head[1] ?? 0) : undefined,
        answers: isClose && this.otherHasClosed(),
      });
      if (isClose) this.closed = true;
    }
    if (left === 0) this.frame = undefined;
  }
}

function keep({ head, key, length, left }: Frame, bytes: Uint8Array): void {
  const offset = length - left;
  for (const [index, byte] of bytes.subarray(0, Math.max(0, MOST_KEPT - head.length)).entries())
    head.push(byte ^ (key?.[(offset + index) & 3] ?? 0));
}
