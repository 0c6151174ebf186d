import { displayWidth, NO_BREAK_SPACE, pad, truncate, wrap } from './display-width';
import { ASCII, inColour, plain, UNICODE, type Glyphs, type Ink, type Paint } from './drawing';

/** The narrowest ladder, in columns. */
export const NARROWEST = 56;
/** From here on the words stand beside the ladder instead of between its lines. */
const WORDS_BESIDE = 100;

const TAG = 3;
const STATE = 12;
/** A state may have a question mark behind it. */
const LEFT = TAG + STATE + 1;
const NARROWEST_RUNG = 41;

export interface LayoutOptions {
  readonly width: number;
  readonly color: boolean;
  readonly ascii: boolean;
}

/** What stands in one row of the ladder, from left to right. All of it may be left out. */
export interface Row {
  readonly tag?: string;
  readonly left?: string;
  /** Between the lifelines: exactly as wide as the rung, see {@link Layout.arrow} and {@link Layout.centred}. */
  readonly rung?: string;
  readonly right?: string;
  /** Short sentences; they are wrapped. */
  readonly words?: string;
  /** Whose words they are, or a remark of synack's. */
  readonly speaker?: 'peer' | 'us' | 'remark';
  readonly lifeline?: string;
}

/**
 * Where everything stands. Two lifelines with rungs between them, states outside, and the words to the right of it all; where there
 * is no room for them, below each rung: the peer's on its side, ours on ours.
 */
export class Layout {
  readonly glyphs: Glyphs;
  readonly paint: Paint;
  readonly width: number;
  /** Columns between the lifelines. */
  readonly rung: number;
  /** Columns for words in one line. */
  readonly words: number;
  private readonly beside: boolean;
  /** Between the state at the right and the words. */
  private readonly gap: string;

  constructor({ width, color, ascii }: LayoutOptions) {
    this.glyphs = ascii ? ASCII : UNICODE;
    this.paint = color ? inColour : plain;
    this.width = Math.max(NARROWEST, Math.floor(width));
    this.beside = this.width >= WORDS_BESIDE;
    // What is left beside the lifelines and the states.
    const room = this.width - LEFT - 2 - 1 - STATE;
    this.gap = this.width >= WORDS_BESIDE + 8 ? '  ' : ' ';
    if (this.beside) {
      const shared = room - this.gap.length;
      this.rung = Math.min(60, Math.max(NARROWEST_RUNG, Math.round(shared * 0.55)));
      this.words = Math.min(72, shared - this.rung);
    } else {
      this.rung = Math.min(66, room);
      this.words = this.rung - 4;
    }
  }

  /** The lines of a row. */
  row({ tag = '', left = '', rung, right = '', words, speaker = 'remark', lifeline }: Row): string[] {
    const beside = this.beside && rung !== undefined;
    const sentences = words === undefined ? [] : this.wrapWords(words, speaker, beside);
    const empty = ' '.repeat(this.rung);
    if (beside) {
      const [first, ...others] = sentences;
      return [
        this.line(tag, left, rung, right, first, lifeline),
        ...others.map((sentence) => this.line('', '', empty, '', sentence)),
      ];
    }
    const [first = empty, ...others] = rung === undefined ? sentences : [rung, ...sentences];
    return [
      this.line(tag, left, first, right, undefined, lifeline),
      ...others.map((text) => this.line('', '', text, '')),
    ];
  }

  /** The names above the lifelines. */
  names(tag: string, left: string, right: string): string[] {
    const { dash, ellipsis } = this.glyphs;
    const rightLifeline = LEFT + 1 + this.rung;
    const most = Math.floor((this.width - TAG - 3) / 2);
    const first = truncate(left, most, ellipsis);
    const second = truncate(right, most, ellipsis);
    const firstStart = Math.max(TAG, LEFT - (displayWidth(first) >> 1));
    const firstEnd = firstStart + displayWidth(first);
    const centred = rightLifeline - (displayWidth(second) >> 1);
    const secondStart = Math.max(firstEnd + 3, Math.min(centred, this.width - displayWidth(second)));
    const line = pad(pad(tag, firstStart) + first, secondStart) + second;
    return displayWidth(line) <= this.width
      ? [
          pad(this.paint('faint', tag), firstStart) +
            this.paint('strong', pad(first, secondStart - firstStart) + second),
        ]
      : [truncate(`${tag} ${left} ${dash} ${right}`, this.width, ellipsis)];
  }

  /**
   * An arrow from the peer to us (`in`) or from us to the peer, with `parts` on it: as many of them as fit, those with the
   * lowest rank first.
   */
  arrow(direction: 'in' | 'out', parts: readonly Part[], ink?: Ink): string {
    const { line, left, right } = this.glyphs;
    const text = this.fit(parts, this.rung - 4);
    const spare = this.rung - 4 - displayWidth(text);
    const lead = line.repeat(spare > 0 ? 2 : 1);
    const rest = line.repeat(Math.max(0, spare - 1));
    const drawn =
      direction === 'in' ? `${lead} ${text} ${rest}${right}` : `${left}${line} ${text} ${line.repeat(spare)}`;
    return this.paint(ink ?? (direction === 'in' ? 'peer' : 'us'), drawn);
  }

  /** An arrow that does not arrive. */
  brokenArrow(direction: 'in' | 'out', text: string): string {
    const { line, cross, ellipsis } = this.glyphs;
    const shown = truncate(text, this.rung - 6, ellipsis);
    const drawn =
      direction === 'in'
        ? `${line}${line}${cross} ${shown}`
        : pad(`${shown} ${cross}${line}${line}`, this.rung, 'right');
    return this.paint('failure', pad(drawn, this.rung));
  }

  /** Text in the middle between the lifelines. */
  centred(text: string): string {
    return this.paint('faint', pad(truncate(text, this.rung, this.glyphs.ellipsis), this.rung, 'center'));
  }

  /** A paragraph across the whole width. */
  paragraph(text: string, indent = ''): string[] {
    return wrap(text, Math.min(this.width, 100) - indent.length).map((line) => indent + line);
  }

  private line(tag: string, left: string, rung: string, right: string, words?: string, lifeline?: string): string {
    const bar = this.paint('faint', lifeline ?? this.glyphs.lifeline);
    const end = words === undefined ? right : `${pad(right, STATE)}${this.gap}${words}`;
    return `${pad(this.paint('faint', tag), TAG)}${pad(left, LEFT - TAG)}${bar}${rung}${bar} ${end}`.trimEnd();
  }

  /** The words, in lines; where they stand between the lifelines, each as wide as the rung. */
  private wrapWords(words: string, speaker: 'peer' | 'us' | 'remark', beside: boolean): string[] {
    const lines = wrap(words, beside ? this.words : this.rung - 4).map((line) => line.replaceAll(NO_BREAK_SPACE, ' '));
    if (beside) return lines;
    const widest = Math.max(...lines.map(displayWidth));
    return lines.map((line) => {
      const block = pad(line, widest);
      if (speaker === 'us') return pad(`${block}  `, this.rung, 'right');
      return pad(`  ${speaker === 'remark' ? this.paint('faint', block) : block}`, this.rung);
    });
  }

  /** The parts that fit, in their order. Only those of rank 0 and 1 are worth it to stand close together. */
  private fit(parts: readonly Part[], columns: number): string {
    let kept = [...parts];
    for (;;) {
      const texts = kept.map(({ text }) => text);
      const wide = texts.join('  ');
      if (displayWidth(wide) <= columns) return wide;
      const highest = Math.max(...kept.map(({ rank }) => rank));
      const tight = texts.join(' ');
      if (highest <= 1 && displayWidth(tight) <= columns) return tight;
      if (kept.length <= 1) return truncate(tight, columns, this.glyphs.ellipsis);
      const last = kept.map(({ rank }) => rank).lastIndexOf(highest);
      kept = kept.filter((_part, index) => index !== last);
    }
  }
}

/** Something that is written on an arrow. What has a high rank is left out first. */
export interface Part {
  readonly text: string;
  readonly rank: number;
}
