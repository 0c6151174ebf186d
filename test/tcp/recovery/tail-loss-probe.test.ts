import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments, type LossyOptions } from '../../support/lossy';
import { MILLISECOND, script, SECOND, type Script } from '../../support/script';

const LAST = { flags: 'P.' };

/** Two segments left at `RTT`, and that is all there is. */
function two(options: LossyOptions = {}): Script {
  const t = lossy(options);
  t.send(2 * MSS);
  return t.expect(data(0), data(1, LAST));
}

describe('the tail loss probe (RFC 8985 §7)', () => {
  test('two round trips after the last ACK the last segment goes out once more (§7.2, §7.3)', () => {
    const t = two()
      .at(3 * RTT - 1)
      .expectNothing()
      .after(1)
      .expect(data(1, LAST));
    expect(causes(t, 'retransmission')).toEqual(['probe']);
    expect(t.counter('tcp.tail-loss-probes')).toBe(1);
    expect(t.status).toMatchObject({ backoff: 0, congestion: { phase: 'open' } });
  });

  test('new data rather, whatever the congestion window says', () => {
    const t = lossy();
    t.send(12 * MSS);
    t.expect(...segments(0, 10))
      .at(3 * RTT)
      .expect(data(10))
      .after(RTT)
      .inject(ack(11))
      .skip();
    expect(causes(t, 'congestion')).toEqual([]);
  });

  test("but not beyond the peer's window", () => {
    const t = lossy({ win: 2 * MSS });
    t.send(12 * MSS);
    t.expect(...segments(0, 2))
      .at(3 * RTT)
      .expect(data(1));
  });

  test('with one segment in flight the peer may delay its ACK: 200 ms more', () => {
    const t = lossy({ rto: { min: SECOND } });
    t.send(MSS);
    t.expect(data(0, LAST))
      .after(2 * RTT + 200 * MILLISECOND - 1)
      .expectNothing()
      .after(1)
      .expect(data(0, LAST));
  });

  test('it comes no later than the retransmission time-out would (§7.2)', () => {
    const t = lossy();
    t.send(MSS);
    t.expect(data(0, LAST))
      .after(300 * MILLISECOND)
      .expect(data(0, LAST));
    expect(causes(t, 'retransmission')).toEqual(['probe']);
  });

  test('without a round trip measured, after one second', () => {
    const t = script({ active: 80, sack: true })
      .skip()
      .at(SECOND)
      .skip()
      .inject('S. 0:0(0) ack 1 <mss 1000,sackOK>')
      .skip();
    expect(t.status.srtt).toBeUndefined();
    t.send(MSS);
    t.expect(data(0, LAST))
      .after(SECOND - 1)
      .expectNothing()
      .after(1)
      .expect(data(0, LAST));
    expect(causes(t, 'retransmission')).toEqual(['timeout', 'probe']);
  });

  test('the timer starts anew with each ACK and with new data', () => {
    const t = lossy();
    t.send(3 * MSS);
    t.skip()
      .after(RTT)
      .inject(ack(1))
      .after(50 * MILLISECOND);
    t.send(MSS);
    t.expect(data(3, LAST))
      .after(2 * RTT - 1)
      .expectNothing()
      .after(1)
      .expect(data(3, LAST));
  });

  test('the retransmission timer starts anew behind it, and only one probe is sent', () => {
    const t = two()
      .at(3 * RTT)
      .expect(data(1, LAST))
      .after(300 * MILLISECOND - 1)
      .expectNothing()
      .after(1)
      .expect(data(0))
      .skip();
    expect(causes(t, 'retransmission')[1]).toBe('timeout');
    expect(t.counter('tcp.tail-loss-probes')).toBe(1);
  });

  test('a FIN is probed with the data before it', () => {
    const t = lossy();
    t.send(2 * MSS);
    t.expect(data(0), data(1, LAST))
      .shutdown()
      .expect('F. 2001:2001(0) ack 1')
      .at(3 * RTT)
      .expect('FP. 1002:2001(999) ack 1');
    t.after(RTT).inject('. 1:1(0) ack 2002').state('FIN-WAIT-2');
  });

  test('none without SACK, where it is turned off, with losses counted instead of timed, and in recovery', () => {
    for (const options of [{ sack: false }, { tailLossProbe: false }, { lossRecovery: 'sack' }] as const) {
      const t = two(options)
        .at(3 * RTT)
        .expectNothing();
      expect(t.status.timers.probe).toBeUndefined();
    }
    const t = lossy();
    t.send(10 * MSS);
    t.skip()
      .after(RTT)
      .inject(ack(0, [1, 4]))
      .skip();
    expect(t.status.timers.probe).toBeUndefined();
  });

  test('what is overtaken has its own timer: no probe with something SACKed (§7.2)', () => {
    const t = two()
      .after(RTT)
      .inject(ack(0, [1, 2]));
    expect(t.status.timers).not.toHaveProperty('probe');
    t.after(RTT / 4).expect(data(0));
  });
});

describe('what the probe brings to light (RFC 8985 §7.4)', () => {
  const probed = (): Script =>
    two()
      .at(3 * RTT)
      .expect(data(1, LAST));

  test('its SACK shows that the head is lost, which goes out at once', () => {
    const t = probed()
      .after(RTT)
      .inject(ack(0, [1, 2]))
      .expect(data(0))
      .after(RTT)
      .inject(ack(2));
    expect(causes(t, 'retransmission')).toEqual(['probe', 'fast-retransmit']);
    expect(t.status).toMatchObject({ backoff: 0, inFlight: 0, spuriousRecoveries: 0 });
  });

  test('a DSACK: nothing was lost, and the window stays (case 1)', () => {
    const t = probed()
      .after(1000)
      .inject(ack(2))
      .after(RTT)
      .inject(ack(2, [1, 2]));
    t.send(MSS);
    t.expect(data(2, LAST)).after(RTT).inject(ack(3));
    expect(causes(t, 'congestion')).toEqual([]);
    expect(t.status.ssthresh).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('a bare duplicate ACK, of a peer without DSACK, says the same (case 2)', () => {
    const t = probed().after(1000).inject(ack(2)).after(RTT).inject(ack(2));
    t.send(MSS);
    t.expect(data(2, LAST)).after(RTT).inject(ack(3));
    expect(causes(t, 'congestion')).toEqual([]);
  });

  test('a loss that it has mended brings the window down, once later data is acknowledged', () => {
    const t = probed().after(RTT).inject(ack(2));
    expect(causes(t, 'congestion')).toEqual([]);
    t.send(2 * MSS);
    t.skip().after(RTT).inject(ack(3));
    expect(causes(t, 'congestion')).toEqual(['probe']);
    expect(t.status).toMatchObject({ ssthresh: 2 * MSS, congestion: { phase: 'reduced' } });
    t.inject(ack(4));
    expect(t.status.congestion.phase).toBe('open');
  });

  test('the next probe waits until the last one is settled', () => {
    const t = probed().after(RTT).inject(ack(1));
    expect(t.status.timers.probe).toBeUndefined();
  });
});
