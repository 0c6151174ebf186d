/** What lines and arrows are drawn with. Each is one column wide, but for `again` and `ellipsis`. */
export interface Glyphs {
  readonly line: string;
  readonly right: string;
  readonly left: string;
  readonly lifeline: string;
  readonly lifelineStart: string;
  readonly lifelineEnd: string;
  /** Sent again. */
  readonly again: string;
  /** Dropped. */
  readonly cross: string;
  /** Left out, or time that passed. */
  readonly dots: string;
  readonly ellipsis: string;
  readonly dash: string;
}

export const UNICODE: Glyphs = {
  line: '─',
  right: '▶',
  left: '◀',
  lifeline: '│',
  lifelineStart: '┬',
  lifelineEnd: '┴',
  again: '↻',
  cross: '✗',
  dots: '⋮',
  ellipsis: '…',
  dash: '–',
};

export const ASCII: Glyphs = {
  line: '-',
  right: '>',
  left: '<',
  lifeline: '|',
  lifelineStart: '+',
  lifelineEnd: '+',
  again: 'again',
  cross: 'x',
  dots: ':',
  ellipsis: '...',
  dash: '-',
};

/** What a piece of text is, for those who see colours. */
export type Ink = 'peer' | 'us' | 'strong' | 'faint' | 'warning' | 'failure';

/** Set and reset codes of SGR (ECMA-48 §8.3.117): they nest, since each resets only what it has set. */
const SGR: Readonly<Record<Ink, readonly [number, number]>> = {
  peer: [36, 39],
  us: [32, 39],
  strong: [1, 22],
  faint: [2, 22],
  warning: [33, 39],
  failure: [31, 39],
};

/** Gives `text` its colour. */
export type Paint = (ink: Ink, text: string) => string;

export const inColour: Paint = (ink, text) => {
  const [set, reset] = SGR[ink];
  return text === '' ? text : `\u001b[${set}m${text}\u001b[${reset}m`;
};

export const plain: Paint = (_ink, text) => text;
