import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InFlight, type DeliveryListener } from '../../../src/tcp/recovery/in-flight';
import type { RangeState, SentRange } from '../../../src/tcp/recovery/sent-range';
import { add, diff } from '../../../src/tcp/sequence';

/** Close to where sequence numbers wrap. */
const FIRST = 2 ** 32 - 300;
const MSS = 10;
const NOBODY: DeliveryListener = { delivered: () => undefined };

interface Octet {
  state: RangeState;
  sentAt: number;
  transmissions: number;
}

/** The scoreboard beside one that knows each octet by itself. */
class Model implements DeliveryListener {
  readonly real = new InFlight();
  private readonly octets: Octet[] = [];
  private una = FIRST;
  private now = 0;
  private heardOf = 0;
  private arrived = 0;

  get nxt(): number {
    return add(this.una, this.octets.length);
  }

  delivered(_range: SentRange, octets: number): void {
    this.heardOf += octets;
  }

  tick(): void {
    this.now += 1;
  }

  send(length: number): void {
    this.real.send(this.nxt, add(this.nxt, length), this.now);
    for (let count = 0; count < length; count++)
      this.octets.push({ state: 'flying', sentAt: this.now, transmissions: 1 });
  }

  acknowledge(part: number): void {
    const length = Math.round(part * this.octets.length);
    this.una = add(this.una, length);
    this.arrived += this.octets.splice(0, length).filter(({ state }) => state !== 'sacked').length;
    this.real.acknowledge(this.una, this);
  }

  sack(from: number, part: number): void {
    const left = Math.round(from * this.octets.length);
    const right = left + Math.round(part * (this.octets.length - left));
    const fresh = this.octets.slice(left, right).filter(({ state }) => state !== 'sacked');
    if (left === right) return;
    expect(this.real.sack(add(this.una, left), add(this.una, right), MSS, this)).toBe(fresh.length);
    for (const octet of fresh) octet.state = 'sacked';
    this.arrived += fresh.length;
  }

  markLost(which: number): void {
    const range = this.pick(which);
    if (range?.state !== 'flying') return;
    for (const octet of this.of(range)) octet.state = 'lost';
    this.real.markLost(range);
  }

  markAllLost(): void {
    for (const octet of this.octets) if (octet.state === 'flying') octet.state = 'lost';
    this.real.markAllLost();
  }

  /** As `sendLost` does it. */
  sendAgain(length: number): void {
    const range = this.real.nextLost();
    if (range === undefined) return;
    this.real.joinLost(range, length);
    const joined = this.of(range);
    for (const octet of joined) {
      octet.sentAt = range.sentAt;
      octet.transmissions = range.transmissions;
    }
    const again = Math.min(length, joined.length);
    expect(this.real.sendAgain(range, again, this.now)).toBe(range);
    for (const octet of joined.slice(0, again)) {
      expect(octet.state).toBe('lost');
      octet.state = 'flying';
      octet.sentAt = this.now;
      octet.transmissions += 1;
    }
  }

  touch(which: number): void {
    const range = this.pick(which);
    if (range === undefined) return;
    this.real.touch(range, this.now);
    for (const octet of this.of(range)) {
      octet.sentAt = this.now;
      octet.transmissions += 1;
    }
  }

  splitAt(which: number, part: number): void {
    const range = this.pick(which);
    if (range === undefined) return;
    this.real.splitAt(range, add(range.start, Math.round(part * diff(range.end, range.start))));
  }

  unmarkLost(): void {
    for (const octet of this.octets) if (octet.state === 'lost') octet.state = 'flying';
    this.real.unmarkLost();
  }

  /** Of what was SACKed, and put together, only the state is known one by one. */
  renege(): void {
    const sacked = this.octets.filter(({ state }) => state === 'sacked');
    this.real.renege();
    for (const octet of sacked) octet.state = 'lost';
    for (let index = 0; index < this.real.size; index++) {
      const range = this.real.at(index);
      if (range === undefined) continue;
      for (const octet of this.of(range)) {
        if (!sacked.includes(octet)) continue;
        if (octet.transmissions > range.transmissions)
          throw new Error('it was sent more often than the scoreboard knows');
        octet.sentAt = range.sentAt;
        octet.transmissions = range.transmissions;
      }
    }
  }

  /** Both agree, and the scoreboard agrees with itself. */
  check(): void {
    const { real, octets } = this;
    const count = (wanted: RangeState): number => octets.filter(({ state }) => state === wanted).length;
    expect([real.flying, real.sacked, real.lost]).toEqual([count('flying'), count('sacked'), count('lost')]);
    expect(this.heardOf).toBe(this.arrived);
    expect(real.isEmpty).toBe(octets.length === 0);

    let at = this.una;
    const flying = new Set<SentRange>();
    let segments = 0;
    for (let index = 0; index < real.size; index++) {
      const range = real.at(index);
      if (range === undefined) throw new Error('there is a range for each index');
      expect(range.start).toBe(at);
      expect(diff(range.end, range.start)).toBeGreaterThan(0);
      // One call of `expect` an octet would take minutes.
      const differs = this.of(range).find(({ state, sentAt, transmissions }) =>
        range.state === 'flying'
          ? state !== 'flying' || sentAt !== range.sentAt || transmissions !== range.transmissions
          : state !== range.state,
      );
      if (differs !== undefined) expect(range).toMatchObject(differs);
      if (range.state === 'flying') flying.add(range);
      if (range.state === 'sacked') segments += range.segments;
      at = range.end;
    }
    expect(at).toBe(this.nxt);
    expect(real.sackedSegments).toBe(segments);
    expect(real.head).toBe(real.at(0));
    expect(real.tail).toBe(real.at(real.size - 1));
    this.checkTimes(flying);

    const lost = octets.findIndex(({ state }) => state === 'lost');
    expect(real.nextLost()?.start).toBe(lost === -1 ? undefined : add(this.una, lost));
  }

  /** The list holds what is under way, each once, in the order of sending. */
  private checkTimes(flying: Set<SentRange>): void {
    let before: SentRange | undefined;
    for (let range = this.real.oldest; range !== undefined; range = range.later) {
      expect(flying.delete(range)).toBe(true);
      expect(range.earlier).toBe(before);
      if (before !== undefined) expect(range.sentAt).toBeGreaterThanOrEqual(before.sentAt);
      before = range;
    }
    expect(flying.size).toBe(0);
  }

  private pick(which: number): SentRange | undefined {
    return this.real.at(Math.floor(which * this.real.size));
  }

  private of(range: SentRange): Octet[] {
    return this.octets.slice(diff(range.start, this.una), diff(range.end, this.una));
  }
}

const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 25 }).map((length) => (model: Model) => {
      model.send(length);
    }),
  },
  {
    weight: 3,
    arbitrary: fc.constant((model: Model) => {
      model.tick();
    }),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(part, part).map(([from, length]) => (model: Model) => {
      model.sack(from, length);
    }),
  },
  {
    weight: 2,
    arbitrary: part.map((length) => (model: Model) => {
      model.acknowledge(length);
    }),
  },
  {
    weight: 3,
    arbitrary: part.map((which) => (model: Model) => {
      model.markLost(which);
    }),
  },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1, max: 15 }).map((length) => (model: Model) => {
      model.sendAgain(length);
    }),
  },
  {
    weight: 1,
    arbitrary: part.map((which) => (model: Model) => {
      model.touch(which);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(part, part).map(([which, at]) => (model: Model) => {
      model.splitAt(which, at);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((model: Model) => {
      model.markAllLost();
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((model: Model) => {
      model.unmarkLost();
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant((model: Model) => {
      model.renege();
    }),
  },
);

describe('what is in flight (RFC 2018 §5, RFC 6675 §3)', () => {
  test('agrees with a scoreboard that knows each octet by itself, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const model = new Model();
        for (const step of commands) {
          step(model);
          model.check();
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a burst is one range, however many segments it is', () => {
    const inFlight = new InFlight();
    for (let seq = 0; seq < 45_000; seq += 1000) inFlight.send(seq, seq + 1000, 5);
    expect([inFlight.size, inFlight.flying]).toEqual([1, 45_000]);
    inFlight.send(45_000, 46_000, 6);
    expect(inFlight.size).toBe(2);
  });

  test('a steady flow in order needs two or three ranges, and makes no new ones', () => {
    const inFlight = new InFlight();
    const seen = new Set<SentRange>();
    for (let time = 0; time < 1000; time += 1) {
      seen.add(inFlight.send(time * 10, time * 10 + 10, time));
      if (time > 1) inFlight.acknowledge((time - 1) * 10, NOBODY);
    }
    expect(inFlight.size).toBe(2);
    expect(seen.size).toBeLessThanOrEqual(3);
  });

  test('after markLost the first lost range is found again, also one before those that were sent again', () => {
    const inFlight = new InFlight();
    inFlight.send(0, 100, 0);
    const [first] = [inFlight.at(0)];
    if (first === undefined) throw new Error('it was sent');
    inFlight.splitAt(first, 50);
    const second = inFlight.at(1);
    if (second === undefined) throw new Error('it was split');
    inFlight.markLost(second);
    inFlight.sendAgain(second, 50, 1);
    inFlight.markLost(first);
    expect(inFlight.nextLost()).toBe(first);
  });

  test('what is SACKed and put together counts as sent as often as the most often sent of it', () => {
    const inFlight = new InFlight();
    for (let time = 0; time < 3; time++) inFlight.send(time * 10, time * 10 + 10, time);
    const second = inFlight.at(1);
    if (second === undefined) throw new Error('it was sent');
    inFlight.markLost(second);
    inFlight.sendAgain(second, 10, 5);
    inFlight.sack(0, 10, MSS, NOBODY);
    inFlight.sack(20, 30, MSS, NOBODY);
    inFlight.sack(10, 20, MSS, NOBODY);
    expect(inFlight.size).toBe(1);
    expect(inFlight.head).toMatchObject({ state: 'sacked', start: 0, end: 30, transmissions: 2, segments: 3 });
  });

  test('what is put together goes out as one, and no more of it than fits', () => {
    const inFlight = new InFlight();
    for (let time = 0; time < 5; time++) inFlight.send(time * 10, time * 10 + 10, time);
    inFlight.markAllLost();
    const range = inFlight.nextLost();
    if (range === undefined) throw new Error('all is lost');
    inFlight.joinLost(range, 25);
    expect([range.start, range.end]).toEqual([0, 30]);
    inFlight.sendAgain(range, 25, 9);
    expect([inFlight.flying, inFlight.lost, inFlight.nextLost()?.start]).toEqual([25, 25, 25]);
  });
});
