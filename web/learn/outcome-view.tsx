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
      {isOver && (
        <>
          <p class="outcome-whose">
            {suggestion !== undefined
              ? texts.outcomeOf(suggestion.title[lang.value])
              : experiment === ''
                ? texts.outcomeUsual
                : texts.outcomeOwn}
          </p>
          <ul class="outcome-claims">
            {claims.map((claim) => (
              <ClaimItem key={claim.en} claim={claim} holds={claim.holds(ending)} terms={terms} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface ClaimItemProps {
  readonly claim: Claim;
  readonly holds: boolean;
  readonly terms: Terms;
}

function ClaimItem({ claim, holds, terms }: ClaimItemProps) {
  const texts = useTexts(LEARN_TEXTS);
  const word = holds ? texts.holds : texts.fails;
  return (
    <li class={`outcome-claim outcome-${holds ? 'holds' : 'fails'}`}>
      <span class="outcome-sign" role="img" aria-label={word} title={word}>
        {holds ? '✓' : '✗'}
      </span>
      <span>
        <Prose text={claim[lang.value]} terms={terms} />
      </span>
    </li>
  );
}
