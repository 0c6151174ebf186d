import type { State } from '../../../src/tcp/states';
import { useTexts } from '../../lang';
import { STATE_TEXTS, stageOf, type StateText } from '../../lang/states';

/** A state by its name in the RFC, a sign for how far it is, and what it means on hover. */
export function StateBadge({
  state,
  presumed = false,
  ended,
}: {
  readonly state: State | undefined;
  readonly presumed?: boolean;
  /** How it ended, where that was not well. */
  readonly ended?: StateText | undefined;
}) {
  const texts = useTexts(STATE_TEXTS);
  if (state === undefined) return <span class="state-badge state-over">?</span>;
  const { word, means } = ended ?? texts[state];
  const look = ended === undefined ? stageOf(state) : 'refused';
  return (
    <span class={`state-badge state-${look}`} title={`${state}: ${means}`}>
      <span class="state-sign" aria-hidden="true" />
      <span class="state-name">
        {state}
        {presumed && '?'}
      </span>
      <span class="state-word">{word}</span>
    </span>
  );
}
