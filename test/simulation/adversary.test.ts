import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import type { ConnectionOptions } from '../../src/tcp/user';
import { Arena, type Name, type Schedule, type Step } from '../support/simulation-arena';
import { seeds } from '../support/simulation';

const name = fc.constantFrom<Name>('a', 'b');
/** Mostly the first, or the last, or any. */
const which = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 20 }) });
const time = fc.oneof(
  fc.integer({ min: 1, max: 50_000 }),
  fc.integer({ min: 1, max: 5_000_000 }),
  fc.integer({ min: 1, max: 90_000_000 }),
);
const bytes = fc.oneof(fc.constantFrom(1, 2, 10), fc.integer({ min: 1, max: 4000 }), fc.constant(20_000));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('deliver'), to: name, which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver-all'), to: name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drop'), to: name, which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat'), to: name, which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass-time'), time }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('next-timer') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open'), who: name, which }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('send'), who: name, which, bytes }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('receive'), who: name, which, bytes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shutdown'), who: name, which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('close', 'abort'), who: name, which }) },
);

/** An option that is mostly left alone. */
const rarely = <T>(...values: T[]): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });

const options: fc.Arbitrary<ConnectionOptions> = fc.record({
  receiveBuffer: fc.constantFrom(1, 7, 100, 3000, 65_535, 262_144, 5_000_000),
  sendBuffer: fc.constantFrom(1, 100, 3000, 262_144),
  mss: rarely(1, 100, 536),
  noDelay: fc.boolean(),
  delayedAck: rarely(0, 499_999),
  outOfOrderLimit: rarely(1, 3),
  linger: rarely(0, 5_000_000),
  userTimeout: rarely(300_000, 30_000_000),
  finWait2Timeout: rarely(1_000_000),
  receiveBufferMax: rarely(10_000_000),
  congestion: rarely('reno', 'bbr'),
  sack: rarely(false),
  timestamps: rarely(false),
  windowScaling: rarely(false),
  lossRecovery: rarely('sack'),
  tailLossProbe: rarely(false),
  frto: rarely(false),
  nagle: rarely('classic'),
  ecn: rarely(true, false),
  mtuProbing: rarely('black-hole', 'always'),
  keepAlive: rarely({ idle: 10_000_000, interval: 1_000_000, probes: 3 }),
});

const OPEN: Step = { do: 'open', who: 'a', which: 0 };
const beginning = fc.constantFrom<Step[]>(
  [OPEN],
  [OPEN, { do: 'open', who: 'b', which: 0 }],
  [OPEN, { do: 'deliver-all', to: 'b' }, { do: 'deliver-all', to: 'a' }, { do: 'deliver-all', to: 'b' }],
);

const schedule: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  family: fc.constantFrom(4, 4, 4, 4, 4, 6),
  options: fc.record({ a: options, b: options }),
  steps: fc
    .tuple(beginning, fc.array(step, { minLength: 5, maxLength: 150, size: 'max' }))
    .map(([first, then]) => [...first, ...then]),
});

describe('two machines, and an adversary between them', () => {
  test.each(seeds(6))(
    'seed %i: no schedule of deliveries, losses, repetitions, delays and calls breaks what TCP promises',
    (seed) => {
      const result = fc.check(
        fc.property(schedule, (each) => {
          new Arena(each).run();
        }),
        { seed, numRuns: 600, interruptAfterTimeLimit: 40_000 },
      );
      if (!result.failed) return;
      const lines: string[] = [];
      const [smallest] = result.counterexample ?? [];
      const log = (line: string): void => {
        lines.push(line);
      };
      try {
        if (smallest !== undefined) new Arena(smallest, log).run(log);
      } catch (error) {
        lines.push(String(error));
      }
      throw new Error(`${fc.defaultReportMessage(result)}\n${lines.join('')}`);
    },
  );
});
