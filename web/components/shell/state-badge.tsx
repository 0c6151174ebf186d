import type { State } from '../../../src/tcp/states';
import { useTexts } from '../../lang';
import { STATE_TEXTS, stageOf } from '../../lang/states';

/** A state by its name in the RFC, a sign for how far it is, and what it means on hover. */
export function StateBadge({
  state,
  presumed = false,
}: {
  readonly state: State | undefined;
  readonly presumed?: boolean;
}) {
  const texts = useTexts(STATE_TEXTS);
  if (state === undefined) return <span class="state-badge state-over">?</span>;
  return (
    <span class={`state-badge state-${stageOf(state)}`} title={`${state}: ${texts[state].means}`}>
      <span class="state-sign" aria-hidden="true" />
      <span class="state-name">
        {state}
        {presumed && '?'}
      </span>
      <span class="state-word">{texts[state].word}</span>
    </span>
  );
}
