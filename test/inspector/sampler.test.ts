import { describe, expect, test } from '@jest/globals';
import type { SkippedEvent } from '../../src/inspect/record/skipped';
import { Sampler, type SamplerLimits } from '../../src/inspector/sampler';
import type { ConnectionId } from '../../src/tcp/trace';
import { FLAG } from '../../src/wire/tcp';
import { PEER, US } from '../inspect/script';
import { machine } from '../support/machine';

const connection = (id: number): ConnectionId => ({ id, local: US, remote: PEER });

function sampling(limits: Partial<SamplerLimits> = {}) {
  const clock = { now: 0 };
  const skipped: SkippedEvent[] = [];
  const sampler = new Sampler(
    () => clock.now,
    (event) => skipped.push(event),
    { segments: 10, notable: 5, ...limits },
  );
  /** Offers so many segments of 100 bytes; how many are told. */
  const offer = (id: number, count: number, flags: number = FLAG.ACK): number =>
    Array.from({ length: count }).filter(() =>
      sampler.wants('out', connection(id), flags, 100, 'data', undefined, 1, 1000),
    ).length;
  return { clock, skipped, sampler, offer };
}

describe('what is told one by one', () => {
  test('all of it, as long as it is not too much', () => {
    const { sampler, offer, skipped } = sampling();
    expect(offer(1, 9)).toBe(9);
    expect(offer(2, 1)).toBe(1);
    expect(sampler.endPeriod()).toEqual({ seen: 10, told: 10 });
    expect(skipped).toEqual([]);
  });

  test('then the first ones of each period, and of the rest how much there was', () => {
    const { clock, sampler, offer, skipped } = sampling();
    clock.now = 70;
    expect(offer(1, 25)).toBe(10);
    clock.now = 100;
    expect(sampler.endPeriod()).toEqual({ seen: 25, told: 10 });
    expect(skipped).toEqual([
      {
        type: 'skipped',
        time: 100,
        since: 70,
        connection: connection(1),
        segments: { in: 0, out: 15 },
        bytes: { in: 0, out: 1500 },
        variables: undefined,
      },
    ]);
    expect(offer(1, 25)).toBe(10);
    expect(sampler.skipped).toBe(30);
  });

  test('handshakes, ends, resets and retransmissions also beyond that, within a bound; what was skipped is told before', () => {
    const { sampler, offer, skipped } = sampling();
    offer(1, 30);
    for (const flags of [FLAG.SYN, FLAG.FIN | FLAG.ACK, FLAG.RST]) expect(offer(1, 1, flags)).toBe(1);
    expect(sampler.wants('out', connection(1), FLAG.ACK, 100, 'retransmission', undefined, 1, 1000)).toBe(true);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]?.segments.out).toBe(20);
    expect(offer(2, 100, FLAG.SYN)).toBe(1);
    sampler.endPeriod();
    expect(offer(2, 100, FLAG.SYN)).toBe(5);
  });

  test("the peer's retransmissions, and windows that close and open again, too; also when nothing was said for a while", () => {
    const { sampler, offer } = sampling({ notable: 100 });
    const isTold = (seq: number, length: number, window = 1000): boolean =>
      sampler.wants('in', connection(1), FLAG.ACK, length, undefined, undefined, seq, window);
    // The sequence numbers wrap around.
    isTold(0xffff_ff00, 300);
    offer(1, 30);
    const [next, lost] = [isTold(44, 100), isTold(244, 100)];
    expect([next, lost, isTold(144, 100), isTold(344, 100)]).toEqual([false, false, true, false]);
    for (let period = 0; period < 100; period++) sampler.endPeriod();
    offer(2, 30);
    expect([isTold(444, 100), isTold(444, 100), isTold(543, 100)]).toEqual([false, true, true]);
    expect([isTold(644, 0), isTold(644, 0, 0), isTold(644, 0, 0), isTold(644, 0), isTold(644, 0)]).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  test('of a connection that is new to the sampler the machine says how far it is', () => {
    const { sampler, offer } = sampling();
    offer(2, 30);
    const of = machine().tcb;
    of.rcv.nxt = 500;
    const isTold = (id: number, seq: number): boolean =>
      sampler.wants('in', connection(id), FLAG.ACK, 100, undefined, of, seq, 1000);
    expect([isTold(1, 400), isTold(3, 300), isTold(4, 700)]).toEqual([false, true, false]);
  });

  test('the connection that is looked at has the larger share, the others the rest, each the same', () => {
    const { sampler, offer } = sampling({ watchedShare: 0.6 });
    sampler.watch(new Set([1]));
    const all = [4, 3, 2, 1];
    for (const id of all) offer(id, 100);
    sampler.endPeriod();
    expect(all.map((id) => [id, offer(id, 100)])).toEqual([
      [4, 2],
      [3, 2],
      [2, 0],
      [1, 6],
    ]);
  });

  test('who is looked at and says little leaves no room unused, and who alone says much is not held to a share when all fits', () => {
    const { sampler, offer } = sampling();
    sampler.watch(new Set([1]));
    offer(2, 9);
    offer(1, 1);
    sampler.endPeriod();
    expect(offer(2, 9) + offer(1, 1)).toBe(10);
  });
});

describe('it stays small', () => {
  test('connections that say nothing are forgotten; of too many it is only counted what was skipped', () => {
    const { sampler, offer, skipped } = sampling({ connections: 3, segments: 1 });
    for (const id of [1, 2, 3, 4]) offer(id, 10);
    expect(sampler.endPeriod()).toEqual({ seen: 40, told: 1 });
    expect(skipped.map((each) => each.connection.id)).toEqual([1, 2, 3]);
    expect(sampler.skipped).toBe(39);
    sampler.endPeriod();
    sampler.endPeriod();
    offer(4, 10);
    sampler.endPeriod();
    expect(skipped.at(-1)?.connection.id).toBe(4);
  });

  test('of many connections not all are told of at once, and none is lost', () => {
    const { sampler, offer, skipped } = sampling({ skipped: 2, segments: 1 });
    for (const id of [1, 2, 3, 4, 5]) offer(id, 3);
    for (const expected of [2, 4, 5, 5]) {
      sampler.endPeriod();
      expect(skipped).toHaveLength(expected);
    }
    expect(skipped.reduce((sum, { segments }) => sum + segments.out, 0)).toBe(14);
  });
});
