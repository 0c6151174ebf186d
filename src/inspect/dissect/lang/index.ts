import type { Lang } from '../../lang';
import { en, enWrong } from './en';
import { ko, koWrong } from './ko';
import type { Facts } from './text';

export type { Facts } from './text';

/** What a meaning is found by. */
export type MeaningKey = keyof typeof en;
/** What may be wrong with a field. */
export type WrongKey = keyof typeof enWrong;

const MEANINGS: Readonly<Record<Lang, Readonly<Record<MeaningKey, (facts: Facts) => string>>>> = { en, ko };
const WRONGS: Readonly<Record<Lang, Readonly<Record<WrongKey, string>>>> = { en: enWrong, ko: koWrong };

/** What a field means, a sentence or two. */
export function meaningOf(field: { readonly meaning: MeaningKey; readonly facts?: Facts }, lang: Lang): string {
  return MEANINGS[lang][field.meaning](field.facts ?? {});
}

/** What is wrong with it; `undefined`: nothing. */
export function wrongOf(field: { readonly wrong?: WrongKey }, lang: Lang): string | undefined {
  return field.wrong === undefined ? undefined : WRONGS[lang][field.wrong];
}
