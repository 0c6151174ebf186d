import type { Lang } from '../../src/inspect';

/** A text in every language. */
export type Texts<T> = Readonly<Record<Lang, T>>;
