/**
 * What lessons are made of: hosts with the real stack, wires on which each frame can be touched, and what is said beside them.
 *
 * To write a lesson: `defineLesson({ … })` in `src/lessons/GROUP/ID.ts`, and its place in `LESSONS` (`src/lessons/index.ts`).
 * - `setup(settings)` → {@link Setup}: hosts, wires (delay, rate, queue, loss), TCP's options. Without it: A (client, left, 10.0.0.1) and
 *   B (server, right, 10.0.0.2) with 20 ms between them.
 * - `script(world, settings)`: the programs. `world.b.listen(80, (talk) => …)`, `world.a.connect(world.b, 80)`, both with {@link Talk}s
 *   (`send`, `close`, `abort`, `pause`, `read`, `onData`, `onEnd`, …); `world.at(µs, () => …)`; `world.inject` for a segment from nobody;
 *   `host.crash()`. Where A only calls: `aCallsB((client) => …)`.
 * - `beats`: what is said, each with its condition ({@link when}), once in a run.
 * - `actions`: what is changed from the start, such as the loss that the lesson is about; `suggestions`: other sets of actions to try
 *   (`drop('L1')`, `delay('R2', µs)`, `copy('L3')`, `set('nagle', false)`, `act(µs, 'B', 'crash')`); in L1, R2 the frames of the left and right end
 *   are counted from 1.
 * - `claims`: what is so at the end (`ends`, `passes`, `sends`, `resends`, `delivers`, …, or `claim(texts, (run) => …)`), shown and tested.
 *
 * To show one: `new Run(lesson, { seed, actions })`, then `step()`, `advanceTo(µs)`, `finish()`; `run.timeline.rows` is the ladder,
 * `run.beats` what was said, `run.underWay()` and `run.position(frame)` what is on the wire, `run.record('A')` all about an end's connection;
 * `run.again({ time })` goes back. `encodeLink` and `decodeLink` are the part of a URL behind `#`.
 */
export * from './action';
export * from './claims';
export type { Ghost } from './ghost';
export type { Host } from './host';
export {
  defineLesson,
  GROUPS,
  PANELS,
  settingsOf,
  type Group,
  type Lesson,
  type Panel,
  type Suggestion,
} from './lesson';
export { when, type Beat, type Condition, type Like, type Moment, type MomentKind } from './moment';
export { Run, type RunOptions, type SaidBeat } from './run';
export { allows, amount, choice, toggle, type Setting, type Settings, type Values } from './settings';
export { aCallsB } from './script';
export { decodeLink, encodeLink, isBadLink, type BadLink, type Shared } from './share';
export type { Talk } from './talk';
export { letters, MILLISECOND, SECOND, type GlossaryWord, type Texts } from './text';
export type { Timeline } from './timeline';
export type { Fate, Frame, LossCause, Wire, WireOptions } from './wire';
export type { Setup, World } from './world';
