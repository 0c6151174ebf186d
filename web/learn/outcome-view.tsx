import type { Claim } from '../../src/lessons';
import { lang, useTexts } from '../lang';
import { compared } from './compared';
import { experimentOf, outcomeOf } from './outcome';
import type { Player } from './player';
import { Prose } from './prose';
import type { Terms } from './terms';
import { LEARN_TEXTS } from './texts';

export interface OutcomeProps {
  readonly player: Player;
  readonly version: number;
  readonly terms: Terms;
}

/** What became of it: what the lesson says of the end, checked on this run; and how it differs from the run without the reader's changes. */
export function Outcome({ player, terms }: OutcomeProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { lesson, ending } = player;
  const experiment = experimentOf(lesson, player.seed, player.actions);
  const suggestion = lesson.suggestions.find(({ id }) => id === experiment);
  const claims: readonly Claim[] = suggestion?.claims ?? lesson.claims;
  const isOver = player.isDone;
  return (
    <section class="outcome" aria-labelledby="outcome">
      <h3 id="outcome">{texts.outcome}</h3>
      {!isOver && <p class="outcome-pending">{texts.outcomePending}</p>}
      {isOver && experiment !== '' && (
        <ul class="outcome-compared">
          {compared(outcomeOf(ending), player.usual, lang.value).map((sentence) => (
            <li key={sentence}>
              <Prose text={sentence} terms={terms} />
            </li>
          ))}
        </ul>
      )}
      <p class="outcome-whose">
        {suggestion !== undefined
          ? texts.outcomeOf(suggestion.title[lang.value])
          : experiment === ''
            ? texts.outcomeUsual
            : texts.outcomeOwn}
      </p>
      <ul class="outcome-claims">
        {claims.map((claim) => {
          const holds = isOver ? claim.holds(ending) : undefined;
          const word = holds === undefined ? texts.pending : holds ? texts.holds : texts.fails;
          return (
            <li
              key={claim.en}
              class={`outcome-claim outcome-${holds === undefined ? 'pending' : holds ? 'holds' : 'fails'}`}
            >
              <span class="outcome-sign" role="img" aria-label={word} title={word}>
                {holds === undefined ? '○' : holds ? '✓' : '✗'}
              </span>
              <span>
                <Prose text={claim[lang.value]} terms={terms} />
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
