import { markOf } from '../../inspect/application/say';
import { Dialogue } from '../../inspect/application/dialogue';
import { NOTHING_TOLD, type Told } from '../../inspect/application/told';
import { Burst } from '../../inspect/burst';
import { Conversation, type Reading } from '../../inspect/conversation';
import type { Mark, SegmentRow } from '../../inspect/record/row';
import type { State } from '../../tcp/states';
import type { ConnectionId, RetransmissionCause, SegmentEvent } from '../../tcp/trace';
import { FLAG, type TcpSegment } from '../../wire/tcp';
import type { CapturedPacket } from '../capture/packet';
import { Application } from './application';
import { Follower } from './follower';
import { Rows, type RowOptions } from './rows';
import type { Remark, Seen } from './seen';
import type { Side } from './side';
import { States } from './states';

export interface End {
  readonly address: string;
  readonly port: number;
}

/** What a router or host said about a packet of the conversation (ICMP). */
export interface Complaint {
  readonly frame: number;
  readonly time: number;
  /** Who says so. */
  readonly from: string;
  /** Whose packet it is about. */
  readonly about: 'client' | 'server';
  readonly kind: 'unreachable' | 'too-big' | 'time-exceeded' | 'other';
  readonly version: 4 | 6;
  readonly code: number;
  /** With `too-big`, the largest packet that gets through, bytes; 0: not told. */
  readonly mtu: number;
}

const MOST_COMPLAINTS = 16;
/** Of a payload this much stays with a row. */
const KEPT_PAYLOAD = 128;
const MOST_COMMENTS = 20;
const NOTHING = new Uint8Array(0);

/** A conversation between two ends: what follows it, and what is shown of it. */
export class Flow {
  readonly follower = new Follower();
  readonly application = new Application();
  readonly complaints: Complaint[] = [];
  readonly comments: { readonly frame: number; readonly text: string }[] = [];
  readonly rows: Rows;
  readonly id: ConnectionId;
  firstFrame = 0;
  lastFrame = 0;
  first = 0;
  last = 0;
  segments = 0;
  private readonly reading = new Conversation();
  private dialogue: Dialogue | undefined;
  private readonly burst = new Burst();
  private readonly states = new States();

  /**
   * @param startsWithSyn the capture has its beginning
   * @param before the conversation between the same ends before it
   */
  constructor(
    readonly number: number,
    readonly client: End,
    readonly server: End,
    readonly startsWithSyn: boolean,
    readonly before: { readonly last: number; readonly over: boolean; readonly lastFrame: number } | undefined,
    limits: RowOptions,
  ) {
    this.id = { id: number, local: server, remote: client };
    this.rows = new Rows(limits);
  }

  get ends(): { readonly left: State | undefined; readonly right: State | undefined } {
    return { left: this.states.left.state, right: this.states.right.state };
  }

  /** One end has reset it, or both have sent their FIN. */
  get isOver(): boolean {
    const { client, server } = this.follower;
    return (
      client.reset !== undefined || server.reset !== undefined || (client.fin !== undefined && server.fin !== undefined)
    );
  }

  segment(fromClient: boolean, seen: Seen, packet: CapturedPacket): void {
    const { follower } = this;
    const side = fromClient ? follower.client : follower.server;
    if (this.segments === 0) {
      this.firstFrame = seen.frame;
      this.first = seen.time;
    }
    this.segments += 1;
    this.lastFrame = seen.frame;
    this.last = seen.time;
    const direction = fromClient ? 'in' : 'out';
    const remark = follower.segment(side, seen);
    if (remark.duplicate) return;
    const event = this.event(seen, direction);
    const reading = this.reading.read(event);
    const told = seen.length === 0 ? NOTHING_TOLD : (this.dialogue ??= new Dialogue()).read(event);
    if (seen.length > 0) this.application.begin(side, seen);
    if (told !== NOTHING_TOLD) this.application.hear(told, side, seen);
    this.states.observe(event, { client: follower.client.nxt, server: follower.server.nxt });
    this.keep({ seen, packet, event, read: reading, remark, told, side });
  }

  complain(complaint: Complaint): void {
    if (this.complaints.length < MOST_COMPLAINTS) this.complaints.push(complaint);
  }

  comment(frame: number, text: string): void {
    if (this.comments.length < MOST_COMMENTS) this.comments.push({ frame, text });
  }

  private event(seen: Seen, direction: 'in' | 'out'): SegmentEvent {
    const state = this.states.right.state ?? 'CLOSED';
    const { time, segment, length } = seen;
    return { type: 'segment', time, direction, connection: this.id, segment, length, before: state, after: state };
  }

  private keep({ seen, packet, event, read, remark, told, side }: Taken): void {
    const { time, length } = seen;
    const again = remark.again !== undefined;
    const lost =
      remark.repeats !== undefined && remark.again !== 'spurious' ? this.rows.find(remark.repeats) : undefined;
    if (lost !== undefined && remark.again !== 'handshake') lost.marks.add('lost');
    for (const frame of this.follower.newlySacked) this.rows.find(frame)?.marks.add('sacked');
    // `again` of what was read is a guess from one end; the follower has seen both.
    const probes = read.purpose === 'window-probe' || read.purpose === 'keep-alive' || read.purpose === 'zero-window';
    const reading: Reading = {
      ...read,
      purpose: this.follower.challenge === seen.frame ? 'challenge' : read.purpose,
      again: probes ? read.again : again,
      cause: causeOf(remark),
      duplicate: remark.again === 'spurious',
      missing: remark.missing,
      fills: remark.fills,
    };
    const shown = this.burst.shows(time, event.direction, reading, markOf(told));
    if (!shown) {
      this.rows.skip(time, event.direction, length);
      return;
    }
    const notable =
      again ||
      remark.fills ||
      remark.missing > 0 ||
      NOTABLE.has(reading.purpose) ||
      markOf(told) !== undefined ||
      side.tries > 0;
    const segment = kept(event.segment);
    const row: SegmentRow = {
      kind: 'segment',
      index: 0,
      time,
      arrives: undefined,
      from: event.direction === 'in' ? 'left' : 'right',
      event: { ...event, segment },
      // (What is read is the segment's payload.)
      reading: { ...reading, payload: segment.payload },
      told: keptTold(told),
      left: this.states.left,
      right: this.states.right,
      marks: marksOf(remark),
    };
    this.rows.add(packet, row, notable || (seen.flags & (FLAG.SYN | FLAG.FIN | FLAG.RST)) !== 0);
  }
}

/** A segment, and what was made out of it. */
interface Taken {
  readonly seen: Seen;
  readonly packet: CapturedPacket;
  readonly event: SegmentEvent;
  readonly read: Reading;
  readonly remark: Remark;
  readonly told: Told;
  readonly side: Side;
}

const NOTABLE: ReadonlySet<string> = new Set([
  'zero-window',
  'window-update',
  'window-probe',
  'keep-alive',
  'keep-alive-answer',
  'duplicate-ack',
  'challenge',
]);

function causeOf({ again }: Remark): RetransmissionCause | undefined {
  return again === 'timeout' || again === 'fast-retransmit' || again === 'probe' ? again : undefined;
}

function marksOf({ again, missing, fills, reordered }: Remark): Set<Mark> {
  const marks = new Set<Mark>();
  if (again !== undefined) marks.add('retransmission');
  if (again === 'spurious') marks.add('spurious');
  if (missing > 0) marks.add('out-of-order');
  if (reordered) marks.add('out-of-order');
  if (fills) marks.add('fills');
  return marks;
}

/** The bytes belong to the reader, which overwrites them: what stays is copied. */
function kept(segment: TcpSegment): TcpSegment {
  const options = segment.options.map((option) => {
    if (option.kind === 'unknown') return { ...option, data: option.data.slice() };
    return option.kind === 'fast-open' ? { ...option, cookie: option.cookie.slice() } : option;
  });
  const payload = segment.payload.length === 0 ? NOTHING : segment.payload.slice(0, KEPT_PAYLOAD);
  return { ...segment, options, payload };
}

function keptTold(told: Told): Told {
  if (told === NOTHING_TOLD) return told;
  const items = told.items.map((item) =>
    item.kind === 'frame' ? { ...item, head: item.head.slice(0, KEPT_PAYLOAD) } : item,
  );
  return { items, others: told.others };
}
