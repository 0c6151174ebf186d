/**
 * How many columns a text takes in a terminal: East Asian wide characters take two (Unicode Standard Annex #11), combining
 * and invisible ones none. "Ambiguous" characters, such as the lines that boxes are drawn with, count one, as they do in
 * every terminal that is not told otherwise.
 */

/** A space at which `wrap` does not break. */
export const NO_BREAK_SPACE = '\u00a0';

const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\u{1160}-\u{11ff}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
/** SGR, the escape sequence that sets colours. */
// eslint-disable-next-line no-control-regex -- it begins with ESC
const COLOUR = /\u001b\[[0-9;]*m/g;

/** First and last code point of each range that takes two columns. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0xad ? 0 : 1;
  if (INVISIBLE.test(character)) return 0;
  if (WIDE.some(([first, last]) => code >= first && code <= last)) return 2;
  return EMOJI.test(character) ? 2 : 1;
}

/** The number of columns that `text` takes. Colours count nothing. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOUR, '')) width += characterWidth(character);
  return width;
}

/** `text` with spaces after it (or, with `align` `right`, before it) up to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' | 'center' = 'left'): string {
  const missing = Math.max(0, width - displayWidth(text));
  if (align === 'left') return text + ' '.repeat(missing);
  if (align === 'right') return ' '.repeat(missing) + text;
  const before = missing >> 1;
  return ' '.repeat(before) + text + ' '.repeat(missing - before);
}

/** `text`, or as much of its beginning as fits in `width` columns with `ellipsis` after it. For text without colours. */
export function truncate(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room < 0) return '';
  return take(text, room) + ellipsis;
}

/**
 * `text` in lines of at most `width` columns, broken at spaces, and inside a word only where it is longer than a line.
 * For text without colours.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (displayWidth(word) > width) {
      const head = take(word, width) || word.slice(0, 1);
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** The longest beginning of `text` that takes at most `width` columns. */
function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}
