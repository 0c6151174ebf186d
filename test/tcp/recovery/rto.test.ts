import { describe, expect, test } from '@jest/globals';
import { RetransmissionTimeout } from '../../../src/tcp/recovery/rto';

const SECOND = 1_000_000;
const fresh = (): RetransmissionTimeout =>
  new RetransmissionTimeout({ initial: SECOND, min: 200_000, max: 60 * SECOND });

describe('the retransmission time-out (RFC 6298)', () => {
  test('is one second until a round trip was measured (§2.1)', () => {
    expect(fresh()).toMatchObject({ rto: SECOND, srtt: undefined, rttvar: undefined });
  });

  test('the first measurement R: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR (§2.2)', () => {
    const timeout = fresh();
    timeout.measure(400_000);
    expect(timeout).toMatchObject({ srtt: 400_000, rttvar: 200_000, rto: 1_200_000 });
  });

  test('a later one moves RTTVAR by a quarter, then SRTT by an eighth (§2.3)', () => {
    const timeout = fresh();
    timeout.measure(400_000);
    timeout.measure(800_000);
    // RTTVAR = 3/4 · 200 ms + 1/4 · |400 - 800| ms; SRTT = 7/8 · 400 ms + 1/8 · 800 ms
    expect(timeout).toMatchObject({ rttvar: 250_000, srtt: 450_000, rto: 1_450_000 });
  });

  test('of several samples in a round trip each weighs so much less (RFC 7323 §4.2, appendix G)', () => {
    const timeout = fresh();
    timeout.measure(400_000);
    timeout.measure(800_000, 10);
    expect(timeout.rttvar).toBe(200_000 + (400_000 - 200_000) / 40);
    expect(timeout.srtt).toBe(400_000 + 400_000 / 80);
  });

  test('a whole round trip of equal samples comes to about what one would (RFC 7323 §4.2)', () => {
    const [one, many] = [fresh(), fresh()];
    for (const each of [one, many]) each.measure(100_000);
    one.measure(200_000);
    for (let count = 0; count < 10; count++) many.measure(200_000, 10);
    expect(Math.abs((many.srtt ?? NaN) - (one.srtt ?? NaN))).toBeLessThan(1_000);
  });

  test('after a SYN that was lost data starts with 3 s, or with more if that was asked for (§5.7)', () => {
    const timeout = fresh();
    timeout.backOff();
    timeout.restartAfterSyn();
    expect(timeout).toMatchObject({ rto: 3 * SECOND, backoff: 0 });
    const patient = new RetransmissionTimeout({ initial: 5 * SECOND, min: 200_000, max: 60 * SECOND });
    patient.restartAfterSyn();
    expect(patient.rto).toBe(5 * SECOND);
  });

  test('it is never below its minimum nor above its maximum (§2.4, §2.5)', () => {
    const timeout = fresh();
    timeout.measure(100);
    expect(timeout.rto).toBe(200_000);
    timeout.measure(600 * SECOND);
    expect(timeout.rto).toBe(60 * SECOND);
  });

  test('a steady round trip leaves at least the clock granularity G beside SRTT (§2.3)', () => {
    const timeout = new RetransmissionTimeout({ initial: SECOND, min: 1, max: 60 * SECOND });
    for (let count = 0; count < 200; count++) timeout.measure(50_000);
    expect(timeout.rto).toBe(51_000);
  });

  test('MUST-19: each expiry doubles it, up to the maximum (§5.5)', () => {
    const timeout = fresh();
    const times = Array.from({ length: 8 }, () => {
      timeout.backOff();
      return timeout.rto / SECOND;
    });
    expect(times).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
    expect(timeout.backoff).toBe(8);
  });

  test('MUST-18: it stays backed off until a segment that was sent once only is measured (§3, §5.7)', () => {
    const timeout = fresh();
    timeout.backOff();
    timeout.backOff();
    timeout.progressed();
    expect(timeout).toMatchObject({ rto: 4 * SECOND, backoff: 0 });
    timeout.measure(100_000);
    expect(timeout).toMatchObject({ rto: 300_000, backoff: 0 });
  });
});
