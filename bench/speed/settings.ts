/** How long and how often things are measured. */
export interface Settings {
  readonly quick: boolean;
  /** How many times each is measured, in turns: A B A B. */
  readonly pairs: number;
  /** ms of one run: what comes first and does not count, and what does. */
  readonly warm: number;
  readonly time: number;
}

export const FULL: Settings = { quick: false, pairs: 5, warm: 200, time: 800 };
export const QUICK: Settings = { quick: true, pairs: 2, warm: 200, time: 600 };
