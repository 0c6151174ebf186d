import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EXPLAIN_TEXTS, type ConversationReport } from '../../src/explain';
import { UNICODE } from '../../src/inspect/drawing';
import { partsOfSegment } from '../../src/inspect/on-the-arrow';
import { TEXTS as LADDER_TEXTS, SIGNS } from '../components/ladder/texts';
import { noteText, sentenceOf, stateText } from '../components/ladder/say';
import { marksOf } from '../components/ladder/shown';
import { lang, useTexts, useWords } from '../lang';
import { endOf, type PageData } from './data';
import { Facts } from './facts';
import { FindingsView } from './finding';
import { MOST_ROWS, onPaper } from './on-paper';
import { Summary } from './summary';
import { TermsView } from './terms';
import { TEXTS } from './texts';

/** While the page is printed there is a report on it as paper needs it: all conversations that are listed, each with its whole ladder. */
export function usePaper(data: PageData, listed: readonly ConversationReport[]): void {
  const current = useRef({ data, listed });
  current.current = { data, listed };
  useEffect(() => {
    const place = document.createElement('div');
    place.className = 'explain explain-paper';
    const before = (): void => {
      document.body.append(place);
      // At once: the browser does not wait.
      render(<Paper {...current.current} />, place);
    };
    const after = (): void => {
      render(null, place);
      place.remove();
    };
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
      after();
    };
  }, []);
}

interface PaperProps {
  readonly data: PageData;
  readonly listed: readonly ConversationReport[];
}

function Paper({ data, listed }: PaperProps) {
  const texts = useTexts(TEXTS);
  const { labels } = EXPLAIN_TEXTS[lang.value];
  const { report } = data;
  const printed = onPaper(listed, MOST_ROWS);
  const left = listed.length - printed.length;
  return (
    <>
      <Summary data={data} />
      {report.findings.length > 0 && (
        <section>
          <h2>{labels.wholeCapture}</h2>
          <FindingsView findings={report.findings} />
        </section>
      )}
      {left > 0 && <p>{texts.notPrinted(left)}</p>}
      {printed.length > 0 && <p class="explain-muted">{labels.legend}</p>}
      {printed.map((each) => (
        <section key={each.number} class="explain-paper-conversation">
          <h2>
            {labels.conversation(each.number)}: {endOf(each.client)} → {endOf(each.server)}
          </h2>
          <Facts report={each} />
          <FindingsView findings={each.findings} />
          <PaperLadder report={each} />
        </section>
      ))}
      <TermsView findings={[...report.findings, ...printed.flatMap((each) => each.findings)]} />
    </>
  );
}

/** A ladder as a table, whose rows a page break does not cut and whose heads stand on each page. */
function PaperLadder({ report }: { readonly report: ConversationReport }) {
  const { printed } = useTexts(TEXTS);
  const texts = useTexts(LADDER_TEXTS);
  const words = useWords();
  let states = { left: '', right: '' };
  return (
    <table class="explain-rungs">
      <colgroup>
        {['number', 'time', 'state', 'arrow', 'state-too', 'words'].map((each) => (
          <col key={each} class={`explain-rungs-${each}`} />
        ))}
      </colgroup>
      <thead>
        <tr>
          <th>{printed.packet}</th>
          <th>{printed.seconds}</th>
          <th colSpan={3}>
            <span class="explain-rungs-names">
              <span>{endOf(report.client)}</span>
              <span>{endOf(report.server)}</span>
            </span>
          </th>
          <th>{printed.words}</th>
        </tr>
      </thead>
      <tbody>
        {report.rows.map(({ frame, row }) => {
          if (row.kind === 'note')
            return (
              <tr key={row.index}>
                <td />
                <td />
                <td class="explain-rungs-left" />
                <td class="explain-rungs-note">⋯ {noteText(row, words, texts)}</td>
                <td class="explain-rungs-right" />
                <td />
              </tr>
            );
          const before = states;
          states = { left: stateText(row.left), right: stateText(row.right) };
          const marks = marksOf(row);
          const isLost = marks.includes('lost');
          return (
            <tr key={row.index}>
              <td>{frame}</td>
              <td>{(row.time / 1_000_000).toFixed(6)}</td>
              <td class="explain-rungs-left">{states.left === before.left ? '' : states.left}</td>
              <td class={`explain-rungs-${row.from === 'left' ? 'out' : 'in'}${isLost ? ' explain-rungs-lost' : ''}`}>
                <span>
                  {partsOfSegment(row.event.segment, { ...row.reading, again: false }, UNICODE).map(
                    ({ text }, index) => (index === 0 ? <b key={text}>{text}</b> : ` ${text}`),
                  )}
                </span>
                <i aria-hidden="true" />
              </td>
              <td class="explain-rungs-right">{states.right === before.right ? '' : states.right}</td>
              <td>
                {marks.map((mark) => (
                  <b key={mark}>
                    {SIGNS[mark]} {texts.marks[mark]}{' '}
                  </b>
                ))}
                {sentenceOf(row, words)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
