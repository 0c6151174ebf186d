import { describe, expect, test } from '@jest/globals';
import type { CongestionControl } from '../../../src/tcp/congestion/congestion-control';
import { Cubic } from '../../../src/tcp/congestion/cubic';
import { NO_THRESHOLD } from '../../../src/tcp/congestion/window-based';
import { ackSample, congestionSetup, MS, MSS, SECOND } from '../../support/ack-sample';

const ALPHA = 9 / 17;

/** A CUBIC that congestion has just met at so many segments, and that has recovered from it at time 0. */
function recovered(segments: number): CongestionControl {
  const control: CongestionControl = new Cubic(congestionSetup());
  control.cwnd = segments * MSS;
  reduce(control);
  return control;
}

function reduce(control: CongestionControl): void {
  control.reduce('loss', control.cwnd, 0);
  control.cwnd = 2 * MSS;
  control.recovered(0, 0);
}

/** Acknowledges a whole window at once for each round trip of (from, to]. */
function rounds(control: CongestionControl, from: number, to: number, rtt: number): void {
  for (let now = from; now < to; now += rtt) {
    control.acked(ackSample({ now, acked: control.cwnd, delivered: control.cwnd, roundStart: true, rtt, srtt: rtt }));
  }
}

/** RFC 9438 §4.2, equations 1 and 2, in segments and seconds, after congestion at `wMax`. */
function cubic(wMax: number, t: number): number {
  const k = Math.cbrt((wMax * 0.3) / 0.4);
  return 0.4 * (t - k) ** 3 + wMax;
}

describe('the cubic (RFC 9438 §4.2)', () => {
  // cbrt(0.3 × 1000 / 0.4) = 9.085… s until the window of 1000 segments is reached again.
  test.each([
    [1, 788.51],
    [2, 857.74],
    [5, 972.75],
    [9, 1000],
    [10, 1000.3],
    [12, 1009.9],
    [15, 1082.72],
  ])('at an RTT of 100 ms, %d s after congestion at 1000 segments: %d', (seconds, segments) => {
    expect(cubic(1000, seconds)).toBeCloseTo(segments, 0);
    const control = recovered(1000);
    expect(control.cwnd).toBe(700 * MSS);
    rounds(control, 0, seconds * SECOND, 100 * MS);
    expect(Math.abs(control.cwnd / MSS - cubic(1000, seconds))).toBeLessThan(0.01);
  });

  test.each([20, 50, 200])('the time, not the number of round trips, counts: an RTT of %d ms', (ms) => {
    const control = recovered(1000);
    rounds(control, 0, 6 * SECOND, ms * MS);
    expect(Math.abs(control.cwnd / MSS - cubic(1000, 6))).toBeLessThan(0.01);
  });

  test('ACKs of one segment each lead to about the same window', () => {
    const control = recovered(1000);
    for (let round = 0; round < 50; round++) {
      const count = Math.round(control.cwnd / MSS);
      for (let index = 0; index < count; index++) {
        control.acked(ackSample({ now: Math.floor((round + index / count) * 100 * MS), roundStart: index === 0 }));
      }
    }
    // Each of them goes a small step towards a target that moves: it lags by less than a round.
    expect(control.cwnd / MSS).toBeGreaterThan(cubic(1000, 4.9));
    expect(control.cwnd / MSS).toBeLessThan(cubic(1000, 5.1));
  });

  test('what an ACK adds below an octet is not lost', () => {
    const control = recovered(1000);
    rounds(control, 0, 8 * SECOND, 100 * MS);
    // At 8 s and an RTT of 100 ms the target lies some 90 octets above: an ACK of a tenth of a segment adds a hundredth of an octet.
    const target = cubic(1000, 8.1) * MSS;
    let expected = control.cwnd;
    for (let count = 0; count < 5000; count++) {
      expected += (100 * (target - expected)) / expected;
      control.acked(ackSample({ now: 8 * SECOND, acked: 100 }));
    }
    expect(expected - control.cwnd).toBeLessThan(1.5);
    expect(control.cwnd - expected).toBeLessThan(1.5);
  });

  test('where the round trips get shorter, the window waits for the cubic', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 500 * MS);
    const { cwnd } = control;
    control.acked(ackSample({ now: 1500 * MS, acked: cwnd, srtt: 0 }));
    expect(control.cwnd).toBe(cwnd);
  });

  test('the window grows by half in a round trip at most', () => {
    const control = recovered(100);
    rounds(control, 0, SECOND, 100 * MS);
    const before = control.cwnd;
    control.acked(ackSample({ now: 100 * SECOND, acked: before }));
    expect(control.cwnd).toBe(Math.floor(before * 1.5));
  });

  test('an ACK of more than a window goes no further than the target', () => {
    const control = recovered(1000);
    control.acked(ackSample());
    control.acked(ackSample({ now: 100 * MS, acked: 10_000 * MSS }));
    expect(control.cwnd / MSS).toBeCloseTo(cubic(1000, 0.2), 2);
  });
});

describe('the Reno-friendly region (RFC 9438 §4.3)', () => {
  test('where the path is short, the window grows as W_est: by α a round trip, and by one beyond the last window', () => {
    const control = recovered(20);
    let wEst = 14;
    for (let now = 0; now < 300 * MS; now += 10 * MS) {
      const alpha = wEst >= 20 ? 1 : ALPHA;
      const cwnd = control.cwnd;
      rounds(control, now, now + 10 * MS, 10 * MS);
      wEst += alpha;
      // Equal but for what rounding down to an octet takes each time.
      expect(Math.abs(control.cwnd / MSS - wEst)).toBeLessThan(0.01);
      expect(control.cwnd).toBeGreaterThan(cwnd);
    }
    expect(control.cwnd / MSS).toBeGreaterThan(30);
  });

  test('where W_est overtakes the cubic but not the window, the window waits for it', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 500 * MS);
    // The window is the cubic's of 2 s; 250 windows of ACKs lift W_est above the cubic of 1.5 s.
    const { cwnd } = control;
    for (let count = 0; count < 250; count++) {
      control.acked(ackSample({ now: 1500 * MS, acked: cwnd, srtt: 0 }));
      expect(control.cwnd).toBe(cwnd);
    }
    expect(Number(control.details()['wEst'])).toBeGreaterThan(cubic(1000, 1.5) * MSS);
    expect(Number(control.details()['wEst'])).toBeLessThan(cwnd);
  });

  test('where it is long, the cubic leads', () => {
    const control = recovered(1000);
    rounds(control, 0, SECOND, 100 * MS);
    expect(control.cwnd / MSS).toBeGreaterThan(700 + 10);
  });
});

describe('congestion (RFC 9438 §4.6)', () => {
  test.each(['loss', 'ecn'] as const)('%s: seven tenths of the window are left', (cause) => {
    const control: CongestionControl = new Cubic(congestionSetup());
    control.cwnd = 100 * MSS;
    control.reduce(cause, 50 * MSS, 0);
    expect(control).toMatchObject({ cwnd: 100 * MSS, ssthresh: 70 * MSS });
    control.recovered(0, 0);
    expect(control.cwnd).toBe(70 * MSS);
    expect(control.details()).toMatchObject({ wMax: 100 * MSS });
  });

  test('two segments are the least', () => {
    expect(recovered(2)).toMatchObject({ cwnd: 2 * MSS, ssthresh: 2 * MSS });
  });

  test('fast convergence: where the window did not come back to the last plateau, the next is lower (§4.7)', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    const { cwnd } = control;
    reduce(control);
    expect(control.ssthresh).toBe(Math.floor(cwnd * 0.7));
    expect(control.details()).toMatchObject({ wMax: Math.round(cwnd * 0.85) });
  });

  test('where it has come back, the plateau is the window', () => {
    const control = recovered(1000);
    rounds(control, 0, 12 * SECOND, 100 * MS);
    const { cwnd } = control;
    reduce(control);
    expect(control.details()).toMatchObject({ wMax: cwnd });
  });
});

describe('time-out (RFC 9438 §4.8)', () => {
  test('one segment, seven tenths as threshold, and from there a cubic that starts at its plateau', () => {
    const control = recovered(1000);
    control.timedOut(700 * MSS, true, 0);
    const ssthresh = Math.floor(0.7 * 700 * MSS);
    expect(control).toMatchObject({ cwnd: MSS, ssthresh });
    control.timedOut(MSS, false, 0);
    expect(control.ssthresh).toBe(ssthresh);
    while (control.cwnd < control.ssthresh) control.acked(ackSample({ acked: 2 * MSS }));
    rounds(control, 0, 4 * SECOND, 100 * MS);
    expect(control.details()).toMatchObject({ k: 0, wMax: ssthresh });
    // W_est, α a round trip, is 490 + 40 × 9 ÷ 17; the cubic 490 + 0.4 × 4³.
    expect(Math.abs(control.cwnd / MSS - 515.6)).toBeLessThan(0.01);
  });

  test('W_est grows by one beyond the window before the time-out, whatever there was before that', () => {
    const control = recovered(1000);
    control.cwnd = 20 * MSS;
    control.timedOut(20 * MSS, true, 0);
    while (control.cwnd < control.ssthresh) control.acked(ackSample({ acked: 2 * MSS }));
    rounds(control, 0, 120 * MS, 10 * MS);
    const before = control.cwnd;
    expect(before).toBeGreaterThan(20 * MSS);
    rounds(control, 120 * MS, 220 * MS, 10 * MS);
    expect(Math.abs((control.cwnd - before) / MSS - 10)).toBeLessThan(0.05);
  });

  test('in the midst of a reduction it reduces from where that began', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    control.cwnd = 100 * MSS;
    control.reduce('loss', 100 * MSS, 0);
    control.cwnd = 10 * MSS;
    control.timedOut(20 * MSS, true, 0);
    expect(control).toMatchObject({ cwnd: MSS, ssthresh: 70 * MSS });
  });
});

describe('the time in which the window was not used (RFC 9438 §5.8)', () => {
  test('an idle time does not count', () => {
    const control: CongestionControl = new Cubic(congestionSetup({ slowStartAfterIdle: false }));
    control.cwnd = 1000 * MSS;
    reduce(control);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    // The last ACK is of 1.9 s.
    control.sending(0, 60 * SECOND, SECOND, 61.9 * SECOND);
    rounds(control, 62 * SECOND, 63 * SECOND, 100 * MS);
    expect(Math.abs(control.cwnd / MSS - cubic(1000, 3))).toBeLessThan(0.01);
  });

  test('nor does a time in which the user sent less', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    const { cwnd } = control;
    for (let now = 2 * SECOND; now < 60 * SECOND; now += 100 * MS) control.acked(ackSample({ now, limited: false }));
    expect(control.cwnd).toBe(cwnd);
    // From the last ACK of that kind on, at 59.9 s, it counts again.
    rounds(control, 60 * SECOND, 61 * SECOND, 100 * MS);
    expect(Math.abs(control.cwnd / MSS - cubic(1000, 3))).toBeLessThan(0.01);
  });

  test('after a restart, slow start leads to a new stage', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    control.sending(0, 60 * SECOND, SECOND, 62 * SECOND);
    expect(control.cwnd).toBe(10 * MSS);
    while (control.cwnd < control.ssthresh) control.acked(ackSample({ now: 62 * SECOND, acked: 2 * MSS }));
    const epoch = control.cwnd / MSS;
    expect(epoch).toBe(700);
    rounds(control, 62 * SECOND, 63 * SECOND, 100 * MS);
    expect(Math.abs(control.cwnd / MSS - cubic(1000, 1))).toBeLessThan(0.01);
  });
});

describe('undo (RFC 9438 §4.9)', () => {
  test('brings back window, threshold and the stage, whose time has gone on', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    const { cwnd, ssthresh } = control;
    reduce(control);
    control.undo(2.5 * SECOND);
    expect(control).toMatchObject({ cwnd, ssthresh });
    expect(control.details()).toMatchObject({ wMax: 1000 * MSS });
    rounds(control, 2.9 * SECOND, 3 * SECOND, 100 * MS);
    expect(Math.abs(control.cwnd / MSS - cubic(1000, 3))).toBeLessThan(0.01);
  });

  test('a time-out that was for nothing leaves the plateau', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    const { cwnd } = control;
    control.timedOut(cwnd, true, 0);
    control.undo(0);
    expect(control.cwnd).toBe(cwnd);
    expect(control.details()).toMatchObject({ wMax: 1000 * MSS });
  });

  test('with nothing to undo, nothing changes', () => {
    const control = recovered(1000);
    rounds(control, 0, 2 * SECOND, 100 * MS);
    reduce(control);
    control.undo(0);
    control.timedOut(0, false, 0);
    const before = { ...control.details(), cwnd: control.cwnd };
    control.undo(0);
    expect({ ...control.details(), cwnd: control.cwnd }).toEqual(before);
  });
});

describe('HyStart++ in the first slow start', () => {
  function round(control: CongestionControl, rtt: number, phase: 'open' | 'loss' = 'open'): void {
    for (let count = 0; count < 8; count++) control.acked(ackSample({ phase, rtt, roundStart: count === 0 }));
  }

  test('leaves it when the round trips grow, and the cubic starts there', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    round(control, 100 * MS);
    expect(control.cwnd).toBe(18 * MSS);
    round(control, 120 * MS);
    expect(control.details()).toMatchObject({ hystart: 'css' });
    // The eighth ACK decides; what it acknowledges still counts in full.
    expect(control.cwnd).toBe(26 * MSS);
    for (let count = 0; count < 4; count++) round(control, 120 * MS);
    expect(control).toMatchObject({ cwnd: 34 * MSS, ssthresh: NO_THRESHOLD });
    control.acked(ackSample({ roundStart: true }));
    expect(control).toMatchObject({ cwnd: 34 * MSS, ssthresh: 34 * MSS });
    control.acked(ackSample());
    expect(control.details()).toMatchObject({ hystart: 'done', k: 0, wMax: 34 * MSS });
  });

  test('looks only at ACKs of a sender that the window held back', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    round(control, 100 * MS);
    for (let count = 0; count < 100; count++)
      control.acked(ackSample({ rtt: 500 * MS, limited: false, roundStart: true }));
    expect(control.details()).toMatchObject({ hystart: 'slow-start' });
  });

  test('has no part in a later one', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    control.timedOut(200 * MSS, true, 0);
    control.ssthresh = 200 * MSS;
    for (let rtt = 100 * MS; rtt < 1000 * MS; rtt += 100 * MS) round(control, rtt, 'loss');
    expect(control.cwnd).toBe(73 * MSS);
    control.acked(ackSample({ acked: 8 * MSS }));
    expect(control.cwnd).toBe(75 * MSS);
  });

  test('starts anew where the first congestion was none', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    round(control, 100 * MS);
    round(control, 120 * MS);
    reduce(control);
    control.undo(0);
    expect(control.details()).toMatchObject({ hystart: 'slow-start' });
    control.acked(ackSample({ acked: 8 * MSS }));
    expect(control.cwnd).toBe(34 * MSS);
  });
});
