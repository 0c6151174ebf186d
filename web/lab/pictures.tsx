import { useMemo, useState } from 'preact/hooks';
import { chooseLang, lang } from '../lang';
import { receiveWindow, sendWindow } from '../../src/inspect/record/windows';
import { Series } from '../../src/inspect/record/series';
import { Plots } from '../components/plots';
import { StateDiagram } from '../components/states';
import { Timers } from '../components/timers';
import { WindowPicture } from '../components/windows';
import type { Hosts } from './hosts';
import { play, SCENARIOS } from './scenarios';

declare global {
  interface Window {
    bench: Bench;
  }
}

interface Bench {
  hosts: Hosts;
  series: Series | undefined;
  /** What was last clicked in the plots. */
  selected: { time: number; row: number | undefined } | undefined;
  step(µs: number): void;
  finish(): void;
}

const query = new URLSearchParams(location.search);

/** The scenario that the page's query names. */
function scenario(): Hosts {
  const name = query.get('scenario') ?? 'lossy';
  return play(name in SCENARIOS ? SCENARIOS[name as keyof typeof SCENARIOS] : SCENARIOS.lossy);
}

/** A scenario's windows, timers, plots and states, run by hand or, by `window.bench`, by a test. */
export function Pictures() {
  const [bench] = useState<Bench>(() => ({
    hosts: scenario(),
    series: undefined,
    selected: undefined,
    step: () => undefined,
    finish: () => undefined,
  }));
  const [, draw] = useState(0);
  const { hosts } = bench;
  const { record } = hosts;
  const series = useMemo(() => (record === undefined ? undefined : new Series(record)), [record]);
  window.bench = bench;
  bench.series = series;
  bench.step = (µs) => {
    hosts.clock.advanceBy(µs);
    draw((count) => count + 1);
  };
  bench.finish = () => {
    hosts.clock.run({ until: 600_000_000 });
    draw((count) => count + 1);
  };
  return (
    <main class="lab-pictures">
      <h1>Pictures</h1>
      <button
        onClick={() => {
          bench.step(10_000);
        }}
      >
        +10 ms
      </button>
      <button
        onClick={() => {
          bench.step(1_000_000);
        }}
      >
        +1 s
      </button>
      <button
        onClick={() => {
          bench.finish();
        }}
      >
        finish
      </button>
      <button
        onClick={() => {
          chooseLang(lang.value === 'en' ? 'ko' : 'en');
        }}
      >
        한국어 / English
      </button>
      {record !== undefined && series !== undefined && (
        <>
          <div class="lab-panel lab-windows">
            <WindowPicture direction="send" model={sendWindow(record)} />
            <WindowPicture direction="receive" model={receiveWindow(record, 'left')} />
          </div>
          <div class="lab-panel lab-timers">
            <Timers version={record.version} timers={record.timers} fired={record.fired} now={hosts.clock.now()} />
          </div>
          <div class="lab-panel lab-plots">
            <Plots
              series={series}
              version={record.version}
              onSelectTime={(time, row) => {
                bench.selected = { time, row };
              }}
            />
          </div>
          <div class="lab-panel lab-states">
            <StateDiagram
              version={record.version}
              ends={record.ends}
              path={record.path}
              since={record.since}
              compact={query.has('compact')}
            />
          </div>
        </>
      )}
    </main>
  );
}
