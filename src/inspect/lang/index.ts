import { en } from './en';
import { ko } from './ko';
import type { Words } from './words';

/** The languages that synack speaks. */
export const LANGUAGES = { en, ko } as const satisfies Readonly<Record<string, Words>>;

export type Lang = keyof typeof LANGUAGES;

/** True when `name` is a language that synack speaks. */
export function isLang(name: string): name is Lang {
  return Object.hasOwn(LANGUAGES, name);
}

/**
 * The language that a locale's name asks for (`ko_KR.UTF-8`, as in `$LANG`); English when synack does not speak it.
 */
export function langOfLocale(locale: string | undefined): Lang {
  const name = (locale ?? '').slice(0, 2).toLowerCase();
  return isLang(name) ? name : 'en';
}

export type { Words } from './words';
