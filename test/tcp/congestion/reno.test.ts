import { describe, expect, test } from '@jest/globals';
import { Reno } from '../../../src/tcp/congestion/reno';
import type { CongestionControl } from '../../../src/tcp/congestion/congestion-control';
import { NO_THRESHOLD } from '../../../src/tcp/congestion/window-based';
import { ackSample, congestionSetup, MSS } from '../../support/ack-sample';

function reno(cwnd?: number, ssthresh?: number): CongestionControl {
  const control: CongestionControl = new Reno(congestionSetup());
  if (cwnd !== undefined) control.cwnd = cwnd;
  if (ssthresh !== undefined) control.ssthresh = ssthresh;
  return control;
}

/** In recovery the window is PRR's: this stands in for it. */
function recover(control: CongestionControl, inFlight: number): void {
  control.reduce('loss', inFlight, 0);
  control.cwnd = MSS;
  control.recovered(0, 0);
}

describe('the initial window', () => {
  test.each([
    [536, 10, 5360],
    [1460, 10, 14_600],
    [9000, 10, 18_000],
    [1460, 3, 4380],
  ])('MSS %d, %d segments: %d octets (RFC 6928)', (mss, initialWindow, cwnd) => {
    expect(new Reno(congestionSetup({ mss, initialWindow })).cwnd).toBe(cwnd);
  });

  test('follows the MSS until something was acknowledged', () => {
    const control = reno();
    control.setMss(500);
    expect(control.cwnd).toBe(5000);
    control.acked(ackSample({ acked: 500 }));
    control.setMss(1460);
    expect(control.cwnd).toBe(5500);
  });

  test('MUST-19: is one segment after the SYN was lost (RFC 5681 §3.1), also where the MSS is learnt later', () => {
    const control = reno();
    control.synLost();
    expect(control.cwnd).toBe(MSS);
    control.setMss(1460);
    expect(control).toMatchObject({ cwnd: 1460, ssthresh: NO_THRESHOLD });
  });

  test('a window never stays smaller than one segment of a larger MSS, nor the threshold than two', () => {
    const control = reno();
    control.timedOut(2 * MSS, true, 0);
    control.setMss(9000);
    expect(control).toMatchObject({ cwnd: 9000, ssthresh: 18_000 });
  });
});

describe('appropriate byte counting (RFC 3465)', () => {
  test.each([
    [MSS, MSS],
    [300, 300],
    [2 * MSS, 2 * MSS],
    [7 * MSS, 2 * MSS],
  ])('slow start: an ACK of %d octets adds %d', (acked, grown) => {
    const control = reno();
    control.acked(ackSample({ acked }));
    expect(control.cwnd).toBe(10 * MSS + grown);
  });

  test.each([
    [300, 300],
    [7 * MSS, MSS],
  ])('slow start after a time-out: an ACK of %d octets adds %d', (acked, grown) => {
    const control = reno();
    control.timedOut(20 * MSS, true, 0);
    control.acked(ackSample({ phase: 'loss', acked }));
    expect(control.cwnd).toBe(MSS + grown);
  });

  test('slow start ends at the threshold', () => {
    const control = reno(10 * MSS, 11 * MSS);
    control.acked(ackSample({ acked: 2 * MSS }));
    expect(control.cwnd).toBe(11 * MSS);
  });

  test('congestion avoidance: one segment more when a window was acknowledged, however it was cut', () => {
    const control = reno(10 * MSS, 10 * MSS);
    for (let acked = 0; acked < 9500; acked += 500) control.acked(ackSample({ acked: 500 }));
    expect(control.cwnd).toBe(10 * MSS);
    control.acked(ackSample({ acked: 500 }));
    expect(control.cwnd).toBe(11 * MSS);
    control.acked(ackSample({ acked: 11 * MSS }));
    expect(control.cwnd).toBe(12 * MSS);
  });

  test('an ACK of more than a window counts as one window', () => {
    const control = reno(10 * MSS, 10 * MSS);
    control.acked(ackSample({ acked: 100 * MSS }));
    for (let count = 0; count < 10; count++) control.acked(ackSample());
    expect(control.cwnd).toBe(11 * MSS);
  });
});

test('a window that did not hold the sender back does not grow', () => {
  for (const ssthresh of [NO_THRESHOLD, MSS]) {
    const control = reno(10 * MSS, ssthresh);
    for (let count = 0; count < 100; count++) control.acked(ackSample({ limited: false }));
    expect(control.cwnd).toBe(10 * MSS);
  }
});

test('a duplicate ACK does not make the window grow (RFC 5681 §3.2, step 1)', () => {
  const control = reno();
  control.acked(ackSample({ acked: 0, delivered: MSS }));
  expect(control.cwnd).toBe(10 * MSS);
});

describe('congestion', () => {
  test('half of what was in flight is the threshold, and the window when recovery is over', () => {
    const control = reno(20 * MSS);
    control.reduce('loss', 18 * MSS, 0);
    expect(control).toMatchObject({ cwnd: 20 * MSS, ssthresh: 9 * MSS });
    control.cwnd = 4 * MSS;
    control.acked(ackSample({ phase: 'recovery' }));
    control.acked(ackSample({ phase: 'reduced' }));
    expect(control.cwnd).toBe(4 * MSS);
    control.recovered(3 * MSS, 0);
    expect(control).toMatchObject({ cwnd: 9 * MSS, ssthresh: 9 * MSS });
  });

  test('two segments are the least', () => {
    const control = reno(3 * MSS);
    recover(control, MSS);
    expect(control).toMatchObject({ cwnd: 2 * MSS, ssthresh: 2 * MSS });
  });

  test('what was counted before congestion is forgotten', () => {
    const control = reno(10 * MSS, 10 * MSS);
    for (let count = 0; count < 9; count++) control.acked(ackSample());
    recover(control, 10 * MSS);
    for (let count = 0; count < 4; count++) control.acked(ackSample());
    expect(control.cwnd).toBe(5 * MSS);
    control.acked(ackSample());
    expect(control.cwnd).toBe(6 * MSS);
  });

  test('nor does it count beyond a slow start', () => {
    const control = reno(10 * MSS, 10 * MSS);
    for (let count = 0; count < 9; count++) control.acked(ackSample());
    control.timedOut(10 * MSS, true, 0);
    for (let count = 0; count < 8; count++) control.acked(ackSample({ phase: 'loss' }));
    expect(control.cwnd).toBe(5 * MSS);
  });

  test('a time-out in the midst of recovery ends it', () => {
    const control = reno(20 * MSS);
    control.reduce('loss', 20 * MSS, 0);
    control.timedOut(10 * MSS, true, 0);
    control.recovered(0, 0);
    expect(control).toMatchObject({ cwnd: MSS, ssthresh: 5 * MSS });
  });

  test('the end of something that did not reduce the window leaves it alone', () => {
    const control = reno();
    control.timedOut(20 * MSS, true, 0);
    control.recovered(0, 0);
    expect(control).toMatchObject({ cwnd: MSS, ssthresh: 10 * MSS });
  });

  test('MUST-19: time-out: one segment; a second one of the same data leaves the threshold', () => {
    const control = reno(20 * MSS);
    control.timedOut(20 * MSS, true, 0);
    expect(control).toMatchObject({ cwnd: MSS, ssthresh: 10 * MSS });
    control.timedOut(MSS, false, 0);
    expect(control).toMatchObject({ cwnd: MSS, ssthresh: 10 * MSS });
  });
});

describe('undo', () => {
  test('brings back what a reduction took, once', () => {
    const control = reno(20 * MSS);
    recover(control, 20 * MSS);
    control.undo(0);
    expect(control).toMatchObject({ cwnd: 20 * MSS, ssthresh: NO_THRESHOLD });
    control.cwnd = 5 * MSS;
    control.undo(0);
    expect(control.cwnd).toBe(5 * MSS);
  });

  test('in the midst of recovery, ends it', () => {
    const control = reno(20 * MSS, 15 * MSS);
    control.reduce('loss', 20 * MSS, 0);
    control.cwnd = 12 * MSS;
    control.undo(0);
    control.recovered(0, 0);
    expect(control).toMatchObject({ cwnd: 20 * MSS, ssthresh: 15 * MSS });
  });

  test('brings back what time-outs took, from before the first', () => {
    const control = reno(20 * MSS, 15 * MSS);
    control.timedOut(20 * MSS, true, 0);
    control.timedOut(MSS, false, 0);
    control.undo(0);
    expect(control).toMatchObject({ cwnd: 20 * MSS, ssthresh: 15 * MSS });
  });

  test('never lowers', () => {
    const control = reno(4 * MSS);
    control.reduce('loss', 4 * MSS, 0);
    control.cwnd = 6 * MSS;
    control.undo(0);
    expect(control.cwnd).toBe(6 * MSS);
  });
});
