import { FLAG, type TcpSegment } from '../wire/tcp';
import type { State } from './states';
import type { Tcb, TimerName } from './tcb';
import type { Variables } from './variables';

/** The two ends of a connection, as addresses and ports, with a number that is unique in its stack. */
export interface ConnectionId {
  readonly id: number;
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
}

/** Why a segment was sent. */
export type SendReason =
  | 'handshake'
  | 'data'
  | 'ack'
  | 'fin'
  | 'retransmission'
  | 'window-probe'
  | 'keep-alive'
  | 'window-update'
  | 'challenge'
  | 'reset';

/**
 * A TCP segment that came in or went out. `time` is in µs on the stack's clock. For one that came in, `before` and
 * `after` are our state before and after it was processed; for one that goes out they are the state in which it is sent.
 * `connection.id` is 0 for a segment that belongs to no connection (a SYN to a closed port, and the RST that answers).
 */
export interface SegmentEvent {
  readonly type: 'segment';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly connection: ConnectionId;
  readonly segment: TcpSegment;
  /**
   * How many bytes of data the segment has, where `segment.payload` holds only their beginning (in captures with a snap length, and
   * where events are sent on) or is joined only when it is asked for. See {@link dataLength}.
   */
  readonly length?: number;
  readonly before: State;
  readonly after: State;
  /** Only for `out`. */
  readonly reason?: SendReason;
  /** Of the connection, if there is one: once the segment was processed, or when it is sent. */
  readonly variables?: Variables;
}

/** A change of state. `event` is what caused it, in the words of RFC 9293's Figure 5. */
export interface TransitionEvent {
  readonly type: 'transition';
  readonly time: number;
  readonly connection: ConnectionId;
  readonly from: State;
  readonly to: State;
  readonly event: string;
}

/** A timer was set (to go off at `deadline`, µs), went off, or was taken back. */
export interface TimerEvent {
  readonly type: 'timer';
  readonly time: number;
  readonly connection: ConnectionId;
  readonly timer: TimerName;
  readonly action: 'set' | 'fired' | 'cleared';
  readonly deadline: number;
}

/**
 * Why octets are sent again: no ACK came in time, ACKs told of what was sent later, the tail is probed (RFC 8985 §7), the peer's
 * closed window opened, or the segment was too big for the path (RFC 1191 §6.5).
 */
export type RetransmissionCause = 'timeout' | 'fast-retransmit' | 'probe' | 'window-opened' | 'path-mtu';

/** Octets from `seq` on were sent again. `count` is how many times in a row, `rto` the time-out in µs that is now in force. */
export interface RetransmissionEvent {
  readonly type: 'retransmission';
  readonly time: number;
  readonly connection: ConnectionId;
  readonly seq: number;
  readonly length: number;
  readonly count: number;
  readonly rto: number;
  readonly cause: RetransmissionCause;
}

/** The congestion window changed for a reason other than plain growth. In bytes. */
export interface CongestionEvent {
  readonly type: 'congestion';
  readonly time: number;
  readonly connection: ConnectionId;
  /** `probe`: a tail loss probe has mended a loss; `undone`: the last reduction was for nothing. */
  readonly cause: 'timeout' | 'fast-retransmit' | 'ecn' | 'probe' | 'recovered' | 'undone' | 'idle';
  readonly cwnd: number;
  readonly ssthresh: number;
}

/** A segment that was not acted on, or only in part, and why. */
export interface TcpDropEvent {
  readonly type: 'drop';
  readonly time: number;
  readonly layer: 'tcp';
  /** A short fixed word for counters, e.g. `bad-checksum`, `outside-window`. */
  readonly reason: string;
  /** The reason with its particulars, for a person. */
  readonly detail: string;
  readonly connection?: ConnectionId;
}

export type TcpTraceEvent =
  SegmentEvent | TransitionEvent | TimerEvent | RetransmissionEvent | CongestionEvent | TcpDropEvent;

/**
 * Asked of each segment before an event is made of it, which costs time and memory: whether it is wanted. Who says no may count it.
 * What it is asked with is there during the call only. `length` is that of the data, in bytes.
 * @param of the connection that it belongs to, where that can be told; what came in has been processed
 * @param seq SEG.SEQ
 * @param window as it stands in the header, not scaled
 */
export type SegmentSampler = (
  direction: 'in' | 'out',
  connection: ConnectionId,
  flags: number,
  length: number,
  reason: SendReason | undefined,
  of: Tcb | undefined,
  seq: number,
  window: number,
) => boolean;

/** How many bytes of data the segment has, whether or not all of them are there. */
export function dataLength({ length, segment }: SegmentEvent): number {
  return length ?? segment.payload.length;
}

/** SEG.LEN (RFC 9293 §3.4): the data, and one each for SYN and FIN. */
export function segmentLength(event: SegmentEvent): number {
  const { flags } = event.segment;
  return dataLength(event) + (flags & FLAG.SYN ? 1 : 0) + (flags & FLAG.FIN ? 1 : 0);
}

/** The segment begins or ends a connection, or a part of one: it has SYN, FIN or RST. */
export function isTurningPoint(flags: number): boolean {
  return (flags & (FLAG.SYN | FLAG.FIN | FLAG.RST)) !== 0;
}
