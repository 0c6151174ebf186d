import type { Remark } from '../../link/capture-comments';
import type { Comments } from '../../link/pcapng-packets';
import type { Packet } from './packet';
import type { PartNames } from './part-names';
import type { SegmentLines, SegmentRemark } from './segment-remark';
import type { RemarkWords } from './words';

/** Remarks about one packet, and answers to it, that are kept. */
const MOST = 8;

/** A packet on a link, and what the trace tells of it. */
export class PacketRemark implements Remark {
  segment: SegmentRemark | undefined;
  fate?: string;
  /** Whether an event of the trace is this packet's: then none of another one's is. */
  isTold = false;
  private readonly said: string[] = [];
  private readonly answers: string[] = [];

  constructor(
    readonly packet: Packet,
    private readonly direction: 'in' | 'out',
    private readonly pieces: number,
    private readonly words: RemarkWords,
    private readonly parts: PartNames,
  ) {}

  say(text: string): void {
    this.isTold = true;
    if (this.said.length < MOST) this.said.push(text);
  }

  /** What is the same of several answers is said once. */
  answeredBy(text: string): void {
    if (this.answers.length < MOST && !this.answers.includes(text)) this.answers.push(text);
  }

  comments(): Comments {
    const { pieces, parts } = this;
    const { head, tail, second } = this.write();
    return {
      head,
      ...(pieces > 1 && { part: (piece) => parts.nameOf(piece, pieces) }),
      tail,
      more: second === undefined ? [] : [second],
    };
  }

  private write(): SegmentLines {
    const { words, packet, segment, fate, answers, said } = this;
    const way = [...(fate === undefined ? [] : [words.lost(fate)]), ...(packet.isMarked ? [words.marked] : [])];
    if (segment !== undefined) return segment.lines([...way, ...said]);
    const [head = this.unsaid, ...more] = said;
    const answered = answers.length === 0 ? [] : [words.answered(answers.join(', '))];
    return { head, tail: [...more, ...way, ...answered].map((each) => `; ${each}`).join(''), second: undefined };
  }

  private get unsaid(): string {
    if (this.packet.kind === 'fragment') return this.words.fragment;
    return this.direction === 'in' ? this.words.ignored : this.words.unread;
  }
}
