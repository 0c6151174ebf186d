import { useEffect, useState } from 'preact/hooks';
import { BadNetwork, knobValue, turnedOn, valueOf } from '../components/controls';
import { CONTROL_TEXTS } from '../components/controls/texts';
import { ICONS, Shell, useKeys, tip } from '../components/shell';
import { lang, useTexts } from '../lang';
import { age } from '../lang/quantities';
import { PAGES } from './address';
import { ConnectionPage } from './connection';
import { Events } from './events';
import { Host } from './host';
import { ConnectionList } from './list';
import type { Store } from './store';
import { APP_TEXTS } from './texts';

/** The page of `synack inspect`. */
export function App({ store }: { readonly store: Store }) {
  const texts = useTexts(APP_TEXTS);
  const { session } = store;
  const { hello, paused } = session;
  const { page, connection } = store.address.value;
  const [network, setNetwork] = useState(false);
  const pause = (): void => {
    store.pause(!paused);
  };
  const toggleNetwork = (): void => {
    setNetwork((open) => !open);
  };
  useKeys({
    ' ': pause,
    b: toggleNetwork,
    '/': () => {
      if (store.address.value.connection !== undefined || store.address.value.page !== 'connections')
        store.go({ page: 'connections', connection: undefined, row: undefined, view: 'ladder' });
    },
  });
  useEffect(() => {
    document.title = `synack ${hello === undefined ? texts.title : hello.program.replace(/^synack /, '')}`;
  }, [hello, texts]);
  const canImpair = hello?.controls.impair === true;
  const on = turnedOn(session.impairment);
  const { keys } = texts;
  return (
    <Shell
      title={texts.title}
      about={hello && <span title={hello.self ? texts.self : ''}>{texts.about(hello.program, hello.pid)}</span>}
      tools={
        <>
          <button type="button" class="tool" aria-pressed={paused} aria-keyshortcuts="Space" onClick={pause}>
            {paused ? ICONS.play : ICONS.pause}
            <span>{paused ? texts.resume : texts.pause}</span>
          </button>
          <button
            type="button"
            class="tool"
            {...tip(texts.clearMeans)}
            onClick={() => {
              store.clear();
            }}
          >
            {ICONS.close}
            <span>{texts.clear}</span>
          </button>
          <button
            type="button"
            class={`tool ${on.length > 0 ? 'tool-on' : ''}`}
            aria-expanded={network}
            aria-controls="network"
            onClick={toggleNetwork}
          >
            {ICONS.network}
            <span>{texts.network}</span>
          </button>
        </>
      }
      navigation={
        <nav class="pages" aria-label={texts.navigation}>
          {PAGES.map((each) => (
            <a
              key={each}
              href={each === 'connections' ? '#' : `#page=${each}`}
              aria-current={page === each ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                store.go({ page: each, connection: undefined, row: undefined, view: 'ladder' });
              }}
            >
              {texts.pages[each]}
            </a>
          ))}
        </nav>
      }
      status={<Status store={store} />}
      keys={[
        { keys: ['j', 'k'], does: keys.rows },
        { keys: ['n', 'p'], does: keys.notes },
        { keys: ['1', '…', '6'], does: keys.views },
        { keys: ['Enter'], does: keys.list },
        { keys: ['Esc'], does: keys.back },
        { keys: ['Space'], does: keys.pause },
        { keys: ['/'], does: keys.search },
        { keys: ['b'], does: keys.network },
      ]}
    >
      <div class={`stage ${network ? 'stage-network' : ''}`}>
        <div class="stage-content">
          <Banner store={store} />
          {connection !== undefined ? (
            <ConnectionPage store={store} itemKey={connection} />
          ) : page === 'host' ? (
            <Host store={store} />
          ) : page === 'events' ? (
            <Events store={store} />
          ) : (
            <ConnectionList store={store} />
          )}
        </div>
        {network && (
          <aside id="network" class="network" aria-label={texts.network}>
            <header>
              <h2>{texts.network}</h2>
              <button
                type="button"
                class="quiet icon-button"
                aria-label={texts.close}
                title={texts.close}
                onClick={toggleNetwork}
              >
                {ICONS.close}
              </button>
            </header>
            <BadNetwork
              settings={session.impairment}
              disabled={!canImpair || store.standing.value !== 'open'}
              onChange={(settings) => store.request({ type: 'impair', settings })}
            />
          </aside>
        )}
      </div>
    </Shell>
  );
}

/** What one must know now: above everything, and read out. */
function Banner({ store }: { readonly store: Store }) {
  const texts = useTexts(APP_TEXTS);
  const standing = store.standing.value;
  const { sampling, silent } = store.session;
  const lost = standing !== 'open' && !(standing === 'connecting' && store.session.hello === undefined);
  return (
    <div role="status">
      {lost && <p class="banner banner-bad">{texts.standing[standing]}</p>}
      {silent && standing === 'open' && <p class="banner">{texts.silentMeans}</p>}
      {sampling !== undefined && standing === 'open' && (
        <p class="banner">{texts.sampling(sampling.told, sampling.seen)}</p>
      )}
    </div>
  );
}

function Status({ store }: { readonly store: Store }) {
  const texts = useTexts(APP_TEXTS);
  const { network } = useTexts(CONTROL_TEXTS);
  const { session, nonsense } = store;
  const standing = store.standing.value;
  const { impairment, paused, waits, recorder } = session;
  const on = turnedOn(impairment);
  const word =
    standing === 'open'
      ? paused
        ? texts.paused(waits)
        : session.silent
          ? texts.silent
          : texts.standing.open
      : standing === 'lost'
        ? '…'
        : texts.standing[standing];
  return (
    <>
      <span
        class={`status-line status-${standing === 'open' ? (paused || session.silent ? 'paused' : 'live') : 'off'}`}
      >
        {word}
      </span>
      {on.length > 0 && (
        <span class="status-network">
          {texts.networkOn(
            on.map((knob) => `${network.knobs[knob].label} ${knobValue(knob, valueOf(impairment, knob))}`).join(', '),
          )}
        </span>
      )}
      {recorder.forgotten > 0 && <span>{texts.forgotten(recorder.forgotten)}</span>}
      {nonsense > 0 && <span>{texts.nonsense(nonsense)}</span>}
      {session.hello !== undefined && <span class="status-clock">{texts.running(age(session.now, lang.value))}</span>}
    </>
  );
}
