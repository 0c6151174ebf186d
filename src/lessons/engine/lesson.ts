import type { Action, Value } from './action';
import type { Claim } from './claims';
import type { Beat } from './moment';
import { allows, type Setting, type Settings, type Values } from './settings';
import type { GlossaryWord, Texts } from './text';
import type { Setup, World } from './world';

export const GROUPS = ['opening', 'closing', 'losses', 'flow', 'congestion', 'trouble', 'websocket'] as const;
export type Group = (typeof GROUPS)[number];

/** Pictures that stand beside the ladder. */
export const PANELS = ['states', 'windows', 'plots', 'timers', 'segment'] as const;
export type Panel = (typeof PANELS)[number];

/** Something to try: actions, what to look at, and what must come of it. */
export interface Suggestion {
  /** Unique in its lesson. */
  readonly id: string;
  readonly title: Texts;
  /** What to look at. */
  readonly look: Texts;
  /** All of them: those of the lesson are not added. */
  readonly actions: readonly Action[];
  /** Instead of the lesson's. */
  readonly seed?: number;
  readonly claims: readonly Claim[];
}

interface Plain {
  /** Letters, digits and `-`; unique. It stands in links. */
  readonly id: string;
  readonly group: Group;
  readonly title: Texts;
  /** One sentence. */
  readonly summary: Texts;
  /** What the reader can say afterwards. */
  readonly goal: Texts;
  /** `RFC 9293 §3.5`, in the order of weight. */
  readonly rfc: readonly string[];
  readonly glossary: readonly GlossaryWord[];
  /** The pictures in which there is something to see, in the order of weight. Default: those that a page shows for any lesson. */
  readonly panels?: readonly Panel[];
  /** Default 1. */
  readonly seed?: number;
  /** What is changed from the start: the loss that the lesson is about. The reader can take it back. Default nothing. */
  readonly actions?: readonly Action[];
  readonly beats: readonly Beat[];
  /** What holds at the end of a run as the lesson has it. */
  readonly claims: readonly Claim[];
  readonly suggestions: readonly Suggestion[];
}

interface LessonOf<S extends Settings> extends Plain {
  readonly settings: S;
  /** The hosts and wires. Default: A and B, and a wire of 20 ms. */
  readonly setup?: (settings: Values<S>) => Setup;
  /** What the programs do, and when. */
  readonly script: (world: World, settings: Values<S>) => void;
}

/** A lesson: what two programs say to each other over the real stack, and what there is to see in it. */
export interface Lesson extends Plain {
  readonly settings: Settings;
  readonly setup: (settings: Readonly<Record<string, Value>>) => Setup;
  readonly script: (world: World, settings: Readonly<Record<string, Value>>) => void;
}

/** Makes a lesson; its settings give `setup` and `script` their types. */
export function defineLesson<const S extends Readonly<Record<string, Setting>>>(lesson: LessonOf<S>): Lesson {
  const { setup, script } = lesson;
  // `settingsOf` has checked that each value is one of its setting's.
  return {
    ...lesson,
    setup: (settings) => setup?.(settings as Values<S>) ?? {},
    script: (world, settings) => {
      script(world, settings as Values<S>);
    },
  };
}

/** The values of a lesson's settings: as they are at first, and as `set` actions that can be change them. */
export function settingsOf(lesson: Lesson, actions: readonly Action[]): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const [name, setting] of Object.entries(lesson.settings)) values[name] = setting.initial;
  for (const action of actions) {
    if (action.type !== 'set') continue;
    const setting = Object.hasOwn(lesson.settings, action.setting) ? lesson.settings[action.setting] : undefined;
    if (setting !== undefined && allows(setting, action.value)) values[action.setting] = action.value;
  }
  return values;
}
