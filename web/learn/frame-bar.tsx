import { useState } from 'preact/hooks';
import { flagNames } from '../../src/inspect/on-the-arrow';
import type { Action, Frame } from '../../src/lessons';
import { formatFrameId, type FrameId } from '../../src/lessons/engine/action';
import { timeText } from '../components/plots/units';
import { lang, useTexts } from '../lang';
import { SIGNS } from './icons';
import type { Player } from './player';
import { LEARN_TEXTS } from './texts';

/** How long a frame can be held up, µs. */
const DELAYS = [30_000, 100_000, 500_000, 1_500_000, 5_000_000];

type FrameAction = Action & { readonly frame: FrameId };

export interface FrameBarProps {
  readonly player: Player;
  readonly version: number;
  readonly wire: number;
  readonly selected: number | undefined;
  readonly onChange: (actions: readonly Action[], since?: number) => void;
}

/** What can be done to the segment that is chosen, or to the newest one on the wire. */
export function FrameBar({ player, wire, selected, onChange }: FrameBarProps) {
  const texts = useTexts(LEARN_TEXTS);
  const [by, setBy] = useState(100_000);
  const { run } = player;
  const timeline = run.timelines[wire] ?? run.timeline;
  const frame = frameOf(player, wire, selected);
  const row = frame?.row === undefined ? undefined : timeline.rows.at(frame.row);
  if (frame === undefined || row?.kind !== 'segment') return <p class="frame-bar frame-bar-hint">{texts.frame.hint}</p>;
  const { id } = frame;
  const what = flagNames(row.event.segment.flags);
  const has = (type: FrameAction['type']): boolean => id !== undefined && find(run.actions, type, id) !== undefined;
  const turn = (action: FrameAction): void => {
    const others = run.actions.filter((each) => !isOf(each, action.type, action.frame));
    const isThere = others.length < run.actions.length;
    const keep = isThere && action.type !== 'delay' ? others : isThere && has('delay') ? others : [...others, action];
    // What is not under way any more was sent before: back to there, to see what follows.
    onChange(keep, frame.fate === 'under-way' ? run.now : frame.sent);
  };
  return (
    <div class="frame-bar" role="group" aria-label={texts.frame.from(timeline.hosts[frame.from], what)}>
      <b class={`frame-bar-what frame-bar-${frame.from}`}>
        {texts.frame.from(timeline.hosts[frame.from], what)}
        {frame.fate !== 'under-way' && <span> · {timeText(frame.sent, lang.value)}</span>}
      </b>
      {id === undefined ? (
        <span>{texts.frame.noNumber}</span>
      ) : (
        <>
          <button
            type="button"
            class="frame-drop"
            aria-pressed={has('drop')}
            onClick={() => {
              turn({ type: 'drop', frame: id });
            }}
          >
            {SIGNS.lose} {texts.frame.drop}
          </button>
          <button
            type="button"
            class="frame-copy"
            aria-pressed={has('copy')}
            onClick={() => {
              turn({ type: 'copy', frame: id });
            }}
          >
            {SIGNS.twice} {texts.frame.copy}
          </button>
          <span class="frame-delay">
            <button
              type="button"
              aria-pressed={has('delay')}
              onClick={() => {
                turn({ type: 'delay', frame: id, by });
              }}
            >
              {SIGNS.hold} {texts.frame.delay}
            </button>
            <select
              aria-label={texts.frame.by}
              value={by}
              onChange={(event) => {
                setBy(Number(event.currentTarget.value));
              }}
            >
              {DELAYS.map((each) => (
                <option key={each} value={each}>
                  {timeText(each, lang.value)}
                </option>
              ))}
            </select>
          </span>
        </>
      )}
    </div>
  );
}

/** The chosen one; else the newest that is under way. */
function frameOf({ run }: Player, wire: number, selected: number | undefined): Frame | undefined {
  const timeline = run.timelines[wire];
  const row = selected === undefined ? undefined : timeline?.rows.at(selected);
  if (row?.kind === 'segment') return timeline?.frameOf(row);
  return run.underWay(wire).at(-1);
}

function find(actions: readonly Action[], type: FrameAction['type'], frame: FrameId): Action | undefined {
  return actions.find((each) => isOf(each, type, frame));
}

function isOf(action: Action, type: FrameAction['type'], frame: FrameId): boolean {
  return action.type === type && 'frame' in action && formatFrameId(action.frame) === formatFrameId(frame);
}
