import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InFlight } from '../../../src/tcp/recovery/in-flight';
import { RangeList } from '../../../src/tcp/recovery/range-list';
import { POOL, type SentRange } from '../../../src/tcp/recovery/sent-range';
import { add, diff } from '../../../src/tcp/sequence';

/** Close to where sequence numbers wrap. */
const FIRST = 2 ** 32 - 5000;
const LENGTH = 100;
const pool = POOL;

/** Ranges beside a plain array of them. */
class Model {
  readonly list = new RangeList();
  readonly plain: SentRange[] = [];
  private end = FIRST;

  push(): void {
    const range = pool.take(this.end, add(this.end, LENGTH), 0);
    this.end = range.end;
    this.list.push(range);
    this.plain.push(range);
  }

  shift(): void {
    this.list.shift();
    this.plain.shift();
  }

  /** Goes to the range there; returns which it is, or `undefined` when there is none. */
  seek(part: number): number | undefined {
    const index = Math.floor(part * this.plain.length);
    const range = this.plain[index];
    if (range === undefined) return undefined;
    expect(this.list.seek(range.start)).toBe(range);
    expect(this.list.seek(add(range.end, -1))).toBe(range);
    this.isAt(index);
    return index;
  }

  halve(part: number): void {
    const index = this.seek(part);
    const range = index === undefined ? undefined : this.plain[index];
    if (index === undefined || range === undefined || diff(range.end, range.start) < 2) return;
    const rest = pool.take(add(range.start, diff(range.end, range.start) >> 1), range.end, 0);
    range.end = rest.start;
    this.list.insertAfter(rest);
    this.plain.splice(index + 1, 0, rest);
    this.isAt(index);
    expect(this.list.next()).toBe(rest);
  }

  joinNext(part: number): void {
    const index = this.seek(part);
    const [range, next] = index === undefined ? [] : this.plain.slice(index, index + 2);
    if (index === undefined || range === undefined || next === undefined) return;
    this.list.removeAfter();
    this.plain.splice(index + 1, 1);
    range.end = next.end;
    this.isAt(index);
  }

  joinBefore(part: number): void {
    const index = this.seek(part);
    if (index === undefined || index === 0) return;
    this.list.back();
    this.isAt(index - 1);
    this.list.next();
    this.joinNext((index - 1) / this.plain.length);
  }

  /** The neighbours are as they should be. */
  private isAt(index: number): void {
    expect(this.list.after).toBe(this.plain[index + 1]);
    expect(this.list.before).toBe(index === 0 ? undefined : this.plain[index - 1]);
  }

  check(): void {
    const { list, plain } = this;
    expect([list.size, list.head, list.tail]).toEqual([plain.length, plain[0], plain.at(-1)]);
    const walked: SentRange[] = [];
    for (let range = list.seek(plain[0]?.start ?? 0); range !== undefined; range = list.next()) walked.push(range);
    expect(walked.length).toBe(plain.length);
    expect(walked.every((range, index) => range === plain[index] && list.at(index) === range)).toBe(true);
    expect([list.at(-1), list.at(plain.length)]).toEqual([undefined, undefined]);
    expect(list.seek(this.end)).toBeUndefined();
  }
}

describe('ranges in leaves', () => {
  const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.nat(150).map((times) =>
        repeated(times, (model) => {
          model.push();
        }),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.nat(200).map((times) =>
        repeated(times, (model) => {
          model.shift();
        }),
      ),
    },
    ...(['halve', 'joinNext', 'joinBefore'] as const).map((what) => ({
      weight: 2,
      arbitrary: fc.tuple(part, fc.nat(100)).map(([at, times]) =>
        repeated(times, (model) => {
          model[what](at);
        }),
      ),
    })),
  );

  test('are the same as in an array', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const model = new Model();
        for (const each of steps) {
          each(model);
          model.check();
        }
      }),
    );
  });

  test('a cleared list is as a new one', () => {
    const model = new Model();
    for (let count = 0; count < 300; count += 1) model.push();
    model.list.clear();
    expect([model.list.size, model.list.head, model.list.tail, model.list.seek(FIRST)]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('the scoreboard holds many holes, and is whole again when they are filled', () => {
  const inFlight = new InFlight();
  const heard = { octets: 0, delivered: (_range: SentRange, octets: number) => void (heard.octets += octets) };
  const holes = 2000;
  for (let index = 0; index < 2 * holes; index += 1) {
    inFlight.send(add(FIRST, index * LENGTH), add(FIRST, (index + 1) * LENGTH), index);
  }
  const at = (index: number) => add(FIRST, index * LENGTH);
  for (let hole = 0; hole < holes; hole += 1) inFlight.sack(at(2 * hole + 1), at(2 * hole + 2), LENGTH, heard);
  expect([inFlight.size, inFlight.sacked, inFlight.sackedSegments]).toEqual([2 * holes, holes * LENGTH, holes]);
  // From the middle to both ends.
  for (let hole = holes / 2; hole < holes; hole += 1) inFlight.sack(at(2 * hole), at(2 * hole + 2), LENGTH, heard);
  expect(inFlight.size).toBe(holes);
  for (let hole = holes / 2 - 1; hole >= 0; hole -= 1) inFlight.sack(at(2 * hole), at(2 * hole + 1), LENGTH, heard);
  expect([inFlight.size, inFlight.flying, heard.octets]).toEqual([1, 0, 2 * holes * LENGTH]);
  inFlight.acknowledge(at(2 * holes), heard);
  expect([inFlight.isEmpty, inFlight.sacked, inFlight.sackedSegments]).toEqual([true, 0, 0]);
});

function repeated(times: number, work: (model: Model) => void): (model: Model) => void {
  return (model) => {
    for (let count = 0; count < times; count += 1) work(model);
  };
}
