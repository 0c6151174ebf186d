import type { State } from '../../src/tcp/states';
import { flagNames } from '../../src/inspect/on-the-arrow';
import type { SegmentRow } from '../../src/inspect/record';
import type { Frame, Host, Run } from '../../src/lessons';
import { sentenceOf } from '../components/ladder/say';
import { timeText } from '../components/plots/units';
import { StateBadge } from '../components/shell';
import { lang, useTexts, useWords } from '../lang';
import { STATE_TEXTS } from '../lang/states';
import { recordsAt, statesAt } from './outcome';
import { LEARN_TEXTS } from './texts';
import { redrawWithTime, type Stage } from './use-player';

/** On a lane of the wire, more than these are drawn as strokes, without words. */
const MOST_PILLS = 3;
const MOST_STROKES = 120;
/** A host's connections that are named one by one. */
const MOST_OTHERS = 3;
/** A frame that is lost stays to be seen for so long, µs; or until the next event. */
const REMAINS = 6000;

export interface StageViewProps {
  readonly stage: Stage;
  readonly version: number;
  /** The wire whose ladder is shown, and its row that is chosen. */
  readonly wire: number;
  readonly selected: number | undefined;
  readonly onSelect: (row: number, wire: number) => void;
}

/** The hosts left and right with their true states, and what is on the wire between them. */
export function StageView({ stage, wire: shown, selected, onSelect }: StageViewProps) {
  const texts = useTexts(LEARN_TEXTS);
  const { player } = stage;
  const tick = redrawWithTime(stage);
  const { run } = player;
  return (
    <div class={`stage${run.timelines.length > 1 ? ' stage-many' : ''}`}>
      {run.timelines.map((timeline, wire) => {
        const { left, right } = timeline.hosts;
        return (
          <div class="stage-wire-row" key={wire}>
            <HostCard {...{ run, wire, tick }} host={run.host(left)} side="left" />
            <WireView
              {...{ run, wire, onSelect, tick }}
              selected={wire === shown ? selected : undefined}
              label={texts.stage}
            />
            <HostCard {...{ run, wire, tick }} host={run.host(right)} side="right" />
          </div>
        );
      })}
    </div>
  );
}

interface HostCardProps {
  readonly run: Run;
  readonly wire: number;
  readonly host: Host;
  readonly side: 'left' | 'right';
  /** Run and host stay the same objects while they change: this tells that they have. */
  readonly tick: number;
}

function HostCard({ run, wire, host, side }: HostCardProps) {
  const texts = useTexts(LEARN_TEXTS);
  const states = useTexts(STATE_TEXTS);
  const all = statesAt(run, wire, side);
  const state = all.at(-1);
  // Nothing is over before it has begun.
  const isFresh = state === 'CLOSED' && recordsAt(run, wire, side).length === 0;
  return (
    <section
      class={`stage-host stage-host-${side}${host.isUp ? '' : ' stage-host-down'}${isFresh ? ' stage-host-fresh' : ''}`}
      data-host={host.name}
      data-states={all.join(' ')}
      aria-label={host.name}
    >
      <p class="stage-host-name">
        <b>{host.name}</b> <span>{texts.roles[side]}</span>
        <span class="stage-host-does">: {texts.rolesMean[side]}</span>
      </p>
      <p class="stage-host-address mono" title={texts.address}>
        {run.world.wires[wire]?.addresses[side]}
      </p>
      {host.isUp ? <StateBadge state={state} /> : <p class="stage-host-off">⏻ {texts.down}</p>}
      {host.isUp && state !== undefined && (
        <p class="stage-host-means">{isFresh ? texts.fresh : states[state].means}</p>
      )}
      {all.length > 1 && (
        <p class="stage-host-others">
          {others(all.slice(0, -1), texts.connection).map(([what, each]) => (
            <span key={what}>
              {what} <span class="mono">{each}</span>
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

/** Connections before the last one: each by its number, and when there are many, how many are in a state. */
function others(states: readonly State[], name: (number: number) => string): (readonly [what: string, state: State])[] {
  if (states.length <= MOST_OTHERS) return states.map((state, at) => [`${name(at + 1)}:`, state] as const);
  return [...new Set(states)].map((state) => [`${states.filter((each) => each === state).length} ×`, state] as const);
}

interface WireViewProps {
  readonly run: Run;
  readonly wire: number;
  readonly selected: number | undefined;
  readonly onSelect: (row: number, wire: number) => void;
  readonly label: string;
  readonly tick: number;
}

function WireView({ run, wire, selected, onSelect, label }: WireViewProps) {
  const texts = useTexts(LEARN_TEXTS);
  const line = run.world.wires[wire];
  const seen = line === undefined ? [] : line.frames.slice(-400).filter((frame) => isSeen(frame, run.now));
  const delay = line?.options.delay ?? 0;
  const back = seen.filter(({ from }) => from === 'right').length;
  const isFull = back === MOST_PILLS;
  const isNarrow = line !== undefined && line.options.narrow < line.mtu;
  return (
    <div class={`stage-wire${isFull ? ' stage-wire-full' : ''}`} role="group" aria-label={label}>
      {(['left', 'right'] as const).map((from) => {
        const frames = seen.filter((frame) => frame.from === from).slice(-MOST_STROKES);
        const isBusy = frames.filter(({ tooBig }) => tooBig === undefined).length > MOST_PILLS;
        return (
          <div key={from} class={`stage-lane stage-lane-${from}${isBusy ? ' stage-lane-busy' : ''}`}>
            {frames.map((frame, at) => {
              const row = frame.row === undefined ? undefined : run.timelines[wire]?.rows.at(frame.row);
              // Of several at once one is enough.
              if (
                frame.tooBig !== undefined &&
                frames[at - 1]?.tooBig !== undefined &&
                frames[at - 1]?.sent === frame.sent
              )
                return null;
              if (frame.tooBig !== undefined)
                return <IcmpPill key={`${frame.sent}`} {...{ frame, at, isBusy }} position={run.position(frame)} />;
              if (row?.kind !== 'segment') return null;
              return (
                <Pill
                  key={frame.row}
                  {...{ frame, row, at, isBusy }}
                  onSelect={(index) => {
                    onSelect(index, wire);
                  }}
                  position={run.position(frame)}
                  selected={frame.row === selected}
                  fate={frame.fate}
                />
              );
            })}
          </div>
        );
      })}
      <div class="stage-cable" aria-hidden="true" />
      {isNarrow && (
        <p class="stage-router">
          <span aria-hidden="true">◆</span> {texts.router(line.options.narrow)}
        </p>
      )}
      <p class="stage-wire-about">
        {seen.length === 0 && <span class="stage-wire-empty">{texts.nothingUnderWay}</span>}
        <span>{texts.wire(timeText(delay, lang.value))}</span>
        {line !== undefined && line.options.mark < Infinity && (
          <span class="stage-wire-router">· {texts.marksFrom(line.options.mark)}</span>
        )}
      </p>
    </div>
  );
}

/** Under way; or just arrived; or lost not long ago. */
function isSeen({ fate, ends }: Frame, now: number): boolean {
  if (fate === 'under-way') return true;
  return now - ends <= (fate === 'arrived' ? 0 : REMAINS);
}

interface IcmpPillProps {
  readonly frame: Frame;
  readonly at: number;
  readonly isBusy: boolean;
  readonly position: number;
}

/** What a router says: no segment, so there is nothing to choose. */
function IcmpPill({ frame, at, isBusy, position }: IcmpPillProps) {
  const texts = useTexts(LEARN_TEXTS);
  const x = frame.from === 'left' ? position : 1 - position;
  const isLost = frame.fate === 'lost';
  const says = isLost ? texts.frame.lostBy.filter : texts.frame.tooBig(frame.tooBig ?? 0);
  return (
    <span
      class={`stage-pill stage-pill-icmp${isLost ? ' stage-pill-lost' : ''}`}
      style={{ left: `${x * 100}%`, translate: `${-x * 100}%`, '--row': isBusy ? 0 : at % MOST_PILLS }}
      role="img"
      aria-label={`ICMP: ${says}`}
    >
      <b class="mono">{isLost ? '✗ ICMP' : '◆ ICMP'}</b>
      <span>{says}</span>
    </span>
  );
}

interface PillProps {
  readonly frame: Frame;
  readonly row: SegmentRow;
  readonly fate: Frame['fate'];
  /** Counts those on its lane. */
  readonly at: number;
  readonly isBusy: boolean;
  readonly position: number;
  readonly selected: boolean;
  readonly onSelect: (row: number) => void;
}

function Pill({ frame, fate, row, at, isBusy, position, selected, onSelect }: PillProps) {
  const texts = useTexts(LEARN_TEXTS);
  const words = useWords();
  const x = frame.from === 'left' ? position : 1 - position;
  const flags = flagNames(row.event.segment.flags);
  const sentence = sentenceOf(row, words);
  const isLost = fate === 'lost' || fate === 'nowhere';
  const remark = isLost
    ? texts.frame.lostBy[fate === 'nowhere' ? 'nowhere' : (frame.loss ?? 'chance')]
    : frame.isGhost
      ? texts.frame.ghost
      : frame.isCopy
        ? texts.frame.copyMark
        : frame.isMarked
          ? texts.frame.marked
          : '';
  return (
    <button
      type="button"
      class={`stage-pill stage-pill-${frame.from}${isLost ? ' stage-pill-lost' : ''}${frame.isGhost ? ' stage-pill-ghost' : ''}${frame.isMarked ? ' stage-pill-marked' : ''}`}
      style={{ left: `${x * 100}%`, translate: `${-x * 100}%`, '--row': isBusy ? 0 : at % MOST_PILLS }}
      aria-pressed={selected}
      aria-label={`${flags}: ${sentence} ${remark}`}
      title={isBusy ? `${flags}: ${sentence}` : undefined}
      onClick={() => {
        onSelect(row.index);
      }}
    >
      <b class="mono">{isLost ? `✗ ${flags}` : flags}</b>
      <span>{remark === '' ? sentence : remark}</span>
    </button>
  );
}
