import { useCallback } from 'preact/hooks';
import { Ladder } from '../components/ladder';
import { Hint } from '../components/shell';
import { useTexts } from '../lang';
import type { Player } from './player';
import { LEARN_TEXTS } from './texts';

export interface ConversationProps {
  readonly player: Player;
  readonly version: number;
  readonly generation: number;
  readonly wire: number;
  readonly onWire: (wire: number) => void;
  readonly selected: number | undefined;
  readonly onSelect: (row: number | undefined) => void;
}

/** The ladder as it grows. */
export function Conversation({ player, version, wire, onWire, selected, onSelect }: ConversationProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { timelines } = player.run;
  const timeline = timelines[wire] ?? player.run.timeline;
  const select = useCallback(
    (row: number) => {
      onSelect(row);
    },
    [onSelect],
  );
  return (
    <section class="conversation" aria-label={texts.ladder}>
      <Hint name="learn-ladder">{texts.ladderHint}</Hint>
      {timelines.length > 1 && (
        <div class="conversation-wires" role="group" aria-label={texts.ladder}>
          {timelines.map(({ hosts }, at) => (
            <button
              key={at}
              type="button"
              aria-pressed={at === wire}
              onClick={() => {
                onWire(at);
              }}
            >
              {hosts.left} – {hosts.right}
            </button>
          ))}
        </div>
      )}
      <div class="conversation-ladder">
        <Ladder
          rows={timeline.rows}
          // The same number of changes in another run is another thing.
          version={version + timeline.version}
          names={timeline.hosts}
          selected={selected}
          onSelect={select}
          bothSeen
          live
          plain
        />
      </div>
    </section>
  );
}
