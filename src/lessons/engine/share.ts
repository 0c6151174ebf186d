import { CALLS, formatFrameId, parseFrameId, type Action, type Call, type Value } from './action';
import type { Lesson } from './lesson';
import { allows, type Setting } from './settings';

/** What a link says: a lesson, a seed, and what the reader has changed. */
export interface Shared {
  readonly lesson: Lesson;
  readonly seed: number;
  readonly actions: readonly Action[];
}

/** Why a link cannot be followed. `part` is what is not understood, shortened. */
export interface BadLink {
  readonly problem: 'version' | 'lesson' | 'seed' | 'action' | 'too-long';
  readonly part: string;
}

const VERSION = '1';
const MOST_ACTIONS = 100;
const LONGEST = 8000;
const LARGEST_SEED = 2 ** 32 - 1;
/** An hour in µs: no lesson is longer. */
const LONGEST_TIME = 3_600_000_000;

/** The part of a URL after `#` that brings somebody else to the same run. Nothing in it needs escaping. */
export function encodeLink(lesson: Lesson, seed: number, actions: readonly Action[]): string {
  const parts = [VERSION, lesson.id, String(seed)];
  if (actions.length > 0) parts.push(actions.map(encodeAction).join(','));
  return parts.join('/');
}

/** Reads what {@link encodeLink} has written, with or without `#`. Never throws. */
export function decodeLink(text: string, lessons: readonly Lesson[]): Shared | BadLink {
  if (text.length > LONGEST) return bad('too-long', text);
  const [version = '', id = '', seedText = '', actionsText = '', ...rest] = unescaped(text.replace(/^#/, '')).split(
    '/',
  );
  if (version !== VERSION) return bad('version', version);
  const lesson = lessons.find((each) => each.id === id);
  if (lesson === undefined) return bad('lesson', id);
  const seed = seedText === '' ? (lesson.seed ?? 1) : whole(seedText, LARGEST_SEED);
  if (seed === undefined) return bad('seed', seedText);
  if (rest.length > 0) return bad('action', rest.join('/'));
  const texts = actionsText === '' ? [] : actionsText.split(',');
  if (texts.length > MOST_ACTIONS) return bad('too-long', actionsText);
  const actions: Action[] = [];
  for (const each of texts) {
    const action = decodeAction(each, lesson);
    if (action === undefined) return bad('action', each);
    actions.push(action);
  }
  return { lesson, seed, actions };
}

/** Whether a link was understood. */
export function isBadLink(link: Shared | BadLink): link is BadLink {
  return 'problem' in link;
}

function encodeAction(action: Action): string {
  switch (action.type) {
    case 'drop':
    case 'copy':
      return `${action.type}:${formatFrameId(action.frame)}`;
    case 'delay':
      return `delay:${formatFrameId(action.frame)}:${action.by}`;
    case 'set':
      return `set:${action.setting}:${action.value}`;
    case 'do': {
      const { at, host, call, amount } = action;
      return ['do', at, host, call, ...(amount === undefined ? [] : [amount])].join(':');
    }
  }
}

function decodeAction(text: string, lesson: Lesson): Action | undefined {
  const [type, ...words] = text.split(':');
  const [first = '', second = '', third = '', fourth] = words;
  switch (type) {
    case 'drop':
    case 'copy': {
      const frame = parseFrameId(first);
      return frame === undefined || words.length !== 1 ? undefined : { type, frame };
    }
    case 'delay': {
      const frame = parseFrameId(first);
      const by = whole(second, LONGEST_TIME);
      return frame === undefined || by === undefined || words.length !== 2 ? undefined : { type, frame, by };
    }
    case 'set': {
      const setting = Object.hasOwn(lesson.settings, first) ? lesson.settings[first] : undefined;
      const value = setting === undefined ? undefined : valueOf(setting, second);
      return value === undefined || words.length !== 2 ? undefined : { type, setting: first, value };
    }
    case 'do': {
      const at = whole(first, LONGEST_TIME);
      const amount = fourth === undefined ? undefined : whole(fourth, 10_000_000);
      if (at === undefined || !/^[A-Z]$/.test(second) || !isCall(third) || words.length > 4) return undefined;
      if (fourth !== undefined && amount === undefined) return undefined;
      return { type, at, host: second, call: third, ...(amount !== undefined && { amount }) };
    }
    default:
      return undefined;
  }
}

function valueOf(setting: Setting, text: string): Value | undefined {
  const value =
    setting.kind === 'number' && /^-?\d+(\.\d+)?$/.test(text)
      ? Number(text)
      : setting.kind === 'switch' && (text === 'true' || text === 'false')
        ? text === 'true'
        : text;
  return allows(setting, value) ? value : undefined;
}

function isCall(text: string): text is Call {
  return (CALLS as readonly string[]).includes(text);
}

function whole(text: string, most: number): number | undefined {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= most ? value : undefined;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bad(problem: BadLink['problem'], part: string): BadLink {
  return { problem, part: part.slice(0, 60) };
}
