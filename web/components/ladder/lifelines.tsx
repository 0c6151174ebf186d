import type { State } from '../../../src/tcp/states';
import type { Width } from './geometry';
import { stateText } from './say';
import type { Span } from './spans';
import { SHORT_STATES, type LadderTexts } from './texts';

/** How a stretch of a lifeline is drawn: the pattern tells the phase of a connection's life. */
const PHASES: Readonly<Record<State, string>> = {
  CLOSED: 'closed',
  LISTEN: 'opening',
  'SYN-SENT': 'opening',
  'SYN-RECEIVED': 'opening',
  ESTABLISHED: 'open',
  'FIN-WAIT-1': 'closing',
  'FIN-WAIT-2': 'closing',
  'CLOSE-WAIT': 'closing',
  CLOSING: 'closing',
  'LAST-ACK': 'closing',
  'TIME-WAIT': 'waiting',
};

interface LifelinesProps {
  readonly spans: readonly Span[];
  readonly width: Width;
  readonly texts: LadderTexts;
  /** False before the first row: that a state is not known then is nothing to tell. */
  readonly begun?: boolean;
}

/** Both lifelines with the states beside them. A state's name stays in sight while any of its stretch is. */
export function Lifelines({ spans, width, texts, begun = true }: LifelinesProps) {
  return (
    <div class="ladder-lives" aria-hidden="true">
      {spans.map(({ end, top, bottom, state, continues }) => {
        const phase = state.state === undefined ? 'unknown' : PHASES[state.state];
        const presumed = state.presumed ? ' ladder-life-presumed' : '';
        return (
          <div
            key={`${end} ${top} ${stateText(state)}`}
            class={`ladder-life ladder-life-${end} ladder-life-${phase}${presumed}`}
            style={{ top: `${top}px`, height: `${bottom - top}px` }}
          >
            <span class="ladder-bar" />
            {continues !== true && (begun || state.state !== undefined) && (
              <span class="ladder-state" title={state.state ?? texts.unknown}>
                {width === 'narrow' && state.state !== undefined
                  ? `${SHORT_STATES[state.state]}${state.presumed ? '?' : ''}`
                  : stateText(state)}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
