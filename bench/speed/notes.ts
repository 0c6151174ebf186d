import type { Work } from './row';

const notes = new Set<string>();
let current: Work | undefined;

/** What is noted from now on is about this work. */
export function noteAbout(work: Work): void {
  current = work;
}

/** Keeps what the reader of the results has to know: what was left out, and why. */
export function note(text: string): void {
  notes.add(current === undefined ? text : `${current}: ${text}`);
}

export function allNotes(): readonly string[] {
  return [...notes];
}
