import { useMemo, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, worst, type ConversationReport } from '../../src/explain';
import { Ladder } from '../components/ladder';
import { chooseLang, lang, type Lang } from '../lang';
import { ringOf, rowOfFrame, type PageData } from './data';
import { FindingView } from './finding';
import './explain.css';

/** A capture explained: what is wrong, the conversations, and the ladder of the chosen one. */
export function App({ data }: { readonly data: PageData | undefined }) {
  const texts = EXPLAIN_TEXTS[lang.value];
  const { labels } = texts;
  const [chosen, setChosen] = useState<number>();
  const [row, setRow] = useState<number>();
  const [filter, setFilter] = useState('');
  const [onlyTrouble, setOnlyTrouble] = useState(false);
  const ladder = useRef<HTMLElement>(null);
  const conversations = useMemo(() => data?.report.conversations ?? [], [data]);
  const listed = conversations.filter(
    (each) => nameOf(each).includes(filter.trim()) && (!onlyTrouble || isTrouble(each)),
  );
  if (data === undefined) return <main class="explain">synack explain --html FILE</main>;
  const { report, name } = data;
  const { capture } = report;
  const shown =
    conversations.find(({ number }) => number === chosen) ?? conversations.find(isTrouble) ?? conversations[0];
  const open = (conversation: number, frame?: number): void => {
    setChosen(conversation);
    const rows = conversations.find(({ number }) => number === conversation)?.rows ?? [];
    setRow(frame === undefined ? undefined : rowOfFrame(rows, frame));
    ladder.current?.scrollIntoView({ block: 'start' });
  };
  return (
    <main class="explain">
      <header>
        <h1>{labels.title(name)}</h1>
        <nav aria-label="Language / 언어">
          {(['en', 'ko'] as const).map((each: Lang) => (
            <button
              key={each}
              type="button"
              aria-pressed={lang.value === each}
              onClick={() => {
                chooseLang(each);
              }}
            >
              {each === 'en' ? 'English' : '한국어'}
            </button>
          ))}
        </nav>
        <p>
          {labels.summary(
            capture.packets,
            texts.bytes(capture.bytes),
            texts.time(capture.duration),
            report.totalConversations,
          )}
        </p>
        {!conversations.some(isTrouble) && report.findings.length === 0 && (
          <p class="explain-good">✓ {labels.nothingWrong}</p>
        )}
      </header>
      {report.findings.length > 0 && (
        <section>
          <h2>{labels.wholeCapture}</h2>
          {report.findings.map((finding) => (
            <FindingView key={finding.id} finding={finding} onFrame={open} />
          ))}
        </section>
      )}
      <section class="explain-list">
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
          {listed.slice(0, 500).map((each) => (
            <li key={each.number}>
              <button
                type="button"
                aria-current={each === shown}
                onClick={() => {
                  open(each.number);
                }}
              >
                {signOf(each)} {nameOf(each)}
              </button>
            </li>
          ))}
        </ul>
      </section>
      {shown !== undefined && (
        <section ref={ladder} aria-label={labels.conversation(shown.number)}>
          <h2>
            {labels.conversation(shown.number)}: {endOf(shown.client)} → {endOf(shown.server)}
          </h2>
          <p>
            {labels.conversationFacts(
              shown.segments.client + shown.segments.server,
              texts.bytes(shown.bytes.client),
              texts.bytes(shown.bytes.server),
              texts.time(shown.duration),
              shown.roundTrip === undefined ? undefined : texts.time(shown.roundTrip),
            )}
            {shown.protocols.length > 0 && `; ${labels.speaks(shown.protocols.join(', '))}`};{' '}
            {labels.stateOf(shown.states.client ?? '?', shown.states.server ?? '?')}.
          </p>
          {shown.findings.map((finding) => (
            <FindingView key={`${finding.id} ${finding.side ?? ''}`} finding={finding} onFrame={open} />
          ))}
          {shown.findings.length === 0 && <p>{labels.nothingFound}</p>}
          <p class="explain-muted">{labels.rowsLeftOut}</p>
          <div class="explain-ladder">
            <Ladder
              rows={ringOf(shown)}
              version={0}
              names={{ left: endOf(shown.client), right: endOf(shown.server) }}
              selected={row}
              onSelect={setRow}
            />
          </div>
        </section>
      )}
    </main>
  );
}

function isTrouble({ findings }: ConversationReport): boolean {
  const severity = worst(findings);
  return severity !== undefined && severity !== 'note';
}

/** A sign beside the name, so that colour is not needed. */
function signOf({ findings }: ConversationReport): string {
  const severity = worst(findings);
  return severity === 'failure' ? '✗' : severity === 'trouble' ? '!' : '✓';
}

function endOf({ address, port }: ConversationReport['client']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function nameOf({ number, client, server, request }: ConversationReport): string {
  return `#${number} ${endOf(client)} → ${endOf(server)}${request === undefined ? '' : ` ${request}`}`;
}
