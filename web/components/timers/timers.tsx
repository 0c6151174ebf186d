import { useRef } from 'preact/hooks';
import type { TimerName } from '../../../src/tcp/timers';
import { lang, useTexts } from '../../lang';
import { timeText } from '../plots/units';
import { useLiveTime } from './live-time';
import { FADES, nextTimers, remaining, type ShownTimer } from './clocks';
import { TIMERS_TEXTS } from './texts';
import './timers.css';

export interface TimersProps {
  /** Timers that are set, and when each goes off, µs (`ConnectionRecord.timers`). */
  readonly timers: ReadonlyMap<TimerName, number>;
  /** When each last went off, µs (`ConnectionRecord.fired`). Without it, whether one went off is told by its deadline. */
  readonly fired?: ReadonlyMap<TimerName, number>;
  /** The time now, µs on the same clock. */
  readonly now: number;
  /** It goes on by itself from there, as it does for a stack that runs: the bars shrink smoothly. Default `false`. */
  readonly runs?: boolean;
  /**
   * `ConnectionRecord.version`. A component that reads a signal is drawn anew only when a prop is another one, and the map of timers stays
   * the same object while it changes.
   */
  readonly version?: number;
}

/** The timers of a connection: what each is for, and how long it still has. */
export function Timers({ timers, fired, now: told, runs = false }: TimersProps) {
  const texts = useTexts(TIMERS_TEXTS);
  const now = useLiveTime(told, runs);
  const shown = useRef<readonly ShownTimer[]>([]);
  shown.current = nextTimers(shown.current, timers, now, fired);
  return (
    <section class={`timers${runs ? ' timers-run' : ''}`} aria-label={texts.title}>
      {shown.current.length === 0 && <p class="timers-none">{texts.none}</p>}
      <ul>
        {shown.current.map((timer) => (
          <Timer key={timer.name} timer={timer} now={now} />
        ))}
      </ul>
    </section>
  );
}

function Timer({ timer, now }: { readonly timer: ShownTimer; readonly now: number }) {
  const texts = useTexts(TIMERS_TEXTS);
  const { name, means, source } = texts.timers[timer.name];
  const { ended, deadline } = timer;
  const left = ended === undefined ? remaining(timer, now) : 0;
  const time = deadline > now ? texts.left(timeText(deadline - now, lang.value)) : texts.due;
  return (
    <li
      class={`timers-timer${ended === undefined ? '' : ` timers-${ended.how}`}`}
      data-timer={timer.name}
      style={{ opacity: opacityOf(timer, now) }}
    >
      <div class="timers-head">
        <strong>{name}</strong>
        <span class="timers-time">
          {ended === undefined ? time : ended.how === 'fired' ? `✓ ${texts.fired}` : `✕ ${texts.cleared}`}
        </span>
      </div>
      <div class="timers-bar" aria-hidden="true">
        <div style={{ transform: `scaleX(${left})` }} />
      </div>
      <p>
        {means} <span class="timers-source">{source}</span>
      </p>
    </li>
  );
}

/** What has ended fades, and stays legible as long as it is there: time may stand still. */
function opacityOf({ ended }: ShownTimer, now: number): number {
  return ended === undefined ? 1 : Math.max(0.6, 1 - (0.4 * (now - ended.time)) / FADES);
}
