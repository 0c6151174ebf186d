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
    bench: {
      world: World;
      series?: Series;
      selected?: { time: number; row: number | undefined };
      step(µs: number): void;
      finish(): void;
    };
  }
}

const query = new URLSearchParams(location.search);
const theme = query.get('theme');
if (theme !== null) document.documentElement.dataset['theme'] = theme;

function scenario(): World {
  const name = query.get('scenario') ?? 'lossy';
  return world(name in SCENARIOS ? SCENARIOS[name as keyof typeof SCENARIOS] : SCENARIOS.lossy);
}

function Bench() {
  const [made] = useState(scenario);
  const [, draw] = useState(0);
  const again = (): void => draw((count) => count + 1);
  window.bench = {
    world: made,
    step: (µs) => {
      made.clock.advanceBy(µs);
      again();
    },
    finish: () => {
      made.clock.run({ until: 120_000_000 });
      again();
    },
  };
  const record = made.connection();
  const series = useMemo(() => (record === undefined ? undefined : new Series(record)), [record]);
  if (series !== undefined) window.bench.series = series;
  return (
    <main class="bench" data-lang={lang.value}>
      <h1>Pictures</h1>
      <button onClick={() => window.bench.step(10_000)}>+10 ms</button>
      <button onClick={() => window.bench.step(1_000_000)}>+1 s</button>
      <button onClick={() => window.bench.finish()}>finish</button>
      {record !== undefined && (
        <>
          <div class="bench-panel bench-windows">
            <WindowPicture direction="send" model={sendWindow(record)} />
            <WindowPicture direction="receive" model={receiveWindow(record, 'left')} />
          </div>
          <div class="bench-panel bench-timers">
            <Timers timers={record.timers} now={made.clock.now()} />
          </div>
          {series !== undefined && (
            <div class="bench-panel bench-plots">
              <Plots
                series={series}
                version={record.version}
                onSelectTime={(time, row) => {
                  window.bench.selected = { time, row };
                }}
              />
            </div>
          )}
          <div class="bench-panel bench-states">
            <StateDiagram ends={record.ends} path={record.path} since={record.since} compact={query.has('compact')} />
          </div>
        </>
      )}
    </main>
  );
}

chooseLang(lang.value);
const root = document.getElementById('app');
if (root !== null) render(<Bench />, root);
