import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { LANGUAGES, isLang } from '../../../src/inspect/lang';
import { chooseLang, lang, useTexts, type Texts } from '../../lang';
import { Help, type KeyHelp } from './help';
import { ICONS } from './icons';
import { useKeys } from './keys';
import './shell.css';
import './print.css';
import { SHELL_TEXTS } from './texts';
import { theme, turnTheme } from './theme';
import { Tooltips } from './tooltip';

/** Each language by its own name. */
const LANGUAGE_NAMES: Readonly<Record<keyof typeof LANGUAGES, string>> = { en: 'English', ko: '한국어' };

export interface ShellProps {
  /** What the page is, beside the name of the project. */
  readonly title: string;
  /** Between the title and the switches: what it is about. */
  readonly about?: ComponentChildren;
  /** Buttons of the page itself. */
  readonly tools?: ComponentChildren;
  /** Where one can go, under the header. */
  readonly navigation?: ComponentChildren;
  /** The line at the bottom; without it there is none. */
  readonly status?: ComponentChildren;
  /** The page's keys, for the help; `?`, `l` and `t` are the shell's own and are added. */
  readonly keys: readonly KeyHelp[];
  readonly children: ComponentChildren;
}

const OWN_KEYS: Texts<readonly KeyHelp[]> = {
  en: [
    { keys: ['l'], does: 'English or 한국어' },
    { keys: ['t'], does: 'as the system has it, light, or dark' },
    { keys: ['?'], does: 'this help' },
  ],
  ko: [
    { keys: ['l'], does: '한국어 또는 English' },
    { keys: ['t'], does: '시스템 설정, 밝게, 어둡게' },
    { keys: ['?'], does: '이 도움말' },
  ],
};

function turnLanguage(): void {
  const names = Object.keys(LANGUAGES).filter(isLang);
  const next = names[(names.indexOf(lang.value) + 1) % names.length];
  if (next !== undefined) chooseLang(next);
}

/** What all pages have around their content: header, switches, help, status line. */
export function Shell({ title, about, tools, navigation, status, keys, children }: ShellProps) {
  const texts = useTexts(SHELL_TEXTS);
  const own = useTexts(OWN_KEYS);
  const [help, setHelp] = useState(false);
  useKeys({
    '?': () => {
      setHelp(true);
    },
    l: turnLanguage,
    t: turnTheme,
  });
  const themeName = `${texts.theme}: ${texts.themes[theme.value]}`;
  return (
    <div class="shell">
      <a
        class="shell-skip"
        href="#main"
        onClick={(event) => {
          // The hash is the page's address: the link must not change it.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {texts.skip}
      </a>
      <header class="shell-header">
        <h1 class="shell-name">
          <Mark />
          <span class="shell-synack">synack</span> <span class="shell-title">{title}</span>
        </h1>
        <div class="shell-about">{about}</div>
        <div class="shell-tools">
          {tools}
          <div class="shell-switches">
            <select
              class="shell-language quiet"
              aria-label={texts.language}
              title={texts.language}
              value={lang.value}
              onChange={(event) => {
                if (isLang(event.currentTarget.value)) chooseLang(event.currentTarget.value);
              }}
            >
              {Object.entries(LANGUAGE_NAMES).map(([code, name]) => (
                <option key={code} value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
            <button
              type="button"
              class="quiet icon-button"
              aria-label={themeName}
              title={themeName}
              onClick={turnTheme}
            >
              {ICONS[theme.value]}
            </button>
            <button
              type="button"
              class="quiet icon-button"
              aria-label={texts.help}
              title={`${texts.help} (?)`}
              aria-haspopup="dialog"
              onClick={() => {
                setHelp(true);
              }}
            >
              ?
            </button>
          </div>
        </div>
      </header>
      {navigation}
      <main id="main" class="shell-main" tabIndex={-1}>
        {children}
      </main>
      {status !== undefined && <footer class="shell-status">{status}</footer>}
      <Help
        open={help}
        keys={[...keys, ...own]}
        onClose={() => {
          setHelp(false);
        }}
      />
      <Tooltips />
    </div>
  );
}

/** The handshake in three strokes. */
function Mark() {
  return (
    <svg class="shell-mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d="M4 3v18M20 3v18" class="shell-mark-ends" />
      <path d="M4 6l16 3M20 11L4 14M4 16.5l16 3" class="shell-mark-arrows" />
    </svg>
  );
}
