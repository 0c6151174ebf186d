import { EXPLAIN_TEXTS, LADDER_TERMS, TERMS, tell, type Finding, type Term } from '../../src/explain';
import { lang, useTexts } from '../lang';
import { TEXTS } from './texts';

/** The field's words in findings and ladders, explained. */
export function TermsView({ findings }: { readonly findings: readonly Finding[] }) {
  const texts = useTexts(TEXTS);
  const words = EXPLAIN_TEXTS[lang.value];
  return (
    <section class="explain-terms">
      <h2>{texts.words}</h2>
      <dl>
        {termsOf(findings).map((term) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{words.terms[term]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** In the order of the glossary. */
function termsOf(findings: readonly Finding[]): Term[] {
  const used = new Set(findings.flatMap((finding) => tell(finding, EXPLAIN_TEXTS.en).terms));
  for (const term of LADDER_TERMS) used.add(term);
  return TERMS.filter((term) => used.has(term));
}
