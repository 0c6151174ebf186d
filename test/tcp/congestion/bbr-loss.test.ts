import { describe, expect, test } from '@jest/globals';
import { BbrFlow } from '../../support/bbr';
import { DrivenBbr } from '../../support/bbr-driven';
import { Bottleneck, MS, SECOND } from '../../support/bottleneck';

const MSS = 1_460;
const MBIT = 125_000;
const bdp = (net: Bottleneck): number => (net.rate * net.rtt) / SECOND;

describe('losses that are not of its making', () => {
  test.each([
    { name: '10 Mbit/s, 40 ms', rate: 10 * MBIT, rtt: 40 * MS },
    { name: '50 Mbit/s, 20 ms', rate: 50 * MBIT, rtt: 20 * MS },
    { name: '100 Mbit/s, 40 ms', rate: 100 * MBIT, rtt: 40 * MS },
  ])('$name: one segment in a hundred costs little', ({ rate, rtt }) => {
    const net = new Bottleneck({ rate, rtt, loss: 0.01, seed: 7 });
    const bbr = new BbrFlow(net);
    net.run(5 * SECOND);
    expect(bbr.share(15 * SECOND)).toBeGreaterThan(0.75);
    expect(net.lost).toBeGreaterThan(50);
    expect(bbr.flow.timeouts).toBe(0);
  });

  test('a link that is cut for two seconds is filled again', () => {
    const net = new Bottleneck({ rate: 10 * MBIT, rtt: 40 * MS });
    const bbr = new BbrFlow(net);
    net.run(4 * SECOND);
    net.loss = 1;
    net.run(2 * SECOND);
    expect(bbr.flow.timeouts).toBeGreaterThan(0);
    expect(bbr.flow.control.cwnd).toBe(MSS);
    net.loss = 0;
    net.run(1 * SECOND);
    expect(bbr.share(10 * SECOND)).toBeGreaterThan(0.93);
  });
});

describe('losses of its own making', () => {
  test('a shallow buffer: many losses end Startup before the bandwidth stands still (§5.3.1.3)', () => {
    const shallow = new Bottleneck({ rate: 50 * MBIT, rtt: 40 * MS, buffer: 40_000 });
    const deep = new Bottleneck({ rate: 50 * MBIT, rtt: 40 * MS });
    const losing = new BbrFlow(shallow);
    const other = new BbrFlow(deep);
    let bound = 0;
    losing.onState = (state) => {
      if (state === 'Drain') bound = losing.detail('inflightLongterm');
    };
    losing.runTo('Drain');
    other.runTo('Drain');
    expect(losing.first('Drain').rounds).toBeLessThan(other.first('Drain').rounds);
    expect(bound).toBeGreaterThan(0.5 * bdp(shallow));
    expect(bound).toBeLessThan(2 * bdp(shallow));
    expect(other.detail('inflightLongterm')).toBe(Infinity);
  });

  test('a probe that loses more than 2 % ends at once, and bounds what may be in flight', () => {
    const net = new Bottleneck({ rate: 50 * MBIT, rtt: 40 * MS, buffer: 50_000 });
    const bbr = new BbrFlow(net);
    net.run(5 * SECOND);
    net.overflowed = 0;
    const sent = bbr.flow.sent;
    const bounds: number[] = [];
    bbr.onState = (state) => {
      if (state === 'ProbeBW_DOWN') bounds.push(bbr.detail('inflightLongterm'));
      if (state === 'ProbeBW_CRUISE')
        expect(bbr.flow.control.cwnd).toBeLessThanOrEqual(0.86 * bbr.detail('inflightLongterm'));
    };
    expect(bbr.share(20 * SECOND)).toBeGreaterThan(0.85);
    expect(bounds.length).toBeGreaterThan(3);
    for (const bound of bounds) {
      expect(bound).toBeGreaterThan(0.7 * bdp(net));
      expect(bound).toBeLessThan(bdp(net) + 50_000 + 10 * MSS);
    }
    expect((net.overflowed * MSS) / (bbr.flow.sent - sent)).toBeLessThan(0.01);
  });

  test('the probe after that goes only as far as the bound, and the one after it further (§5.3.3.6)', () => {
    const net = new Bottleneck({ rate: 50 * MBIT, rtt: 40 * MS, buffer: 50_000 });
    const bbr = new BbrFlow(net);
    net.run(20 * SECOND);
    const ups = bbr.entered.flatMap(({ state, at }, index) => {
      const next = bbr.entered[index + 1];
      return state === 'ProbeBW_UP' && next !== undefined
        ? [{ at, lasted: next.at - at, after: bbr.entered[index + 2] }]
        : [];
    });
    // The cautious one is over within a round, and the next follows without CRUISE.
    expect(ups.some(({ lasted, after }) => lasted < net.rtt && after?.state === 'ProbeBW_REFILL')).toBe(true);
  });
});

const RATE = 4_000_000;

describe('each answer to a loss', () => {
  test('in ProbeBW_UP: above 2 %, inflight_longterm becomes what was in flight when losses came to 2 %', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_UP');
    t.lose(1).lose(1);
    expect(t.state).toBe('ProbeBW_UP');
    t.lose(3, { priorLost: 0, txInFlight: 150 * MSS });
    expect(t.state).toBe('ProbeBW_DOWN');
    // 147 segments before it, of which 2 were lost: (0.02 × 147 − 2) ÷ 0.98 more make it 2 %.
    expect(Number(t.detail('inflightLongterm')) / MSS).toBeCloseTo(147 + (0.02 * 147 - 2) / 0.98, 2);
  });

  test('in ProbeBW_UP: not below 0.7 of what it aims at', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_UP');
    t.lose(5, { txInFlight: 20 * MSS });
    expect(Number(t.detail('inflightLongterm'))).toBeCloseTo(0.7 * t.bdp, -1);
  });

  test('in ProbeBW_UP: an application-limited probe ends, but sets no bound', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_UP');
    t.lose(5, { isAppLimited: true });
    expect(t.state).toBe('ProbeBW_DOWN');
    expect(t.detail('inflightLongterm')).toBe('none');
  });

  test('in ProbeBW_UP: one lost segment is not too much, however little is in flight', () => {
    const t = new DrivenBbr(RATE / 10).reach('ProbeBW_UP');
    expect(t.bdp / MSS).toBeLessThan(50);
    t.lose(1);
    expect(t.state).toBe('ProbeBW_UP');
    t.lose(1, { priorLost: 0 });
    expect(t.state).toBe('ProbeBW_DOWN');
  });

  test('in ProbeBW_UP: one lost segment is too much for a peer without SACK, who shows no more than one a round', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_UP').round({ sack: false });
    t.lose(1);
    expect(t.state).toBe('ProbeBW_DOWN');
  });

  test('in ProbeBW_CRUISE: the short-term bounds come down to what is delivered, 0.7 a round at most', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_CRUISE');
    const { cwnd } = t.bbr;
    t.round()
      .lose(1)
      .round({ deliveryRate: RATE / 10 });
    // That round's best was still the full rate: the next is the first that saw the low one alone.
    expect(t.detail('bwShortterm')).toBe(RATE);
    t.lose(1).round({ deliveryRate: RATE / 10 });
    expect(t.detail('bwShortterm')).toBe(0.7 * RATE);
    expect(t.detail('bw')).toBe(0.7 * RATE);
    expect(t.detail('maxBw')).toBe(RATE);
    expect(Number(t.detail('inflightShortterm'))).toBeGreaterThanOrEqual(0.69 * 0.69 * cwnd);
    t.reach('ProbeBW_REFILL');
    expect(t.detail('bwShortterm')).toBe('none');
    expect(t.detail('inflightShortterm')).toBe('none');
  });

  test('in Startup: no bound comes down', () => {
    const t = new DrivenBbr(RATE).round().lose(1);
    t.bbr.reduce('loss', t.bdp, t.now);
    t.round().round();
    expect(t.detail('bwShortterm')).toBe('none');
    expect(t.state).toBe('Startup');
  });

  test('in Startup without SACK: a loss in fast recovery ends it', () => {
    const t = new DrivenBbr(RATE).round({ sack: false }).lose(1);
    t.bbr.reduce('loss', t.bdp, t.now);
    t.round({ sack: false });
    expect(t.state).not.toBe('Startup');
  });

  test('the retransmission timer leaves one segment; the window comes back with recovery', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_CRUISE');
    const { cwnd } = t.bbr;
    t.bbr.timedOut();
    expect(t.bbr.cwnd).toBe(MSS);
    t.round({ phase: 'loss' });
    expect(t.bbr.cwnd).toBe(4 * MSS);
    t.bbr.recovered();
    expect(t.bbr.cwnd).toBe(cwnd);
  });
});

describe('ECN (§3.7 leaves the answer open): a mark is congestion', () => {
  test('it ends Startup', () => {
    const t = new DrivenBbr(RATE).round().round();
    t.bbr.reduce('ecn', t.bdp, t.now);
    t.round();
    expect(t.state).not.toBe('Startup');
    expect(t.detail('inflightLongterm')).not.toBe('none');
  });

  test('it ends a probe, and bounds what may be in flight', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_UP');
    t.bbr.reduce('ecn', 1.2 * t.bdp, t.now);
    expect(t.state).toBe('ProbeBW_DOWN');
    expect(t.detail('inflightLongterm')).toBe(Math.round(1.2 * t.bdp));
  });

  test('in CRUISE it counts as a round with a loss', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_CRUISE').round();
    t.bbr.reduce('ecn', t.bdp, t.now);
    t.round();
    expect(t.detail('bwShortterm')).toBe(RATE);
    expect(t.detail('inflightShortterm')).not.toBe('none');
  });
});

describe('losses that were none (§5.5.11)', () => {
  test('a probe that they ended is taken up again, and its bounds are lifted', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_UP');
    const { cwnd } = t.bbr;
    t.lose(5).lose(5);
    t.bbr.reduce('loss', t.bdp, t.now);
    expect(t.state).toBe('ProbeBW_DOWN');
    t.round().lose(2).round();
    expect(t.detail('inflightLongterm')).not.toBe('none');
    t.bbr.undo();
    expect(t.state).toBe('ProbeBW_REFILL');
    expect(t.detail('inflightLongterm')).toBe('none');
    expect(t.detail('bwShortterm')).toBe('none');
    expect(t.bbr.cwnd).toBeGreaterThan(0.85 * cwnd);
  });

  test('Startup goes on when they ended it', () => {
    const net = new Bottleneck({ rate: 50 * MBIT, rtt: 40 * MS, buffer: 40_000 });
    const bbr = new BbrFlow(net);
    bbr.runTo('Drain');
    expect(bbr.detail('inflightLongterm')).not.toBe(Infinity);
    bbr.flow.undo();
    expect(bbr.state).toBe('Startup');
    expect(bbr.detail('inflightLongterm')).toBe(Infinity);
  });

  test('a time-out that was for nothing gives the window back', () => {
    const t = new DrivenBbr(RATE).reach('ProbeBW_CRUISE');
    const { cwnd } = t.bbr;
    t.lose(20);
    t.bbr.timedOut();
    t.bbr.undo();
    expect(t.bbr.cwnd).toBe(cwnd);
    expect(t.state).toBe('ProbeBW_CRUISE');
  });
});
