import type { ImpairmentSettings } from '../../../src/inspector/protocol';

/**
 * How a slider's steps become a value: small values, where a little more matters, have as many steps as large ones. Step 0 is off.
 */
export interface Scale {
  /** The value of each step. */
  readonly values: readonly number[];
}

/** Probabilities. */
const PROBABILITY: Scale = {
  values: [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1],
};

/** µs */
const TIME: Scale = {
  values: [0, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000].map((ms) => ms * 1000),
};

/** Bits a second; off is as fast as it goes, so the slider goes from fast to slow. */
const RATE: Scale = {
  values: [0, 1e9, 5e8, 2e8, 1e8, 5e7, 2e7, 1e7, 5e6, 2e6, 1e6, 5e5, 256e3, 128e3, 64e3, 32e3, 9600],
};

export type Knob = keyof ImpairmentSettings;

export const SCALES: Readonly<Record<Knob, Scale>> = {
  loss: PROBABILITY,
  delay: TIME,
  jitter: TIME,
  reorder: PROBABILITY,
  duplicate: PROBABILITY,
  corrupt: PROBABILITY,
  rate: RATE,
};

/** In the order in which they stand. */
export const KNOBS: readonly Knob[] = ['loss', 'delay', 'jitter', 'rate', 'reorder', 'duplicate', 'corrupt'];

/** What a knob stands at; 0: off. */
export function valueOf(settings: ImpairmentSettings, knob: Knob): number {
  return settings[knob] ?? 0;
}

/** The step that is nearest to a value. */
export function stepOf(knob: Knob, value: number): number {
  const { values } = SCALES[knob];
  if (value <= 0) return 0;
  let best = 1;
  for (let step = 1; step < values.length; step++) {
    if (Math.abs((values[step] ?? 0) - value) < Math.abs((values[best] ?? 0) - value)) best = step;
  }
  return best;
}

/** The settings with one knob at another step. */
export function turn(settings: ImpairmentSettings, knob: Knob, step: number): ImpairmentSettings {
  const value = SCALES[knob].values[step] ?? 0;
  return { ...settings, [knob]: knob === 'rate' && value === 0 ? null : value };
}

/** Every knob off. */
export const PERFECT: ImpairmentSettings = {
  loss: 0,
  delay: 0,
  jitter: 0,
  reorder: 0,
  duplicate: 0,
  corrupt: 0,
  rate: null,
};

/** The knobs that are on. */
export function turnedOn(settings: ImpairmentSettings): readonly Knob[] {
  return KNOBS.filter((knob) => valueOf(settings, knob) > 0);
}
