import { TRANSITIONS, type Transition } from '../../../src/tcp/states';
import type { Place } from './layout';
import type { StateTexts } from './texts';
import { arrowOf } from './trail';

/** The transitions behind an arrow: one, but for the abrupt ends, where several events lead the same way. */
function transitionsOf(name: string): readonly Transition[] {
  return TRANSITIONS.filter((each) => arrowOf(each) === name);
}

/** What stands beside an arrow: event and action as Figure 5 writes them. `undefined`: no RFC has it. */
export function arrowTexts(name: string): { event: string; action: string; source: string } | undefined {
  const [first, ...others] = transitionsOf(name);
  if (first === undefined) return undefined;
  return {
    event: [first, ...others].map(({ event }) => event).join(' / '),
    action: first.action,
    source: first.source,
  };
}

/** An arrow in words: from where to where, what takes it, and what is sent. */
export function describeArrow(name: string, texts: StateTexts): string {
  const [from, to] = name.split(/[>!]/);
  const transitions = transitionsOf(name);
  const ways = transitions.map(({ event }) => texts.events[event] ?? event).join(' / ');
  const action = transitions[0]?.action;
  const said = action === undefined ? texts.outside : `${ways}: ${texts.actions[action] ?? action}.`;
  return `${from} → ${to}: ${said}`;
}

export function describeState(place: Place, texts: StateTexts): { title: string; means: string; waits: string } {
  const state = place === 'CLOSED again' ? 'CLOSED' : place;
  return { title: state, ...texts.states[state] };
}
