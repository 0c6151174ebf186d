import type { SegmentEvent } from '../../tcp/trace';
import type { TimerName } from '../../tcp/tcb';
import { dataLength, segmentLength } from '../../tcp/trace';
import type { Variables } from '../../tcp/variables';
import { FLAG } from '../../wire/tcp';
import { Conversation } from '../conversation';
import type { Words } from '../lang';
import { SegmentRemark, type Happening } from './segment-remark';
import type { RemarkWords } from './words';

/** Things that wait for the segment that they belong to; of more the oldest are forgotten. */
const MOST_WAITING = 16;

/** Timers that a segment sets which is in flight alone. */
const AT_SENDING: ReadonlySet<TimerName> = new Set<TimerName>(['retransmission', 'user']);

/** A connection, followed segment by segment: what happens between them is put to the one that it belongs to. */
export class ConnectionFollower {
  private conversation: Conversation | undefined;
  /** What has happened since the last segment. */
  private waiting: Happening[] = [];
  /** What the user has called for, and nothing has been sent for yet. */
  private calls: Happening[] = [];
  private variables: Variables | undefined;
  /** Of this turn: the last segment that came in, and the last one of both directions. */
  private lastIn: SegmentRemark | undefined;
  private last: SegmentRemark | undefined;
  /** The last one of both, if it went out. */
  private lastSent: SegmentEvent | undefined;

  constructor(
    private readonly words: RemarkWords,
    private readonly sentences: Words,
  ) {}

  /** What a segment causes is told before the segment, and why one is sent, too. */
  happened(event: Happening): void {
    if (event.type === 'retransmission') this.conversation?.retransmits(event.cause);
    if (this.isAfterSending(event)) {
      this.last?.add(event);
      return;
    }
    this.waiting.push(event);
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
  }

  /** Of what follows a segment that was sent, and not the next one: the first in flight sets the timers, our FIN ends CLOSE-WAIT. */
  private isAfterSending(event: Happening): boolean {
    const { lastSent, waiting } = this;
    if (lastSent === undefined || waiting.length > 0) return false;
    if (event.type === 'transition') return event.from === 'CLOSE-WAIT' && (lastSent.segment.flags & FLAG.FIN) !== 0;
    const isTimer = event.type === 'timer' && event.action === 'set' && AT_SENDING.has(event.timer);
    return isTimer && lastSent.segment.seq === lastSent.variables?.snd.una && segmentLength(lastSent) > 0;
  }

  segment(event: SegmentEvent): SegmentRemark {
    this.conversation ??= new Conversation();
    const reading = this.conversation.read(event);
    const { words, sentences } = this;
    const happened = this.takeWaiting(event);
    const remark = new SegmentRemark(event, reading, happened, this.variables, words, sentences);
    this.variables = event.variables ?? this.variables;
    if (event.direction === 'in') this.lastIn = remark;
    else this.lastIn?.answeredBy(event, dataLength(event));
    this.last = remark;
    this.lastSent = event.direction === 'out' ? event : undefined;
    return remark;
  }

  /** A change of state by the user's call is told with what is sent, and not with what comes in before. */
  private takeWaiting({ direction, before }: SegmentEvent): readonly Happening[] {
    const { waiting, calls } = this;
    this.waiting = [];
    this.calls = [];
    if (direction === 'out') return calls.length === 0 ? waiting : [...calls, ...waiting];
    const end = waiting.findIndex((each) => each.type !== 'transition' || each.from === before);
    const first = end === -1 ? waiting.length : end;
    const rest = first === 0 ? waiting : waiting.slice(first);
    // What comes in goes on from there: it is too late to tell.
    const hasMoved = rest.some(({ type }) => type === 'transition');
    this.calls = hasMoved ? [] : [...calls, ...waiting.slice(0, first)].slice(-MOST_WAITING);
    return rest;
  }

  /** The turn is over: what is left followed from its last segment. */
  settle(): void {
    const { last, waiting } = this;
    if (last === undefined) {
      // A user's call that has sent nothing yet: the state's change is told with what it sends.
      this.waiting = waiting.filter(({ type }) => type === 'transition');
      return;
    }
    this.waiting = [];
    for (const each of waiting) last.add(each);
    this.last = this.lastIn = this.lastSent = undefined;
  }
}
