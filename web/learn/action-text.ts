import type { Lang } from '../../src/inspect';
import { flagNames } from '../../src/inspect/on-the-arrow';
import type { Action, Lesson, Run } from '../../src/lessons';
import type { Call, FrameId } from '../../src/lessons/engine/action';
import { timeText } from '../components/plots/units';
import type { Texts } from '../lang';

interface ActionTexts {
  readonly drop: (what: string) => string;
  readonly copy: (what: string) => string;
  readonly delay: (what: string, time: string) => string;
  readonly set: (label: string, value: string) => string;
  readonly on: string;
  readonly off: string;
  readonly call: (time: string, host: string, call: Call, amount: number) => string;
  readonly frame: (n: number, host: string, flags: string) => string;
}

const TEXTS: Texts<ActionTexts> = {
  en: {
    drop: (what) => `${what} is lost`,
    copy: (what) => `${what} arrives twice`,
    delay: (what, time) => `${what} is held up by ${time}`,
    set: (label, value) => `${label}: ${value}`,
    on: 'yes',
    off: 'no',
    call: (time, host, call, amount) =>
      `At ${time}, ${host} ${{ send: `says ${amount} bytes`, read: `reads ${amount} bytes`, close: 'hangs up', abort: 'cuts the connection off', crash: 'loses power' }[call]}`,
    frame: (n, host, flags) => `${host}’s segment no. ${n}${flags === '' ? '' : ` (${flags})`}`,
  },
  ko: {
    drop: (what) => `${what}: 사라짐`,
    copy: (what) => `${what}: 두 번 도착`,
    delay: (what, time) => `${what}: ${time} 늦춤`,
    set: (label, value) => `${label}: ${value}`,
    on: '예',
    off: '아니요',
    call: (time, host, call, amount) =>
      `${time}에 ${host}: ${{ send: `${amount}바이트 말하기`, read: `${amount}바이트 읽기`, close: '끊기', abort: '강제로 끊기', crash: '전원 꺼짐' }[call]}`,
    frame: (n, host, flags) => `${host}의 ${n}번째 세그먼트${flags === '' ? '' : `(${flags})`}`,
  },
};

/** A change in words; `run` tells what the segment is that it is about, if it has been sent. */
export function actionText(action: Action, lesson: Lesson, run: Run, lang: Lang): string {
  const texts = TEXTS[lang];
  switch (action.type) {
    case 'drop':
      return texts.drop(frameText(action.frame, run, texts));
    case 'copy':
      return texts.copy(frameText(action.frame, run, texts));
    case 'delay':
      return texts.delay(frameText(action.frame, run, texts), timeText(action.by, lang));
    case 'set': {
      const setting = lesson.settings[action.setting];
      const { value } = action;
      const plain = typeof value === 'boolean' ? (value ? texts.on : texts.off) : String(value);
      if (setting === undefined) return texts.set(action.setting, plain);
      const option = setting.kind === 'choice' ? setting.options[plain]?.[lang] : undefined;
      const unit = setting.kind === 'number' && setting.unit !== undefined ? ` ${setting.unit}` : '';
      return texts.set(setting.label[lang], option ?? `${plain}${unit}`);
    }
    case 'do':
      return texts.call(timeText(action.at, lang), action.host, action.call, action.amount ?? 100);
  }
}

function frameText({ wire, from, n }: FrameId, run: Run, texts: ActionTexts): string {
  const timeline = run.timelines[wire];
  const frame = run.world.wires[wire]?.frames.find(({ id }) => id?.from === from && id.n === n);
  const row = frame?.row === undefined ? undefined : timeline?.rows.at(frame.row);
  const flags = row?.kind === 'segment' ? flagNames(row.event.segment.flags) : '';
  return texts.frame(n, timeline?.hosts[from] ?? from, flags);
}
