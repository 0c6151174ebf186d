import type { ConnectionRecord, End } from '../../src/inspect';
import type { State } from '../../src/tcp/states';
import { deliveryOf, type Action, type Lesson, type Run } from '../../src/lessons';

/** How a run ended, in what a reader would compare. */
export interface Outcome {
  readonly states: Readonly<Record<string, readonly State[]>>;
  /** Segments sent, those of nobody not counted. */
  readonly sent: number;
  readonly lost: number;
  readonly again: number;
  /** µs until the last segment or the last change of state. */
  readonly lasted: number;
  /** Bytes said by the program on a host, and how many of them the other has read. */
  readonly delivered: Readonly<Record<string, { readonly said: number; readonly heard: number }>>;
}

/** @param run at its end */
export function outcomeOf(run: Run): Outcome {
  const states: Record<string, readonly State[]> = {};
  const delivered: Record<string, { said: number; heard: number }> = {};
  for (const name of run.world.hosts.keys()) {
    states[name] = statesOf(run, name);
    const delivery = deliveryOf(run, name);
    if (delivery !== undefined) delivered[name] = { said: delivery.said, heard: delivery.heard };
  }
  const sent = run.moments.filter(({ kind }) => kind === 'sent');
  const last = run.moments.filter(({ kind }) => kind !== 'beat' && kind !== 'call').at(-1);
  return {
    states,
    sent: sent.length,
    lost: run.moments.filter(({ kind }) => kind === 'lost').length,
    again: sent.filter((moment) => moment.kind === 'sent' && moment.row.reading.again).length,
    lasted: last?.time ?? 0,
    delivered,
  };
}

/** The states of all of a host's ends of connections, oldest first; LISTEN or CLOSED when it has had none. */
export function statesOf(run: Run, host: string): readonly State[] {
  const { records } = run.host(host);
  if (records.length === 0) return [run.state(host) ?? 'CLOSED'];
  return records.map(({ state }) => state ?? 'CLOSED');
}

/** The records of a host's connections over one of its wires, oldest first. */
export function recordsAt(run: Run, wire: number, end: End): readonly ConnectionRecord[] {
  const host = run.timelines[wire]?.hosts[end];
  const address = run.world.wires[wire]?.addresses[end];
  return host === undefined ? [] : run.host(host).records.filter(({ id }) => id.local.address === address);
}

/** The states of a host's ends of connections over one of its wires, oldest first; LISTEN or CLOSED when it has had none. */
export function statesAt(run: Run, wire: number, end: End): readonly State[] {
  const records = recordsAt(run, wire, end);
  if (records.length > 0) return records.map(({ state }) => state ?? 'CLOSED');
  const host = run.timelines[wire]?.hosts[end];
  const listens = host !== undefined && run.host(host).stack.tcp.listeners().length > 0;
  // With several wires, who is called on one calls on the next.
  return [listens && (end === 'right' || run.timelines.length === 1) ? 'LISTEN' : 'CLOSED'];
}

/** Whether two lists of actions are the same, in any order. */
export function isSame(one: readonly Action[], other: readonly Action[]): boolean {
  const texts = (actions: readonly Action[]): string =>
    actions
      .map((each) => JSON.stringify(each))
      .sort()
      .join();
  return texts(one) === texts(other);
}

/** The lesson's own set of actions or that of a suggestion, if the reader has changed nothing beside it. */
export function experimentOf(lesson: Lesson, seed: number, actions: readonly Action[]): string | undefined {
  const own = lesson.seed ?? 1;
  if (seed === own && isSame(actions, lesson.actions ?? [])) return '';
  return lesson.suggestions.find((each) => (each.seed ?? own) === seed && isSame(actions, each.actions))?.id;
}
