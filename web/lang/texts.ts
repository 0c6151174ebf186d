import type { Lang } from '../../src/inspect';

export type { Lang };

/** A text in every language. */
export type Texts<T> = Readonly<Record<Lang, T>>;
