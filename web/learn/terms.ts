import type { Lang } from '../../src/inspect';
import { LESSONS, type Lesson } from '../../src/lessons';

/** A word of the field as it stands in a text, and what it means. */
export interface Word {
  readonly name: string;
  readonly means: string;
}

/** A text in pieces: plain, or a word that is explained. */
export type Piece = string | { readonly text: string; readonly word: Word };

/** Words in texts. Where one is there twice, the first is what counts. */
export class Terms {
  private readonly words = new Map<string, Word>();
  private readonly pattern: RegExp;

  constructor(words: readonly Word[]) {
    for (const word of words) {
      for (const name of namesOf(word)) {
        const key = name.toLowerCase();
        if (!this.words.has(key)) this.words.set(key, word);
      }
    }
    const names = [...this.words.keys()].sort((a, b) => b.length - a.length);
    this.pattern = new RegExp(names.map((name) => matching(name)).join('|'), 'giu');
  }

  /** Each word once, where it is met first. */
  split(text: string): Piece[] {
    const pieces: Piece[] = [];
    const met = new Set<Word>();
    let from = 0;
    for (const match of text.matchAll(this.pattern)) {
      const [found] = match;
      const word = this.words.get(found.toLowerCase()) ?? this.words.get(found.toLowerCase().replace(/s$/, ''));
      // Words in capitals are names; "syn" or "closed" in a sentence are not.
      if (word === undefined || met.has(word)) continue;
      if (/^[A-Z\d -]+$/.test(word.name) && /[a-z]/.test(found)) continue;
      met.add(word);
      if (match.index > from) pieces.push(text.slice(from, match.index));
      pieces.push({ text: found, word });
      from = match.index + found.length;
    }
    if (from < text.length) pieces.push(text.slice(from));
    return pieces;
  }
}

/** The words that a lesson explains itself. */
export function wordsOf(lesson: Lesson, lang: Lang): Word[] {
  return lesson.glossary.map(({ word, means }) => ({ name: word, means: means[lang] }));
}

/**
 * All words that a reader may meet in a lesson: its own, and those of the lessons before it.
 * @param more words that the page explains anyway
 */
export function termsOf(lesson: Lesson, lang: Lang, more: readonly Word[] = []): Terms {
  const before = LESSONS.slice(0, LESSONS.indexOf(lesson)).reverse();
  return new Terms([...[lesson, ...before].flatMap((each) => wordsOf(each, lang)), ...more]);
}

/** A word's name, and in Korean what its meaning begins with: `segment` is 세그먼트 in a text. */
function namesOf({ name, means }: Word): string[] {
  const [korean = ''] = /^[가-힣A-Z ]{2,12}(?=:)|^[가-힣]{2,8}(?=\.)/.exec(means) ?? [];
  return /[가-힣]/.test(korean) ? [name, korean] : [name];
}

function matching(name: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return /^[\x20-\x7e]+$/.test(name) ? `(?<![\\w-])${escaped}${/[a-z]$/.test(name) ? 's?' : ''}(?![\\w-])` : escaped;
}
