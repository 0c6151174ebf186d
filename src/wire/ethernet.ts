import { formatMac, requireMac } from './address';
import { readUint16, requireRoom, requireUint, writeUint16 } from './bytes';
import { truncated, WireError } from './error';

/** What a frame carries (IEEE 802 numbers, IANA registry). */
export const ETHERTYPE = { IPV4: 0x0800, ARP: 0x0806, IPV6: 0x86dd, VLAN: 0x8100, QINQ: 0x88a8 } as const;

/** Bytes of an Ethernet II header without tags. */
export const ETHERNET_HEADER = 14;

/** Real networks stack two tags; a frame with more than this many is refused, so that a frame of nothing but tags costs little. */
const MAX_TAGS = 4;

const NO_TAGS: readonly number[] = [];

/** An Ethernet II frame in `bytes`, not copied. Made by {@link viewEthernet}. */
export class EthernetView {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    readonly end: number,
    /** The EtherType, behind any 802.1Q tags. Below 0x600 it is the length of an IEEE 802.3 frame. */
    readonly type: number,
    /** Tag control information (priority and VLAN) of each 802.1Q tag, outermost first. */
    readonly tags: readonly number[],
    /** Where the payload starts in `bytes`. */
    readonly payloadOffset: number,
  ) {}

  get dst(): Uint8Array {
    return this.bytes.subarray(this.offset, this.offset + 6);
  }

  get src(): Uint8Array {
    return this.bytes.subarray(this.offset + 6, this.offset + 12);
  }

  /** Up to the end of the frame: a short packet comes with Ethernet's padding behind it. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadOffset, this.end);
  }
}

/** An Ethernet II frame as plain values. */
export interface EthernetFrame {
  readonly dst: string;
  readonly src: string;
  readonly type: number;
  /** Tag control information of each 802.1Q tag, outermost first; usually none. */
  readonly tags: readonly number[];
  readonly payload: Uint8Array;
}

/** Looks at the frame in `bytes[offset..end)` (IEEE 802.3 clause 3, IEEE 802.1Q clause 9). */
export function viewEthernet(bytes: Uint8Array, offset = 0, end = bytes.length): EthernetView | WireError {
  if (end - offset < ETHERNET_HEADER) return truncated('ethernet', ETHERNET_HEADER, end - offset);
  let at = offset + 12;
  let type = readUint16(bytes, at);
  if (!isTag(type)) return new EthernetView(bytes, offset, end, type, NO_TAGS, at + 2);

  const tags: number[] = [];
  while (isTag(type)) {
    if (tags.length === MAX_TAGS) {
      return new WireError('ethernet', 'tags', at - offset, `more than ${MAX_TAGS} 802.1Q tags`);
    }
    if (end - at < 6) return truncated('ethernet', at - offset + 6, end - offset);
    tags.push(readUint16(bytes, at + 2));
    at += 4;
    type = readUint16(bytes, at);
  }
  return new EthernetView(bytes, offset, end, type, tags, at + 2);
}

/** The frame as plain values. The payload is a slice of what was given, not a copy. */
export function parseEthernet(frame: Uint8Array | EthernetView): EthernetFrame | WireError {
  const view = frame instanceof Uint8Array ? viewEthernet(frame) : frame;
  if (view instanceof WireError) return view;
  const { type, tags, payload } = view;
  return { dst: formatMac(view.dst), src: formatMac(view.src), type, tags, payload };
}

/**
 * The frame's bytes, neither padded to 60 bytes nor with a frame check sequence: both are the device's work. Of several tags the
 * last is a C-tag (0x8100) and those before it are S-tags (0x88a8), as IEEE 802.1ad stacks them.
 * @throws RangeError for a MAC address that is none, a type or tag out of range, a type that is itself a tag's
 */
export function emitEthernet(frame: EthernetFrame): Uint8Array {
  const { tags, type, payload } = frame;
  if (tags.length > MAX_TAGS) throw new RangeError(`${tags.length} 802.1Q tags; ${MAX_TAGS} is the most`);
  requireUint('Ethernet type', type, 16);
  if (isTag(type)) throw new RangeError(`Ethernet type 0x${type.toString(16)} is a tag's: put the tag into \`tags\``);

  const bytes = new Uint8Array(ETHERNET_HEADER + 4 * tags.length + payload.length);
  let at = writeEthernetHeader(bytes, 0, requireMac(frame.dst), requireMac(frame.src), type) - 2;
  for (const [index, tag] of tags.entries()) {
    requireUint('802.1Q tag', tag, 16);
    writeUint16(bytes, at, index === tags.length - 1 ? ETHERTYPE.VLAN : ETHERTYPE.QINQ);
    writeUint16(bytes, at + 2, tag);
    at += 4;
  }
  writeUint16(bytes, at, type);
  bytes.set(payload, at + 2);
  return bytes;
}

/**
 * Writes a header without tags at `offset`, for the hot path: only the room is checked.
 * @param dst six bytes
 * @param src six bytes
 * @returns how many bytes were written: 14
 * @throws RangeError when the header does not fit
 */
export function writeEthernetHeader(
  into: Uint8Array,
  offset: number,
  dst: Uint8Array,
  src: Uint8Array,
  type: number,
): number {
  requireRoom('an Ethernet header', into, offset, ETHERNET_HEADER);
  for (let index = 0; index < 6; index++) {
    into[offset + index] = dst[index] ?? 0;
    into[offset + 6 + index] = src[index] ?? 0;
  }
  writeUint16(into, offset + 12, type);
  return ETHERNET_HEADER;
}

function isTag(type: number): boolean {
  return type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ;
}
