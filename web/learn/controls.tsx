import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { duration } from '../../src/inspect/duration';
import { ICONS } from '../components/shell';
import { lang, useTexts, useWords } from '../lang';
import { withLang } from './address';
import { SIGNS } from './icons';
import { SPEEDS } from './player';
import { LEARN_TEXTS } from './texts';
import { redrawWithTime, type Stage } from './use-player';

interface ControlsProps {
  readonly stage: Stage;
  readonly version: number;
}

/** Step, play, clock, scrubber: always in view, at the same place. Then speed and link. */
export function Controls({ stage, version }: ControlsProps) {
  return (
    <div class="controls-bar">
      <Steps stage={stage} version={version} />
      <Preferences stage={stage} version={version} />
    </div>
  );
}

function Steps({ stage, version }: ControlsProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { player } = stage;
  const all = Math.max(player.ending.steps, player.run.steps);
  const { steps } = player.run;
  const isPlaying = player.mode === 'play';
  return (
    <div class="controls" role="group" aria-label={texts.controls}>
      <div class="controls-buttons">
        <Button
          label={texts.restart}
          sign={SIGNS.restart}
          disabled={steps === 0}
          onClick={() => {
            player.restart();
          }}
        />
        <Button
          label={texts.back}
          sign={SIGNS.back}
          disabled={steps === 0}
          onClick={() => {
            player.back();
          }}
        />
        <button
          type="button"
          class="controls-play"
          aria-label={isPlaying ? texts.pause : texts.play}
          aria-pressed={isPlaying}
          aria-keyshortcuts="Space"
          onClick={() => {
            player.toggle();
          }}
        >
          {isPlaying ? ICONS.pause : ICONS.play} <span>{isPlaying ? texts.pause : texts.play}</span>
        </button>
        <button
          type="button"
          class="controls-step"
          aria-keyshortcuts="ArrowRight"
          disabled={player.isDone}
          onClick={() => {
            player.step();
          }}
        >
          {texts.step} {SIGNS.step}
        </button>
        <Button
          label={texts.toEnd}
          sign={SIGNS.toEnd}
          disabled={player.isDone}
          onClick={() => {
            player.toEnd();
          }}
        />
      </div>
      <Clock stage={stage} version={version} />
      <div class="controls-way">
        <input
          type="range"
          min={0}
          max={all}
          step={1}
          value={steps}
          aria-label={texts.scrubber}
          aria-valuetext={texts.event(steps, all)}
          onInput={(event) => {
            player.pause();
            player.goTo(Number(event.currentTarget.value));
          }}
          onKeyDown={(event) => {
            // The range would move by itself, and the page's keys as well.
            if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') event.preventDefault();
            if (event.key === 'ArrowRight' || event.key === 'ArrowUp') player.step();
            else if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') player.back();
            else if (event.key === 'Home') player.restart();
            else if (event.key === 'End') player.toEnd();
          }}
        />
        <span class="controls-event">{texts.event(steps, all)}</span>
      </div>
    </div>
  );
}

/** How fast it plays, and the link: what is not needed at each step. */
function Preferences({ stage }: ControlsProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { player } = stage;
  return (
    <div class="controls-more">
      <label class="controls-speed" title={texts.speed}>
        <span class="visually-hidden">{texts.speed}</span>
        <select
          value={player.speed}
          onChange={(event) => {
            player.speed = Number(event.currentTarget.value);
          }}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {texts.speedOf(speed)}
            </option>
          ))}
        </select>
      </label>
      <label class="controls-waits" title={texts.waitsMeans}>
        <input
          type="checkbox"
          checked={player.waits}
          onChange={(event) => {
            player.waits = event.currentTarget.checked;
          }}
        />{' '}
        {texts.waits}
      </label>
      <CopyLink />
    </div>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly sign: ComponentChild;
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function Button({ label, sign, disabled, onClick }: ButtonProps) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      {sign}
    </button>
  );
}

/** The time in the lesson; and when a long silence is passed over, how long it is. */
function Clock({ stage }: { readonly stage: Stage; readonly version: number }) {
  const texts = useTexts(LEARN_TEXTS);
  const words = useWords();
  redrawWithTime(stage);
  const { player } = stage;
  const passes = player.passesOver;
  return (
    <p class={`controls-clock${passes === undefined ? '' : ' controls-clock-fast'}`}>
      <span class="visually-hidden">{texts.clock}: </span>
      {SIGNS.clock}{' '}
      <span class="mono" data-clock>
        {(player.run.now / 1e6).toFixed(3)}
      </span>
      {lang.value === 'ko' ? '초' : ' s'}
      {passes !== undefined && (
        <em>
          {SIGNS.fast} {texts.passesOver(duration(passes, words))}
        </em>
      )}
    </p>
  );
}

function CopyLink() {
  const texts = useTexts(LEARN_TEXTS);
  const [said, setSaid] = useState<'copied' | 'notCopied'>();
  const copy = async (): Promise<void> => {
    const link = withLang(location.href, lang.value);
    try {
      await navigator.clipboard.writeText(link);
      setSaid('copied');
    } catch {
      setSaid(copyByHand(link) ? 'copied' : 'notCopied');
    }
  };
  return (
    <span class="controls-link">
      <button
        type="button"
        onClick={() => {
          void copy();
        }}
      >
        {SIGNS.link} {texts.copyLink}
      </button>
      <span role="status" class="controls-said">
        {said !== undefined && texts[said]}
      </span>
    </span>
  );
}

/** Where the page has no clipboard, as when it is opened from a file. */
function copyByHand(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  // Deprecated, and the only way without a secure context.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
