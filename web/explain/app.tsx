import { useEffect, useRef, useState } from 'preact/hooks';
import { EXPLAIN_TEXTS, tellDamage } from '../../src/explain';
import { Shell } from '../components/shell';
import { lang, useTexts } from '../lang';
import { explainAside } from './aside';
import type { PageData } from './data';
import { useFileDrop } from './drop';
import { Unreadable, type Reading } from './read';
import { ReportView } from './report';
import { FileButton, Progress, Start, type OnFiles } from './start';
import { TEXTS } from './texts';
import './explain.css';
import './paper.css';

/** Something to say of a file, in the language in which the page then is. */
type Remark = () => string;

interface Shown {
  readonly data: PageData;
  /** Counts what was shown: of the same name may be another file. */
  readonly turn: number;
}

/** A capture explained: the one that is in the page, or one that the reader gives. */
export function App({ data: given }: { readonly data: PageData | undefined }) {
  const texts = useTexts(TEXTS);
  const [shown, setShown] = useState<Shown | undefined>(given && { data: given, turn: 0 });
  const [progress, setProgress] = useState<{ readonly name: string; readonly reading: Reading }>();
  const [remark, setRemark] = useState<Remark>();
  // A file that is given while another one is read takes its place.
  const current = useRef<AbortController | undefined>(undefined);
  const turn = useRef(0);

  const cancel = (): void => {
    current.current?.abort();
    current.current = undefined;
    setProgress(undefined);
  };
  /** What is shown stays until there is something better to show. */
  const onFiles: OnFiles = ([first, ...others]) => {
    if (first === undefined) return;
    const { file, name } = first;
    cancel();
    const mine = new AbortController();
    current.current = mine;
    say(others.length > 0 ? () => TEXTS[lang.value].oneOnly(name, others.length) : undefined);
    setProgress({ name, reading: { part: 0, packets: 0 } });
    const tell = (reading: Reading): void => {
      if (!mine.signal.aborted) setProgress({ name, reading });
    };
    explainAside(file, tell, mine.signal).then(
      (report) => {
        cancel();
        const { problem } = report.capture;
        if (problem?.kind === 'not-a-capture') {
          say(() => TEXTS[lang.value].cannotRead(name, tellDamage(problem.damage, EXPLAIN_TEXTS[lang.value])));
          return;
        }
        // The place in the URL was one in another report.
        history.replaceState(null, '', location.pathname + location.search);
        setShown({ data: { name, report }, turn: ++turn.current });
        document.getElementById('main')?.scrollTo(0, 0);
      },
      (error: unknown) => {
        if (mine.signal.aborted) return;
        cancel();
        say(() => TEXTS[lang.value][error instanceof Unreadable ? 'unreadable' : 'gaveUp'](name));
      },
    );
  };
  const say = (next: Remark | undefined): void => {
    setRemark(() => next);
  };
  const isOver = useFileDrop((files) => {
    onFiles(files.map((file) => ({ file, name: file.name })));
  });
  const data = shown?.data;
  useEffect(() => {
    document.title = data === undefined ? 'synack explain' : `${data.name} – synack explain`;
  }, [data]);
  return (
    <Shell
      title="explain"
      about={data?.name}
      tools={shown !== undefined && <FileButton text={texts.another} tip={texts.anotherTip} onFiles={onFiles} />}
      status={
        data === undefined ? undefined : (
          <span class="explain-status">{data === given ? texts.holds : texts.private}</span>
        )
      }
      keys={texts.keys.map(([keys, does]) => ({ keys, does }))}
    >
      <div class="explain">
        {progress !== undefined && <Progress {...progress} onCancel={cancel} />}
        {remark !== undefined && (
          <div class="explain-banner explain-problem">
            <span role="alert">! {remark()}</span>
            <button
              type="button"
              onClick={() => {
                say(undefined);
              }}
            >
              {texts.close}
            </button>
          </div>
        )}
        {shown === undefined ? <Start onFiles={onFiles} /> : <ReportView key={shown.turn} data={shown.data} />}
      </div>
      {isOver && (
        <div class="explain-over" aria-hidden="true">
          <p>{texts.dropNow}</p>
        </div>
      )}
    </Shell>
  );
}
