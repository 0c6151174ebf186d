import { describe, expect, test } from '@jest/globals';
import { BbrFlow } from '../../support/bbr';
import { DrivenBbr } from '../../support/bbr-driven';
import { Bottleneck, MS, SECOND } from '../../support/bottleneck';

const MSS = 1_460;
const MBIT = 125_000;
const bdp = (net: Bottleneck): number => (net.rate * net.rtt) / SECOND;

describe('ProbeRTT (§5.3.4)', () => {
  test('comes five seconds after the last small round trip, lasts 200 ms with half a BDP in flight, and goes to CRUISE', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net);
    let cwnd = 0;
    bbr.onState = (state) => {
      if (state === 'ProbeRTT') ({ cwnd } = bbr.flow.control);
    };
    net.run(24 * SECOND);
    const times = bbr.all('ProbeRTT').map(({ at }) => at);
    expect(times[0]).toBeGreaterThan(5 * SECOND);
    expect(times[0]).toBeLessThan(10 * SECOND);
    for (const [index, at] of times.entries()) {
      const after = times[index + 1];
      if (after === undefined) continue;
      expect(after - at).toBeGreaterThan(5 * SECOND);
      expect(after - at).toBeLessThan(10 * SECOND);
    }
    expect(times.length).toBeGreaterThanOrEqual(3);
    const left = bbr.entered[bbr.entered.findIndex(({ state }) => state === 'ProbeRTT') + 1];
    expect(left?.state).toBe('ProbeBW_CRUISE');
    const lasted = (left?.at ?? 0) - (times[0] ?? 0);
    expect(lasted).toBeGreaterThan(200 * MS);
    expect(lasted).toBeLessThan(200 * MS + 3 * net.rtt);
    expect(cwnd / bdp(net)).toBeCloseTo(0.5, 1);
    expect(left?.inFlight).toBeLessThanOrEqual(0.52 * bdp(net));
    // The samples of the time when little was in flight leave the bandwidth as it was.
    expect(bbr.detail('maxBw')).toBeGreaterThan(0.95 * net.rate);
  });

  test('what it delivers says nothing of the path: in Startup it does not look like a full pipe', () => {
    const t = new DrivenBbr(4_000_000);
    for (let count = 0; t.state === 'Startup'; count++) {
      expect(count).toBeLessThan(120);
      t.round({ isAppLimited: true });
    }
    expect(t.state).toBe('ProbeRTT');
    for (let count = 0; t.state === 'ProbeRTT'; count++) {
      expect(count).toBeLessThan(20);
      t.round({ inFlight: 0 });
    }
    expect(t.state).toBe('Startup');
    // What was sent before it ended is still its own.
    t.round();
    expect(t.state).toBe('Startup');
  });

  test('takes 2 % of the throughput, no more', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net);
    bbr.runTo('ProbeRTT');
    expect(bbr.share(5 * SECOND)).toBeGreaterThan(0.95);
  });

  test('a longer path is found out within the 10 s of the filter and one probe', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 20 * MS });
    const bbr = new BbrFlow(net);
    net.run(8 * SECOND);
    expect(bbr.detail('minRtt')).toBeLessThan(22 * MS);
    net.rtt = 60 * MS;
    net.run(16 * SECOND);
    expect(bbr.detail('minRtt')).toBeGreaterThan(60 * MS);
    expect(bbr.detail('minRtt')).toBeLessThan(64 * MS);
    expect(bbr.share(5 * SECOND)).toBeGreaterThan(0.9);
  });

  test('a shorter path is found out at once', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 60 * MS });
    const bbr = new BbrFlow(net);
    net.run(4 * SECOND);
    net.rtt = 20 * MS;
    net.run(1 * SECOND);
    expect(bbr.detail('minRtt')).toBeLessThan(25 * MS);
  });
});

describe('a user with little to send', () => {
  test('samples that he limited neither end Startup nor lower the bandwidth', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net, { data: 0 });
    for (let count = 0; count < 50; count++) {
      bbr.flow.write(5 * MSS);
      net.run(50 * MS);
    }
    expect(bbr.state).toBe('Startup');
    bbr.flow.endless(true);
    net.run(3 * SECOND);
    expect(bbr.detail('maxBw')).toBeGreaterThan(0.95 * net.rate);
    const { rounds } = bbr.flow;
    bbr.flow.endless(false);
    for (let count = 0; count < 200; count++) {
      bbr.flow.write(2 * MSS);
      net.run(50 * MS);
    }
    expect(bbr.flow.rounds).toBeGreaterThan(rounds + 100);
    expect(bbr.detail('maxBw')).toBeGreaterThan(0.95 * net.rate);
  });

  test('a sample that he limited raises the bandwidth where it shows more', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net, { data: 0 });
    let seen = 0;
    bbr.flow.onAck = (sample) => {
      expect(sample.isAppLimited).toBe(true);
      seen = Math.max(seen, sample.deliveryRate);
    };
    net.run(MS);
    for (const segments of [2, 4, 8]) {
      bbr.flow.write(segments * MSS);
      net.run(60 * MS);
      expect(bbr.detail('maxBw')).toBe(Math.round(seen));
    }
    expect(seen).toBeGreaterThan((4 * MSS * SECOND) / net.rtt);
  });

  test('after an idle time it starts at the rate of before, without a burst and without ProbeRTT (§5.4.1)', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net);
    net.run(4 * SECOND);
    bbr.flow.endless(false);
    net.run(8 * SECOND);
    expect(bbr.flow.inFlight).toBe(0);
    net.watchQueue();
    const before = bbr.flow.sent;
    bbr.flow.endless(true);
    net.run(40 * MS);
    const rate = ((bbr.flow.sent - before) / 40) * 1_000;
    expect(rate).toBeLessThan(1.1 * net.rate);
    expect(rate).toBeGreaterThan(0.9 * net.rate);
    expect(net.maxQueued).toBeLessThan(4 * bbr.flow.control.sendQuantum);
    const since = net.now;
    expect(bbr.share(2 * SECOND)).toBeGreaterThan(0.93);
    expect(bbr.all('ProbeRTT').filter(({ at }) => at >= since - 40 * MS)).toEqual([]);
  });

  test('an idle time in a probe: what is sent after it leaves at the bandwidth, no faster', () => {
    const t = new DrivenBbr(4_000_000).reach('ProbeBW_UP');
    expect(t.bbr.pacingRate).toBeCloseTo(1.25 * 0.99 * t.rate);
    t.bbr.sending(0, SECOND, SECOND, t.now);
    expect(t.bbr.pacingRate).toBeCloseTo(1.25 * 0.99 * t.rate);
    t.bbr.appLimited(0);
    t.bbr.sending(MSS, 0, SECOND, t.now);
    expect(t.bbr.pacingRate).toBeCloseTo(1.25 * 0.99 * t.rate);
    t.bbr.sending(0, SECOND, SECOND, t.now);
    expect(t.bbr.pacingRate).toBeCloseTo(0.99 * t.rate);
  });

  test('one who falls silent in ProbeRTT has his window back when he starts again', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net);
    bbr.runTo('ProbeRTT');
    net.run(150 * MS);
    bbr.flow.endless(false);
    net.run(1 * SECOND);
    expect(bbr.state).toBe('ProbeRTT');
    const { cwnd } = bbr.flow.control;
    bbr.flow.endless(true);
    net.run(MS);
    expect(bbr.state).toBe('ProbeBW_CRUISE');
    expect(bbr.flow.control.cwnd).toBeGreaterThan(1.5 * cwnd);
  });
});
