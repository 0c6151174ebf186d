import { InvalidArgumentError } from 'commander';
import { LinkError } from '../link/errors';
import type { ImpairSettings } from '../link/impair';
import { isWay, parseLink, WAYS, type LinkNotation } from '../link/notation';
import { parseAddress, parsePrefix } from '../wire/address';

/** Readers of what stands on the command line. Each throws InvalidArgumentError, which commander tells with the option's name. */

export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535) throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return value;
}

/** A port; `any`, which is `true`: the default one, or the next free one. */
export function anyOrPort(text: string): number | true {
  return text === 'any' ? true : port(text);
}

export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value === 0 || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It is a whole number, 1 or more.');
  return value;
}

/** Seconds, also fractions of them, as µs. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value === 0 || value > 86_400)
    throw new InvalidArgumentError('It is a time in seconds, above 0 and at most 86400.');
  return Math.round(value * 1_000_000);
}

export function address(text: string): string {
  if (parseAddress(text) === undefined) throw new InvalidArgumentError('An address looks like 10.9.0.1 or fd00:9::1.');
  return text;
}

export function addressWithPrefix(text: string): string {
  if (parsePrefix(text) === undefined)
    throw new InvalidArgumentError(
      'An address with its network’s prefix length looks like 10.9.0.2/24 or fd00:9::2/64.',
    );
  return text;
}

/** An interface's address, or the way in which it gets one. */
export function interfaceAddress(text: string): string {
  if (isWay(text)) return text;
  try {
    return addressWithPrefix(text);
  } catch {
    throw new InvalidArgumentError(
      `An address with its network’s prefix length looks like 10.9.0.2/24 or fd00:9::2/64; without one there are ${WAYS.join(', ')}.`,
    );
  }
}

/** A link as docs/links.md has it. */
export function link(text: string): LinkNotation {
  try {
    return parseLink(text);
  } catch (error) {
    if (error instanceof LinkError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

/** Collects an option that may stand several times. */
export function several<T>(parse: (text: string) => T): (text: string, before: readonly T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), parse(text)];
}

/** A whole number in a range. */
export function between(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };
}

/** What `--impair` asks for. */
export type Impairment = ImpairSettings & { readonly seed: number };

const PROBABILITIES = ['loss', 'reorder', 'duplicate', 'corrupt', 'mark'] as const;
const TIMES = ['delay', 'jitter'] as const;
const UNITS: Readonly<Record<string, number>> = { us: 1, µs: 1, ms: 1000, s: 1_000_000 };
const RATES: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };

/** `loss=0.1,delay=20ms,seed=1`: probabilities from 0 to 1, times with their unit, the rate in bit/s (`10M`). */
export function impairment(text: string): Impairment {
  const settings: Record<string, number> = { seed: 1 };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.trim().split('=');
    settings[name] = setting(name, value);
  }
  return { ...settings, seed: settings['seed'] ?? 1 };
}

function setting(name: string, value: string): number {
  if (PROBABILITIES.some((known) => known === name)) {
    const probability = value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value);
    if (/^[\d.]+%?$/.test(value) && probability <= 1) return probability;
    throw new InvalidArgumentError(`${name} is a probability: 0.1 or 10%, not "${value}".`);
  }
  if (TIMES.some((known) => known === name)) {
    const [, digits = '', unit = ''] = /^([\d.]+)([µa-z]+)$/.exec(value) ?? [];
    const time = Number(digits) * (UNITS[unit] ?? NaN);
    if (Number.isFinite(time)) return Math.round(time);
    throw new InvalidArgumentError(`${name} is a time with its unit: 20ms or 1.5s, not "${value}".`);
  }
  if (name === 'rate') {
    const [, digits = '', unit = ''] = /^([\d.]+)([kMG]?)$/.exec(value) ?? [];
    const rate = Number(digits) * (RATES[unit] ?? NaN);
    if (digits !== '' && Number.isFinite(rate)) return Math.round(rate);
    throw new InvalidArgumentError(`rate is in bit/s: 500k or 10M, not "${value}".`);
  }
  if (name === 'seed' && /^\d+$/.test(value)) return Number(value);
  throw new InvalidArgumentError(
    `"${name}" is not known; there are ${[...PROBABILITIES, ...TIMES, 'rate', 'seed'].join(', ')}.`,
  );
}
