import { thousands } from '../../../src/inspect/lang/thousands';
import { duration } from '../../../src/inspect/duration';
import type { Words } from '../../../src/inspect/lang';
import type { SegmentRow } from '../../../src/inspect/record';
import type { SegmentTexts } from './texts';
import { thoughtsOf, type Thought } from './thoughts-of';

interface ThoughtsProps {
  readonly row: SegmentRow;
  readonly texts: SegmentTexts;
  readonly words: Words;
}

/** Why a segment was sent, what it did to the state, and what the connection knew. */
export function Thoughts({ row, texts, words }: ThoughtsProps) {
  const { before, after, reason, variables } = row.event;
  return (
    <section class="segment-thoughts" aria-label={texts.thoughts}>
      <h3>{texts.thoughts}</h3>
      {reason !== undefined && (
        <p>
          <b>{texts.why}.</b> {texts.reasons[reason]}
        </p>
      )}
      <p>{before === after ? texts.stateStays(after) : texts.stateMoves(before, after)}</p>
      {variables === undefined ? (
        <p class="segment-hint">{texts.noVariables}</p>
      ) : (
        <>
          <p class="segment-hint">{texts.thoughtsHint}</p>
          <div class="segment-groups">
            {thoughtsOf(variables).map((group) => (
              <dl key={group[0]?.name}>
                {group.map((thought) => {
                  const [name, meaning] = texts.variables[thought.name];
                  return (
                    <div key={thought.name} class="segment-thought">
                      <dt title={meaning}>{name}</dt>
                      <dd class="segment-thought-value">{valueOf(thought, texts, words)}</dd>
                      <dd class="segment-thought-meaning">{meaning}</dd>
                    </div>
                  );
                })}
              </dl>
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function valueOf({ kind, value }: Thought, texts: SegmentTexts, words: Words): string {
  if (value === undefined) return texts.notYet;
  if (typeof value === 'string') return kind === 'phase' ? phaseOf(value, texts) : value;
  if (kind === 'time') return duration(value, words);
  return thousands(value);
}

function phaseOf(phase: string, { phases }: SegmentTexts): string {
  return Object.entries(phases).find(([name]) => name === phase)?.[1] ?? phase;
}
