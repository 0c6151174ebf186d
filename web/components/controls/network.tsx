import { useEffect, useRef, useState } from 'preact/hooks';
import type { ImpairmentSettings } from '../../../src/inspector/protocol';
import { lang, useTexts } from '../../lang';
import { bitRate, percent, time } from '../../lang/quantities';
import './controls.css';
import { KNOBS, PERFECT, SCALES, stepOf, turn, turnedOn, valueOf, type Knob } from './scales';
import { reasonOf } from './problem';
import { CONTROL_TEXTS } from './texts';

interface NetworkProps {
  /** In force. */
  readonly settings: ImpairmentSettings;
  readonly disabled?: boolean;
  /** Asks for others; rejects when that could not be. */
  readonly onChange: (settings: ImpairmentSettings) => Promise<void>;
}

/** While a slider is moved, no more than one request in so many ms. */
const PACE = 80;

/** Sliders that make the network bad. */
export function BadNetwork({ settings, disabled = false, onChange }: NetworkProps) {
  const { network: texts, connection } = useTexts(CONTROL_TEXTS);
  // What was asked for stands in the slider at once; what the server says is in force replaces it.
  const [asked, setAsked] = useState(settings);
  const [problem, setProblem] = useState<{ readonly error: unknown } | undefined>(undefined);
  const reason = reasonOf(problem?.error, lang.value);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(asked);
  useEffect(() => {
    if (waiting.current === undefined) setAsked(settings);
  }, [settings]);
  latest.current = asked;

  const ask = (wanted: ImpairmentSettings): void => {
    setAsked(wanted);
    latest.current = wanted;
    if (waiting.current !== undefined) return;
    waiting.current = setTimeout(() => {
      waiting.current = undefined;
      setProblem(undefined);
      onChange(latest.current).catch((error: unknown) => {
        setProblem({ error });
      });
    }, PACE);
  };

  return (
    <div class="controls-network">
      <p class="controls-intro">{disabled ? texts.cannot : texts.intro}</p>
      {KNOBS.map((knob) => (
        <Slider
          key={knob}
          knob={knob}
          value={valueOf(asked, knob)}
          disabled={disabled}
          onStep={(step) => {
            ask(turn(latest.current, knob, step));
          }}
        />
      ))}
      <button
        type="button"
        disabled={disabled || turnedOn(asked).length === 0}
        onClick={() => {
          ask(PERFECT);
        }}
      >
        {texts.reset}
      </button>
      <p class="controls-problem" role="alert">
        {problem !== undefined && (reason === undefined ? connection.lost : connection.failed(reason))}
      </p>
    </div>
  );
}

interface SliderProps {
  readonly knob: Knob;
  readonly value: number;
  readonly disabled: boolean;
  readonly onStep: (step: number) => void;
}

function Slider({ knob, value, disabled, onStep }: SliderProps) {
  const { network: texts } = useTexts(CONTROL_TEXTS);
  const { label, explain } = texts.knobs[knob];
  const shown = value === 0 ? texts.off : knobValue(knob, value);
  const id = `knob-${knob}`;
  return (
    <div class={`controls-slider ${value > 0 ? 'on' : ''}`}>
      <label for={id}>{label}</label>
      <output for={id}>{shown}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={SCALES[knob].values.length - 1}
        step={1}
        value={stepOf(knob, value)}
        disabled={disabled}
        aria-valuetext={shown}
        aria-describedby={`${id}-means`}
        onInput={(event) => {
          onStep(event.currentTarget.valueAsNumber);
        }}
      />
      <p id={`${id}-means`}>{explain}</p>
    </div>
  );
}

/** A knob's value for people. */
export function knobValue(knob: Knob, value: number): string {
  switch (knob) {
    case 'delay':
    case 'jitter':
      return time(value);
    case 'rate':
      return bitRate(value);
    default:
      return percent(value);
  }
}
