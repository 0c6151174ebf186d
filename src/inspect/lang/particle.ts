/** How a word ends when it is spoken in Korean: with a vowel, with ㄹ, or with another consonant. */
type Ending = 'vowel' | 'rieul' | 'consonant';

const RIEUL = 8;
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;

/** 영 일 이 삼 사 오 육 칠 팔 구; a number that ends in 0 ends in 십, 백, 천 or 만, which end as 영 does. */
const DIGITS: readonly Ending[] = [
  'consonant',
  'rieul',
  'vowel',
  'consonant',
  'vowel',
  'vowel',
  'consonant',
  'rieul',
  'rieul',
  'vowel',
];

/** A word or number with 을 or 를 behind it. */
export function asObject(word: string): string {
  return `${word}${endingOf(word) === 'vowel' ? '를' : '을'}`;
}

/** A word or number with 이 or 가 behind it. */
export function asSubject(word: string): string {
  return `${word}${endingOf(word) === 'vowel' ? '가' : '이'}`;
}

/** A word or number with 은 or 는 behind it. */
export function asTopic(word: string): string {
  return `${word}${endingOf(word) === 'vowel' ? '는' : '은'}`;
}

/** A word or number with 로 or 으로 behind it. */
export function towards(word: string): string {
  return `${word}${endingOf(word) === 'consonant' ? '으로' : '로'}`;
}

function endingOf(word: string): Ending {
  const last = /[\p{L}\p{N}](?=[^\p{L}\p{N}]*$)/u.exec(word)?.[0] ?? '';
  const code = last.codePointAt(0) ?? 0;
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
    const final = (code - FIRST_SYLLABLE) % FINALS;
    return final === 0 ? 'vowel' : final === RIEUL ? 'rieul' : 'consonant';
  }
  const digit = DIGITS[Number(last)];
  if (last !== '' && digit !== undefined) return digit;
  const [run = ''] = /[a-z]+$/i.exec(word.slice(0, word.lastIndexOf(last) + 1)) ?? [];
  // As English is read: LISTEN is 리슨, CLOSING 클로징, ESTABLISHED 이스태블리시드.
  if (/l$/i.test(run)) return 'rieul';
  if (/[mn]$|ng$/i.test(run)) return 'consonant';
  // Capitals are read one by one, and R is 알: BBR.
  if (run.endsWith('R') && run === run.toUpperCase()) return 'rieul';
  // A word that ends short: WebSocket is 웹소켓, gzip 지집, synack 신액. Digits of an address are no word.
  return run.length > 3 && /[aeiou](?:p|t|c?k)$/.test(run) ? 'consonant' : 'vowel';
}
