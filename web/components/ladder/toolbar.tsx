import type { TimeMode } from './layout';
import type { LadderTexts } from './texts';
import type { TimeColumn } from './times';

interface ToolbarProps {
  readonly texts: LadderTexts;
  readonly timeColumn: TimeColumn;
  readonly setTimeColumn: (column: TimeColumn) => void;
  /** The wall clock's time is known. */
  readonly hasClock: boolean;
  readonly timeMode: TimeMode;
  readonly setTimeMode: (mode: TimeMode) => void;
  readonly zoom: (factor: number) => void;
  readonly jump: (direction: 1 | -1) => void;
  readonly paused: boolean;
}

/** What can be chosen about the ladder. */
export function Toolbar(props: ToolbarProps) {
  const { texts, timeColumn, setTimeColumn, hasClock, timeMode, setTimeMode, zoom, jump, paused } = props;
  return (
    <div class="ladder-toolbar">
      <Choice
        label={texts.timeAs}
        value={timeColumn}
        options={[
          ['elapsed', texts.elapsed],
          ['since', texts.sincePrevious],
          ...(hasClock ? ([['clock', texts.clock]] as const) : []),
        ]}
        onChoose={setTimeColumn}
      />
      <Choice
        label={texts.rowsAs}
        value={timeMode}
        options={[
          ['even', texts.even],
          ['scale', texts.scale],
        ]}
        onChoose={setTimeMode}
      />
      {timeMode === 'scale' && (
        <span class="ladder-tools">
          <Tool
            label={texts.zoomOut}
            sign="−"
            onClick={() => {
              zoom(2);
            }}
          />
          <Tool
            label={texts.zoomIn}
            sign="+"
            onClick={() => {
              zoom(0.5);
            }}
          />
        </span>
      )}
      {paused && <span class="ladder-paused">‖ {texts.paused}</span>}
      <span class="ladder-tools ladder-tools-end">
        <Tool
          label={texts.previousOfNote}
          sign="↑"
          hint="p"
          onClick={() => {
            jump(-1);
          }}
        />
        <Tool
          label={texts.nextOfNote}
          sign="↓"
          hint="n"
          onClick={() => {
            jump(1);
          }}
        />
      </span>
    </div>
  );
}

function Tool({ label, sign, hint, onClick }: { label: string; sign: string; hint?: string; onClick: () => void }) {
  return (
    <button
      type="button"
      class="ladder-tool"
      aria-label={label}
      title={hint === undefined ? label : `${label} (${hint})`}
      onClick={onClick}
    >
      {sign}
    </button>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, onChoose }: ChoiceProps<T>) {
  return (
    <div class="ladder-choice" role="group" aria-label={label}>
      <span class="ladder-choice-label" aria-hidden="true">
        {label}
      </span>
      {options.map(([option, text]) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === value}
          onClick={() => {
            onChoose(option);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
