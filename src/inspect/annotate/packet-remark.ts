import type { Remark } from '../../link/capture-comments';
import type { Packet } from './packet';
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
  /** As they were when they were asked for: then all is known. */
  private lines: SegmentLines | undefined;

  constructor(
    readonly packet: Packet,
    private readonly direction: 'in' | 'out',
    private readonly pieces: number,
    private readonly words: RemarkWords,
  ) {}

  say(text: string): void {
    this.isTold = true;
    if (this.said.length < MOST) this.said.push(text);
  }

  answeredBy(text: string): void {
    if (this.answers.length < MOST) this.answers.push(text);
  }

  comments(part: number): readonly string[] {
    // A segment of 64 KiB is 45 frames.
    const { head, tail, second } = (this.lines ??= this.write());
    const which = this.pieces > 1 ? `; ${this.words.part(part + 1, this.pieces)}` : '';
    return [`${head}${which}${tail}`, ...second];
  }

  private write(): SegmentLines {
    const { words, segment, fate, answers, said } = this;
    const lost = fate === undefined ? [] : [words.lost(fate)];
    if (segment !== undefined) return segment.lines([...lost, ...said]);
    const [head = this.unsaid, ...more] = said;
    const answered = answers.length === 0 ? [] : [words.answered(answers.join(', '))];
    return { head, tail: [...more, ...lost, ...answered].map((each) => `; ${each}`).join(''), second: [] };
  }

  private get unsaid(): string {
    if (this.packet.kind === 'fragment') return this.words.fragment;
    return this.direction === 'in' ? this.words.ignored : this.words.unread;
  }
}
