import { useEffect, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, tellDamage } from '../../src/explain';
import { applyTheme, chooseTheme, theme } from '../components/shell/theme';
import { chooseLang, lang, useTexts, type Lang } from '../lang';
import { explainAside } from './aside';
import type { PageData } from './data';
import type { Reading } from './read';
import { ReportView } from './report';
import { FileButton, Start } from './start';
import { TEXTS } from './texts';
import './explain.css';

/** A capture explained: the one that is in the page, or one that the reader gives. */
export function App({ data: given }: { readonly data: PageData | undefined }) {
  const texts = useTexts(TEXTS);
  const [data, setData] = useState(given);
  const [reading, setReading] = useState<Reading & { readonly name: string }>();
  const [failed, setFailed] = useState<{ readonly name: string; readonly data: PageData }>();
  const [isOver, setOver] = useState(false);
  // A file that is given while another one is read takes its place.
  const turn = useRef(0);
  useEffect(applyTheme, []);

  const onFile = (file: Blob, name: string): void => {
    const mine = ++turn.current;
    setFailed(undefined);
    setData(undefined);
    setReading({ name, part: 0, packets: 0 });
    void explainAside(file, (how) => {
      if (turn.current === mine) setReading({ name, ...how });
    }).then((report) => {
      if (turn.current !== mine) return;
      setReading(undefined);
      const read: PageData = { name, report };
      if (report.capture.problem?.kind === 'not-a-capture') setFailed({ name, data: read });
      else setData(read);
    });
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) onFile(file, file.name);
  };
  const problem = failed?.data.report.capture.problem;
  return (
    <main
      class={`explain${isOver ? ' explain-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setOver(false);
      }}
      onDrop={drop}
    >
      <nav class="explain-bar" aria-label="synack explain">
        <b class="explain-brand">synack explain</b>
        {data !== undefined && <FileButton text={texts.another} onFile={onFile} />}
        <span class="explain-space" />
        {(['en', 'ko'] as const).map((each: Lang) => (
          <button
            key={each}
            type="button"
            lang={each}
            aria-pressed={lang.value === each}
            onClick={() => {
              chooseLang(each);
            }}
          >
            {each === 'en' ? 'English' : '한국어'}
          </button>
        ))}
        <button
          type="button"
          onClick={() => {
            chooseTheme(isDark() ? 'light' : 'dark');
          }}
        >
          {isDark() ? texts.theme.light : texts.theme.dark}
        </button>
      </nav>
      {data === undefined ? (
        <Start
          reading={reading}
          problem={
            failed === undefined || problem === undefined
              ? undefined
              : texts.cannotRead(failed.name, tellDamage(problem.damage, EXPLAIN_TEXTS[lang.value]))
          }
          onFile={onFile}
        />
      ) : (
        <ReportView key={data.name} data={data} />
      )}
    </main>
  );
}

function isDark(): boolean {
  return theme.value === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme.value === 'dark';
}
