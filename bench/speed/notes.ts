const notes = new Set<string>();

/** Keeps what the reader of the results has to know: what was left out, and why. */
export function note(text: string): void {
  notes.add(text);
}

export function allNotes(): readonly string[] {
  return [...notes];
}
