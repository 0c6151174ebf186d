import type { Lang } from '../../inspect';
import { DAMAGES, type Damage } from '../capture/damage';
import type { Finding } from '../findings/finding';
import { en } from './en';
import { ko } from './ko';
import type { ExplainTexts, Figures, Term } from './texts';

/** What explain says, in every language. */
export const EXPLAIN_TEXTS: Readonly<Record<Lang, ExplainTexts>> = { en, ko };

/** A finding in words. */
export interface Told {
  readonly title: string;
  readonly what: string;
  readonly causes: readonly { readonly likelihood: string; readonly text: string }[];
  readonly todo: string | undefined;
  readonly terms: readonly Term[];
}

/** Says why a capture cannot be read any further: a sentence without its full stop. */
export function tellDamage({ id, figures }: Damage, { damage }: ExplainTexts): string {
  return damage[id]({
    number: (name) => {
      const value = figures[name];
      return typeof value === 'number' ? value : 0;
    },
    text: (name) => String(figures[name] ?? ''),
  });
}

/** Says what was found. */
export function tell(finding: Finding, texts: ExplainTexts): Told {
  const figures = figuresOf(finding, texts);
  const said = texts.findings[finding.id];
  return {
    title: said.title(figures),
    what: said.what(figures),
    causes: finding.causes.map(({ id, likelihood }) => ({
      likelihood: texts.likelihood[likelihood],
      text: texts.causes[id],
    })),
    todo: said.todo,
    terms: said.terms ?? [],
  };
}

function figuresOf(finding: Finding, texts: ExplainTexts): Figures {
  const { evidence, side, count } = finding;
  const damaged = DAMAGES.find((id) => id === evidence['reason']);
  const number = (name: string): number => {
    const value = evidence[name];
    return typeof value === 'number' ? value : 0;
  };
  return {
    finding,
    side: side === 'server' ? texts.server : texts.client,
    other: side === 'server' ? texts.client : texts.server,
    count,
    number,
    time: (name) => texts.time(number(name)),
    bytes: (name) => texts.bytes(number(name)),
    text: (name) => String(evidence[name] ?? ''),
    damage: damaged === undefined ? '' : tellDamage({ id: damaged, figures: evidence }, texts),
  };
}

export { LADDER_TERMS, TERMS, type ExplainTexts, type Labels, type Term } from './texts';
