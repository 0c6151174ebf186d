/**
 * One frame (or IP packet) to send: the slices that make it up, in order. They are valid until `send` returns, so a
 * link writes them or copies them at once; the sender may reuse a slice's memory afterwards.
 */
export type Frame = readonly Uint8Array[];

/**
 * Frames (or IP packets) that arrived together, oldest first. Their bytes belong to the receiver: the link never
 * touches them again, so payload can be kept as a slice without a copy.
 */
export type FrameBatch = readonly Uint8Array[];

/** What a device does for us. */
export interface Offload {
  /** True when the device fills in and checks TCP and UDP checksums. */
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
  readonly offload: Offload;
  /**
   * True when it is the event loop that calls `onReceive`, never a call of the program's own: then what is thrown there is an uncaught
   * exception of the process, and the program's own listeners may run inside, once the stack has done its work. Default `false`.
   */
  readonly calledByEventLoop?: boolean;

  /** Set by whoever receives (the stack, or a decorator). Until then what arrives is dropped. */
  onReceive: (batch: FrameBatch) => void;
  /** Set by whoever sends; called when a link that answered `false` has room again. */
  onDrain: () => void;

  /** Sends one frame. `false`: the link is full and the frame was not taken; `onDrain` tells when there is room. */
  send(frame: Frame): boolean;
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
