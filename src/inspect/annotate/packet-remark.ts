import type { Remark } from '../../link/capture-comments';
import type { Packet } from './packet';
import type { SegmentRemark } from './segment-remark';
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
  ) {}

  say(text: string): void {
    this.isTold = true;
    if (this.said.length < MOST) this.said.push(text);
  }

  answeredBy(text: string): void {
    if (this.answers.length < MOST) this.answers.push(text);
  }

  comments(part: number): readonly string[] {
    const { words, pieces, segment, fate, answers } = this;
    const remarks: string[] = [];
    if (pieces > 1) remarks.push(words.part(part + 1, pieces));
    if (fate !== undefined) remarks.push(words.lost(fate));
    if (segment !== undefined) return segment.lines([...remarks, ...this.said]);
    const answered = answers.length === 0 ? [] : [words.answered(answers.join(', '))];
    return [[...(this.said.length === 0 ? [this.unsaid] : this.said), ...remarks, ...answered].join('; ')];
  }

  private get unsaid(): string {
    if (this.packet.kind === 'fragment') return this.words.fragment;
    return this.direction === 'in' ? this.words.ignored : this.words.unread;
  }
}
