import { describe, expect, test } from '@jest/globals';
import { LESSONS, Run, type Action } from '../../src/lessons';
import { act, copy, delay, drop, set } from '../../src/lessons';

const MS = 1000;

/** The ids of what a lesson says in a run with these changes, in order. */
function said(id: string, actions?: readonly Action[]): string[] {
  const lesson = LESSONS.find((each) => each.id === id);
  if (lesson === undefined) throw new Error(`there is no lesson ${id}`);
  return new Run(lesson, actions === undefined ? {} : { actions }).finish().beats.map(({ beat }) => beat.id);
}

/** What was once said where it is not true: lesson, the reader's changes, what must not be said, and what must. */
const UNTRUE: readonly [lesson: string, actions: readonly Action[] | undefined, never: string[], always: string[]][] = [
  ['congestion-control', undefined, ['unmoved'], ['reduced']],
  ['congestion-control', [set('algorithm', 'reno'), set('rate', 10)], ['unmoved', 'reduced'], ['waits']],
  ['congestion-control', [set('algorithm', 'bbr'), drop('L60')], ['reduced'], ['unmoved']],
  ['congestion-control', [set('queue', 10)], ['lost'], ['overflow']],
  ['fast-retransmit', [drop('L12')], ['lost'], ['lost-last', 'timeout']],
  ['sliding-window', [set('window', 30)], ['fills', 'rhythm'], ['all-out', 'done']],
  ['syn-flood', [set('rate', 0)], ['remembers'], ['redeemed']],
  ['syn-flood', [copy('R1')], ['cookie'], []],
  ['black-hole', [set('clamp', true)], ['large'], ['clamped', 'through']],
  ['black-hole', [set('icmp', true)], ['filtered'], ['router', 'told']],
  ['black-hole', [drop('R1')], ['suspects', 'router'], ['filtered']],
  ['slow-start', [drop('L3')], ['doubles'], ['learns', 'avoids']],
  ['lost-syn', [drop('L1'), act(30 * MS, 'A', 'abort')], ['gives-up'], []],
  ['three-way-handshake', [act(0, 'A', 'abort')], ['closed'], []],
  ['lost-syn-ack', [drop('L1')], ['again', 'same'], ['answers']],
  ['lost-ack', [drop('L1')], ['b-asks', 'a-repeats'], ['agree']],
  ['lost-last-ack', undefined, ['gives-up'], ['closed', 'over']],
  ['retransmission', [copy('L1')], ['spurious'], ['measured']],
  ['simultaneous-open', [act(30 * MS, 'B', 'abort')], ['refused'], ['both']],
  ['four-way-close', [copy('R4')], ['fin-B'], ['fin-B-second']],
  ['time-wait', [act(50 * MS, 'A', 'abort')], ['forgot'], []],
  ['websocket', [drop('R5')], ['lost'], ['lost-frame']],
  ['websocket', [act(200 * MS, 'A', 'send', 100)], ['close-A', 'close-too-A', 'close-B'], ['no-frame', 'fin']],
  ['websocket', [act(200 * MS, 'B', 'send', 100)], ['fin', 'close-A'], ['no-frame']],
  ['fast-retransmit', [drop('L5'), drop('L12')], ['lost-more', 'sack-two'], ['lost', 'lost-last']],
  ['websocket-tls', [act(150 * MS, 'A', 'abort')], ['cut'], []],
  ['why-three', [delay('L1', 2000 * MS), copy('L1')], ['old-syn'], ['real-one']],
  ['isn', [delay('R1', 1500 * MS)], ['stuck'], []],
];

describe('nothing is said that is not so', () => {
  test.each(UNTRUE)('%s: %j', (lesson, actions, never, always) => {
    const all = said(lesson, actions);
    expect(all.filter((id) => never.includes(id))).toEqual([]);
    expect(always.filter((id) => !all.includes(id))).toEqual([]);
  });
});
