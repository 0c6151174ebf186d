/**
 * One frame (or IP packet) to send: the slices that make it up, in order. The first holds all headers, and is valid until `send`
 * returns: the sender uses its memory again. The others stay as they are until `flush`, or where a link has none until
 * `send` returns.
 */
export type Frame = readonly Uint8Array[];

/**
 * Frames (or IP packets) that arrived together, oldest first. Their bytes belong to the receiver: the link never
 * touches them again, so payload can be kept as a slice without a copy.
 */
export type FrameBatch = readonly Uint8Array[];

/**
 * What a link says of a frame that arrived: the size of the segments that it was put together from, 0 if it is one (the low 16
 * bits), `CHECKED` and `UNFILLED`.
 */
export type FrameInfo = number;

/** The checksum of TCP or UDP holds, or never was in danger: it need not be looked at. */
export const CHECKED = 0x10000;
/** Nobody has filled the checksum in: the kernel leaves the work undone where both ends are in one machine. */
export const UNFILLED = 0x20000;

/** The size of the segments that a frame was put together from; 0 if it is one. */
export function segmentSizeOf(info: FrameInfo): number {
  return info & 0xffff;
}

/** What the link is to do with a frame before it leaves, if it can (`Link.offload`). As in virtio's header for network packets. */
export interface FrameWork {
  /** The TCP payload in bytes of the segments that the frame is to be cut into; 0: it goes as it is. */
  readonly segmentSize: number;
  /** Where in the frame the bytes start that the checksum covers; 0: it is there already. */
  readonly checksumStart: number;
  /** Where the checksum stands, counted from there. It holds the sum over the pseudo-header. */
  readonly checksumOffset: number;
}

/** What a device does for us. */
export interface Offload {
  /** True when the device fills in TCP and UDP checksums where a frame's `FrameWork` asks for it. */
  readonly checksum: boolean;
  /** The largest TCP payload in bytes that the device splits into segments for us; 0 when it does not. */
  readonly segmentation: number;
}

/** Where frames come from and go to: a TAP device, a capture handle, another stack's link, … */
export interface Link {
  /** For people: `tap0`, `memory-a`. */
  readonly name: string;
  /** `ethernet`: frames with an Ethernet header. `ip`: IP packets and nothing before them. */
  readonly medium: 'ethernet' | 'ip';
  /** The largest IP packet in bytes that `send` takes. */
  readonly mtu: number;
  /** Ethernet only: the MAC that this link is open for (`02:00:5e:00:00:01`), where it is open for one only. */
  readonly mac?: string;
  readonly offload: Offload;
  /**
   * Set by whoever receives (the stack, or a decorator). Until then what arrives is dropped. `info` is there when the device has
   * something to say: an entry for each frame. It is valid during the call.
   */
  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void;
  /**
   * On a link whose `onReceive` is called by the event loop, and never from a call of the program's own: set by whoever receives, called
   * after one or several of those calls, when all that they have put off to the next tick was done, too. What is thrown in either is
   * an uncaught exception of the process.
   */
  onReceived?: () => void;
  /** Set by whoever sends; called when a link that answered `false` has room again. */
  onDrain: () => void;

  /** Sends one frame. `false`: the link is full and the frame was not taken; `onDrain` tells when there is room. */
  send(frame: Frame, work?: FrameWork): boolean;
  /** On a link that gathers frames: sends those that wait. The stack calls it at the end of each turn. */
  flush?(): void;
  /** Stops, releases the device, and resolves when it is released. Safe to call twice. */
  close(): Promise<void>;
}

/** A link without a device behind it does no work of a device. */
export const NO_OFFLOAD: Offload = { checksum: false, segmentation: 0 };

/** The bytes of a frame in one piece: the slice itself where there is just one, a new array otherwise. */
export function joinFrame(frame: Frame): Uint8Array {
  const [first] = frame;
  if (first !== undefined && frame.length === 1) return first;
  let length = 0;
  for (const slice of frame) length += slice.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const slice of frame) {
    joined.set(slice, offset);
    offset += slice.length;
  }
  return joined;
}
