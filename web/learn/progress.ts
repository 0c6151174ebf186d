import { signal } from '@preact/signals';

const STORED = 'synack-learn-done';

/** The lessons that were gone through to their end, by id. */
export const done = signal<ReadonlySet<string>>(stored());

/** Remembers that a lesson was gone through. */
export function remember(lesson: string): void {
  if (done.value.has(lesson)) return;
  keep(new Set([...done.value, lesson]));
}

/** Begins anew. */
export function forget(): void {
  keep(new Set());
}

function keep(lessons: ReadonlySet<string>): void {
  done.value = lessons;
  try {
    localStorage.setItem(STORED, JSON.stringify([...lessons]));
  } catch {
    // No storage: it is known until the page is closed.
  }
}

function stored(): ReadonlySet<string> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED) ?? '[]');
    return new Set(Array.isArray(found) ? found.filter((each) => typeof each === 'string') : []);
  } catch {
    return new Set();
  }
}
