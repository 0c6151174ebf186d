import type { Action, Setting, Suggestion } from '../../src/lessons';
import { CALLS, formatFrameId, type Call } from '../../src/lessons/engine/action';
import { timeText } from '../components/plots/units';
import { lang, useTexts } from '../lang';
import { actionText } from './action-text';
import { experimentOf } from './outcome';
import type { Player } from './player';
import { Prose } from './prose';
import { bringIntoView } from './scroll';
import type { Terms } from './terms';
import { LEARN_TEXTS } from './texts';

export interface ChangesProps {
  readonly player: Player;
  readonly version: number;
  readonly terms: Terms;
  readonly onChange: (actions: readonly Action[], since?: number) => void;
}

/** What the reader can change, and what is changed. */
export function Changes({ player, terms, onChange }: ChangesProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { lesson, run } = player;
  const experiment = experimentOf(lesson, player.seed, player.actions);
  return (
    <section class="changes" aria-labelledby="changes">
      <h3 id="changes">{texts.change}</h3>
      <p class="changes-lead">{texts.changeLead}</p>
      <h4>{texts.tryThis}</h4>
      <ul class="changes-suggestions">
        {lesson.suggestions.map((each) => (
          <SuggestionCard key={each.id} suggestion={each} player={player} terms={terms} isOn={experiment === each.id} />
        ))}
      </ul>
      {Object.keys(lesson.settings).length > 0 && (
        <>
          <h4>{texts.settings}</h4>
          <div class="changes-settings">
            {Object.entries(lesson.settings).map(([name, setting]) => (
              <SettingField
                key={name}
                {...{ name, setting }}
                value={run.settings[name] ?? setting.initial}
                onSet={(value) => {
                  const others = run.actions.filter((each) => each.type !== 'set' || each.setting !== name);
                  player.begin(
                    value === setting.initial ? others : [{ type: 'set', setting: name, value }, ...others],
                    player.seed,
                  );
                }}
              />
            ))}
          </div>
        </>
      )}
      <h4>{texts.now(timeText(run.now, lang.value))}</h4>
      <div class="changes-now">
        {[...run.world.hosts.keys()].map((host) => (
          <div key={host} role="group" aria-label={host}>
            <b>{host}</b>
            {CALLS.filter((call) => call !== 'read' || lesson.group === 'flow').map((call) => (
              <button
                key={call}
                type="button"
                onClick={() => {
                  // After all that happens at this time.
                  const at = Math.round(run.now) + 1;
                  onChange([...run.actions, doing(call, host, at)], at);
                }}
              >
                {texts.calls[call]}
              </button>
            ))}
          </div>
        ))}
      </div>
      <Yours player={player} onChange={onChange} />
    </section>
  );
}

function doing(call: Call, host: string, at: number): Action {
  return { type: 'do', at, host, call, ...(call === 'send' && { amount: 100 }) };
}

interface SuggestionCardProps {
  readonly suggestion: Suggestion;
  readonly player: Player;
  readonly terms: Terms;
  readonly isOn: boolean;
}

function SuggestionCard({ suggestion, player, terms, isOn }: SuggestionCardProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { id, title, look, actions, seed } = suggestion;
  return (
    <li data-suggestion={id} class={isOn ? 'changes-on' : ''}>
      <button
        type="button"
        aria-pressed={isOn}
        onClick={() => {
          if (isOn) {
            player.begin(player.lesson.actions ?? []);
            return;
          }
          player.begin(actions, seed);
          bringIntoView();
          player.play();
          // The space bar presses what is focused: from here on it stops and goes on.
          document.querySelector<HTMLElement>('.controls-play')?.focus({ preventScroll: true });
        }}
      >
        {isOn ? '✓ ' : ''}
        {title[lang.value]}
      </button>
      <p>
        <span class="visually-hidden">{texts.look} </span>
        <Prose text={look[lang.value]} terms={terms} />
      </p>
    </li>
  );
}

interface SettingFieldProps {
  readonly name: string;
  readonly setting: Setting;
  readonly value: string | number | boolean;
  readonly onSet: (value: string | number | boolean) => void;
}

function SettingField({ name, setting, value, onSet }: SettingFieldProps) {
  const id = `setting-${name}`;
  const label = setting.label[lang.value];
  if (setting.kind === 'switch') {
    return (
      <label class="changes-setting">
        <input
          type="checkbox"
          id={id}
          checked={value === true}
          onChange={(event) => {
            onSet(event.currentTarget.checked);
          }}
        />{' '}
        {label}
      </label>
    );
  }
  if (setting.kind === 'choice') {
    return (
      <label class="changes-setting">
        <span>{label}</span>
        <select
          id={id}
          value={String(value)}
          onChange={(event) => {
            onSet(event.currentTarget.value);
          }}
        >
          {Object.entries(setting.options).map(([each, text]) => (
            <option key={each} value={each}>
              {text[lang.value]}
            </option>
          ))}
        </select>
      </label>
    );
  }
  const { min, max, step, unit } = setting;
  return (
    <label class="changes-setting">
      <span>
        {label}: <b>{`${value}${unit === undefined ? '' : ` ${unit}`}`}</b>
      </span>
      <input
        type="range"
        id={id}
        {...{ min, max, step }}
        value={Number(value)}
        onKeyDown={(event) => {
          // The arrow keys are the slider's here, and not the lesson's.
          event.stopPropagation();
        }}
        onChange={(event) => {
          onSet(Number(event.currentTarget.value));
        }}
      />
    </label>
  );
}

/** What is changed in this run: each can be taken back. */
function Yours({ player, onChange }: { readonly player: Player; readonly onChange: ChangesProps['onChange'] }) {
  const texts = useTexts(LEARN_TEXTS);
  const { lesson, actions, seed } = player;
  const own = new Set((lesson.actions ?? []).map((each) => JSON.stringify(each)));
  return (
    <div class="changes-yours">
      <h4>{texts.yours}</h4>
      {actions.length === 0 && <p class="changes-none">{texts.noChanges}</p>}
      <ul>
        {actions.map((action, at) => {
          const what = actionText(action, lesson, player.run, lang.value);
          return (
            <li key={`${at} ${keyOf(action)}`}>
              <span>
                {what}
                {own.has(JSON.stringify(action)) && <em> {texts.ownChange}</em>}
              </span>
              <button
                type="button"
                class="quiet icon-button"
                aria-label={texts.remove(what)}
                title={texts.remove(what)}
                onClick={() => {
                  onChange(actions.filter((_, each) => each !== at));
                }}
              >
                ✕
              </button>
            </li>
          );
        })}
      </ul>
      <p class="changes-all">
        {player.isChanged && (
          <button
            type="button"
            class="changes-reset"
            onClick={() => {
              player.begin(lesson.actions ?? []);
            }}
          >
            {texts.asLesson}
          </button>
        )}
        {actions.length > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              onChange([]);
            }}
          >
            {texts.undoAll}
          </button>
        )}
        <span class="changes-seed" title={texts.seedMeans}>
          {texts.seed(seed)}
        </span>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            player.begin(actions, (seed + 1) % 2 ** 32);
          }}
        >
          {texts.reseed}
        </button>
      </p>
    </div>
  );
}

function keyOf(action: Action): string {
  return 'frame' in action ? `${action.type} ${formatFrameId(action.frame)}` : JSON.stringify(action);
}
