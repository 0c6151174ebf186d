import { render } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import '../../theme.css';
import { chooseLang, lang } from '../../lang';
import { receiveWindow, sendWindow } from '../../../src/inspect/record/windows';
import { Series } from '../../../src/inspect/record/series';
import { Plots } from '../plots';
import { StateDiagram } from '../states';
import { Timers } from '../timers';
import { WindowPicture } from '../windows';
import './harness.css';
import { SCENARIOS, world, type World } from './world';

/** The pictures on a bench: two real stacks, run by hand or by a test. Not one of the pages that are published. */
declare global {
  interface Window {
    bench: Bench;
  }
}

interface Bench {
  world: World;
  series: Series | undefined;
  /** What was last clicked in the plots. */
  selected: { time: number; row: number | undefined } | undefined;
  step(µs: number): void;
  finish(): void;
}

const query = new URLSearchParams(location.search);
const theme = query.get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;

function scenario(): World {
  const name = query.get('scenario') ?? 'lossy';
  return world(name in SCENARIOS ? SCENARIOS[name as keyof typeof SCENARIOS] : SCENARIOS.lossy);
}

function Pictures() {
  const [bench] = useState<Bench>(() => ({
    world: scenario(),
    series: undefined,
    selected: undefined,
    step: () => undefined,
    finish: () => undefined,
  }));
  const [, draw] = useState(0);
  const { world: made } = bench;
  const record = made.connection();
  const series = useMemo(() => (record === undefined ? undefined : new Series(record)), [record]);
  window.bench = bench;
  bench.series = series;
  bench.step = (µs) => {
    made.clock.advanceBy(µs);
    draw((count) => count + 1);
  };
  bench.finish = () => {
    made.clock.run({ until: 600_000_000 });
    draw((count) => count + 1);
  };
  return (
    <main class="bench">
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
          <div class="bench-panel bench-windows">
            <WindowPicture direction="send" model={sendWindow(record)} />
            <WindowPicture direction="receive" model={receiveWindow(record, 'left')} />
          </div>
          <div class="bench-panel bench-timers">
            <Timers version={record.version} timers={record.timers} fired={record.fired} now={made.clock.now()} />
          </div>
          <div class="bench-panel bench-plots">
            <Plots
              series={series}
              version={record.version}
              onSelectTime={(time, row) => {
                bench.selected = { time, row };
              }}
            />
          </div>
          <div class="bench-panel bench-states">
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

chooseLang(lang.value);
const root = document.getElementById('app');
if (root !== null) render(<Pictures />, root);
