import { describe, expect, test } from '@jest/globals';
import type { Scheduled } from '../../src/clock/clock';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { survivors } from './garbage';

describe('schedule', () => {
  test('nothing runs until time is moved, and then at its own time', () => {
    const clock = new VirtualClock();
    const ran: [string, number][] = [];
    clock.schedule(30, () => ran.push(['c', clock.now()]));
    clock.schedule(10, () => ran.push(['a', clock.now()]));
    clock.schedule(20, () => ran.push(['b', clock.now()]));
    expect(ran).toEqual([]);
    clock.advanceTo(20);
    expect(ran).toEqual([
      ['a', 10],
      ['b', 20],
    ]);
    expect(clock.now()).toBe(20);
    clock.advanceBy(15);
    expect(ran[2]).toEqual(['c', 30]);
    expect(clock.now()).toBe(35);
  });

  test('callbacks due at the same time run in the order in which they were scheduled, overdue ones last', () => {
    const clock = new VirtualClock(100);
    const ran: number[] = [];
    for (let i = 0; i < 50; i++) clock.schedule(100, () => ran.push(i));
    clock.schedule(3, () => ran.push(50));
    clock.advanceTo(100);
    expect(ran).toEqual(Array.from({ length: 51 }, (_, i) => i));
  });

  test('a cancelled callback does not run; cancelling again or after it ran is harmless', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const kept = clock.schedule(5, () => ran.push('kept'));
    const cancelled = clock.schedule(5, () => ran.push('cancelled'));
    cancelled.cancel();
    cancelled.cancel();
    expect(clock.size).toBe(1);
    clock.advanceTo(10);
    kept.cancel();
    expect(ran).toEqual(['kept']);
    expect(clock.size).toBe(0);
  });

  test('a callback can cancel another that is due at the same time', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.schedule(5, () => {
      ran.push('first');
      second.cancel();
    });
    const second = clock.schedule(5, () => ran.push('second'));
    clock.advanceTo(5);
    expect(ran).toEqual(['first']);
  });

  test('part of a µs counts as a whole one, and what is not a time is refused', () => {
    const clock = new VirtualClock();
    clock.schedule(1.25, () => undefined);
    expect(clock.nextDeadline()).toBe(2);
    expect(() => clock.schedule(NaN, () => undefined)).toThrow(RangeError);
    expect(() => clock.schedule(Infinity, () => undefined)).toThrow('cannot schedule a callback at Infinity µs');
    expect(clock.size).toBe(1);
  });

  test('nextDeadline is exact, also after cancellations', () => {
    const clock = new VirtualClock();
    expect(clock.nextDeadline()).toBeUndefined();
    const late = clock.schedule(1_000_000, () => undefined);
    const early = clock.schedule(999_999, () => undefined);
    expect(clock.nextDeadline()).toBe(999_999);
    early.cancel();
    expect(clock.nextDeadline()).toBe(1_000_000);
    late.cancel();
    expect(clock.nextDeadline()).toBeUndefined();
  });

  test('neither the queue nor the handle keeps what was cancelled or has run', async () => {
    const clock = new VirtualClock();
    const handles: Scheduled[] = [];
    clock.schedule(2000, () => undefined);
    const kept = await survivors(100, (index) => {
      const used = { index };
      const handle = clock.schedule(1000 + index, () => used.index++);
      handles.push(handle);
      if (index % 2 === 0) handle.cancel();
      else clock.advanceTo(1000 + index);
      return used;
    });
    expect(kept).toBe(0);
    expect(handles).toHaveLength(100);
  });
});

describe('turn', () => {
  test('what is due by now has run when the outermost turn returns, and not before', () => {
    const clock = new VirtualClock(7);
    const ran: string[] = [];
    const result = clock.turn(() => {
      clock.schedule(7, () => {
        ran.push('due');
        clock.schedule(7, () => ran.push('due to that'));
        clock.turn(() => clock.schedule(0, () => ran.push('overdue')));
        ran.push('end of due');
      });
      clock.schedule(8, () => ran.push('later'));
      clock.turn(() => ran.push('nested'));
      ran.push('end of turn');
      return 'result';
    });
    expect(result).toBe('result');
    expect(ran).toEqual(['nested', 'end of turn', 'due', 'end of due', 'due to that', 'overdue']);
    expect(clock.nextDeadline()).toBe(8);
  });

  test('time cannot be moved from inside one', () => {
    const clock = new VirtualClock();
    const move = [
      () => {
        clock.advanceTo(5);
      },
      () => {
        clock.advanceBy(5);
      },
      () => clock.run(),
    ];
    for (const attempt of move) {
      expect(() => {
        clock.turn(attempt);
      }).toThrow('cannot move the virtual clock from inside a turn');
      clock.schedule(0, attempt);
      expect(() => {
        clock.advanceTo(0);
      }).toThrow('cannot move the virtual clock from inside a turn');
    }
    expect(clock.now()).toBe(0);
    clock.advanceTo(5);
    expect(clock.now()).toBe(5);
  });

  test('when the work throws, what was due runs all the same', () => {
    const clock = new VirtualClock();
    let ran = 0;
    const turn = (): void => {
      clock.turn(() => {
        clock.schedule(0, () => ran++);
        throw new Error('in the work');
      });
    };
    expect(turn).toThrow('in the work');
    expect(turn).toThrow('in the work');
    expect(ran).toBe(2);
  });
});

describe('a callback that throws', () => {
  test('is gone, time stands at its deadline, and the rest runs with the next call', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.schedule(10, () => ran.push('before'));
    clock.schedule(20, () => {
      throw new Error('at 20');
    });
    clock.schedule(20, () => ran.push('same time'));
    clock.schedule(30, () => ran.push('after'));
    expect(() => {
      clock.advanceTo(100);
    }).toThrow('at 20');
    expect(clock.now()).toBe(20);
    expect(ran).toEqual(['before']);
    clock.turn(() => undefined);
    expect(ran).toEqual(['before', 'same time']);
    clock.advanceTo(100);
    expect(ran).toEqual(['before', 'same time', 'after']);
    expect(clock.size).toBe(0);
  });
});

describe('advanceTo', () => {
  test('never goes back, and wants whole µs', () => {
    const clock = new VirtualClock(10);
    for (const time of [9, 10.5, NaN, Infinity]) {
      expect(() => {
        clock.advanceTo(time);
      }).toThrow(`cannot move the virtual clock from 10 µs to ${time} µs`);
    }
    expect(() => new VirtualClock(-1)).toThrow(RangeError);
    expect(() => new VirtualClock(0.5)).toThrow(RangeError);
    expect(clock.now()).toBe(10);
  });

  test('says so when time stands still because something schedules itself without a delay', () => {
    const clock = new VirtualClock();
    const again = (): void => {
      clock.schedule(clock.now(), again);
    };
    clock.schedule(5, again);
    expect(() => {
      clock.advanceTo(10);
    }).toThrow('virtual time stands still at 5 µs');
  });
});

describe('run', () => {
  const ticking = (): { clock: VirtualClock; ticks: number[] } => {
    const clock = new VirtualClock();
    const ticks: number[] = [];
    const tick = (): void => {
      ticks.push(clock.now());
      clock.schedule(clock.now() + 10, tick);
    };
    clock.schedule(10, tick);
    return { clock, ticks };
  };

  test('goes on until nothing is scheduled', () => {
    const clock = new VirtualClock();
    clock.schedule(5, () => clock.schedule(1_000_000_007, () => undefined));
    expect(clock.run()).toBe(1_000_000_007);
    expect(clock.size).toBe(0);
  });

  test('until a time: stands there when something is scheduled later, else at the last callback', () => {
    const { clock, ticks } = ticking();
    expect(clock.run({ until: 35 })).toBe(35);
    expect(ticks).toEqual([10, 20, 30]);
    const quiet = new VirtualClock();
    quiet.schedule(20, () => undefined);
    expect(quiet.run({ until: 35 })).toBe(20);
    expect(() => quiet.run({ until: 19 })).toThrow(RangeError);
    expect(() => quiet.run({ until: NaN })).toThrow(RangeError);
  });

  test('until something holds, asked before each step', () => {
    const { clock, ticks } = ticking();
    expect(clock.run({ until: () => ticks.length === 3 })).toBe(30);
    expect(clock.run({ until: () => true })).toBe(30);
  });

  test('gives up after `limit` steps, and only if a step is left', () => {
    const { clock, ticks } = ticking();
    expect(() => clock.run({ limit: 4 })).toThrow('the virtual clock ran 4 steps up to 40 µs');
    expect(ticks).toEqual([10, 20, 30, 40]);
    expect(clock.run({ limit: 2, until: 60 })).toBe(60);
    const quiet = new VirtualClock();
    quiet.schedule(1, () => undefined);
    expect(quiet.run({ limit: 1 })).toBe(1);
  });
});

describe('the asynchronous ways', () => {
  test('before each step Node runs what waits, and what follows from it happens at its time', async () => {
    const clock = new VirtualClock();
    const ran: [string, number][] = [];
    const note = (what: string): void => {
      ran.push([what, clock.now()]);
    };
    clock.schedule(10, () => {
      note('callback');
      void Promise.resolve().then(() => {
        note('microtask');
        setImmediate(() => {
          note('immediate');
          process.nextTick(() => {
            note('tick');
            clock.schedule(clock.now() + 5, () => {
              note('scheduled by it');
            });
          });
        });
      });
    });
    clock.schedule(100, () => {
      note('much later');
    });
    await clock.advanceToAsync(50);
    expect(ran).toEqual([
      ['callback', 10],
      ['microtask', 10],
      ['immediate', 10],
      ['tick', 10],
      ['scheduled by it', 15],
    ]);
    expect(clock.now()).toBe(50);
    await clock.advanceByAsync(50);
    expect(ran[5]).toEqual(['much later', 100]);
  });

  test('what waited before the call, and what the last step leads to, is done when the promise resolves', async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    setImmediate(() => {
      clock.schedule(10, () => {
        ran.push('at 10');
        setImmediate(() => ran.push('due to that'));
      });
    });
    await clock.advanceToAsync(10);
    expect(ran).toEqual(['at 10', 'due to that']);
  });

  test('work that goes on in many rounds of the event loop is waited for', async () => {
    const clock = new VirtualClock();
    let rounds = 0;
    const work = (): void => {
      clock.turn(() => rounds++);
      if (rounds < 100) setImmediate(work);
    };
    clock.schedule(10, () => setImmediate(work));
    clock.schedule(11, () => {
      expect(rounds).toBe(100);
    });
    expect(await clock.runAsync()).toBe(11);
    expect(rounds).toBe(100);
  });

  test('runAsync stops when its condition holds, and gives up after its limit', async () => {
    const clock = new VirtualClock();
    let ticks = 0;
    const tick = (): void => {
      ticks++;
      clock.schedule(clock.now() + 10, tick);
    };
    clock.schedule(10, tick);
    expect(await clock.runAsync({ until: () => ticks === 3 })).toBe(30);
    expect(await clock.runAsync({ until: 45 })).toBe(45);
    await expect(clock.runAsync({ limit: 5 })).rejects.toThrow('the virtual clock ran 5 steps');
  });

  test('a callback that throws rejects the promise', async () => {
    const clock = new VirtualClock();
    clock.schedule(10, () => {
      throw new Error('at 10');
    });
    await expect(clock.advanceToAsync(20)).rejects.toThrow('at 10');
    await expect(clock.advanceToAsync(5)).rejects.toThrow(RangeError);
    await clock.advanceToAsync(20);
    expect(clock.now()).toBe(20);
  });
});
