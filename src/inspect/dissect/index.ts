/** Packets field by field: which bits say what, and what it means. */
export type { Dissection, Field } from './field';
