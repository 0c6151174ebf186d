import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../../../src/random';
import { Bbr } from '../../../src/tcp/congestion/bbr';
import { CycleMax, WindowedMax } from '../../../src/tcp/congestion/bbr/filters';
import { emptySample } from '../../../src/tcp/congestion/congestion-control';

const MSS = 1_460;

const octets = fc.oneof(fc.integer({ min: 0, max: 100 * MSS }), fc.nat({ max: 2 ** 31 - 1 }));
const event = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant('acked' as const),
      after: fc.oneof(fc.nat({ max: 50_000 }), fc.nat({ max: 12_000_000 })),
      delivered: octets,
      back: octets,
      inFlight: octets,
      txInFlight: octets,
      lost: fc.oneof(fc.constant(0), octets),
      rtt: fc.option(fc.nat({ max: 2_000_000 }), { nil: undefined }),
      rate: fc.oneof(fc.constant(0), fc.nat({ max: 2_000_000_000 })),
      limited: fc.boolean(),
      isAppLimited: fc.boolean(),
      sack: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('lost' as const), length: octets, txInFlight: octets, app: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('loss', 'ecn', 'recovered', 'timedOut', 'undo', 'synLost', 'idle', 'appLimited', 'mss'),
      inFlight: octets,
    }),
  },
);

describe('BBR, whatever it is told', () => {
  test('has a window of four segments after each ACK, a rate above 0, and no number that is none', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 400, size: 'max' }), fc.nat(), (events, seed) => {
        const random = new Random(seed);
        const bbr = new Bbr({ mss: MSS, initialWindow: 10, slowStartAfterIdle: true, random32: () => random.uint32() });
        let now = 0;
        let totalDelivered = 0;
        let totalLost = 0;
        let mss = MSS;
        for (const step of events) {
          if (step.kind === 'acked') {
            now += step.after;
            totalDelivered += step.delivered;
            bbr.acked({
              ...emptySample(),
              now,
              acked: step.delivered,
              delivered: step.delivered,
              inFlight: step.inFlight,
              limited: step.limited,
              rtt: step.rtt,
              srtt: step.rtt,
              totalDelivered,
              priorDelivered: Math.max(0, totalDelivered - step.delivered - step.back),
              totalLost,
              sampleLost: Math.min(step.lost, totalLost),
              txInFlight: step.txInFlight,
              deliveryRate: step.rate,
              interval: 1,
              isAppLimited: step.isAppLimited,
              sack: step.sack,
            });
            if (step.delivered > 0 && bbr.cwnd < 4 * mss) throw new Error(`a window of ${bbr.cwnd}`);
          } else if (step.kind === 'lost') {
            totalLost += step.length;
            const range = { now, length: step.length, txInFlight: step.txInFlight, isAppLimited: step.app, totalLost };
            bbr.lost({ ...range, priorDelivered: totalDelivered, priorLost: Math.max(0, totalLost - 2 * step.length) });
          } else if (step.kind === 'loss' || step.kind === 'ecn') bbr.reduce(step.kind, step.inFlight, now);
          else if (step.kind === 'idle') bbr.sending(0, 1_000_000, 200_000, now);
          else if (step.kind === 'appLimited') bbr.appLimited(step.inFlight);
          else if (step.kind === 'mss') bbr.setMss((mss = 500 + (step.inFlight % 9_000)));
          else if (step.kind === 'recovered') bbr.recovered();
          else if (step.kind === 'timedOut') bbr.timedOut();
          else if (step.kind === 'undo') bbr.undo();
          else bbr.synLost();
          const { cwnd, pacingRate, sendQuantum } = bbr;
          // One comparison a step: `expect` is slow.
          const sound =
            Number.isSafeInteger(cwnd) &&
            cwnd >= mss &&
            Number.isFinite(pacingRate) &&
            pacingRate > 0 &&
            Number.isSafeInteger(sendQuantum) &&
            sendQuantum >= 2 * mss &&
            Object.values(bbr.details()).every((value) => typeof value === 'string' || Number.isFinite(value));
          if (!sound) throw new Error(JSON.stringify({ step, cwnd, pacingRate, sendQuantum, ...bbr.details() }));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the filters of BBR', () => {
  test('the windowed maximum is a value of the window, and no less than the newest', () => {
    const values = fc.array(fc.record({ value: fc.nat({ max: 1_000 }), after: fc.nat({ max: 6 }) }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), (steps, window) => {
        const filter = new WindowedMax();
        const seen: { value: number; at: number }[] = [];
        let at = 1;
        for (const { value, after } of steps) {
          at += after;
          seen.push({ value, at });
          filter.update(value, at, window);
          const within = seen.filter((old) => at - old.at <= window).map((old) => old.value);
          expect(within).toContain(filter.value);
          expect(filter.value).toBeGreaterThanOrEqual(value);
        }
      }),
    );
  });

  test('the windowed maximum falls to the next best when the best grows too old', () => {
    const filter = new WindowedMax();
    filter.update(100, 0, 10);
    filter.update(50, 6, 10);
    filter.update(20, 9, 10);
    expect(filter.value).toBe(100);
    filter.update(10, 11, 10);
    expect(filter.value).toBe(50);
    filter.update(10, 17, 10);
    expect(filter.value).toBe(20);
  });

  test('the maximum of two cycles forgets the one before the last, but not for a cycle without samples', () => {
    const filter = new CycleMax();
    filter.update(100);
    filter.advance();
    filter.update(50);
    expect(filter.value).toBe(100);
    filter.advance();
    expect(filter.value).toBe(50);
    filter.advance();
    filter.advance();
    expect(filter.value).toBe(50);
  });
});
