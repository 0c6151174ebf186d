import type { End } from '../../inspect';

/**
 * A frame on a wire: the `n`-th (from 1) that its `from` end sent, counted anew in each run. Frames that the wire itself makes, copies and old
 * ones, have no number, so that one action does not shift what another is about.
 */
export interface FrameId {
  /** Which of the lesson's wires, from 0. */
  readonly wire: number;
  readonly from: End;
  readonly n: number;
}

/** What a setting can be. */
export type Value = string | number | boolean;

/** What a program can be told to do, or its machine. */
export const CALLS = ['send', 'read', 'close', 'abort', 'crash'] as const;
export type Call = (typeof CALLS)[number];

/** What a reader changes in a run. Times in µs. */
export type Action =
  /** The frame is lost. */
  | { readonly type: 'drop'; readonly frame: FrameId }
  /** It takes so much longer, and those behind it pass. */
  | { readonly type: 'delay'; readonly frame: FrameId; readonly by: number }
  /** It arrives twice. */
  | { readonly type: 'copy'; readonly frame: FrameId }
  /** The lesson is set up otherwise. */
  | { readonly type: 'set'; readonly setting: string; readonly value: Value }
  /** At this time the programs on a host do something; `amount` is how many bytes, for `send` and `read`. */
  | {
      readonly type: 'do';
      readonly at: number;
      readonly host: string;
      readonly call: Call;
      readonly amount?: number;
    };

/** As it stands in a link: `L3` is the third frame of the left end; `1R2` the second of the right end on the second wire. */
export function formatFrameId({ wire, from, n }: FrameId): string {
  return `${wire === 0 ? '' : wire}${from === 'left' ? 'L' : 'R'}${n}`;
}

export function parseFrameId(text: string): FrameId | undefined {
  const [, wire = '', from, n] = /^([1-9]?)([LR])([1-9]\d{0,5})$/.exec(text) ?? [];
  if (from === undefined) return undefined;
  return { wire: Number(wire), from: from === 'L' ? 'left' : 'right', n: Number(n) };
}

/** Short ways to say an action; `frame` as in a link: `L1`, `R2`. Times in µs. */
export const drop = (frame: string): Action => ({ type: 'drop', frame: requireFrameId(frame) });
export const copy = (frame: string): Action => ({ type: 'copy', frame: requireFrameId(frame) });
export const delay = (frame: string, by: number): Action => ({ type: 'delay', frame: requireFrameId(frame), by });
export const set = (setting: string, value: Value): Action => ({ type: 'set', setting, value });
export const act = (at: number, host: string, call: Call, bytes?: number): Action =>
  bytes === undefined ? { type: 'do', at, host, call } : { type: 'do', at, host, call, amount: bytes };

function requireFrameId(text: string): FrameId {
  const id = parseFrameId(text);
  if (id === undefined) throw new RangeError(`a frame is named as in L1 or R2, not ${text}`);
  return id;
}
