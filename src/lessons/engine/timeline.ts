import {
  Conversation,
  Ring,
  type ConnectionRecord,
  type End,
  type EndState,
  type Mark,
  type Row,
  type SegmentRow,
  type TooBigEvent,
} from '../../inspect';
import { NOTHING_TOLD } from '../../inspect/application/told';
import type { State } from '../../tcp/states';
import type { ConnectionId, SegmentEvent } from '../../tcp/trace';
import { parseIpv4, PROTOCOL } from '../../wire/ipv4';
import { parseTcp } from '../../wire/tcp';
import { WireError } from '../../wire/error';
import type { Frame } from './wire';

/** A connection's two ends as seen on a wire. */
export interface Ends {
  readonly left: { readonly address: string; readonly port: number };
  readonly right: { readonly address: string; readonly port: number };
}

/** What a host told of a segment when it sent it, and how its record took that. */
export interface Spoken {
  readonly event: SegmentEvent;
  readonly row: SegmentRow;
}

/** The states of both ends of a connection, as they truly are now. */
export type TrueStates = (ends: Ends) => Readonly<Record<End, State | undefined>>;

const MOST_ROWS = 20_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The ladder of a wire: a row for each TCP segment on it, in the order in which they were sent, and for what happened at its ends in
 * between. Here both ends are seen, so that nothing is inferred: a row of a segment shows the sender's state when it was sent, and the receiver's
 * when it arrived.
 */
export class Timeline {
  readonly rows = new Ring<Row>(MOST_ROWS);
  /** Changes with each change of a row. */
  version = 0;
  private readonly byRow = new Map<number, Frame>();
  /** What the sender's own record says of a row: what it learns later, such as SACK, is there. */
  private readonly senders = new Map<number, SegmentRow>();

  constructor(
    /** The hosts' names at the wire's ends. */
    readonly hosts: Readonly<Record<End, string>>,
    private readonly states: TrueStates,
  ) {}

  /** The frame that a row is about. */
  frameOf(row: Row): Frame | undefined {
    return this.byRow.get(row.index);
  }

  /** A frame was given to the wire. `spoken` is what its sender says of it, where somebody here has sent it. */
  sent(frame: Frame, spoken: Spoken | undefined): SegmentRow | undefined {
    const event = spoken?.event ?? eventOf(frame);
    if (event === undefined) return undefined;
    const { left, right } = this.endStates(event, frame.from);
    const original = frame.of === undefined ? undefined : this.rowOf(frame.of);
    const known = spoken?.row ?? original;
    const reading = known?.reading ?? new Conversation().read(event);
    const row: SegmentRow = {
      ...{ kind: 'segment', index: this.rows.end, time: frame.sent, arrives: undefined, from: frame.from },
      ...{ event: original?.event ?? event, reading, told: known?.told ?? NOTHING_TOLD, left, right },
      marks: new Set<Mark>([...(reading.again ? (['retransmission'] as const) : []), ...marksOf(frame)]),
    };
    this.add(row);
    frame.row = row.index;
    this.byRow.set(row.index, frame);
    if (spoken !== undefined) this.senders.set(row.index, spoken.row);
    return row;
  }

  /** It has arrived. `heard` is what the receiver's record says of it; none, if it was dropped before TCP had a look. */
  arrived(frame: Frame, time: number, heard: SegmentRow | undefined, dropped: boolean): SegmentRow | undefined {
    const row = this.rowOf(frame);
    if (row === undefined) return undefined;
    const receiver = frame.from === 'left' ? 'right' : 'left';
    row.arrives = time;
    // Once TCP had read it, and before a program did anything.
    const known = heard !== undefined && heard.event.connection.id !== 0;
    row[receiver] = known ? heard.right : this.endStates(row.event, frame.from)[receiver];
    if (heard === undefined || dropped) row.marks.add('dropped');
    if (heard !== undefined) {
      const { duplicate, missing, fills } = heard.reading;
      const read = frame.isGhost || frame.isCopy ? heard.reading : row.reading;
      row.reading = { ...read, duplicate, missing, fills, crossed: read.crossed || heard.reading.crossed };
      for (const mark of ['duplicate', 'out-of-order', 'fills'] as const)
        if (heard.marks.has(mark)) row.marks.add(mark);
      if (duplicate && row.marks.has('retransmission')) row.marks.add('spurious');
    }
    this.version += 1;
    return row;
  }

  lost(frame: Frame): SegmentRow | undefined {
    const row = this.rowOf(frame);
    if (row !== undefined) row.marks = new Set([...row.marks, 'lost']);
    this.version += 1;
    return row;
  }

  /** The router in the middle answers a frame, which was too big, by ICMP. */
  routerTells(frame: Frame, event: TooBigEvent): void {
    const row = this.rowOf(frame);
    if (row === undefined) return;
    const { left, right } = this.endStates(row.event, row.from);
    this.add({ kind: 'note', index: this.rows.end, time: event.time, at: row.from, event, left, right });
  }

  /** What a record has of its rows from `from` on that are no segments becomes rows here. */
  notes(record: ConnectionRecord, from: number, at: End): void {
    for (const note of record.rows.slice(from)) {
      if (note.kind !== 'note') continue;
      const { left, right } = this.states(this.endsOf(record.id, at));
      this.add({ ...note, index: this.rows.end, at, left: shown(left), right: shown(right) });
    }
  }

  /** What senders have learned since of the segments of a connection that they sent: what was acknowledged selectively. */
  refresh(): void {
    const { first, end } = this.rows;
    for (let index = end - 1; index >= Math.max(first, end - 300); index--) {
      const row: Mutable<Row> | undefined = this.rows.at(index);
      if (row?.kind !== 'segment' || row.marks.has('sacked')) continue;
      // Another set, so that who draws the row sees that it has changed.
      if (this.senders.get(index)?.marks.has('sacked')) row.marks = new Set([...row.marks, 'sacked']);
    }
  }

  private add(row: Row): void {
    this.rows.push(row);
    this.version += 1;
  }

  private rowOf(frame: Frame): Mutable<SegmentRow> | undefined {
    const row = frame.row === undefined ? undefined : this.rows.at(frame.row);
    return row?.kind === 'segment' ? row : undefined;
  }

  private endStates(event: SegmentEvent, from: End): Record<End, EndState> {
    const { left, right } = this.states(this.endsOf(event.connection, from));
    return { left: shown(left), right: shown(right) };
  }

  private endsOf({ local, remote }: ConnectionId, localEnd: End): Ends {
    return localEnd === 'left' ? { left: local, right: remote } : { left: remote, right: local };
  }
}

/** What the wire has done to a frame before it left. */
function marksOf({ isMarked }: Frame): readonly Mark[] {
  return isMarked ? ['marked'] : [];
}

function shown(state: State | undefined): EndState {
  return { state, presumed: false };
}

/** A frame that nobody here has sent, told as if its sender had. */
function eventOf(frame: Frame): SegmentEvent | undefined {
  const packet = parseIpv4(frame.bytes);
  if (packet instanceof WireError || packet.protocol !== PROTOCOL.TCP) return undefined;
  const segment = parseTcp(packet.payload);
  if (segment instanceof WireError) return undefined;
  return {
    type: 'segment',
    time: frame.sent,
    direction: 'out',
    connection: {
      id: 0,
      local: { address: packet.src, port: segment.srcPort },
      remote: { address: packet.dst, port: segment.dstPort },
    },
    segment,
    before: 'CLOSED',
    after: 'CLOSED',
  };
}
