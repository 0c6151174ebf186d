import type { Lang } from '../../src/inspect';
import type { State } from '../../src/tcp/states';
import { timeText } from '../components/plots/units';
import type { Outcome } from './outcome';

interface ComparedTexts {
  readonly same: (states: string) => string;
  readonly other: (states: string, usual: string) => string;
  readonly is: (host: string, state: string) => string;
  readonly joined: (parts: readonly string[]) => string;
  readonly counted: (segments: number, usual: number, again: number, lost: number) => string;
  readonly lasted: (time: string, usual: string) => string;
  readonly missing: (host: string, said: number, heard: number) => string;
}

const TEXTS: Readonly<Record<Lang, ComparedTexts>> = {
  en: {
    same: (states) => `In the end ${states}, as without your change.`,
    other: (states, usual) => `In the end ${states}. Without your change: ${usual}.`,
    is: (host, state) => `${host} is ${state}`,
    joined: (parts) =>
      parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`,
    counted: (segments, usual, again, lost) =>
      (segments === usual
        ? `It took ${segments} segments, as many as without it`
        : `It took ${segments} segments instead of ${usual}`) +
      `${lost === 0 ? '; none was lost' : `; ${lost} ${lost === 1 ? 'was' : 'were'} lost`}${again === 0 ? '' : `, ${again} sent again`}.`,
    lasted: (time, usual) => `It was over after ${time} instead of ${usual}.`,
    missing: (host, said, heard) => `Of ${said} bytes that ${host} said, ${heard} were heard.`,
  },
  ko: {
    same: (states) => `마지막 상태는 바꾸기 전과 같습니다: ${states}.`,
    other: (states, usual) => `마지막 상태: ${states}. 바꾸기 전에는 ${usual}.`,
    is: (host, state) => `${host}는 ${state}`,
    joined: (parts) => parts.join(', '),
    counted: (segments, usual, again, lost) =>
      (segments === usual
        ? `세그먼트는 그대로 ${segments}개입니다`
        : `세그먼트는 ${usual}개가 아니라 ${segments}개입니다`) +
      `${lost === 0 ? '. 사라진 것은 없습니다' : `. 그중 ${lost}개가 사라졌습니다`}${again === 0 ? '' : `. ${again}개는 다시 보낸 것입니다`}.`,
    lasted: (time, usual) => `${usual}가 아니라 ${time} 만에 끝났습니다.`,
    missing: (host, said, heard) => `${host}가 말한 ${said}바이트 중 ${heard}바이트가 전해졌습니다.`,
  },
};

/** How a run ended, beside how it ends without the reader's changes, in a few plain sentences. */
export function compared(now: Outcome, usual: Outcome, lang: Lang): string[] {
  const texts = TEXTS[lang];
  const states = ({ states: all }: Outcome): string =>
    texts.joined(Object.entries(all).map(([host, each]) => texts.is(host, stateText(each))));
  const sentences = [
    states(now) === states(usual) ? texts.same(states(now)) : texts.other(states(now), states(usual)),
    texts.counted(now.sent, usual.sent, now.again, now.lost),
  ];
  if (timeText(now.lasted, lang) !== timeText(usual.lasted, lang))
    sentences.push(texts.lasted(timeText(now.lasted, lang), timeText(usual.lasted, lang)));
  for (const [host, { said, heard }] of Object.entries(now.delivered)) {
    const before = usual.delivered[host];
    if (heard < said && (before === undefined || before.said - before.heard !== said - heard))
      sentences.push(texts.missing(host, said, heard));
  }
  return sentences;
}

/** Connections after which a host's are not named one by one. */
const MOST_NAMED = 4;

/** The states of a host's connections; of many, how many are in each: `8 × CLOSED + ESTABLISHED`. */
export function stateText(states: readonly State[]): string {
  if (states.length <= MOST_NAMED) return states.join(' + ');
  return [...new Set(states)]
    .map((state) => {
      const count = states.filter((each) => each === state).length;
      return count === 1 ? state : `${count} × ${state}`;
    })
    .join(' + ');
}
