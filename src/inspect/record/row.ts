import type { State } from '../../tcp/states';
import type {
  CongestionEvent,
  RetransmissionEvent,
  SegmentEvent,
  TcpDropEvent,
  TimerEvent,
  TransitionEvent,
} from '../../tcp/trace';
import type { Told } from '../application/told';
import type { Reading } from '../conversation';
import type { SkippedEvent } from './skipped';

/** The two ends as they stand in a picture. In what a stack tells, `right` is its own end and `left` the other. */
export type End = 'left' | 'right';

/** A state at one end. */
export interface EndState {
  /** `undefined`: nothing is known of it yet. */
  readonly state: State | undefined;
  /** It is inferred, and rests on something having arrived of which there is no proof yet. */
  readonly presumed: boolean;
}

/**
 * What there is to remark about a segment. It may come later than the segment: that it was lost is known when it is sent again.
 * - `lost`: it did not arrive. Where only one end is known, this is an inference: it was sent again, and nothing says that it was for nothing
 * - `retransmission`: its data, SYN or FIN was sent before
 * - `spurious`: it was sent again for nothing: the first had arrived (DSACK)
 * - `duplicate`: all of it had come before
 * - `out-of-order`: it came before what stands before it; `fills`: it brings what was missing
 * - `sacked`: the other end told by SACK that it has it, before what stands before it
 * - `dropped`: it came, and was not acted on; the reason is in `drop`, and in a note
 * - `marked`: a router has marked it: congestion experienced (RFC 3168 §5). Only in lessons, where the wire is seen
 */
export type Mark =
  'lost' | 'retransmission' | 'spurious' | 'duplicate' | 'out-of-order' | 'fills' | 'sacked' | 'dropped' | 'marked';

/** A segment in a record: an arrow of the ladder. */
export interface SegmentRow {
  readonly kind: 'segment';
  /** Counts the connection's rows from 0, those that were forgotten included. */
  readonly index: number;
  /** When it was sent (or where only one end is seen: when it passed there), µs. */
  readonly time: number;
  /** When it came to the other end, where both are seen, µs. `undefined`: it has not come yet, was lost, or nobody knows. */
  arrives: number | undefined;
  /** Who sent it. */
  readonly from: End;
  /** As the stack told it, with no more of the payload than the record keeps: old ones lose theirs when memory is short. */
  event: SegmentEvent;
  reading: Reading;
  /** What its data says in a protocol above TCP. */
  readonly told: Told;
  /** Both ends once it was sent, or has arrived where that is seen. */
  readonly left: EndState;
  readonly right: EndState;
  readonly marks: Set<Mark>;
  /** Why it was not acted on, where it was not, and that was told. */
  drop?: TcpDropEvent | undefined;
}

/** Something between the segments. */
export interface NoteRow {
  readonly kind: 'note';
  readonly index: number;
  readonly time: number;
  readonly left: EndState;
  readonly right: EndState;
  /** The end that it is about. */
  readonly at: End;
  readonly event: Note;
}

export type Note =
  TransitionEvent | TimerEvent | RetransmissionEvent | CongestionEvent | TcpDropEvent | SkippedEvent | TooBigEvent;

/**
 * A router on the way tells the end that the note is about, by ICMP, that a packet was too big for the next wire (RFC 1191 §4). Only in
 * lessons, where the wire is seen.
 */
export interface TooBigEvent {
  readonly type: 'too-big';
  readonly time: number;
  /** What the next wire takes, bytes. */
  readonly mtu: number;
  /** The message gets to the end; else something throws it away. */
  readonly isHeard: boolean;
}

export type Row = SegmentRow | NoteRow;
