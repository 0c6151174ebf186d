import { FLAG, TCP_HEADER, type TcpView } from '../wire/tcp';
import { parseTcpOptions, type TcpOption } from '../wire/tcp-options';
import type { WireError } from '../wire/error';
import type { SendReason } from './trace';

/** A segment that arrived, as SEGMENT ARRIVES sees it (RFC 9293 §3.3.1: SEG.SEQ, SEG.ACK, SEG.LEN, SEG.WND). */
export interface Segment {
  seq: number;
  ack: number;
  /** The control bits, `FLAG` of wire/tcp. */
  flags: number;
  /** SEG.WND: as on the wire, until `segmentArrives` scales it to bytes. */
  wnd: number;
  data: Uint8Array;
  /** Options that matter to the machine; `undefined` when they were not there. */
  readonly mss: number | undefined;
  readonly windowScale: number | undefined;
}

/** A segment to be sent, before it has ports and a checksum. */
export interface OutgoingSegment {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** The window as on the wire, scaled. */
  readonly wnd: number;
  readonly options: readonly TcpOption[];
  /** The data, as slices of what the user gave. */
  readonly data: readonly Uint8Array[];
  readonly reason: SendReason;
}

export const NO_DATA: readonly Uint8Array[] = [];
export const NO_OPTIONS: readonly TcpOption[] = [];

/**
 * Reads what the machine needs from a segment's view. Malformed options are left out from the first bad one on
 * (RFC 9293 MUST-7) and given to `malformed`.
 */
export function readSegment(view: TcpView, malformed: (error: WireError) => void): Segment {
  let mss: number | undefined;
  let windowScale: number | undefined;
  if (view.headerLength > TCP_HEADER) {
    const { options, error } = parseTcpOptions(view.optionBytes);
    for (const option of options) {
      if (option.kind === 'mss') mss = option.mss;
      else if (option.kind === 'window-scale') windowScale = option.shift;
    }
    if (error !== undefined) malformed(error);
  }
  return {
    seq: view.seq,
    ack: view.ack,
    flags: view.flags,
    wnd: view.window,
    data: view.payload,
    mss,
    windowScale,
  };
}

export function hasFlag(segment: Segment, flag: number): boolean {
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
  return { seq, ack, flags, wnd: 0, options: NO_OPTIONS, data: NO_DATA, reason: 'reset' };
}
