import { wrap } from '../../inspect/display-width';
import { ASCII, inColour, plain, UNICODE, type Glyphs, type Paint } from '../../inspect/drawing';
import { LANGUAGES, type Lang, type Words } from '../../inspect/lang';
import { EXPLAIN_TEXTS, type ExplainTexts } from '../lang';

export interface TextOptions {
  readonly lang: Lang;
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
  readonly ascii: boolean;
  /** What the file is called. */
  readonly name: string;
  /** Conversations shown at most. */
  readonly conversations: number;
  /** No ladders. */
  readonly findingsOnly: boolean;
}

/** Paragraphs are no wider than this, however wide the terminal is. */
const WIDEST = 100;

/** Lines of text for a terminal. */
export class Page {
  readonly texts: ExplainTexts;
  readonly words: Words;
  readonly paint: Paint;
  readonly glyphs: Glyphs;
  private readonly lines: string[] = [];

  constructor(readonly options: TextOptions) {
    this.texts = EXPLAIN_TEXTS[options.lang];
    this.words = LANGUAGES[options.lang];
    this.paint = options.color ? inColour : plain;
    this.glyphs = options.ascii ? ASCII : UNICODE;
  }

  line(text = ''): void {
    // Two empty lines never follow each other.
    if (text === '' && (this.lines.length === 0 || this.lines.at(-1) === '')) return;
    this.lines.push(text);
  }

  /** Text in lines; those after the first are indented as far as the first one's text. */
  paragraph(text: string, { first = '', rest = ' '.repeat(first.length) } = {}): void {
    const room = Math.max(20, Math.min(this.options.width, WIDEST) - rest.length);
    wrap(text, room).forEach((line, index) => {
      this.line((index === 0 ? first : rest) + line);
    });
  }

  toString(): string {
    return this.lines.map((line) => `${line.trimEnd()}\n`).join('');
  }
}
