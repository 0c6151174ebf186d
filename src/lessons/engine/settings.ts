import type { Value } from './action';
import type { Texts } from './text';

/** Something that the reader can set. */
export type Setting =
  | { readonly kind: 'switch'; readonly label: Texts; readonly initial: boolean }
  | {
      readonly kind: 'choice';
      readonly label: Texts;
      readonly initial: string;
      /** By value, in order. Values are words of letters, digits, `-` and `_`. */
      readonly options: Readonly<Record<string, Texts>>;
    }
  | {
      readonly kind: 'number';
      readonly label: Texts;
      readonly initial: number;
      readonly min: number;
      readonly max: number;
      readonly step: number;
      /** For a person: `ms`, `%`; none for a plain number. */
      readonly unit?: string;
    };

export type Settings = Readonly<Record<string, Setting>>;

/** The values of settings, by the kind of each. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends { kind: 'switch' }
    ? boolean
    : S[K] extends { kind: 'number' }
      ? number
      : S[K] extends { kind: 'choice'; options: infer O }
        ? Extract<keyof O, string>
        : Value;
};

/** A setting that is on or off. */
export function toggle(initial: boolean, label: Texts): { kind: 'switch'; label: Texts; initial: boolean } {
  return { kind: 'switch', label, initial };
}

/** One of a few. */
export function choice<const O extends Readonly<Record<string, Texts>>>(
  initial: Extract<keyof O, string>,
  label: Texts,
  options: O,
): { kind: 'choice'; label: Texts; initial: string; options: O } {
  return { kind: 'choice', label, initial, options };
}

/** A number from `min` to `max`. */
export function amount(
  initial: number,
  label: Texts,
  range: { readonly min: number; readonly max: number; readonly step: number; readonly unit?: string },
): { kind: 'number'; label: Texts; initial: number; min: number; max: number; step: number; unit?: string } {
  return { kind: 'number', label, initial, ...range };
}

/** Whether a setting can have this value. */
export function allows(setting: Setting, value: Value): boolean {
  switch (setting.kind) {
    case 'switch':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(setting.options, value);
    case 'number':
      return typeof value === 'number' && value >= setting.min && value <= setting.max;
  }
}
