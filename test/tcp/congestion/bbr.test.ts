import { describe, expect, test } from '@jest/globals';
import { Bbr } from '../../../src/tcp/congestion/bbr';
import { BbrFlow } from '../../support/bbr';
import { Bottleneck, MS, SECOND } from '../../support/bottleneck';

const MSS = 1_460;
const MBIT = 125_000;
const IW = 10 * MSS;
const bdp = (net: Bottleneck): number => (net.rate * net.rtt) / SECOND;

const PATHS = [
  { name: '1 Mbit/s, 100 ms', rate: MBIT, rtt: 100 * MS },
  { name: '10 Mbit/s, 5 ms', rate: 10 * MBIT, rtt: 5 * MS },
  { name: '10 Mbit/s, 40 ms', rate: 10 * MBIT, rtt: 40 * MS },
  { name: '50 Mbit/s, 200 ms', rate: 50 * MBIT, rtt: 200 * MS },
  { name: '100 Mbit/s, 20 ms', rate: 100 * MBIT, rtt: 20 * MS },
  { name: '1 Gbit/s, 1 ms', rate: 1_000 * MBIT, rtt: 1 * MS },
];

describe('BBR alone on a path', () => {
  test.each(PATHS)('$name: finds the bandwidth within 5 %, leaves Startup and drains the queue', ({ rate, rtt }) => {
    const net = new Bottleneck({ rate, rtt });
    const bbr = new BbrFlow(net);
    bbr.runTo('ProbeBW_CRUISE');
    // A doubling each round from the initial window, three rounds to be sure, a few for what is under way.
    expect(bbr.first('Drain').rounds).toBeLessThanOrEqual(Math.ceil(Math.max(0, Math.log2(bdp(net) / IW))) + 6);
    expect(bbr.first('ProbeBW_CRUISE').rounds - bbr.first('Drain').rounds).toBeLessThanOrEqual(4);
    // Startup's queue is bounded by its window of two BDPs, and gone after Drain, but for the bursts under way.
    expect(bbr.first('Drain').queued).toBeLessThan(Math.max(2 * bdp(net), 2 * IW));
    expect(bbr.first('ProbeBW_CRUISE').queued).toBeLessThan(Math.max(0.1 * bdp(net), 3 * bbr.flow.control.sendQuantum));
    expect(bbr.detail('maxBw')).toBeGreaterThan(0.95 * rate);
    expect(bbr.detail('maxBw')).toBeLessThan(1.05 * rate);
    expect(bbr.detail('minRtt')).toBeLessThan(rtt + (2 * IW * SECOND) / rate);
    expect(net.overflowed + bbr.flow.lost).toBe(0);
  });

  test.each([PATHS[0], PATHS[2], PATHS[4]].flatMap((path) => path ?? []))(
    '$name: then fills the link and keeps the queue small',
    ({ rate, rtt }) => {
      const net = new Bottleneck({ rate, rtt });
      const bbr = new BbrFlow(net);
      bbr.runTo('ProbeBW_CRUISE');
      net.watchQueue();
      expect(bbr.share(12 * SECOND)).toBeGreaterThan(0.95);
      expect(net.meanQueued).toBeLessThan(0.5 * bdp(net));
      // A probe with a gain of 1.25 and a window of 2.25 BDP.
      expect(net.maxQueued).toBeLessThan(1.5 * bdp(net));
    },
  );

  test('goes through DOWN, CRUISE, REFILL and UP, with the gains of §5.6.1', () => {
    const net = new Bottleneck({ rate: 10 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net);
    const gains = new Map<string, string>();
    bbr.onState = (state) => {
      gains.set(state, `${bbr.detail('pacingGain')} ${bbr.detail('cwndGain')}`);
      if (state === 'Startup') return;
      expect(bbr.flow.control.pacingRate).toBeCloseTo(0.99 * bbr.detail('pacingGain') * bbr.detail('bw'), -1);
    };
    net.run(20 * SECOND);
    expect(Object.fromEntries(gains)).toEqual({
      Startup: '2.77 2',
      Drain: '0.5 2',
      ProbeBW_DOWN: '0.9 2',
      ProbeBW_CRUISE: '1 2',
      ProbeBW_REFILL: '1 2',
      ProbeBW_UP: '1.25 2.25',
      ProbeRTT: '1 0.5',
    });
    const next: Record<string, RegExp> = {
      Startup: /^Drain$/,
      Drain: /^ProbeBW_(DOWN|CRUISE)$/,
      ProbeBW_DOWN: /^(ProbeBW_(CRUISE|REFILL)|ProbeRTT)$/,
      ProbeBW_CRUISE: /^(ProbeBW_REFILL|ProbeRTT)$/,
      ProbeBW_REFILL: /^(ProbeBW_UP|ProbeRTT)$/,
      ProbeBW_UP: /^(ProbeBW_DOWN|ProbeRTT)$/,
      ProbeRTT: /^ProbeBW_CRUISE$/,
    };
    for (const [index, { state }] of bbr.entered.entries()) {
      const after = bbr.entered[index + 1];
      if (after !== undefined)
        expect(`${state} → ${after.state}`).toMatch(new RegExp(` → ${next[state]?.source.slice(1)}`));
    }
  });

  test('probes 2 s to 3 s after a cycle began, never alike, on a path with a great BDP', () => {
    const net = new Bottleneck({ rate: 10 * MBIT, rtt: 120 * MS });
    const bbr = new BbrFlow(net);
    net.run(40 * SECOND);
    const waits: number[] = [];
    let began = 0;
    for (const [index, { state, at }] of bbr.entered.entries()) {
      // ProbeRTT, like Drain here, passes through DOWN on one ACK.
      const before = bbr.entered[index - 1]?.state;
      if (state === 'ProbeBW_DOWN' || before === 'ProbeRTT' || before === 'Drain') began = at;
      if (state === 'ProbeBW_REFILL') waits.push(at - began);
    }
    expect(waits.length).toBeGreaterThan(6);
    expect(Math.min(...waits)).toBeGreaterThan(2 * SECOND);
    expect(Math.max(...waits)).toBeLessThan(3.01 * SECOND);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(200 * MS);
  });

  test('probes as often as Reno would have grown by a BDP on a path with a small one (§5.3.3.8)', () => {
    const net = new Bottleneck({ rate: 4 * MBIT, rtt: 30 * MS });
    const bbr = new BbrFlow(net);
    net.run(5 * SECOND);
    const refills = bbr.all('ProbeBW_REFILL');
    const segments = bdp(net) / MSS;
    expect(refills.length).toBeGreaterThan(3);
    for (const [index, refill] of refills.entries()) {
      const before = refills[index - 1];
      if (before !== undefined) expect(refill.rounds - before.rounds).toBeLessThan(segments + 12);
    }
  });

  test('follows the link when it becomes twice as fast, and half as fast', () => {
    const net = new Bottleneck({ rate: 20 * MBIT, rtt: 40 * MS, buffer: 300_000 });
    const bbr = new BbrFlow(net);
    net.run(6 * SECOND);
    net.rate = 40 * MBIT;
    net.run(10 * SECOND);
    expect(bbr.detail('maxBw')).toBeGreaterThan(0.95 * net.rate);
    expect(bbr.share(5 * SECOND)).toBeGreaterThan(0.93);
    net.rate = 10 * MBIT;
    net.run(12 * SECOND);
    expect(bbr.detail('maxBw')).toBeLessThan(1.05 * net.rate);
    expect(bbr.share(10 * SECOND)).toBeGreaterThan(0.93);
    net.watchQueue();
    net.run(5 * SECOND);
    expect(net.meanQueued).toBeLessThan(bdp(net));
  });

  test('bursts are 1 ms of the rate, two segments at least and 64 KiB at most', () => {
    const quantum = (rate: number): number => {
      const net = new Bottleneck({ rate, rtt: 10 * MS });
      const bbr = new BbrFlow(net);
      bbr.runTo('ProbeBW_CRUISE');
      return bbr.flow.control.sendQuantum;
    };
    expect(quantum(10 * MBIT)).toBe(2 * MSS);
    expect(quantum(50 * MBIT) / ((0.99 * 50 * MBIT) / 1_000)).toBeCloseTo(1, 1);
    expect(quantum(1_000 * MBIT)).toBe(65_536);
  });
});

describe('BBR flows side by side', () => {
  test.each([
    { name: 'a deep buffer', buffer: 150_000, least: 0.25 },
    { name: 'a shallow buffer', buffer: 40_000, least: 0.15 },
  ])('two share a link with $name, and fill it', ({ buffer, least }) => {
    const net = new Bottleneck({ rate: 10 * MBIT, rtt: 40 * MS, buffer });
    const first = new BbrFlow(net);
    const second = new BbrFlow(net, { startAt: 2 * SECOND });
    net.run(20 * SECOND);
    const before = second.flow.delivered;
    const firstShare = first.share(40 * SECOND);
    const secondShare = (second.flow.delivered - before) / net.rate / 40;
    expect(firstShare + secondShare).toBeGreaterThan(0.93);
    expect(firstShare).toBeGreaterThan(least);
    expect(secondShare).toBeGreaterThan(least);
  });
});

describe('what BBR is made with', () => {
  const make = (mss = MSS): Bbr => new Bbr({ mss, initialWindow: 10, slowStartAfterIdle: true, random32: () => 0 });

  test('the initial window, paced as if it were 2.77 times that a millisecond until a round trip is known', () => {
    const bbr = make();
    expect(bbr.cwnd).toBe(IW);
    expect(bbr.pacingRate).toBeCloseTo(2.77 * IW * 1_000);
    expect(bbr.ownsRecovery).toBe(true);
    expect(bbr.details()).toMatchObject({
      state: 'Startup',
      bw: 0,
      maxBw: 0,
      minRtt: 'none',
      inflightLongterm: 'none',
    });
  });

  test('the first round trip makes that rate a real one', () => {
    const net = new Bottleneck({ rate: 1_000 * MBIT, rtt: 100 * MS });
    const bbr = new BbrFlow(net);
    bbr.flow.onAck = () => undefined;
    net.run(101 * MS);
    expect(bbr.flow.rounds).toBe(1);
    expect(bbr.flow.control.pacingRate).toBeLessThan((2.78 * IW * SECOND) / net.rtt);
  });

  test('the initial window follows the MSS while nothing is sent; after a lost SYN one segment is left', () => {
    const bbr = make(536);
    bbr.setMss(1_000);
    expect(bbr.cwnd).toBe(10_000);
    bbr.synLost();
    expect(bbr.cwnd).toBe(1_000);
    bbr.setMss(1_200);
    expect(bbr.cwnd).toBe(1_200);
  });
});
