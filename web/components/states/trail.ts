import type { Step } from '../../../src/inspect/record/connection-record';
import {
  FIGURE_5_TRANSITIONS,
  TEXT_TRANSITIONS,
  TRANSITIONS,
  type State,
  type Transition,
} from '../../../src/tcp/states';

/** One arrow that an end took. */
export interface Hop {
  /** Counts the steps of the path from 1. Two hops have the same number when both were taken at one moment. */
  readonly order: number;
  /** µs */
  readonly time: number;
  readonly from: State;
  readonly to: State;
  /** The RFC's transition; `undefined`: the RFC has none, and it was only seen so from outside. */
  readonly transition: Transition | undefined;
  /** What took it, where that is known; of the other end's abrupt end it is not. */
  readonly event: string | undefined;
}

/** A transition's name among the arrows. `!`: an abrupt end (RST, ABORT, time-out), which Figure 5 does not draw. */
export function arrowOf({ from, to, event }: Pick<Transition, 'from' | 'to' | 'event'>): string {
  const drawn = FIGURE_5_TRANSITIONS.some((each) => each.from === from && each.to === to && each.event === event);
  const abrupt = to === 'CLOSED' && !drawn;
  return `${from}${abrupt ? '!' : '>'}${to}`;
}

/**
 * The arrows that an end took. What is seen of the other end may skip states (a FIN that also acknowledges ours goes through CLOSE-WAIT
 * to LAST-ACK at once): the states between are filled in. It may also be taken back (it has not heard us after all): then so is the way.
 */
export function trail(steps: readonly Step[]): Hop[] {
  const hops: Hop[] = [];
  let order = 0;
  for (const { from = startFor(steps, hops), to, time, event } of steps) {
    if (to === undefined || from === undefined || from === to) continue;
    const direct = transitionOf(from, to, event);
    if (direct === undefined) {
      const back = hops.map((hop) => hop.to).lastIndexOf(to);
      if (back >= 0) {
        hops.splice(back + 1);
        order = hops.at(-1)?.order ?? 0;
        continue;
      }
    }
    order += 1;
    const way = direct === undefined ? between(from, to) : [direct];
    if (way === undefined) hops.push({ order, time, from, to, transition: undefined, event });
    else
      for (const each of way)
        hops.push({ order, time, from: each.from, to: each.to, transition: each, event: eventOf(each, event) });
  }
  return hops;
}

function eventOf(transition: Transition, told: string | undefined): string | undefined {
  if (told === transition.event) return told;
  return arrowOf(transition).includes('!') ? undefined : transition.event;
}

/** Where a path begins of which only what follows was seen: who calls was CLOSED before, who answers waited in LISTEN. */
function startFor(steps: readonly Step[], hops: readonly Hop[]): State | undefined {
  if (hops.length > 0) return undefined;
  const first = steps[0]?.to;
  if (first === 'SYN-SENT' || first === 'LISTEN') return 'CLOSED';
  return first === 'SYN-RECEIVED' ? 'LISTEN' : undefined;
}

function transitionOf(from: State, to: State, event: string | undefined): Transition | undefined {
  const all = TRANSITIONS.filter((each) => each.from === from && each.to === to);
  const named = all.find((each) => each.event === event);
  if (named !== undefined) return named;
  // Who goes to CLOSED from where the figure has an arrow for CLOSE, without our knowing of a CLOSE, was reset.
  const reset = to === 'CLOSED' && (from === 'LISTEN' || from === 'SYN-SENT');
  return (
    (reset ? TEXT_TRANSITIONS.find((each) => each.from === from && each.event === 'rcv RST') : undefined) ?? all[0]
  );
}

/** The shortest way of Figure 5 that does not pass CLOSED, at most three arrows. */
function between(from: State, to: State): Transition[] | undefined {
  let ways: Transition[][] = [[]];
  for (let length = 1; length <= 3; length++) {
    ways = ways.flatMap((way) =>
      FIGURE_5_TRANSITIONS.filter(
        (each) =>
          each.from === (way.at(-1)?.to ?? from) &&
          (way.length === 0 || each.from !== 'CLOSED') &&
          each.event !== 'SEND' &&
          each.event !== 'rcv RST',
      ).map((each) => [...way, each]),
    );
    const found = ways.find((way) => way.at(-1)?.to === to);
    if (found !== undefined) return found;
  }
  return undefined;
}
