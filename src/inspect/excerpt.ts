import { truncate } from './display-width';

/** Bytes looked at: an excerpt is never longer, whatever the payload's length. */
const LOOKED_AT = 256;
const UNPRINTABLES = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** How line ends and other controls are shown. */
interface Controls {
  readonly newline: string;
  readonly tab: string;
  readonly other: string;
}

const SIGNS: Controls = { newline: '⏎', tab: '⇥', other: '·' };
const ESCAPES: Controls = { newline: '\\n', tab: '\\t', other: '.' };

/**
 * The beginning of `payload` as a person can read it, in one line, with its line ends shown; `undefined` when it is
 * not text (not UTF-8, or full of controls). Nothing in it moves a cursor or changes a colour: every control, also the
 * invisible ones of Unicode, is replaced.
 * @param columns how long it may be, an ellipsis included
 * @param ascii only ASCII comes out; characters beyond it become `?`
 */
export function excerpt(payload: Uint8Array, columns: number, ascii = false): string | undefined {
  const head = payload.subarray(0, LOOKED_AT);
  let text: string;
  try {
    // With `stream`, a character that is cut off at the end is left out instead of refused.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head, { stream: true });
  } catch {
    return undefined;
  }
  const signs = ascii ? ESCAPES : SIGNS;
  const line = text.replace(/\r?\n/g, signs.newline).replaceAll('\t', signs.tab);
  const strange = line.match(UNPRINTABLES)?.length ?? 0;
  if (strange * 10 > line.length) return undefined;
  let shown = line.replace(UNPRINTABLES, signs.other);
  if (ascii) shown = shown.replace(/[^ -~]/gu, '?');
  return truncate(shown, columns, ascii ? '...' : '…');
}
