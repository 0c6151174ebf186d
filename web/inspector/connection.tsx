import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { receiveWindow, sendWindow, Series, type ConnectionRecord } from '../../src/inspect/record';
import { ConnectionControls } from '../components/controls';
import { Ladder } from '../components/ladder';
import { Plots } from '../components/plots';
import { SegmentView } from '../components/segment';
import { Hint, ICONS, Panes, Tabs, useKeys } from '../components/shell';
import { StateDiagram } from '../components/states';
import { Timers } from '../components/timers';
import { WindowPicture } from '../components/windows';
import { lang, useTexts } from '../lang';
import { age, lasted } from '../lang/quantities';
import { VIEWS, type View } from './address';
import { FACT_TEXTS } from './fact-texts';
import { fact, options, type FactId } from './facts';
import { endpoint, listItems, type Item } from './items';
import { StateOf } from './remark';
import { rowBeside, segmentAt } from './rows';
import type { Store } from './store';
import { APP_TEXTS } from './texts';
import { Values } from './values';

/** From here on the ladder stands beside what else is looked at. */
const WIDE = '(min-width: 1100px)';
/** What stands in the line above the panes. */
const SUMMARY: readonly FactId[] = ['bytesIn', 'bytesOut', 'again', 'srtt', 'cwnd'];

/** One connection: its ladder, and beside it the views. */
export function ConnectionPage({ store, itemKey }: { readonly store: Store; readonly itemKey: string }) {
  const { connection: texts } = useTexts(APP_TEXTS);
  const { session } = store;
  const item = listItems(session.recorder, session.stack, session.snapshotTime, session.lasts).find(
    ({ key }) => key === itemKey,
  );
  useEffect(() => {
    store.watch(item?.record?.id.id ?? item?.socket?.id ?? null);
  });
  useEffect(
    () => () => {
      store.watch(null);
    },
    [],
  );
  const back = (): void => {
    store.go({ connection: undefined, row: undefined, view: 'ladder' });
  };
  useKeys({ Escape: back });
  return (
    <div class="connection">
      <div class="connection-head">
        <button type="button" class="quiet connection-back" onClick={back}>
          {ICONS.back}
          {texts.back}
        </button>
        {item !== undefined && <Head item={item} store={store} />}
      </div>
      {item === undefined ? (
        <p class="connection-nothing">{session.stack === undefined ? '' : texts.gone}</p>
      ) : (
        <Body key={item.key} item={item} store={store} />
      )}
    </div>
  );
}

function Head({ item, store }: { readonly item: Item; readonly store: Store }) {
  const { connection: texts } = useTexts(APP_TEXTS);
  const { facts } = useTexts(FACT_TEXTS);
  const { local, remote, state, record, socket, since, until } = item;
  const id = record?.id.id ?? socket?.id ?? 0;
  const there = id !== 0 && state !== 'CLOSED' && store.standing.value === 'open';
  const controls = store.session.hello?.controls.connections === true;
  return (
    <>
      <h2 class="connection-ends">
        <span class="mono end-left">{remote === undefined ? '' : endpoint(remote)}</span>
        <span class="connection-between" aria-label="–">
          ⇄
        </span>
        <span class="mono end-right">{endpoint(local)}</span>
      </h2>
      <StateOf item={item} now={store.session.now} />
      <ul class="connection-facts">
        {since !== undefined && <li>{texts.open(ageText(since, until, store.session.now))}</li>}
        {SUMMARY.map((each) => {
          const found = fact(each, item);
          if (found === undefined || (each === 'again' && found.sort === 0)) return null;
          return (
            <li key={each} class={each === 'again' ? 'connection-again' : ''}>
              {facts[each].label} <b>{found.text}</b>
            </li>
          );
        })}
        {options(item)?.map((each) => (
          <li key={each} class="connection-option">
            {each}
          </li>
        ))}
      </ul>
      {controls && state !== 'CLOSED' && (
        <ConnectionControls
          canClose={there && ['SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT'].includes(state ?? '')}
          canAbort={there}
          canSend={there && (state === 'ESTABLISHED' || state === 'CLOSE-WAIT')}
          onSend={(text) => store.request({ type: 'send', connection: id, text })}
          onClose={() => store.request({ type: 'close', connection: id })}
          onAbort={() => store.request({ type: 'abort', connection: id })}
        />
      )}
    </>
  );
}

function ageText(since: number, until: number | undefined, now: number): string {
  return until === undefined ? age(now - since, lang.value) : lasted(until - since, lang.value);
}

function Body({ item, store }: { readonly item: Item; readonly store: Store }) {
  const { views: names, connection: texts, rowsForgotten, skipped } = useTexts(APP_TEXTS);
  const wide = useWide();
  const { record } = item;
  const address = store.address.value;
  // Beside the ladder stands what was looked at last.
  const [beside, setBeside] = useState<View>(address.view === 'ladder' ? 'segment' : address.view);
  const shown = wide && address.view === 'ladder' ? beside : address.view;
  const show = (view: View): void => {
    if (view !== 'ladder') setBeside(view);
    store.go({ view });
    if (view === 'ladder' && wide) document.querySelector<HTMLElement>('.ladder-scroll [tabindex="0"]')?.focus();
  };
  const select = (row: number | undefined): void => {
    if (row !== undefined) store.go({ row });
  };
  const go = (by: 1 | -1): void => {
    if (record !== undefined) select(rowBeside(record, address.row, by));
  };
  const jump = (direction: 'next' | 'previous'): void => {
    select(record?.notable(address.row ?? (direction === 'next' ? -1 : record.rows.end), direction)?.index);
  };
  useKeys({
    j: () => {
      go(1);
    },
    k: () => {
      go(-1);
    },
    n: () => {
      jump('next');
    },
    p: () => {
      jump('previous');
    },
    ...Object.fromEntries(
      VIEWS.map((view, index) => [
        String(index + 1),
        () => {
          show(view);
        },
      ]),
    ),
  });
  if (record === undefined) {
    return (
      <div class="connection-body connection-unheard">
        <p>{texts.unheard}</p>
        <Values item={item} />
      </div>
    );
  }
  const ladder = (
    <div class="connection-ladder">
      <Hint name="ladder">{texts.ladderHint}</Hint>
      {record.rows.first > 0 && <p class="connection-forgotten">{rowsForgotten(record.rows.first)}</p>}
      {record.counters.skipped > 0 && <p class="connection-forgotten">{skipped(record.counters.skipped)}</p>}
      <Ladder
        rows={record.rows}
        version={record.version}
        names={namesOf(record, texts)}
        selected={address.row}
        onSelect={select}
        onOpen={() => {
          show('segment');
        }}
        live
        paused={store.session.paused}
        wall={store.wall}
        skippedBecause={texts.tooMany}
      />
    </div>
  );
  const views = wide ? VIEWS.filter((view) => view !== 'ladder') : VIEWS;
  const tabs = (
    <Tabs
      name="view"
      label={texts.views}
      tabs={views.map((view) => ({ id: view, label: names[view] }))}
      selected={shown}
      onSelect={show}
    >
      {shown === 'ladder' ? ladder : <ViewOf view={shown} item={item} store={store} onSelect={select} />}
    </Tabs>
  );
  return <div class="connection-body">{wide ? <Panes name="connection" left={ladder} right={tabs} /> : tabs}</div>;
}

interface ViewProps {
  readonly view: Exclude<View, 'ladder'>;
  readonly item: Item;
  readonly store: Store;
  readonly onSelect: (row: number) => void;
}

function ViewOf({ view, item, store, onSelect }: ViewProps) {
  const { connection: texts } = useTexts(APP_TEXTS);
  const { record } = item;
  if (record === undefined) return null;
  const { now } = store.session;
  switch (view) {
    case 'segment': {
      const row = segmentAt(record, store.address.value.row);
      return (
        <Viewed hint="segment" text={texts.segmentHint}>
          {row === undefined ? (
            <p class="view-nothing">{texts.noSegment}</p>
          ) : (
            <SegmentView record={record} row={row} names={namesOf(record, texts)} />
          )}
        </Viewed>
      );
    }
    case 'states':
      return (
        <Viewed hint="states" text={texts.statesHint}>
          <StateDiagram
            ends={record.ends}
            path={record.path}
            names={{ left: texts.left, right: texts.right }}
            since={record.since}
          />
        </Viewed>
      );
    case 'windows':
      return (
        <Viewed hint="windows" text={texts.windowsHint}>
          <WindowPicture direction="send" model={sendWindow(record)} />
          <WindowPicture direction="receive" model={receiveWindow(record)} />
        </Viewed>
      );
    case 'plots':
      return (
        <Viewed hint="plots" text={texts.plotsHint}>
          <ConnectionPlots record={record} names={{ left: texts.left, right: texts.right }} onSelect={onSelect} />
        </Viewed>
      );
    case 'timers':
      return (
        <Viewed hint="timers" text={texts.timersHint}>
          <Timers
            timers={record.timers}
            fired={record.fired}
            now={now}
            runs={store.standing.value === 'open' && !store.session.paused}
            version={record.version}
          />
          <Values item={item} />
        </Viewed>
      );
  }
}

interface ConnectionPlotsProps {
  readonly record: ConnectionRecord;
  readonly names: Readonly<Record<'left' | 'right', string>>;
  readonly onSelect: (row: number) => void;
}

function ConnectionPlots({ record, names, onSelect }: ConnectionPlotsProps) {
  const series = useMemo(() => new Series(record), [record]);
  return (
    <Plots
      series={series}
      version={record.version}
      names={names}
      onSelectTime={(_time, row) => {
        if (row !== undefined) onSelect(row);
      }}
    />
  );
}

/** What the two ends are called above the ladder. */
function namesOf(
  { id }: ConnectionRecord,
  texts: { readonly left: string; readonly right: string },
): Readonly<Record<'left' | 'right', string>> {
  return { left: `${texts.left} ${endpoint(id.remote)}`, right: `${texts.right} ${endpoint(id.local)}` };
}

interface ViewedProps {
  readonly hint: string;
  readonly text: string;
  readonly children: ComponentChildren;
}

function Viewed({ hint, text, children }: ViewedProps) {
  return (
    <div class="view">
      <Hint key={hint} name={hint}>
        {text}
      </Hint>
      <div class="view-body">{children}</div>
    </div>
  );
}

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const media = matchMedia(WIDE);
    const listener = (): void => {
      // Paper is narrow; what is printed stays as it is, and so does the place in the ladder.
      if (!matchMedia('print').matches) setWide(media.matches);
    };
    media.addEventListener('change', listener);
    return () => {
      media.removeEventListener('change', listener);
    };
  }, []);
  return wide;
}
