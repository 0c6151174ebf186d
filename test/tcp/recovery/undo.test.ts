import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments, type LossyOptions } from '../../support/lossy';
import { MILLISECOND, type Script } from '../../support/script';

/** The peer's line with timestamps: its own, and the one that it echoes, ms. */
function stamped(line: string, echo: number, value = 500): string {
  const stamp = `nop,nop,TS val ${value} ecr ${echo}`;
  return line.includes('<') ? line.replace('<nop,nop', `<${stamp},nop,nop`) : `${line} <${stamp}>`;
}

/** Ten segments left at 100 ms; three SACKs, 150 ms later, have had the first sent again. */
function recovering(options: LossyOptions = {}): Script {
  const t = lossy({ timestamps: true, ...options });
  t.send(60 * MSS);
  t.expect(...segments(0, 10)).after(1.5 * RTT);
  t.inject(stamped(ack(0, [1, 4]), 100))
    .expect(data(0))
    .skip();
  expect(t.status).toMatchObject({ congestion: { phase: 'recovery' }, lost: 0 });
  expect(t.status.ssthresh).toBeLessThan(10 * MSS);
  return t;
}

describe('a recovery that was for nothing, by the timestamp that comes back (Eifel: RFC 3522, RFC 4015)', () => {
  test.each(['reno', 'cubic'] as const)(
    'the ACK echoes the first transmission: the window of before comes back (%s)',
    (congestion) => {
      const t = recovering({ congestion })
        .after(MILLISECOND)
        .inject(stamped(ack(4), 100))
        .skip();
      expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'undone']);
      expect(t.status).toMatchObject({
        spuriousRecoveries: 1,
        ssthresh: Number.MAX_SAFE_INTEGER,
        congestion: { phase: 'open' },
      });
      expect(t.status.cwnd).toBeGreaterThanOrEqual(10 * MSS);
    },
  );

  test('it echoes the retransmission: the loss was real', () => {
    const t = recovering()
      .after(RTT)
      .inject(stamped(ack(4), 250))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit']);
    expect(t.status.spuriousRecoveries).toBe(0);
  });

  test('a time-out likewise, with the first ACK (RFC 4015 §3.2)', () => {
    const t = lossy({ timestamps: true, tailLossProbe: false, frto: false });
    t.send(60 * MSS);
    t.skip()
      .after(300 * MILLISECOND)
      .expect(data(0))
      .after(MILLISECOND)
      .inject(stamped(ack(1), 100))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['timeout', 'undone']);
    expect(t.status).toMatchObject({
      cwnd: 11 * MSS,
      lost: 0,
      backoff: 0,
      retransmissions: 1,
      congestion: { phase: 'open' },
    });
  });

  test('within the same millisecond timestamps cannot tell', () => {
    const t = recovering()
      .inject(stamped(ack(4), 250))
      .skip();
    expect(t.status.spuriousRecoveries).toBe(0);
  });
});

describe('a recovery that was for nothing, by DSACKs (RFC 2883, RFC 3708)', () => {
  const recovered = (options: LossyOptions = {}): Script => {
    const t = recovering({ timestamps: false, ...options })
      .after(MILLISECOND)
      .inject(ack(10))
      .skip();
    return t.after(RTT);
  };

  test.each(['reno', 'cubic'] as const)(
    'each retransmission was a duplicate: the window of before comes back, though the recovery is over (%s)',
    (congestion) => {
      const t = recovered({ congestion });
      expect(t.status.cwnd).toBeLessThan(10 * MSS);
      t.inject(ack(10, [0, 1])).skip();
      expect(t.status).toMatchObject({ spuriousRecoveries: 1, cwnd: 10 * MSS, ssthresh: Number.MAX_SAFE_INTEGER });
    },
  );

  test('with two retransmissions one DSACK is not enough', () => {
    const t = lossy();
    t.send(60 * MSS);
    t.expect(...segments(0, 10))
      .after(1.5 * RTT)
      .inject(ack(0, [2, 5]))
      .expect(data(0))
      .inject(ack(0, [2, 7]))
      .expect(data(1));
    t.after(MILLISECOND)
      .inject(ack(10))
      .skip()
      .inject(ack(10, [0, 1]))
      .skip();
    expect(t.status.spuriousRecoveries).toBe(0);
    t.inject(ack(10, [1, 2])).skip();
    expect(t.status.spuriousRecoveries).toBe(1);
  });

  test('one of something that this recovery has not sent again does not count', () => {
    const t = recovered();
    t.inject(ack(14))
      .skip()
      .inject(ack(14, [10, 11]))
      .skip()
      .inject(ack(14, [0, 1]))
      .skip();
    expect(t.status.duplicatesReported).toBe(2);
  });

  test('while it goes on as well', () => {
    const t = recovering({ timestamps: false })
      .after(MILLISECOND)
      .inject(ack(4))
      .skip()
      .inject(ack(4, [0, 1]))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'undone']);
    expect(t.status.congestion.phase).toBe('open');
  });
});

test('a fast retransmit for nothing shows that the path reorders: RACK is patient from then on (RFC 8985 §6.2)', () => {
  const t = recovering()
    .after(MILLISECOND)
    .inject(stamped(ack(4), 100))
    .skip();
  expect(t.status.spuriousRecoveries).toBe(1);
  // Three segments overtake one again: it has a quarter of a round trip, and comes.
  t.after(10 * MILLISECOND)
    .inject(stamped(ack(4, [5, 8]), 100))
    .skip();
  expect(causes(t, 'retransmission')).toEqual(['fast-retransmit']);
  expect(t.status.timers).toHaveProperty('reorder');
});
