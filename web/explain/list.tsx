import { useEffect, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, tell, type ConversationReport } from '../../src/explain';
import { lang, useTexts } from '../lang';
import { nameOf, outcomeOf } from './overview';
import { SIGNS } from './summary';
import { TEXTS } from './texts';

/** Conversations in the list; a filter finds the others. */
const MOST_LISTED = 500;

interface ListProps {
  readonly conversations: readonly ConversationReport[];
  /** The number of the one that is shown. */
  readonly shown: number | undefined;
  readonly onOpen: (number: number) => void;
}

/** The conversations as a list with one place in the order of the tabulator key; arrow keys go through it. */
export function ConversationList({ conversations, shown, onOpen }: ListProps) {
  const texts = useTexts(TEXTS);
  const list = useRef<HTMLUListElement>(null);
  const [place, setPlace] = useState<number>();
  const listed = conversations.slice(0, MOST_LISTED);
  const has = (number: number | undefined): boolean => listed.some((each) => each.number === number);
  const active = has(place) ? place : has(shown) ? shown : listed[0]?.number;
  useEffect(() => {
    setPlace(shown);
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = listed.findIndex((each) => each.number === active);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: listed.length - 1 }[event.key];
    const next = to === undefined ? undefined : listed[to];
    if (next === undefined) return;
    event.preventDefault();
    setPlace(next.number);
    list.current?.querySelector<HTMLElement>(`[data-number="${next.number}"]`)?.focus();
  };
  return (
    <>
      <ul ref={list} onKeyDown={onKeyDown}>
        {listed.map((each) => (
          <li key={each.number}>
            <Entry
              report={each}
              isShown={each.number === shown}
              isActive={each.number === active}
              onOpen={() => {
                onOpen(each.number);
              }}
            />
          </li>
        ))}
      </ul>
      {listed.length === 0 && <p class="explain-muted">{texts.none}</p>}
      {conversations.length > MOST_LISTED && (
        <p class="explain-muted">{texts.more(conversations.length - MOST_LISTED)}</p>
      )}
    </>
  );
}

interface EntryProps {
  readonly report: ConversationReport;
  readonly isShown: boolean;
  readonly isActive: boolean;
  readonly onOpen: () => void;
}

/** A conversation in the list: a sign, who with whom, and the worst of what was found. */
function Entry({ report, isShown, isActive, onOpen }: EntryProps) {
  const texts = useTexts(TEXTS);
  const outcome = outcomeOf(report);
  const [finding] = report.findings;
  return (
    <button
      type="button"
      class={`explain-entry explain-entry-${outcome}`}
      data-number={report.number}
      tabIndex={isActive ? 0 : -1}
      aria-current={isShown}
      onClick={onOpen}
    >
      <span class="explain-sign" role="img" aria-label={texts.signs[outcome]}>
        {SIGNS[outcome]}
      </span>
      <span>
        <span class="explain-ends">{nameOf(report)}</span>
        {outcome !== 'good' && finding !== undefined && (
          <span class="explain-entry-title">{tell(finding, EXPLAIN_TEXTS[lang.value]).title}</span>
        )}
      </span>
    </button>
  );
}
