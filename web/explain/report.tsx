import { useMemo, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, LADDER_TERMS, TERMS, tell, worst, type ConversationReport, type Term } from '../../src/explain';
import { lang, useTexts } from '../lang';
import { ConversationView } from './conversation';
import { endOf, type PageData } from './data';
import { FindingView } from './finding';
import { TEXTS } from './texts';

/** Conversations in the list; a filter finds the others. */
const MOST_LISTED = 500;

/** What is wrong, the conversations, and the ladder of the chosen one. */
export function ReportView({ data }: { readonly data: PageData }) {
  const { report, name, packetsLeftOut = 0, conversationsLeftOut = 0 } = data;
  const texts = useTexts(TEXTS);
  const words = EXPLAIN_TEXTS[lang.value];
  const { labels } = words;
  const { capture, conversations } = report;
  const [chosen, setChosen] = useState<number>();
  const [frame, setFrame] = useState<{ readonly conversation: number; readonly frame: number }>();
  const [filter, setFilter] = useState('');
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const place = useRef<HTMLElement>(null);
  const listed = conversations.filter(
    (each) => nameOf(each).includes(filter.trim()) && (!onlyTrouble || isTrouble(each)),
  );
  const shown =
    conversations.find(({ number }) => number === chosen) ?? conversations.find(isTrouble) ?? conversations[0];
  const open = (conversation: number, at?: number): void => {
    setChosen(conversation);
    setFrame(at === undefined ? undefined : { conversation, frame: at });
    if (at === undefined) place.current?.scrollIntoView({ block: 'start' });
  };
  const isGood = !conversations.some(isTrouble) && report.findings.length === 0;
  const terms = useMemo(() => termsOf(shown, report.findings), [shown, report]);
  return (
    <>
      <header>
        <h1>{labels.title(name)}</h1>
        <p>
          {labels.summary(
            capture.packets,
            words.bytes(capture.bytes),
            words.time(capture.duration),
            report.totalConversations,
          )}{' '}
          {capture.truncated > 0 && labels.truncated(capture.truncated)}
        </p>
        {report.totalConversations === 0 && <p>{labels.noConversation}</p>}
        {isGood && report.totalConversations > 0 && <p class="explain-good">✓ {labels.nothingWrong}</p>}
        {conversationsLeftOut > 0 && <p class="explain-muted">{texts.conversationsLeftOut(conversationsLeftOut)}</p>}
        {packetsLeftOut > 0 && <p class="explain-muted">{texts.packetsLeftOut(packetsLeftOut)}</p>}
      </header>
      {report.findings.length > 0 && (
        <section>
          <h2>{labels.wholeCapture}</h2>
          {report.findings.map((finding) => (
            <FindingView key={finding.id} finding={finding} onFrame={open} />
          ))}
        </section>
      )}
      <div class="explain-columns">
        <section class="explain-list" aria-label={texts.conversations}>
          <h2>{texts.conversations}</h2>
          <div class="explain-filter">
            <label>
              {labels.filter}{' '}
              <input
                value={filter}
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
          <ul>
            {listed.slice(0, MOST_LISTED).map((each) => (
              <li key={each.number}>
                <Entry
                  report={each}
                  isShown={each === shown}
                  onOpen={() => {
                    open(each.number);
                  }}
                />
              </li>
            ))}
          </ul>
          {listed.length === 0 && <p class="explain-muted">{texts.none}</p>}
          {listed.length > MOST_LISTED && <p class="explain-muted">{texts.more(listed.length - MOST_LISTED)}</p>}
        </section>
        {shown !== undefined && (
          <section ref={place} class="explain-shown" aria-label={labels.conversation(shown.number)}>
            <ConversationView
              key={shown.number}
              report={shown}
              frame={frame?.conversation === shown.number ? frame.frame : undefined}
              onFrame={open}
            />
          </section>
        )}
      </div>
      {terms.length > 0 && (
        <section class="explain-terms">
          <h2>{texts.words}</h2>
          <dl>
            {terms.map((term) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{words.terms[term]}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

interface EntryProps {
  readonly report: ConversationReport;
  readonly isShown: boolean;
  readonly onOpen: () => void;
}

/** A conversation in the list: a sign, who with whom, and the worst of what was found. */
function Entry({ report, isShown, onOpen }: EntryProps) {
  const texts = useTexts(TEXTS);
  const severity = worst(report.findings);
  const kind = severity === 'failure' || severity === 'trouble' ? severity : 'good';
  const [finding] = report.findings;
  return (
    <button type="button" class={`explain-entry explain-entry-${kind}`} aria-current={isShown} onClick={onOpen}>
      <span class="explain-sign" role="img" aria-label={texts.signs[kind]}>
        {{ failure: '✗', trouble: '!', good: '✓' }[kind]}
      </span>
      <span>
        <span class="explain-ends">{nameOf(report)}</span>
        {kind !== 'good' && finding !== undefined && (
          <span class="explain-entry-title">{tell(finding, EXPLAIN_TEXTS[lang.value]).title}</span>
        )}
      </span>
    </button>
  );
}

function isTrouble({ findings }: ConversationReport): boolean {
  const severity = worst(findings);
  return severity !== undefined && severity !== 'note';
}

function nameOf({ number, client, server, request }: ConversationReport): string {
  return `#${number} ${endOf(client)} → ${endOf(server)}${request === undefined ? '' : ` ${request}`}`;
}

/** The field's words in what is shown, in the order of the glossary. */
function termsOf(shown: ConversationReport | undefined, findings: ConversationReport['findings']): Term[] {
  const used = new Set(
    [...findings, ...(shown?.findings ?? [])].flatMap((finding) => tell(finding, EXPLAIN_TEXTS.en).terms),
  );
  for (const term of LADDER_TERMS) used.add(term);
  return TERMS.filter((term) => used.has(term));
}
