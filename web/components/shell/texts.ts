import type { Texts } from '../../lang';
import type { Theme } from './theme';

export const SHELL_TEXTS: Texts<{
  readonly skip: string;
  readonly language: string;
  readonly theme: string;
  readonly themes: Readonly<Record<Theme, string>>;
  readonly help: string;
  readonly keys: string;
  readonly glossary: string;
  readonly close: string;
  readonly resize: string;
  readonly dismiss: string;
}> = {
  en: {
    skip: 'Skip to the content',
    language: 'Language',
    theme: 'Light or dark',
    themes: { system: 'as the system', light: 'light', dark: 'dark' },
    help: 'Help',
    keys: 'Keys',
    glossary: 'Words',
    close: 'Close',
    resize: 'Width of the panes',
    dismiss: 'Got it, do not show again',
  },
  ko: {
    skip: '본문으로 건너뛰기',
    language: '언어',
    theme: '밝게 또는 어둡게',
    themes: { system: '시스템 설정', light: '밝게', dark: '어둡게' },
    help: '도움말',
    keys: '단축키',
    glossary: '용어',
    close: '닫기',
    resize: '패널 너비',
    dismiss: '알겠습니다. 다시 보지 않기',
  },
};
