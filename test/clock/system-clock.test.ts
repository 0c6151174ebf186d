import { describe, expect, test } from '@jest/globals';
import type { Host } from '../../src/clock/host';
import { SystemClock } from '../../src/clock/system-clock';

/** A host whose time and event loop move when told, and that notes what it is asked for. */
class ManualHost implements Host {
  time = 0;
  /** How much too early timers come, in ms. */
  early = 0;
  readonly asked: string[] = [];
  /** What arrives meanwhile. */
  io: () => void = () => undefined;
  #soon: (() => void)[] = [];
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  soon(callback: () => void): () => void {
    this.asked.push('soon');
    this.#soon.push(callback);
    return () => {
      this.#soon = this.#soon.filter((other) => other !== callback);
    };
  }

  later(delay: number, callback: () => void): () => void {
    this.asked.push(`${delay} ms`);
    const timer = { at: this.time + delay, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** One round of Node's event loop, at `time` (ms): timers that are due, then (after I/O) what waits for "soon" by then. */
  round(time: number): void {
    this.time = time;
    const due = this.#timers.filter(({ at }) => at - this.early <= time);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
    this.io();
    const soon = this.#soon;
    this.#soon = [];
    for (const callback of soon) callback();
  }

  get timers(): number {
    return this.#timers.length;
  }
}

describe('SystemClock', () => {
  test('tells the time in whole µs', () => {
    const host = new ManualHost();
    host.time = 1234.56789;
    expect(new SystemClock(host).now()).toBe(1_234_567);
  });

  test('waits with one system timer for the earliest callback', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const ran: string[] = [];
    clock.schedule(50_000, () => ran.push('50'));
    clock.schedule(70_000, () => ran.push('70'));
    clock.schedule(20_500, () => ran.push('20.5'));
    expect(host.asked).toEqual(['50 ms', '21 ms']);
    expect(host.timers).toBe(1);
    host.round(21);
    expect(ran).toEqual(['20.5']);
    host.round(71);
    expect(ran).toEqual(['20.5', '50', '70']);
    expect(host.timers).toBe(0);
  });

  test('keeps a system timer that comes early enough when the callback is cancelled or put off', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const ran: number[] = [];
    clock.schedule(50_000, () => ran.push(50)).cancel();
    for (let i = 60; i < 70; i++) clock.schedule(i * 1000, () => ran.push(i)).cancel();
    clock.schedule(80_000, () => ran.push(80));
    expect(host.asked).toEqual(['50 ms']);
    host.round(50);
    expect(ran).toEqual([]);
    expect(host.asked).toEqual(['50 ms', 'soon', '30 ms']);
    host.round(80);
    expect(ran).toEqual([80]);
  });

  test('lets what has arrived go before a callback that is due: it may be what the callback waits for', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const happened: string[] = [];
    const scheduled = clock.schedule(10_000, () => happened.push('time-out'));
    host.io = () => {
      happened.push('ACK');
      scheduled.cancel();
    };
    host.round(25);
    expect(happened).toEqual(['ACK']);
  });

  test('waits for less than a millisecond by coming back each round, and never runs a callback early', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const ran: number[] = [];
    clock.schedule(700, () => ran.push(clock.now()));
    host.round(0.3);
    host.round(0.6);
    expect(ran).toEqual([]);
    host.round(0.75);
    expect(ran).toEqual([750]);
    expect(host.asked).toEqual(['soon', 'soon', 'soon']);
  });

  test('waits on when a system timer comes early, as they do by a part of a millisecond', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const ran: number[] = [];
    clock.schedule(10_000, () => ran.push(clock.now()));
    host.early = 0.4;
    host.round(9.7);
    expect(ran).toEqual([]);
    host.round(10.1);
    expect(ran).toEqual([10_100]);
    // After I/O, and because it was early.
    expect(host.asked).toEqual(['10 ms', 'soon', 'soon']);
  });

  test('what a callback schedules for now waits for the next round', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const ran: string[] = [];
    clock.schedule(0, () => {
      ran.push('first');
      clock.schedule(0, () => ran.push('scheduled by it'));
    });
    clock.schedule(0, () => ran.push('second'));
    expect(ran).toEqual([]);
    host.round(0);
    expect(ran).toEqual(['first', 'second']);
    expect(host.asked).toEqual(['soon', 'soon']);
    host.round(0);
    expect(ran).toEqual(['first', 'second', 'scheduled by it']);
  });

  test('overdue callbacks run in the order in which they were scheduled', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    host.time = 5;
    const ran: string[] = [];
    clock.schedule(4000, () => ran.push('first'));
    clock.schedule(1000, () => ran.push('second'));
    host.round(5);
    expect(ran).toEqual(['first', 'second']);
  });

  test('goes on after a callback that throws', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const ran: string[] = [];
    clock.schedule(0, () => {
      throw new Error('in a callback');
    });
    clock.schedule(0, () => ran.push('second'));
    expect(() => {
      host.round(0);
    }).toThrow('in a callback');
    host.round(0);
    expect(ran).toEqual(['second']);
  });

  test('waits longer than a system timer can', () => {
    const host = new ManualHost();
    const clock = new SystemClock(host);
    const month = 30 * 24 * 3600 * 1000;
    const ran: number[] = [];
    clock.schedule(month * 1000, () => ran.push(clock.now()));
    expect(host.asked).toEqual(['2147483647 ms']);
    host.round(2_147_483_647);
    expect(ran).toEqual([]);
    expect(host.asked[2]).toBe(`${month - 2_147_483_647} ms`);
    host.round(month);
    expect(ran).toEqual([month * 1000]);
  });

  test('a turn is just the work', () => {
    expect(new SystemClock(new ManualHost()).turn(() => 5)).toBe(5);
  });
});

describe('SystemClock in this process', () => {
  test('runs callbacks in order, at their time or after', async () => {
    const clock = new SystemClock();
    const start = clock.now();
    const ran: [string, number][] = [];
    await new Promise<void>((resolve) => {
      // A timer of its own keeps the process, since the clock's do not.
      const keep = setTimeout(() => undefined, 10_000);
      // In the order in which they are due, for between two of these lines a busy machine may let any time pass.
      clock.schedule(0, () => ran.push(['overdue', clock.now()]));
      clock.schedule(start + 300, () => ran.push(['soon', clock.now()]));
      clock.schedule(start + 2_300, () => {
        ran.push(['later', clock.now()]);
        clearTimeout(keep);
        resolve();
      });
    });
    expect(ran.map(([what]) => what)).toEqual(['overdue', 'soon', 'later']);
    expect(ran[1]?.[1]).toBeGreaterThanOrEqual(start + 300);
    expect(ran[2]?.[1]).toBeGreaterThanOrEqual(start + 2_300);
  });

  test('never goes back', () => {
    const clock = new SystemClock();
    let last = clock.now();
    for (let i = 0; i < 1000; i++) {
      const now = clock.now();
      expect(now >= last && Number.isInteger(now)).toBe(true);
      last = now;
    }
  });
});
