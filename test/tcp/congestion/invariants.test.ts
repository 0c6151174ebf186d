import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCongestionControl } from '../../../src/tcp/congestion';
import { initialWindow, type CongestionControl } from '../../../src/tcp/congestion/congestion-control';
import { ackSample, congestionSetup, lostRange } from '../../support/ack-sample';

/** What happens to an algorithm; `phase` and the clock are the test's. */
type Event =
  | { type: 'ack'; acked: number; delivered: number; limited: boolean; roundStart: boolean; rtt: number | undefined }
  | { type: 'loss' | 'ecn' | 'recover' | 'undo' | 'synLost' }
  | { type: 'timeout'; first: boolean }
  | { type: 'send'; idle: number }
  | { type: 'mss'; mss: number }
  | { type: 'wait'; time: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('ack' as const),
      acked: fc.nat(300_000),
      delivered: fc.nat(300_000),
      limited: fc.boolean(),
      roundStart: fc.boolean(),
      rtt: fc.option(fc.integer({ min: 1, max: 2_000_000 }), { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('loss', 'ecn', 'recover', 'undo', 'synLost') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('timeout' as const), first: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('send' as const), idle: fc.nat(1_000_000_000) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('mss' as const), mss: fc.integer({ min: 48, max: 65_495 }) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const), time: fc.nat(1_000_000_000) }) },
);

/** A connection's part towards its algorithm: it calls as the interface says, and stands in for PRR. */
class Caller {
  private now = 0;
  private phase: 'open' | 'recovery' | 'reduced' | 'loss' = 'open';
  private data = false;
  mss = 1460;

  constructor(private readonly control: CongestionControl) {}

  handle(event: Event, inFlight: number): void {
    const { control } = this;
    if (event.type !== 'synLost' && event.type !== 'mss') this.data = true;
    switch (event.type) {
      case 'ack': {
        const before = control.cwnd;
        control.acked(ackSample({ ...event, now: this.now, phase: this.phase, inFlight, srtt: event.rtt }));
        if (!event.limited || this.phase === 'recovery' || this.phase === 'reduced') {
          expect(control.cwnd).toBeLessThanOrEqual(before);
        }
        break;
      }
      case 'loss':
      case 'ecn':
        if (this.phase === 'recovery' || this.phase === 'reduced') break;
        control.lost(lostRange({ length: inFlight }));
        control.reduce(event.type, inFlight, this.now);
        this.phase = event.type === 'loss' ? 'recovery' : 'reduced';
        control.cwnd = Math.max(this.mss, Math.min(control.cwnd, inFlight));
        break;
      case 'recover':
        if (this.phase !== 'recovery' && this.phase !== 'reduced') break;
        control.recovered(inFlight, this.now);
        this.phase = 'open';
        expect(control.cwnd).toBe(control.ssthresh);
        break;
      case 'timeout':
        control.timedOut(inFlight, event.first || this.phase !== 'loss', this.now);
        this.phase = 'loss';
        expect(control.cwnd).toBe(this.mss);
        break;
      case 'undo': {
        const { cwnd, ssthresh } = control;
        control.undo(this.now);
        this.phase = 'open';
        expect(control.cwnd).toBeGreaterThanOrEqual(cwnd);
        expect(control.ssthresh).toBeGreaterThanOrEqual(ssthresh);
        break;
      }
      case 'synLost':
        if (!this.data) control.synLost();
        break;
      case 'send': {
        const before = control.cwnd;
        this.now += event.idle;
        control.sending(0, event.idle, 200_000, this.now);
        expect(control.cwnd).toBeLessThanOrEqual(before);
        expect(control.cwnd).toBeGreaterThanOrEqual(Math.min(before, initialWindow(this.mss, 10)));
        break;
      }
      case 'mss':
        this.mss = event.mss;
        control.setMss(event.mss);
        break;
      case 'wait':
        this.now += event.time;
        break;
    }
  }
}

test.each(['reno', 'cubic'] as const)(
  '%s: whatever happens, the window is a whole number of octets, at least a segment, the threshold two; unused it does not grow',
  (name) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.nat(1_000_000)), { maxLength: 80 }),
        fc.boolean(),
        (events, slowStartAfterIdle) => {
          const control = createCongestionControl(name, congestionSetup({ mss: 1460, slowStartAfterIdle }));
          const caller = new Caller(control);
          for (const [next, inFlight] of events) {
            caller.handle(next, inFlight);
            expect(control.cwnd).toBeGreaterThanOrEqual(caller.mss);
            expect(Number.isSafeInteger(control.cwnd)).toBe(true);
            expect(control.ssthresh).toBeGreaterThanOrEqual(2 * caller.mss);
            expect(Number.isSafeInteger(control.ssthresh)).toBe(true);
            for (const value of Object.values(control.details())) expect(value).not.toBeNaN();
          }
        },
      ),
      { numRuns: 500 },
    );
  },
);

test('an algorithm is made by its name', () => {
  expect(createCongestionControl('reno', congestionSetup()).name).toBe('reno');
  expect(createCongestionControl('cubic', congestionSetup()).name).toBe('cubic');
});
