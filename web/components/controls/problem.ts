import type { Lang } from '../../../src/inspect';

/** Why something could not be done: an error's message is in English. */
export interface Explained {
  /** In words, in a language. */
  inWords(lang: Lang): string;
}

/** The reason of an error for a person; `undefined`: it has none. */
export function reasonOf(error: unknown, lang: Lang): string | undefined {
  if (isExplained(error)) return error.inWords(lang);
  return error instanceof Error && error.message !== '' ? error.message : undefined;
}

function isExplained(error: unknown): error is Explained {
  return typeof error === 'object' && error !== null && 'inWords' in error && typeof error.inWords === 'function';
}
