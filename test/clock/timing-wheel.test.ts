import { describe, expect, test } from '@jest/globals';
import type { Clock, Scheduled } from '../../src/clock/clock';
import { Timer, TimingWheel } from '../../src/clock/timing-wheel';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { Random } from '../../src/random';
import { survivors } from './garbage';

function setUp(start = 0): {
  clock: VirtualClock;
  wheel: TimingWheel;
  fired: string[];
  timer: (name: string) => Timer;
} {
  const clock = new VirtualClock(start);
  const fired: string[] = [];
  const timer = (name: string): Timer => new Timer((now) => fired.push(`${name} at ${now}`));
  return { clock, wheel: new TimingWheel(clock), fired, timer };
}

/** A clock that rounds each wake-up up to the next millisecond, and counts how often it is asked for one. */
class CoarseClock implements Clock {
  readonly resolution = 1000;
  asked = 0;
  constructor(readonly time: VirtualClock) {}
  now(): number {
    return this.time.now();
  }
  schedule(at: number, callback: () => void): Scheduled {
    this.asked++;
    return this.time.schedule(Math.ceil(Math.max(at, this.now()) / 1000) * 1000, callback);
  }
  turn<T>(work: () => T): T {
    return work();
  }
}

describe('a timer', () => {
  test('goes off once, at its deadline', () => {
    const { clock, wheel, fired, timer } = setUp();
    const one = timer('one');
    wheel.set(one, 1_000_000);
    expect([one.pending, one.deadline, wheel.size]).toEqual([true, 1_000_000, 1]);
    clock.advanceTo(999_999);
    expect(fired).toEqual([]);
    clock.advanceTo(5_000_000);
    expect(fired).toEqual(['one at 1000000']);
    expect([one.pending, one.deadline, wheel.size]).toEqual([false, 1_000_000, 0]);
  });

  test('that is cleared does not go off; clearing it again is harmless', () => {
    const { clock, wheel, fired, timer } = setUp();
    const one = timer('one');
    wheel.clear(one);
    wheel.set(one, 10);
    wheel.clear(one);
    wheel.clear(one);
    expect([one.pending, wheel.size, clock.size]).toEqual([false, 0, 0]);
    clock.advanceTo(20);
    expect(fired).toEqual([]);
  });

  test('that is set again goes off at the new time only, be it earlier or later', () => {
    const { clock, wheel, fired, timer } = setUp();
    const one = timer('one');
    const two = timer('two');
    wheel.set(one, 10);
    wheel.set(one, 500);
    wheel.set(two, 500_000);
    wheel.set(two, 20);
    expect(wheel.size).toBe(2);
    clock.run();
    expect(fired).toEqual(['two at 20', 'one at 500']);
  });

  test('can set itself and others while it goes off', () => {
    const { clock, wheel, fired, timer } = setUp();
    const other = timer('other');
    let left = 3;
    const self = new Timer((now) => {
      fired.push(`self at ${now}`);
      if (--left > 0) wheel.set(self, now + 100);
      else wheel.set(other, now + 1);
    });
    wheel.set(self, 100);
    clock.run();
    expect(fired).toEqual(['self at 100', 'self at 200', 'self at 300', 'other at 301']);
  });

  test('can clear another that is due at the same time, and put a third off', () => {
    const { clock, wheel, fired, timer } = setUp();
    const [second, third, fourth] = [timer('second'), timer('third'), timer('fourth')];
    const first = new Timer(() => {
      expect([first.pending, second.pending]).toEqual([false, true]);
      wheel.clear(second);
      wheel.set(third, 60);
    });
    for (const each of [first, second, third, fourth]) wheel.set(each, 50);
    clock.advanceTo(50);
    expect(fired).toEqual(['fourth at 50']);
    expect([wheel.size, clock.nextDeadline()]).toEqual([1, 60]);
    clock.run();
    expect(fired).toEqual(['fourth at 50', 'third at 60']);
  });

  test('set for a time that has passed goes off at the next opportunity, never inside set', () => {
    const { clock, wheel, fired, timer } = setUp(1000);
    const late = timer('late');
    clock.turn(() => {
      wheel.set(late, 10);
      wheel.set(timer('before the start of time'), -5);
      expect(fired).toEqual([]);
    });
    expect(fired).toEqual(['before the start of time at 1000', 'late at 1000']);
  });

  test('set for now by one that goes off waits until all that were due have', () => {
    const { clock, wheel, fired, timer } = setUp();
    const extra = timer('extra');
    wheel.set(
      new Timer(() => {
        wheel.set(extra, 0);
      }),
      5,
    );
    wheel.set(timer('due'), 5);
    clock.advanceTo(5);
    expect(fired).toEqual(['due at 5', 'extra at 5']);
  });

  test('wants a time: a part of a µs counts as a whole one', () => {
    const { clock, wheel, timer } = setUp();
    const one = timer('one');
    wheel.set(one, 7.1);
    expect(clock.nextDeadline()).toBe(8);
    for (const deadline of [NaN, Infinity, 2 ** 53]) {
      expect(() => {
        wheel.set(one, deadline);
      }).toThrow(`cannot set a timer to ${deadline} µs`);
    }
    expect([one.deadline, wheel.size]).toEqual([8, 1]);
  });

  test('is not kept when it has been cleared or has gone off', async () => {
    const { clock, wheel } = setUp();
    // Enough of them that finer wheels come and go.
    const stays = Array.from({ length: 20 }, () => new Timer(() => undefined));
    for (const [index, timer] of stays.entries()) wheel.set(timer, 10_000_000 + index);
    const kept = await survivors(1000, (index) => {
      const timer = new Timer(() => undefined);
      wheel.set(timer, clock.now() + 1 + ((index * 7919) % 5000));
      if (index % 2 === 0) wheel.clear(timer);
      if (index === 999) clock.advanceBy(5001);
      return timer;
    });
    expect(kept).toBe(0);
    expect(wheel.size).toBe(20);
  });
});

describe('timers', () => {
  test('go off in the order of their deadlines, those with the same in the order in which they were set', () => {
    const { clock, wheel, fired, timer } = setUp();
    const deadlines = [40, 33, 1 << 20, 33, 0x1_0000_0000, 40, 32, 2 ** 48, 31, 33, 1 << 20, 2 ** 52, 32];
    deadlines.forEach((deadline, index) => {
      wheel.set(timer(`${index}`), deadline);
    });
    clock.run();
    const order = deadlines.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
    expect(fired).toEqual(order.map(({ at, index }) => `${index} at ${at}`));
  });

  test('that are due together go off in one run, and nothing else does', () => {
    const clock = new VirtualClock();
    const log: string[] = [];
    const wheel = new TimingWheel(clock, (work) => {
      log.push('(');
      work();
      log.push(')');
    });
    for (const at of [5, 5, 9, 5]) wheel.set(new Timer((now) => log.push(`${now}`)), at);
    const cleared = new Timer(() => log.push('cleared'));
    wheel.set(cleared, 7);
    wheel.clear(cleared);
    clock.run();
    expect(log.join(' ')).toBe('( 5 5 5 ) ( 9 )');
  });

  test('after one that throws go off with the next opportunity', () => {
    const { clock, wheel, fired, timer } = setUp();
    wheel.set(timer('before'), 10);
    wheel.set(
      new Timer(() => {
        throw new Error('at 10');
      }),
      10,
    );
    wheel.set(timer('after'), 10);
    wheel.set(timer('later'), 11);
    expect(() => {
      clock.advanceTo(20);
    }).toThrow('at 10');
    expect(fired).toEqual(['before at 10']);
    expect([wheel.size, clock.size]).toEqual([2, 1]);
    clock.advanceTo(20);
    expect(fired).toEqual(['before at 10', 'after at 10', 'later at 11']);
    expect([wheel.size, clock.size]).toEqual([0, 0]);
  });
});

describe('the wake-up', () => {
  test('is one, at exactly the next deadline, on a clock that tells each µs apart', () => {
    const { clock, wheel, timer } = setUp();
    const [a, b, c] = [timer('a'), timer('b'), timer('c')];
    const next = (): unknown => [clock.size, clock.nextDeadline()];
    wheel.set(a, 1_000_000);
    expect(next()).toEqual([1, 1_000_000]);
    wheel.set(b, 999_983);
    wheel.set(c, 1_000_001);
    expect(next()).toEqual([1, 999_983]);
    wheel.clear(b);
    expect(next()).toEqual([1, 1_000_000]);
    wheel.set(a, 2_000_000);
    expect(next()).toEqual([1, 1_000_001]);
    wheel.clear(c);
    expect(next()).toEqual([1, 2_000_000]);
    wheel.clear(a);
    expect(next()).toEqual([0, undefined]);
  });

  test('is not asked for anew on a coarse clock while the one that is set comes early enough', () => {
    const time = new VirtualClock();
    const clock = new CoarseClock(time);
    const wheel = new TimingWheel(clock);
    const fired: number[] = [];
    const timer = new Timer((now) => fired.push(now));
    const other = new Timer((now) => fired.push(now));
    wheel.set(other, 1_200_000);
    wheel.set(timer, 200_000);
    expect(clock.asked).toBe(2);
    // What a retransmission timer does all day: put off with each acknowledgment.
    for (let now = 10_000; now < 190_000; now += 10_000) {
      time.advanceTo(now);
      wheel.set(timer, now + 200_000);
    }
    expect(clock.asked).toBe(2);
    time.run();
    expect(fired).toEqual([380_000, 1_200_000]);
    expect(clock.asked).toBe(4);
    expect(time.size).toBe(0);
  });

  test('is taken back when no timer is left', () => {
    const time = new VirtualClock();
    const wheel = new TimingWheel(new CoarseClock(time));
    const timer = new Timer(() => undefined);
    wheel.set(timer, 200_000);
    wheel.set(timer, 400_000);
    expect([time.size, time.nextDeadline()]).toEqual([1, 200_000]);
    wheel.clear(timer);
    expect(time.size).toBe(0);
  });
});

describe('a hundred thousand timers', () => {
  /** How often a deadline was looked at: each step along a list of timers, and each spreading of one, looks at one. */
  let looks = 0;
  class WatchedTimer extends Timer {
    hidden = 0;
    constructor(fire: (now: number) => void) {
      super(fire);
      Object.defineProperty(this, 'at', watched);
    }
  }
  const watched: PropertyDescriptor & ThisType<WatchedTimer> = {
    get() {
      looks++;
      return this.hidden;
    },
    set(at: number) {
      this.hidden = at;
    },
  };

  /** How many looks each operation of a stack with `count` connections takes on average. */
  function cost(count: number): { set: number; restart: number; fire: number } {
    const clock = new VirtualClock();
    const wheel = new TimingWheel(clock);
    const random = new Random(count);
    let fired = 0;
    const fire = (): void => {
      fired++;
    };
    const deadlines = Array.from({ length: count }, () => 1_000_000 + random.below(60_000_000)).sort((a, b) => a - b);
    const timers = deadlines.map(() => new WatchedTimer(fire));
    const perTimer = (work: () => void): number => {
      looks = 0;
      work();
      return looks / count;
    };
    const result = {
      set: perTimer(() => {
        for (const [index, timer] of timers.entries()) wheel.set(timer, deadlines[index] ?? 0);
      }),
      // Each is put off while it is the next one, so that the next one has to be found each time.
      restart: perTimer(() => {
        for (const timer of timers) wheel.set(timer, timer.hidden + 60_000_000);
      }),
      fire: perTimer(() => {
        clock.run();
      }),
    };
    expect([fired, wheel.size, clock.size]).toEqual([count, 0, 0]);
    return result;
  }

  test('cost per operation what ten do', () => {
    const few = cost(10);
    for (const count of [1000, 100_000]) {
      const many = cost(count);
      expect(many.set).toBe(few.set);
      expect(many.restart).toBeLessThan(2 * few.restart);
      expect(many.fire).toBeLessThan(2 * few.fire);
    }
  });
});
