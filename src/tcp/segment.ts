import { readUint32 } from '../wire/bytes';
import { FLAG, TCP_HEADER, type TcpView } from '../wire/tcp';
import { parseTcpOptions, type SackBlock, type TcpOption } from '../wire/tcp-options';
import type { WireError } from '../wire/error';
import type { SendReason } from './trace';

/**
 * A segment that arrived, as SEGMENT ARRIVES sees it (RFC 9293 §3.3.1: SEG.SEQ, SEG.ACK, SEG.LEN, SEG.WND, SEG.UP). What is not
 * there is `undefined`. One such object serves a whole stack: nobody keeps it beyond its call.
 */
export interface Segment {
  seq: number;
  ack: number;
  /** The control bits, `FLAG` of wire/tcp. */
  flags: number;
  /** SEG.WND: as on the wire, until `segmentArrives` scales it to bytes. */
  wnd: number;
  /** SEG.UP, the urgent pointer: an offset from SEG.SEQ. */
  up: number;
  data: Uint8Array;
  /** The text of each of the segments that the link has joined into this one; 0: it is one as it was sent. */
  segmentSize: number;
  mss: number | undefined;
  windowScale: number | undefined;
  sackPermitted: boolean;
  sack: readonly SackBlock[];
  /** True with a timestamps option; then `tsval` and `tsecr` are its values (RFC 7323 §3.2). */
  timestamps: boolean;
  tsval: number;
  tsecr: number;
  /** The user timeout that the peer tells of, µs (RFC 5482). */
  userTimeout: number | undefined;
  /** A Fast Open option's cookie; empty when one is asked for (RFC 7413). */
  cookie: Uint8Array | undefined;
  /** IP's ECN field was CE: a router saw congestion (RFC 3168 §5). */
  congestionExperienced: boolean;
  /** IP's Diffserv field (RFC 9293 MAY-9). */
  dscp: number;
}

export const NO_BYTES = new Uint8Array(0);
export const NO_DATA: readonly Uint8Array[] = [];
export const NO_OPTIONS: readonly TcpOption[] = [];
export const NO_BLOCKS: readonly SackBlock[] = [];

/** A segment to be sent, before it has ports and a checksum. */
export interface OutgoingSegment {
  seq: number;
  ack: number;
  flags: number;
  /** The window as on the wire, scaled. */
  wnd: number;
  /** SEG.UP; means something with the URG bit only. */
  up: number;
  /** True: the timestamps option goes first, two NOPs before it (RFC 7323 appendix A), with these values. */
  timestamps: boolean;
  tsval: number;
  tsecr: number;
  /** All other options. */
  options: readonly TcpOption[];
  /** The data, as slices of what the user gave. */
  data: readonly Uint8Array[];
  /** The text of the segments that the link is to cut this one into; 0: it is one. */
  segmentSize: number;
  /** IP's ECN field: 0, or 2 for ECT(0) (RFC 3168 §5). */
  ecn: number;
  /** It probes the path's MTU: no router is to fragment it (RFC 4821 §7). */
  mtuProbe: boolean;
  reason: SendReason;
}

/** A segment with nothing in it, to be filled by `readSegment`. */
export function emptySegment(): Segment {
  return {
    seq: 0,
    ack: 0,
    flags: 0,
    wnd: 0,
    up: 0,
    data: NO_BYTES,
    segmentSize: 0,
    mss: undefined,
    windowScale: undefined,
    sackPermitted: false,
    sack: NO_BLOCKS,
    timestamps: false,
    tsval: 0,
    tsecr: 0,
    userTimeout: undefined,
    cookie: undefined,
    congestionExperienced: false,
    dscp: 0,
  };
}

/** NOP, NOP, and the kind and length of a timestamps option: what nearly every segment's options start with. */
const ALIGNED_TIMESTAMPS = 0x0101080a;
const ALIGNED_LENGTH = 12;

const SECOND = 1_000_000;

/**
 * Reads what the machine needs from a segment's view into `segment`. Malformed options are left out from the first bad one on
 * (RFC 9293 MUST-7) and given to `malformed`.
 */
export function readSegment(segment: Segment, view: TcpView, malformed: (error: WireError) => void): void {
  segment.seq = view.seq;
  segment.ack = view.ack;
  segment.flags = view.flags;
  segment.wnd = view.window;
  segment.up = view.urgent;
  segment.data = view.payload;
  segment.segmentSize = 0;
  segment.mss = undefined;
  segment.windowScale = undefined;
  segment.sackPermitted = false;
  segment.sack = NO_BLOCKS;
  segment.timestamps = false;
  segment.userTimeout = undefined;
  segment.cookie = undefined;
  segment.congestionExperienced = false;
  segment.dscp = 0;
  const length = view.headerLength - TCP_HEADER;
  if (length === 0) return;
  const at = view.offset + TCP_HEADER;
  if (length === ALIGNED_LENGTH && readUint32(view.bytes, at) === ALIGNED_TIMESTAMPS) {
    segment.timestamps = true;
    segment.tsval = readUint32(view.bytes, at + 4);
    segment.tsecr = readUint32(view.bytes, at + 8);
    return;
  }
  const { options, error } = parseTcpOptions(view.optionBytes);
  for (const option of options) readOption(segment, option);
  if (error !== undefined) malformed(error);
}

function readOption(segment: Segment, option: TcpOption): void {
  switch (option.kind) {
    case 'mss':
      segment.mss = option.mss;
      break;
    case 'window-scale':
      segment.windowScale = option.shift;
      break;
    case 'sack-permitted':
      segment.sackPermitted = true;
      break;
    case 'sack':
      segment.sack = option.blocks;
      break;
    case 'timestamps':
      segment.timestamps = true;
      segment.tsval = option.value;
      segment.tsecr = option.echo;
      break;
    case 'user-timeout':
      // RFC 5482 §2: 0 is reserved, and not heard.
      if (option.value > 0) segment.userTimeout = option.value * (option.unit === 'min' ? 60 * SECOND : SECOND);
      break;
    case 'fast-open':
      segment.cookie = option.cookie;
      break;
    default:
  }
}

export function hasFlag(segment: { readonly flags: number }, flag: number): boolean {
  return (segment.flags & flag) !== 0;
}

/** SEG.LEN: the octets that the segment occupies in sequence space, SYN and FIN counted (RFC 9293 §3.4). */
export function segmentLength(segment: Segment): number {
  return segment.data.length + (segment.flags & FLAG.SYN ? 1 : 0) + (segment.flags & FLAG.FIN ? 1 : 0);
}

/**
 * The reset that answers a segment which no connection wants (RFC 9293 §3.10.7.1), or `undefined`: a reset is never answered.
 */
export function resetFor(segment: Segment): OutgoingSegment | undefined {
  if (hasFlag(segment, FLAG.RST)) return undefined;
  if (hasFlag(segment, FLAG.ACK)) return reset(segment.ack, 0, FLAG.RST);
  return reset(0, (segment.seq + segmentLength(segment)) >>> 0, FLAG.RST | FLAG.ACK);
}

/** <SEQ=seq><CTL=RST>, or with an ACK where `flags` says so. */
export function reset(seq: number, ack: number, flags: number): OutgoingSegment {
  return { ...emptyOutgoing(), seq, ack, flags, reason: 'reset' };
}

export function emptyOutgoing(): OutgoingSegment {
  return {
    seq: 0,
    ack: 0,
    flags: 0,
    wnd: 0,
    up: 0,
    timestamps: false,
    tsval: 0,
    tsecr: 0,
    options: NO_OPTIONS,
    data: NO_DATA,
    segmentSize: 0,
    ecn: 0,
    mtuProbe: false,
    reason: 'ack',
  };
}
