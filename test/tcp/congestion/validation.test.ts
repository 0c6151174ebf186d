import { describe, expect, test } from '@jest/globals';
import type { CongestionControl } from '../../../src/tcp/congestion/congestion-control';
import { Cubic } from '../../../src/tcp/congestion/cubic';
import { Reno } from '../../../src/tcp/congestion/reno';
import { NO_THRESHOLD } from '../../../src/tcp/congestion/window-based';
import { ackSample, congestionSetup, lostRange, MS, MSS, SECOND } from '../../support/ack-sample';

const MINUTE = 60 * SECOND;

/** A sender in congestion avoidance with a window of 100 segments, of which it uses `used` a round trip, for 3 s. */
function used(segments: number, keep = false): CongestionControl {
  const control: CongestionControl = new Reno(congestionSetup({ slowStartAfterIdle: !keep }));
  control.cwnd = 100 * MSS;
  control.ssthresh = 100 * MSS;
  for (let now = 0; now <= 3 * SECOND; now += 100 * MS) round(control, now, segments);
  return control;
}

/** One round trip's ACK, of a sender that the window does not hold back. */
function round(control: CongestionControl, now: number, segments: number): void {
  control.acked(ackSample({ now, acked: segments * MSS, roundStart: true, limited: false }));
}

describe('pipeACK and the phases (RFC 7661 §4.2, §4.3)', () => {
  test('nothing is known before a round was seen from its start: the window is validated', () => {
    const control: CongestionControl = new Reno(congestionSetup());
    round(control, 0, 1);
    expect(control.details()).toEqual({ phase: 'validated' });
    round(control, 100 * MS, 1);
    expect(control.details()).toEqual({ phase: 'non-validated', pipeAck: MSS });
  });

  test('half of the window in a round trip validates it', () => {
    expect(used(50).details()).toEqual({ phase: 'validated', pipeAck: 50 * MSS });
    expect(used(49).details()).toEqual({ phase: 'non-validated', pipeAck: 49 * MSS });
  });

  test('a sample is what all the ACKs of a round deliver', () => {
    const control = used(10);
    for (let count = 0; count < 60; count++) {
      control.acked(ackSample({ now: 4 * SECOND, acked: 0, delivered: MSS, limited: false }));
    }
    round(control, 4 * SECOND, 1);
    expect(control.details()).toMatchObject({ pipeAck: 61 * MSS });
  });

  test('the highest sample of the last second counts', () => {
    const control = used(50);
    for (let now = 3100 * MS; now <= 3600 * MS; now += 100 * MS) round(control, now, 10);
    expect(control.details()).toMatchObject({ pipeAck: 50 * MSS });
    for (let now = 3700 * MS; now <= 4200 * MS; now += 100 * MS) round(control, now, 10);
    expect(control.details()).toEqual({ phase: 'non-validated', pipeAck: 10 * MSS });
  });

  test('also after a long silence', () => {
    const control = used(50);
    round(control, 60 * SECOND, 50);
    round(control, 60 * SECOND + 500 * MS, 10);
    expect(control.details()).toMatchObject({ pipeAck: 50 * MSS });
    round(control, 61 * SECOND + 500 * MS, 10);
    expect(control.details()).toMatchObject({ pipeAck: 10 * MSS });
  });

  test('of three round trips, where those are longer', () => {
    const control: CongestionControl = new Reno(congestionSetup());
    control.cwnd = control.ssthresh = 100 * MSS;
    const at = (now: number, segments: number) => {
      control.acked(ackSample({ now, acked: segments * MSS, roundStart: true, limited: false, srtt: SECOND }));
    };
    at(0, 1);
    at(SECOND, 60);
    at(2 * SECOND, 10);
    at(3 * SECOND, 10);
    expect(control.details()).toMatchObject({ pipeAck: 60 * MSS });
    at(4 * SECOND, 10);
    expect(control.details()).toMatchObject({ pipeAck: 10 * MSS });
  });

  test('slow start, which doubles the window while it measures, stays validated', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    for (let count = 0; count < 8; count++) {
      const window = control.cwnd;
      for (let acked = 0; acked < window; acked += 2 * MSS) {
        control.acked(ackSample({ now: count * 100 * MS, acked: 2 * MSS, roundStart: acked === 0 }));
        expect(control.details()).toMatchObject({ phase: 'validated' });
      }
    }
    expect(control.cwnd).toBe(2560 * MSS);
  });

  test('after a silent second nothing is left of it', () => {
    const control = used(60, true);
    control.sending(0, 900 * MS, SECOND, 3900 * MS);
    expect(control.details()).toMatchObject({ pipeAck: 60 * MSS });
    control.sending(0, SECOND, SECOND, 4 * SECOND);
    expect(control.details()).toEqual({ phase: 'non-validated', pipeAck: 0 });
  });
});

describe('congestion in the non-validated phase (RFC 7661 §4.4.1)', () => {
  test.each([
    [5, 10],
    [30, 15],
  ])('with %d segments in flight the larger of that and pipeACK counts: %d', (inFlight, segments) => {
    const control = used(20);
    control.reduce('loss', inFlight * MSS, 0);
    expect(control.ssthresh).toBe(segments * MSS);
  });

  test('what had to be repaired is taken off in the end, and the phase is validated again', () => {
    const control = used(20);
    for (let count = 0; count < 4; count++) control.lost(lostRange());
    control.reduce('loss', 30 * MSS, 0);
    for (let count = 0; count < 2; count++) control.lost(lostRange());
    control.recovered(0, 0);
    expect(control).toMatchObject({ cwnd: 12 * MSS, ssthresh: 12 * MSS });
    expect(control.details()).toEqual({ phase: 'validated' });
  });

  test('in the validated phase it is not', () => {
    const control = used(60);
    control.lost(lostRange());
    control.reduce('loss', 60 * MSS, 0);
    control.recovered(0, 0);
    expect(control.cwnd).toBe(30 * MSS);
  });

  test('nor is what an earlier recovery repaired', () => {
    const control = used(60);
    for (let count = 0; count < 10; count++) control.lost(lostRange());
    control.reduce('loss', 60 * MSS, 0);
    control.recovered(0, 0);
    for (let now = 4 * SECOND; now <= 6 * SECOND; now += 100 * MS) round(control, now, 10);
    control.reduce('loss', 12 * MSS, 0);
    control.recovered(0, 0);
    expect(control.cwnd).toBe(6 * MSS);
  });

  test('after recovery a round must be seen from its start again, and no older one counts', () => {
    const control = used(60);
    control.reduce('loss', 60 * MSS, 0);
    control.recovered(0, 0);
    round(control, 3100 * MS, 1);
    expect(control.details()).toEqual({ phase: 'validated' });
    round(control, 3200 * MS, 1);
    expect(control.details()).toEqual({ phase: 'non-validated', pipeAck: MSS });
  });

  test('a time-out, and a reduction that was for nothing, forget it all as well', () => {
    for (const end of [
      (it: CongestionControl) => {
        it.timedOut(0, false, 0);
      },
      (it: CongestionControl) => {
        it.undo(0);
      },
    ]) {
      const control = used(20);
      control.lost(lostRange());
      control.reduce('loss', 30 * MSS, 0);
      end(control);
      expect(control.details()).toEqual({ phase: 'validated' });
    }
  });

  test('CUBIC takes that for its window, too', () => {
    const control: CongestionControl = new Cubic(congestionSetup());
    control.cwnd = control.ssthresh = 100 * MSS;
    for (let now = 0; now <= SECOND; now += 100 * MS) round(control, now, 20);
    control.reduce('loss', 10 * MSS, 0);
    expect(control.ssthresh).toBe(14 * MSS);
    expect(control.details()).toMatchObject({ wMax: 20 * MSS });
  });

  test('what is in flight beyond the window does not count', () => {
    const control = used(20);
    control.reduce('loss', 1000 * MSS, 0);
    expect(control.ssthresh).toBe(50 * MSS);
  });
});

describe('the window is kept for five minutes (RFC 7661 §4.4.3)', () => {
  test('then it is halved, again after five more, and not below the initial window', () => {
    const control = used(2);
    // Non-validated since 100 ms.
    round(control, 5 * MINUTE + 100 * MS - 1, 2);
    expect(control.cwnd).toBe(100 * MSS);
    round(control, 5 * MINUTE + 100 * MS, 2);
    expect(control).toMatchObject({ cwnd: 50 * MSS, ssthresh: 100 * MSS });
    for (let minute = 6; minute < 10; minute++) round(control, minute * MINUTE, 2);
    expect(control.cwnd).toBe(50 * MSS);
    for (let minute = 10; minute < 60; minute++) round(control, minute * MINUTE, 2);
    expect(control.cwnd).toBe(10 * MSS);
  });

  test('recovery, whose window is PRR’s, is left alone', () => {
    const control = used(2);
    control.reduce('loss', 2 * MSS, 0);
    control.cwnd = 50 * MSS;
    control.acked(ackSample({ now: 6 * MINUTE, phase: 'recovery', roundStart: true }));
    expect(control.cwnd).toBe(50 * MSS);
  });

  test('slow start may then lead back to three quarters', () => {
    const control = used(10);
    control.ssthresh = 20 * MSS;
    round(control, 6 * MINUTE, 10);
    expect(control).toMatchObject({ cwnd: 50 * MSS, ssthresh: 75 * MSS });
  });

  test('use in between starts the time anew', () => {
    const control = used(10);
    round(control, 4 * MINUTE, 60);
    round(control, 4 * MINUTE + 2 * SECOND, 10);
    round(control, 8 * MINUTE, 10);
    expect(control.cwnd).toBe(100 * MSS);
  });

  test('idle time counts, where it does not lower the window by itself', () => {
    const control = used(60, true);
    control.sending(0, 5 * MINUTE - 1, SECOND, 6 * MINUTE);
    expect(control.cwnd).toBe(100 * MSS);
    const other = used(60, true);
    other.sending(0, 5 * MINUTE, SECOND, 6 * MINUTE);
    expect(other.cwnd).toBe(50 * MSS);
  });

  test('a window below the initial one is left', () => {
    const control = used(1);
    control.cwnd = 5 * MSS;
    round(control, 6 * MINUTE, 1);
    expect(control.cwnd).toBe(5 * MSS);
  });
});

describe('the restart after an idle time (RFC 5681 §4.1)', () => {
  test.each([
    [SECOND - 1, 100],
    [SECOND, 50],
    [1.9 * SECOND, 50],
    [2 * SECOND, 25],
    [3 * SECOND, 12.5],
    [4 * SECOND, 10],
    [90 * MINUTE, 10],
  ])('at an RTO of 1 s, %d µs idle: of 100 segments %d are left', (idle, segments) => {
    const control = used(60);
    control.ssthresh = 60 * MSS;
    control.sending(0, idle, SECOND, 3 * SECOND + idle);
    expect(control.cwnd).toBe(segments * MSS);
    expect(control.ssthresh).toBe((idle < SECOND ? 60 : 75) * MSS);
  });

  test('MUST-19: a threshold that is higher, or was never set, stays', () => {
    const control = used(60);
    control.ssthresh = NO_THRESHOLD;
    control.sending(0, MINUTE, SECOND, 4 * MINUTE);
    expect(control.ssthresh).toBe(NO_THRESHOLD);
  });

  test('a window below the initial one is the restart window', () => {
    const control = used(60);
    control.cwnd = 4 * MSS;
    control.sending(0, MINUTE, SECOND, 4 * MINUTE);
    expect(control.cwnd).toBe(4 * MSS);
  });

  test('with something in flight nobody was idle', () => {
    const control = used(60);
    control.sending(MSS, MINUTE, SECOND, 4 * MINUTE);
    expect(control.cwnd).toBe(100 * MSS);
  });

  test('is off where it was switched off', () => {
    const control = used(60, true);
    control.sending(0, MINUTE, SECOND, 2 * MINUTE);
    expect(control).toMatchObject({ cwnd: 100 * MSS, ssthresh: 100 * MSS });
  });
});
