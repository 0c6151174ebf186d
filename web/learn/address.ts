import { decodeLink, isBadLink, type Action, type BadLink, type Lesson } from '../../src/lessons';

/** Where the reader is. */
export type Address =
  | { readonly page: 'contents'; readonly problem?: BadLink['problem'] }
  | {
      readonly page: 'lesson';
      readonly lesson: Lesson;
      readonly seed?: number;
      readonly actions?: readonly Action[];
      /** µs; where to begin. */
      readonly time?: number;
      /** The link could not be followed, so this is the lesson as it is. */
      readonly problem?: BadLink['problem'];
    };

/** An hour in µs, as for times in links. */
const LONGEST_TIME = 3_600_000_000;

/**
 * Reads the part of the URL behind `#`: nothing (the contents), a lesson's name, or what `encodeLink` writes; perhaps with `@µs` behind it.
 * Never throws; where it makes no sense, it says why, and goes to the lesson as it is, if there is one.
 */
export function readAddress(hash: string, lessons: readonly Lesson[]): Address {
  const text = asWritten(hash.replace(/^#/, ''));
  if (text === '') return { page: 'contents' };
  const [, link = text, at] = /^(.*)@(\d{1,10})$/.exec(text) ?? [];
  const time = at === undefined || Number(at) > LONGEST_TIME ? {} : { time: Number(at) };
  const plain = lessons.find(({ id }) => id === link);
  if (plain !== undefined) return { page: 'lesson', lesson: plain, ...time };
  // A single word can only be the name of a lesson.
  if (!link.includes('/')) return { page: 'contents', problem: 'lesson' };
  const found = decodeLink(link, lessons);
  if (!isBadLink(found)) {
    const { lesson, seed, actions } = found;
    return { page: 'lesson', lesson, seed, actions, ...time };
  }
  const named = lessons.find(({ id }) => text.split('/').includes(id));
  return named === undefined
    ? { page: 'contents', problem: found.problem }
    : { page: 'lesson', lesson: named, problem: found.problem };
}

/** A link that came by way of a chat or a mail: with its signs escaped, or with the end of the sentence behind it. */
function asWritten(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text);
  } catch {
    // Somebody's own per cent signs: no link of ours has any.
  }
  return plain.replace(/[\s.,;:!?'"”’)\]>]+$/u, '');
}

/** The page's address in a language, as it is given to somebody else: whoever opens it reads what the giver reads. */
export function withLang(href: string, language: string): string {
  const url = new URL(href);
  url.searchParams.set('lang', language);
  return url.href;
}
