import { signal } from '@preact/signals';
import { isLang, LANGUAGES, langOfLocale, type Lang, type Words } from '../../src/inspect';
import type { Texts } from './texts';

export type { Lang, Texts, Words };

const STORED = 'synack-lang';

/** As asked for in the URL, or last chosen. */
const wished = wishedLang();

/** The language of the page: as last chosen, or the browser's. */
export const lang = signal<Lang>(wished ?? langOfLocale(navigator.language));

/** Begins in the language that the page's content comes in, where the reader has never chosen one. It is not remembered: nobody chose it. */
export function beginLang(suggested?: Lang): void {
  if (wished === undefined && suggested !== undefined) lang.value = suggested;
  document.documentElement.lang = lang.value;
}

/** Changes the language, and remembers it. */
export function chooseLang(chosen: Lang): void {
  lang.value = chosen;
  document.documentElement.lang = chosen;
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // A page opened from a file may have no storage.
  }
}

/** The texts of a component in the page's language; reading them in a component draws it anew when the language changes. */
export function useTexts<T>(texts: Texts<T>): T {
  return texts[lang.value];
}

/** The words in which segments speak. */
export function useWords(): Words {
  return LANGUAGES[lang.value];
}

function wishedLang(): Lang | undefined {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked !== null && isLang(asked)) return asked;
  try {
    const stored = localStorage.getItem(STORED);
    if (stored !== null && isLang(stored)) return stored;
  } catch {
    // See above.
  }
  return undefined;
}
