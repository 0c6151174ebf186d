import type { SegmentEvent } from '../../tcp/trace';
import { dataLength } from '../../tcp/trace';
import type { Variables } from '../../tcp/variables';
import { Conversation } from '../conversation';
import type { Words } from '../lang';
import { SegmentRemark, type Happening } from './segment-remark';
import type { RemarkWords } from './words';

/** Things that wait for the segment that they belong to; of more the oldest are forgotten. */
const MOST_WAITING = 16;

/** A connection, followed segment by segment: what happens between them is put to the one that it belongs to. */
export class ConnectionFollower {
  private conversation: Conversation | undefined;
  /** What has happened since the last segment. */
  private waiting: Happening[] = [];
  private variables: Variables | undefined;
  /** Of this turn: the last segment that came in, and the last one of both directions. */
  private lastIn: SegmentRemark | undefined;
  private last: SegmentRemark | undefined;

  constructor(
    private readonly words: RemarkWords,
    private readonly sentences: Words,
  ) {}

  /** What a segment causes is told before the segment, and why one is sent, too. */
  happened(event: Happening): void {
    if (event.type === 'retransmission') this.conversation?.retransmits(event.cause);
    this.waiting.push(event);
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
  }

  segment(event: SegmentEvent): SegmentRemark {
    this.conversation ??= new Conversation();
    const reading = this.conversation.read(event);
    const { waiting, words, sentences } = this;
    this.waiting = [];
    const remark = new SegmentRemark(event, reading, waiting, this.variables, words, sentences);
    this.variables = event.variables ?? this.variables;
    if (event.direction === 'in') this.lastIn = remark;
    else this.lastIn?.answeredBy(event, dataLength(event));
    this.last = remark;
    return remark;
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
    this.last = this.lastIn = undefined;
  }
}
