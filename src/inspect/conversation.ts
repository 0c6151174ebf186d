import { add, diff, ge, gt, max } from '../tcp/sequence';
import { dataLength, segmentLength, type RetransmissionCause, type SegmentEvent } from '../tcp/trace';
import { FLAG, type TcpSegment } from '../wire/tcp';
import { Arrivals, IN_ORDER, type Fit } from './arrivals';

/** Pieces beyond a gap that are remembered of a side. */
const MOST_PIECES = 64;

/** What a segment is there for. */
export type Purpose =
  | 'syn'
  | 'syn-ack'
  /** The ACK that ends a handshake. */
  | 'handshake-ack'
  | 'data'
  | 'ack'
  /** An ACK that says nothing new: something was heard that cannot be used. */
  | 'duplicate-ack'
  | 'zero-window'
  | 'window-update'
  | 'window-probe'
  | 'keep-alive'
  | 'keep-alive-answer'
  | 'challenge'
  /** The first FIN of the two, and the one that answers it. */
  | 'first-fin'
  | 'second-fin'
  | 'ack-of-first-fin'
  | 'last-ack'
  /** A RST that answers a SYN, one for a connection that is not known, and one that ends a connection. */
  | 'refusal'
  | 'no-such-connection'
  | 'abort';

/** A segment read in the light of what was said before. */
export interface Reading {
  readonly purpose: Purpose;
  /** The first sequence number and the acknowledgment number: counted from the sender's SYN, unless `absolute`. */
  readonly seq: number;
  readonly ack: number | undefined;
  /** True in the handshake: the numbers are as on the wire. */
  readonly absolute: boolean;
  /** How many bytes of data it has. */
  readonly length: number;
  /** Their beginning, or all of them. */
  readonly payload: Uint8Array;
  /** The window in bytes, its scale applied. */
  readonly window: number;
  /** The port of the segment's sender. */
  readonly port: number;
  /** It was sent before. */
  readonly again: boolean;
  /** Why it is sent again, where we know: it is ours, and the stack has told. */
  readonly cause: RetransmissionCause | undefined;
  /** It says that the sender has something urgent (RFC 9293 §3.8.5). */
  readonly urgent: boolean;
  /** All of its data came before. Only for what came in. */
  readonly duplicate: boolean;
  /** How many bytes before it have not come yet. Only for what came in. */
  readonly missing: number;
  /** It brings what was missing. */
  readonly fills: boolean;
  /** It acknowledges something that was not acknowledged before. */
  readonly acknowledges: boolean;
  /** It is the first to acknowledge the other's FIN. */
  readonly acknowledgesFin: boolean;
  /** Its SYN or FIN has crossed with the other's on the way. */
  readonly crossed: boolean;
  /** What the sender has received beyond a gap, as [first, after last]. */
  readonly sack: readonly (readonly [number, number])[];
}

/** What is known of one of the two sides. */
class Side {
  /** The sequence number of its SYN, or the one before the first that was seen. */
  isn: number | undefined;
  /** The first sequence number that was seen. */
  start = 0;
  /** It has sent anything, and a SYN,ACK. */
  spoke = false;
  answered = false;
  /** The sequence number after the highest that it has sent. */
  next = 0;
  /** The sequence number after its FIN. */
  fin: number | undefined;
  /** It sent its FIN before it had heard of the other's. */
  closesFirst = false;
  /** The highest acknowledgment number that it has sent. */
  acked: number | undefined;
  window: number | undefined;
  shift: number | undefined;
  /** It has sent a keep-alive or a probe that waits for its answer. */
  asks = false;
  /** What it said last was a SYN,ACK. */
  greets = false;
  readonly received = new Arrivals(MOST_PIECES);
}

/**
 * One connection as its segments tell it: follows both sides' sequence numbers and reads each segment in their light. It
 * stands where the events come from: what came in has arrived, what went out was sent, and may be lost.
 */
export class Conversation {
  private peer = new Side();
  private us = new Side();
  /** Until both SYNs are acknowledged, numbers are shown as on the wire. */
  private shakingHands = true;
  /** Why the next repeated segment is sent again. */
  private cause: RetransmissionCause | undefined;

  /** Notes why the next repeated segment is sent. */
  retransmits(cause: RetransmissionCause): void {
    this.cause = cause;
  }

  /** Reads a segment, and remembers it. */
  read(event: SegmentEvent): Reading {
    const { segment, direction } = event;
    this.startOver(segment, direction);
    const side = direction === 'in' ? this.peer : this.us;
    const other = direction === 'in' ? this.us : this.peer;
    const { flags, seq, ack, payload } = segment;
    const hasAck = (flags & FLAG.ACK) !== 0;
    const length = dataLength(event);
    const end = add(seq, segmentLength(event));

    if (side.isn === undefined && !(flags & FLAG.RST)) {
      side.isn = flags & FLAG.SYN ? seq : add(seq, -1);
      side.start = seq;
      side.next = seq;
      if (!(flags & FLAG.SYN)) this.shakingHands = false;
    }
    if (other.isn === undefined && hasAck && !(flags & (FLAG.SYN | FLAG.RST))) {
      other.isn = add(ack, -1);
      other.start = ack;
      other.next = ack;
    }

    const acknowledges = hasAck && gt(ack, side.acked ?? other.start);
    const acknowledgesFin = acknowledges && other.fin !== undefined && ge(ack, other.fin);
    const purpose = this.purpose(event, { side, other, acknowledges, acknowledgesFin });
    const probes = purpose === 'window-probe' || purpose === 'keep-alive';
    const fit = fitOf(event, side, end, probes);
    const window = scaledWindow(segment, side, other);
    const old = purpose === 'syn-ack' ? side.answered : end !== seq && !gt(end, side.next);
    const again =
      event.reason === 'retransmission' ||
      (purpose === 'zero-window' && side.window === 0) ||
      (old && !probes && (fit === undefined || fit.duplicate));
    const greeting = this.shakingHands || purpose === 'syn-ack' || purpose === 'handshake-ack';
    const absolute = greeting && (length === 0 || (flags & FLAG.SYN) !== 0) && !(flags & FLAG.FIN);

    const reading: Reading = {
      purpose,
      seq: absolute ? seq : relative(seq, side.isn),
      ack: hasAck ? (absolute ? ack : relative(ack, other.isn)) : undefined,
      absolute,
      length,
      payload,
      window,
      port: segment.srcPort,
      again,
      cause: again && direction === 'out' ? this.cause : undefined,
      urgent: (flags & FLAG.URG) !== 0,
      ...(fit ?? IN_ORDER),
      acknowledges,
      acknowledgesFin,
      crossed: !again && hasCrossed(segment, other),
      sack: sackOf(segment, other.isn),
    };
    this.remember(segment, side, other, { end, purpose, window });
    if (again && direction === 'out') this.cause = undefined;
    return reading;
  }

  private purpose(event: SegmentEvent, seen: Seen): Purpose {
    const { segment, reason } = event;
    const { side, other, acknowledges, acknowledgesFin } = seen;
    const { flags } = segment;
    const length = dataLength(event);
    if (flags & FLAG.RST) {
      // What a stack answers for nobody ends no connection, though there may have been one between the same ends.
      const forNobody = event.direction === 'out' && event.connection.id === 0;
      if (side.spoke && !forNobody) return 'abort';
      return this.shakingHands && other.spoke ? 'refusal' : 'no-such-connection';
    }
    if (flags & FLAG.SYN) return flags & FLAG.ACK ? 'syn-ack' : 'syn';
    if (reason === 'window-probe' || reason === 'keep-alive') return reason;
    if (flags & FLAG.FIN) {
      return (side.fin === undefined ? other.fin === undefined || hasCrossed(segment, other) : side.closesFirst)
        ? 'first-fin'
        : 'second-fin';
    }
    // One octet or none, just before what is expected: RFC 9293 §3.8.4, and Linux's zero-window probe.
    const asks = segment.seq === add(side.next, -1) && other.acked === side.next && side.fin === undefined;
    if (asks && length <= 1) return other.window === 0 ? 'window-probe' : 'keep-alive';
    if (length > 0) return other.window === 0 && length === 1 ? 'window-probe' : 'data';
    if (reason === 'challenge') return 'challenge';
    if (acknowledgesFin) return side.fin === undefined ? 'ack-of-first-fin' : 'last-ack';
    // A SYN,ACK that comes twice is answered twice.
    if ((this.shakingHands && acknowledges) || (other.greets && segment.ack === other.next)) return 'handshake-ack';
    return this.pureAck(event, seen);
  }

  private pureAck({ segment, reason }: SegmentEvent, { side, other, acknowledges }: Seen): Purpose {
    const window = scaledWindow(segment, side, other);
    if (window === 0) return 'zero-window';
    if (side.window === 0 || reason === 'window-update') return 'window-update';
    if (acknowledges || side.acked === undefined) return 'ack';
    if (other.asks) return 'keep-alive-answer';
    if (other.fin !== undefined && segment.ack === other.fin)
      return side.fin === undefined ? 'ack-of-first-fin' : 'last-ack';
    const holes = segment.options.some((option) => option.kind === 'sack');
    // What grows by less than the scale can tell is only rounded differently: the window in a SYN is not scaled.
    const grows = side.window !== undefined && window - side.window >= 1 << (side.shift ?? 0);
    return grows && !holes ? 'window-update' : 'duplicate-ack';
  }

  private remember(
    { flags, ack, options }: TcpSegment,
    side: Side,
    other: Side,
    { end, purpose, window }: { end: number; purpose: Purpose; window: number },
  ): void {
    if (flags & FLAG.RST) return;
    if (flags & FLAG.SYN) side.shift = options.find((option) => option.kind === 'window-scale')?.shift;
    if (purpose === 'syn-ack') side.answered = true;
    side.spoke = true;
    side.window = window;
    side.next = max(side.next, end);
    if (flags & FLAG.FIN && side.fin === undefined) {
      side.fin = end;
      side.closesFirst = purpose === 'first-fin';
    }
    if (flags & FLAG.ACK) {
      side.acked = side.acked === undefined ? ack : max(side.acked, ack);
      if (!(flags & FLAG.SYN)) this.shakingHands = false;
    }
    side.asks = purpose === 'keep-alive' || purpose === 'window-probe';
    other.asks = false;
    side.greets = purpose === 'syn-ack';
    other.greets = false;
  }

  /** A SYN with another number begins a new connection between the same ports. */
  private startOver({ flags, seq }: TcpSegment, direction: 'in' | 'out'): void {
    const side = direction === 'in' ? this.peer : this.us;
    if (!(flags & FLAG.SYN) || side.isn === undefined || side.isn === seq) return;
    this.peer = new Side();
    this.us = new Side();
    this.shakingHands = true;
  }
}

interface Seen {
  readonly side: Side;
  readonly other: Side;
  readonly acknowledges: boolean;
  readonly acknowledgesFin: boolean;
}

/** How what came in fits to what came before it. What goes out, and a probe, has no such place. */
function fitOf({ direction, segment }: SegmentEvent, side: Side, end: number, probes: boolean): Fit | undefined {
  const { flags, seq } = segment;
  if (direction === 'out' || probes || flags & (FLAG.SYN | FLAG.RST) || side.isn === undefined) return undefined;
  if (seq === end) return undefined;
  // A number that does not wrap: counted on from the one that all before has come.
  const start = side.received.reached ?? add(side.isn, 1);
  const from = start + diff(seq, start >>> 0);
  return side.received.add(from, from + diff(end, seq), start);
}

function relative(number: number, isn: number | undefined): number {
  return isn === undefined ? number : diff(number, isn) >>> 0;
}

/** True when both sides said SYN, or FIN, before either had heard the other's. */
function hasCrossed({ flags, ack }: TcpSegment, other: Side): boolean {
  if (flags & FLAG.SYN) return !(flags & FLAG.ACK) && other.isn !== undefined;
  if (flags & FLAG.FIN) return other.fin !== undefined && !ge(ack, other.fin);
  return false;
}

/** The window is scaled when both sides have offered it, and never in a SYN (RFC 7323 §2.2). */
function scaledWindow({ flags, window }: TcpSegment, side: Side, other: Side): number {
  if (flags & FLAG.SYN || side.shift === undefined || other.shift === undefined) return window;
  return window * 2 ** Math.min(side.shift, 14);
}

function sackOf({ options }: TcpSegment, isn: number | undefined): (readonly [number, number])[] {
  const sack = options.find((option) => option.kind === 'sack');
  return sack === undefined
    ? []
    : sack.blocks.map(({ left, right }) => [relative(left, isn), relative(right, isn)] as const);
}
