import { signal } from '@preact/signals';
import { isLang, LANGUAGES, langOfLocale, type Lang, type Words } from '../../src/inspect';

export type { Lang, Words };

/** A text in every language. */
export type Texts<T> = Readonly<Record<Lang, T>>;

const STORED = 'synack-lang';

/** The language of the page: as last chosen, or the browser's. */
export const lang = signal<Lang>(firstLang());

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

function firstLang(): Lang {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked !== null && isLang(asked)) return asked;
  try {
    const stored = localStorage.getItem(STORED);
    if (stored !== null && isLang(stored)) return stored;
  } catch {
    // See above.
  }
  return langOfLocale(navigator.language);
}
