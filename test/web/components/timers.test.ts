import { describe, expect, test } from '@jest/globals';
import { TIMER_NAMES, type TimerName } from '../../../src/tcp/timers';
import { FADES, nextTimers, remaining, type ShownTimer } from '../../../web/components/timers/clocks';
import { TIMERS_TEXTS } from '../../../web/components/timers/texts';

const set = (...timers: [TimerName, number][]): ReadonlyMap<TimerName, number> => new Map(timers);

test('every timer has its words in both languages', () => {
  for (const texts of Object.values(TIMERS_TEXTS))
    for (const name of TIMER_NAMES) expect(texts.timers[name].means.length).toBeGreaterThan(15);
});

describe('the timers that are shown', () => {
  const begun = nextTimers([], set(['retransmission', 1200], ['delayed-ack', 1040]), 1000);
  const first = (timers: readonly ShownTimer[]): ShownTimer => {
    const [timer] = timers;
    if (timer === undefined) throw new Error('no timer is shown');
    return timer;
  };

  test('stand in the order in which they go off, and shrink', () => {
    expect(begun.map(({ name }) => name)).toEqual(['delayed-ack', 'retransmission']);
    expect([1000, 1020, 1040, 2000].map((now) => remaining(first(begun), now))).toEqual([1, 0.5, 0, 0]);
  });

  test('keep when they began as long as the deadline stays, and begin anew when it moves', () => {
    const later = nextTimers(begun, set(['retransmission', 1200], ['delayed-ack', 1090]), 1050);
    expect(later.map(({ since }) => since)).toEqual([1050, 1000]);
  });

  test('that vanish are told as gone off or taken back, and fade', () => {
    const after = nextTimers(begun, set(), 1100);
    expect(after.map(({ name, ended }) => `${name} ${ended?.how ?? ''}`)).toEqual([
      'delayed-ack fired',
      'retransmission cleared',
    ]);
    // The stack's word goes before the guess: a delayed ACK is taken back late, a retransmission goes off.
    const told = nextTimers(begun, set(), 1300, new Map([['retransmission', 1201]]));
    expect(told.map(({ name, ended }) => `${name} ${ended?.how ?? ''}`)).toEqual([
      'delayed-ack cleared',
      'retransmission fired',
    ]);
    expect(nextTimers(after, set(), 1100 + FADES - 1)).toHaveLength(2);
    expect(nextTimers(after, set(), 1100 + FADES)).toHaveLength(0);
    const again = nextTimers(after, set(['delayed-ack', 1300]), 1200);
    expect(again.filter(({ name }) => name === 'delayed-ack')).toEqual([
      { name: 'delayed-ack', deadline: 1300, since: 1200, ended: undefined },
    ]);
  });
});
