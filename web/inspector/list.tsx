import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Hint, tip, useKeys } from '../components/shell';
import { matches, Table, type Column } from '../components/table';
import { lang, useTexts } from '../lang';
import { age, lasted } from '../lang/quantities';
import { stageOf, STATE_TEXTS, type Stage } from '../lang/states';
import { Empty } from './empty';
import { FACT_TEXTS } from './fact-texts';
import { fact, MAIN_FACTS, MORE_FACTS, options, type FactId } from './facts';
import { endpoint, listItems, type Item } from './items';
import { StateOf } from './remark';
import { REMARK_TEXTS } from './remark-texts';
import { endingOf, troubleOf } from './remarks';
import type { Session } from './session';
import type { Store } from './store';
import { APP_TEXTS } from './texts';

const STAGES: readonly Stage[] = ['listens', 'opens', 'open', 'closes', 'over'];
/** In which order states stand when the list is sorted by them. */
const RANK: Readonly<Record<Stage, number>> = { open: 0, opens: 1, closes: 2, listens: 3, over: 4 };

/** From so many lines on they are drawn anew only so often, ms: nobody reads faster, and the page is to stay quick. */
const MANY = 150;
const PACE = 500;

/** All connections and listeners. */
export function ConnectionList({ store }: { readonly store: Store }) {
  const { session } = store;
  const { recorder, stack, paused } = session;
  const drawn = useRef<{ node: VNode; at: number; size: number; standing: unknown } | undefined>(undefined);
  const size = recorder.connections.size;
  const standing = paused ? 'paused' : store.standing.value;
  const at = performance.now();
  const last = drawn.current;
  const isFew = size + (stack?.sockets.length ?? 0) <= MANY;
  if (last === undefined || isFew || at - last.at >= PACE || size < last.size || standing !== last.standing)
    drawn.current = { node: <Lines store={store} session={session} at={at} />, at, size, standing };
  return drawn.current?.node ?? null;
}

interface LinesProps {
  readonly store: Store;
  /** Given, since who asks the store for it is drawn with each frame. */
  readonly session: Session;
  /** When it is drawn: with nothing new in its properties it would be taken for unchanged. */
  readonly at: number;
}

function Lines({ store, session }: LinesProps) {
  const { list: texts } = useTexts(APP_TEXTS);
  const states = useTexts(STATE_TEXTS);
  const remarks = useTexts(REMARK_TEXTS);
  const [search, setSearch] = useState('');
  const [stage, setStage] = useState<Stage | 'stuck' | undefined>(undefined);
  const [more, setMore] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useKeys({
    '/': () => field.current?.focus(),
    j: () => {
      document.querySelector<HTMLElement>('.list-table tr.opens')?.focus();
    },
  });
  const now = session.now;
  const items = listItems(session.recorder, session.stack, session.snapshotTime, session.lasts);
  const found = items.filter((item) => matches(search, searched(item, states, remarks)));
  const isIn = (item: Item, which: typeof stage): boolean => {
    if (which === 'stuck') return troubleOf(item, now) !== undefined;
    return which === undefined || stageOf(item.state) === which;
  };
  const stuck = found.filter((item) => isIn(item, 'stuck')).length;
  const shown = found.filter((item) => isIn(item, stage));
  const connections = items.filter(({ state }) => state !== 'LISTEN').length;
  const columns = useColumns(more, now);
  return (
    <div class="list">
      {connections > 0 && <Hint name="list">{texts.hint}</Hint>}
      <div class="list-bar">
        <input
          ref={field}
          type="search"
          aria-label={texts.search}
          aria-keyshortcuts="/"
          placeholder={texts.search}
          value={search}
          onInput={(event) => {
            setSearch(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        <div class="list-stages" role="group" aria-label={texts.filter}>
          {[undefined, ...STAGES].map((each) => (
            <button
              key={each ?? 'all'}
              type="button"
              class="quiet"
              aria-pressed={stage === each}
              onClick={() => {
                setStage(each);
              }}
            >
              {each === undefined ? texts.all : texts.stages[each]}{' '}
              <span class="tabs-badge">{found.filter((item) => isIn(item, each)).length}</span>
            </button>
          ))}
          {(stuck > 0 || stage === 'stuck') && (
            <button
              type="button"
              class="quiet list-stuck"
              aria-pressed={stage === 'stuck'}
              {...tip(remarks.stuckMeans)}
              onClick={() => {
                setStage(stage === 'stuck' ? undefined : 'stuck');
              }}
            >
              <span aria-hidden="true">⚠</span> {remarks.stuck} <span class="tabs-badge">{stuck}</span>
            </button>
          )}
        </div>
        <label class="list-more">
          <input
            type="checkbox"
            checked={more}
            onChange={(event) => {
              setMore(event.currentTarget.checked);
            }}
          />{' '}
          {texts.more}
        </label>
      </div>
      {shown.length > 0 && (
        <div class="list-table">
          <Table
            label={texts.all}
            columns={columns}
            rows={shown}
            keyOf={({ key }) => key}
            openable={({ state }) => state !== 'LISTEN'}
            faded={({ state }) => state === 'CLOSED'}
            hook={({ key, state }) => ({ 'data-connection': key, 'data-state': state ?? '' })}
            onOpen={({ key }) => {
              store.go({ connection: key, row: undefined, view: 'ladder' });
            }}
          />
        </div>
      )}
      {items.length > 0 && shown.length === 0 && <p class="list-nothing">{texts.nothing}</p>}
      {(session.stack?.omitted ?? 0) > 0 && <p class="list-nothing">{texts.omitted(session.stack?.omitted ?? 0)}</p>}
      {connections === 0 && search === '' && <Empty store={store} />}
    </div>
  );
}

function useColumns(more: boolean, now: number): readonly Column<Item>[] {
  const { list: texts } = useTexts(APP_TEXTS);
  const { facts } = useTexts(FACT_TEXTS);
  const factColumn = (id: FactId): Column<Item> => ({
    id,
    label: facts[id].label,
    explain: facts[id].explain,
    numeric: id !== 'options' && id !== 'timers',
    cell: (item) => fact(id, item)?.text ?? <span class="nothing">–</span>,
    sort: (item) => fact(id, item)?.sort,
  });
  return [
    {
      id: 'state',
      label: texts.state,
      explain: texts.stateMeans,
      cell: (item) =>
        item.record?.id.id === 0 ? (
          <span class="state-badge state-refused" {...tip(texts.refusedMeans)}>
            <span class="state-sign" aria-hidden="true" />
            <span class="state-name">RST</span>
            <span class="state-word">{texts.refused}</span>
          </span>
        ) : (
          <StateOf item={item} now={now} />
        ),
      sort: ({ state }) => RANK[stageOf(state)],
    },
    {
      id: 'remote',
      label: texts.remote,
      explain: texts.remoteMeans,
      cell: ({ remote, state, socket }) => {
        if (state === 'LISTEN')
          return (
            <span class="muted" {...tip(texts.waitingMeans(socket?.recv_q ?? 0, socket?.send_q ?? 0))}>
              {texts.waiting(socket?.recv_q ?? 0)}
            </span>
          );
        return <span class="mono">{remote === undefined ? '–' : endpoint(remote)}</span>;
      },
      sort: ({ remote }) => remote && endpoint(remote),
    },
    {
      id: 'local',
      label: texts.local,
      explain: texts.localMeans,
      cell: ({ local }) => <span class="mono">{endpoint(local)}</span>,
      sort: ({ local }) => endpoint(local),
    },
    {
      id: 'age',
      label: texts.age,
      explain: texts.ageMeans,
      numeric: true,
      cell: (item) =>
        ageText(item, now) ?? (
          <span class="nothing" title={texts.before}>
            –
          </span>
        ),
      sort: (item) => ageOf(item, now),
    },
    ...(more ? [...MAIN_FACTS, ...MORE_FACTS] : MAIN_FACTS).map(factColumn),
  ];
}

function ageOf({ since, until }: Item, now: number): number | undefined {
  // One segment only: it did not last.
  if (since === undefined || since === until) return undefined;
  return (until ?? now) - since;
}

function ageText(item: Item, now: number): string | undefined {
  const value = ageOf(item, now);
  if (value === undefined) return undefined;
  return item.until === undefined ? age(value, lang.value) : lasted(value, lang.value);
}

function searched(
  item: Item,
  states: (typeof STATE_TEXTS)['en'],
  remarks: (typeof REMARK_TEXTS)['en'],
): readonly string[] {
  const { local, remote, state, record } = item;
  const ending = endingOf(item);
  return [
    endpoint(local),
    ...(remote === undefined ? [] : [endpoint(remote)]),
    ...(state === undefined ? [] : [state, states[state].word]),
    ...(ending === undefined ? [] : [remarks.endings[ending].word]),
    ...(options(item) ?? []),
    record === undefined ? '' : `#${record.number}`,
  ];
}
