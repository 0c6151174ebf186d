import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, worstFirst } from '../../src/explain';
import { useKeys } from '../components/shell';
import { lang, useTexts } from '../lang';
import { readAddress, writeAddress, type Address } from './address';
import { ConversationView } from './conversation';
import type { PageData } from './data';
import { FindingsView } from './finding';
import { ConversationList } from './list';
import { kindsOf, outcomeOf, searched } from './overview';
import { usePaper } from './paper';
import { SIGNS, Summary } from './summary';
import { TermsView } from './terms';
import { TEXTS } from './texts';

/** More conversations than this are not seen at a glance: what was found is counted. */
const MANY = 8;

/** What is wrong, the conversations, and the ladder of the chosen one. Where one is in it is in the URL. */
export function ReportView({ data }: { readonly data: PageData }) {
  const { report } = data;
  const texts = useTexts(TEXTS);
  const words = EXPLAIN_TEXTS[lang.value];
  const { labels } = words;
  const [where, setWhere] = useState<{ readonly address: Address | undefined; readonly visit: number }>(() => ({
    address: readAddress(location.hash),
    visit: 0,
  }));
  const [filter, setFilter] = useState('');
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const place = useRef<HTMLElement>(null);
  const wantsHeading = useRef(false);
  const filterField = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const moved = (): void => {
      setWhere(({ visit }) => ({ address: readAddress(location.hash), visit: visit + 1 }));
    };
    addEventListener('hashchange', moved);
    return () => {
      removeEventListener('hashchange', moved);
    };
  }, []);

  const conversations = useMemo(() => worstFirst(report.conversations), [report]);
  const texted = useMemo(
    () => conversations.map((each) => ({ report: each, text: searched(each, words) })),
    [conversations, words],
  );
  const kinds = useMemo(() => kindsOf(conversations, words), [conversations, words]);
  const wanted = filter.trim().toLowerCase();
  const listed = useMemo(
    () =>
      texted
        .filter(({ report, text }) => text.includes(wanted) && (!onlyTrouble || outcomeOf(report) !== 'good'))
        .map((each) => each.report),
    [texted, wanted, onlyTrouble],
  );
  const { address, visit } = where;
  const shown = conversations.find(({ number }) => number === address?.conversation) ?? conversations[0];
  usePaper(data, listed);

  /** Goes there; the browser's way back leads here again. */
  const go = (to: Address): void => {
    const hash = writeAddress(to);
    if (location.hash === hash) setWhere({ address: to, visit: visit + 1 });
    else location.hash = hash;
  };
  const open = (conversation: number): void => {
    go({ conversation });
    bringIntoSight(place.current);
  };
  /** Lists those in which it was found, and shows the first of them. */
  const filterFor = (title: string): void => {
    setFilter(title);
    const found = texted.filter(({ text }) => text.includes(title.toLowerCase()));
    const [first] = found;
    if (first !== undefined && !found.some((each) => each.report === shown)) go({ conversation: first.report.number });
  };
  const step = (by: 1 | -1): void => {
    const at = listed.findIndex((each) => each === shown);
    const next = listed[at < 0 ? 0 : at + by];
    if (next === undefined) return;
    wantsHeading.current = true;
    go({ conversation: next.number });
  };
  // By key one comes to its heading, which is read out.
  useEffect(() => {
    if (!wantsHeading.current) return;
    wantsHeading.current = false;
    bringIntoSight(place.current);
    place.current?.querySelector('h2')?.focus({ preventScroll: true });
  }, [shown]);
  useKeys({
    j: () => {
      step(1);
    },
    k: () => {
      step(-1);
    },
    '/': () => {
      filterField.current?.focus();
    },
  });
  const onFrame = (conversation: number, frame: number): void => {
    go({ conversation, frame });
  };
  return (
    <>
      <Summary data={data} />
      {report.findings.length > 0 && (
        <section>
          <h2>{labels.wholeCapture}</h2>
          <FindingsView findings={report.findings} onFrame={onFrame} />
        </section>
      )}
      {conversations.length > MANY && kinds.length > 0 && (
        <section class="explain-kinds" aria-label={texts.found}>
          <h2>{texts.found}</h2>
          <ul>
            {kinds.map(({ title, severity, count }) => (
              <li key={`${severity} ${title}`}>
                <button
                  type="button"
                  class={`explain-entry-${severity}`}
                  aria-pressed={filter === title}
                  onClick={() => {
                    filterFor(filter === title ? '' : title);
                  }}
                >
                  <span class="explain-sign" role="img" aria-label={texts.signs[severity]}>
                    {SIGNS[severity]}
                  </span>{' '}
                  {title} <b>{words.number(count)}</b>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {shown !== undefined && (
        <div class="explain-columns">
          <section class="explain-list" aria-label={texts.conversations}>
            <h2>{texts.conversations}</h2>
            {conversations.length > 1 && (
              <div class="explain-filter">
                <label>
                  <span class="visually-hidden">{labels.filter}</span>
                  <input
                    ref={filterField}
                    type="search"
                    value={filter}
                    placeholder={`${labels.filter}: ${texts.filterHint}`}
                    aria-keyshortcuts="/"
                    onInput={(event) => {
                      setFilter(event.currentTarget.value);
                    }}
                  />
                </label>
                <label>
                  <input
                    type="checkbox"
                    checked={onlyTrouble}
                    onChange={(event) => {
                      setOnlyTrouble(event.currentTarget.checked);
                    }}
                  />{' '}
                  {labels.onlyTrouble}
                </label>
              </div>
            )}
            <ConversationList conversations={listed} shown={shown.number} onOpen={open} />
          </section>
          <section ref={place} class="explain-shown" aria-label={labels.conversation(shown.number)}>
            <ConversationView
              key={shown.number}
              report={shown}
              start={report.capture.start}
              frame={address?.conversation === shown.number ? address.frame : undefined}
              visit={visit}
              onFrame={onFrame}
            />
          </section>
        </div>
      )}
      {shown !== undefined && <TermsView findings={[...report.findings, ...shown.findings]} />}
    </>
  );
}

/** Goes to a section that begins out of sight, by eye and by keyboard; where one sees its beginning, nothing moves. */
function bringIntoSight(section: HTMLElement | null): void {
  if (section === null) return;
  const { top } = section.getBoundingClientRect();
  if (top >= 0 && top < innerHeight / 2) return;
  section.scrollIntoView({ block: 'start' });
  section.querySelector('h2')?.focus({ preventScroll: true });
}
