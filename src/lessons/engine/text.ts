import type { Lang } from '../../inspect';

/** The same in every language. */
export type Texts = Readonly<Record<Lang, string>>;

/** A word of the field, explained for somebody who hears it for the first time. */
export interface GlossaryWord {
  /** As it stands in a segment or in an RFC: `SYN`, `TIME-WAIT`. */
  readonly word: string;
  readonly means: Texts;
}

/** Microseconds: the unit of all times here. */
export const MILLISECOND = 1000;
export const SECOND = 1_000_000;

/** `count` bytes that a person can read: letters in order, over and over. */
export function letters(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => 97 + (at % 26));
}
