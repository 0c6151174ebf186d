import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { LESSONS } from '../../src/lessons';
import { Shell } from '../components/shell';
import { lang, useTexts } from '../lang';
import { readAddress, withLang, type Address } from './address';
import { Contents } from './contents';
import { LessonPage } from './lesson-page';
import { LEARN_TEXTS } from './texts';

/** Where the reader is, and a number for each time that somebody came there: the page writes to the hash itself, too. */
const where = signal({ address: readAddress(location.hash, LESSONS), visit: 0 });
let written = location.hash;

addEventListener('hashchange', () => {
  if (location.hash === written) return;
  written = location.hash;
  where.value = { address: readAddress(location.hash, LESSONS), visit: where.value.visit + 1 };
});

/** Writes where the reader is into the URL, without going anywhere. */
function write(link: string): void {
  const hash = `#${link}`;
  if (location.hash === hash) return;
  written = hash;
  history.replaceState(null, '', hash);
}

/** The page of `synack learn`. */
export function App() {
  const texts = useTexts(LEARN_TEXTS);
  const { address, visit } = where.value;
  const title = address.page === 'lesson' ? address.lesson.title[lang.value] : undefined;
  useEffect(() => {
    document.title = title === undefined ? texts.document : `${title} – synack`;
  }, [title, texts]);
  useEffect(() => {
    document.getElementById('main')?.scrollTo(0, 0);
  }, [visit]);
  const language = lang.value;
  useEffect(() => {
    // A language that came with the link must not come back when the page is loaded again.
    const asked = new URLSearchParams(location.search).get('lang');
    if (asked !== null && asked !== language) history.replaceState(null, '', withLang(location.href, language));
  }, [language]);
  return (
    <Shell
      title={texts.title}
      about={title}
      navigation={<Navigation address={address} />}
      status={texts.status}
      keys={texts.keys.map(([keys, does]) => ({ keys, does }))}
    >
      {address.page === 'contents' ? (
        <Contents problem={address.problem} />
      ) : (
        <LessonPage key={`${visit}`} address={address} visit={visit} write={write} />
      )}
    </Shell>
  );
}

function Navigation({ address }: { readonly address: Address }) {
  const texts = useTexts(LEARN_TEXTS);
  if (address.page === 'contents') return null;
  const at = LESSONS.indexOf(address.lesson);
  const [previous, next] = [LESSONS[at - 1], LESSONS[at + 1]];
  return (
    <nav class="learn-nav" aria-label={texts.lessons}>
      <a href="#">☰ {texts.contents}</a>
      <span class="learn-nav-place">
        <span class="learn-nav-group">{texts.groups[address.lesson.group].title} · </span>
        {texts.place(at + 1, LESSONS.length)}
      </span>
      <span class="learn-nav-ways">
        {previous !== undefined && (
          <a href={`#${previous.id}`} aria-label={`${texts.previous}: ${previous.title[lang.value]}`}>
            ←<span> {texts.previous}</span>
          </a>
        )}
        {next !== undefined && (
          <a href={`#${next.id}`} aria-label={`${texts.next}: ${next.title[lang.value]}`}>
            <span>{texts.next} </span>→
          </a>
        )}
      </span>
    </nav>
  );
}
