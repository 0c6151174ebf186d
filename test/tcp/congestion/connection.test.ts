import { describe, expect, jest, test } from '@jest/globals';
import { openActive } from '../../../src/tcp/calls/open';
import { send } from '../../../src/tcp/calls/send';
import type { AckSample, CongestionName } from '../../../src/tcp/congestion/congestion-control';
import { DEFAULTS } from '../../../src/tcp/options';
import { add } from '../../../src/tcp/sequence';
import { Tcb } from '../../../src/tcp/tcb';
import { timeout } from '../../../src/tcp/timeouts';
import { FLAG } from '../../../src/wire/tcp';
import { ack, causes, data, lossy, MSS, RTT, segments } from '../../support/lossy';
import { arrives, FakeHost, machine } from '../../support/machine';
import { MILLISECOND, script, SECOND, type Script, type ScriptOptions } from '../../support/script';

const NAMES: readonly CongestionName[] = ['reno', 'cubic', 'bbr'];

describe('which algorithm', () => {
  test.each(NAMES)('MAY-18: %s for all connections of a stack, and STATUS says so', (congestion) => {
    const t = script({ tcp: { congestion }, passive: 80 });
    expect(t.open({ remote: { address: '10.9.0.1', port: 80 } }).status().congestion.algorithm).toBe(congestion);
    t.skip();
  });

  test.each(NAMES)('MAY-18: %s for one connection: a listener has it for those that it accepts', (congestion) => {
    const t = script().listen(40_000, { congestion });
    t.inject('S 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1');
    expect(t.status.congestion.algorithm).toBe(congestion);
    expect(Object.keys(t.status.congestion.details).length).toBeGreaterThan(0);
  });

  test('MAY-18: two connections of a stack have one each', () => {
    const t = script();
    const algorithms = NAMES.map(
      (congestion, index) =>
        t.open({ remote: { address: '10.9.0.1', port: 80 + index }, congestion }).status().congestion.algorithm,
    );
    expect(algorithms).toEqual(NAMES);
    t.skip();
  });

  test('only BBR has a pacing rate', () => {
    const rates = NAMES.map((congestion) => lossy({ congestion }).status.pacingRate);
    expect(rates).toEqual([undefined, undefined, expect.any(Number)]);
  });
});

/** The window after so many segments were acknowledged one by one, the sender having had enough to send. */
function grown(options: ScriptOptions, count: number): Script {
  const t = lossy({ win: 65_000, ...options });
  t.send(3 * count * MSS);
  t.skip().after(RTT);
  for (let upTo = 1; upTo <= count; upTo++) t.inject(ack(upTo)).skip();
  return t;
}

describe('a window that is not used', () => {
  test.each(['reno', 'cubic'] as const)('does not grow while the user gives less (%s, RFC 7661)', (congestion) => {
    const t = lossy({ congestion });
    for (let upTo = 2; upTo <= 60; upTo += 2) {
      t.send(2 * MSS);
      t.skip().after(RTT).inject(ack(upTo));
    }
    expect(t.status).toMatchObject({ cwnd: 10 * MSS, appLimited: true });
  });

  test('nor while the peer takes less', () => {
    const t = lossy({ win: 4 * MSS });
    t.send(60 * MSS);
    for (let upTo = 4; upTo <= 40; upTo += 4)
      t.skip()
        .after(RTT)
        .inject(`${ack(upTo)} win 4000`);
    t.skip();
    expect(t.status.cwnd).toBe(10 * MSS);
  });

  test.each(['reno', 'cubic'] as const)('is small again after an idle time (%s, RFC 5681 §4.1)', (congestion) => {
    const t = grown({ congestion }, 10);
    expect(t.status.cwnd).toBe(20 * MSS);
    t.inject(ack(30)).skip();
    t.after(10 * SECOND);
    t.send(60 * MSS);
    t.expect(...segments(30, 40)).expectNothing();
  });

  test('half of it for each time-out that the pause lasted (RFC 2861 §3.2)', () => {
    const t = grown({ initialWindow: 4 }, 16);
    const { cwnd } = t.status;
    expect(cwnd).toBe(20 * MSS);
    t.inject(ack(36)).skip().inject(ack(48)).skip();
    const { rto, cwnd: before } = t.status;
    t.after(rto);
    t.send(MSS);
    t.skip();
    expect(t.status).toMatchObject({ cwnd: Math.floor(before / 2), ssthresh: Number.MAX_SAFE_INTEGER });
  });

  test('stays where that is asked for', () => {
    const t = grown({ slowStartAfterIdle: false }, 10);
    t.inject(ack(30)).skip();
    t.after(10 * SECOND);
    t.send(60 * MSS);
    expect(t.status.inFlight).toBe(22 * MSS);
    t.skip();
  });
});

describe('pacing (BBR)', () => {
  /** Ten segments in a round trip, 2.77 times as fast (draft-ietf-ccwg-bbr §5.6.2). */
  const RATE = (2.77 * 10 * MSS * SECOND) / RTT;

  test("the handshake's round trip makes the first rate (§5.6.2)", () => {
    expect(lossy({ congestion: 'bbr' }).status.pacingRate).toBeCloseTo(RATE, 6);
  });

  test('segments leave at their times, in small bursts', () => {
    const t = lossy({ congestion: 'bbr' });
    const start = t.now;
    t.send(30 * MSS);
    t.expect(...segments(0, 3)).expectNothing();
    // What is sent is through after so long; two milliseconds are forgiven at first.
    const through = (count: number): number => Math.ceil(start - 2 * MILLISECOND + (count * MSS * SECOND) / RATE);
    t.at(through(3) - 1)
      .expectNothing()
      .after(1)
      .expect(...segments(3, 6));
    expect(t.now).toBe(start + 8831);
    t.at(through(6) - 1)
      .expectNothing()
      .after(1)
      .expect(...segments(6, 9));
    t.at(through(9) - 1)
      .expectNothing()
      .after(1)
      .expect(data(9));
    t.after(20 * MILLISECOND).expectNothing();
    expect(t.status.inFlight).toBe(10 * MSS);
  });

  test('what waits for its time is no reason to probe the window, and leaves without an ACK', () => {
    const t = lossy({ congestion: 'bbr' });
    t.send(5 * MSS);
    t.expect(...segments(0, 3));
    expect(Object.keys(t.status.timers).sort()).toEqual(['pacing', 'probe', 'retransmission']);
    t.after(8831).expect(data(3), data(4, { flags: 'P.' }));
    expect(t.status.timers).not.toHaveProperty('pacing');
  });

  test('the others send as much as the window lets', () => {
    const t = lossy({ congestion: 'cubic' });
    t.send(30 * MSS);
    t.expect(...segments(0, 10));
  });
});

describe('a time-out', () => {
  test.each(NAMES)('MUST-19: the oldest goes out at once, whatever is still under way (%s)', (congestion) => {
    const t = lossy({ congestion, tailLossProbe: false });
    t.send(2 * MSS);
    t.expect(data(0), data(1, { flags: 'P.' })).at(350 * MILLISECOND);
    t.send(3 * MSS);
    t.expect(data(2), data(3), data(4, { flags: 'P.' }))
      .at(400 * MILLISECOND)
      .expect(data(0))
      .expectNothing();
    expect(causes(t, 'retransmission')).toEqual(['timeout']);
  });
});

describe('ECN: the peer says that a router marked ours (RFC 3168 §6.1.2)', () => {
  /** Ten segments left, marked as such, a round trip ago. */
  function flight(options: ScriptOptions = {}): Script {
    const t = script({ passive: 80, ecn: 'passive', ...options })
      .inject('SEW 0:0(0) <mss 1000>')
      .skip();
    t.after(RTT).inject('. 1:1(0) ack 1').accept();
    t.send(60 * MSS);
    return t.expect(...segments(0, 10).map((line) => `${line} [ect0]`)).after(RTT);
  }
  const echo = (upTo: number): string => ack(upTo).replace('. ', '.E ');
  const withCwr = (index: number): string => data(index, { flags: '.W' });

  test('SHLD-8: the window comes down by half, nothing is sent again, and the next new data says so, once', () => {
    const t = flight().inject(echo(1)).expect(withCwr(10));
    expect(t.status).toMatchObject({
      ssthresh: 5 * MSS,
      retransmissions: 0,
      ecnEchoed: 1,
      congestion: { phase: 'reduced' },
    });
    t.inject(echo(2)).inject(echo(3)).expectNothing().inject(echo(4)).expect(data(11));
    t.inject(echo(5)).expectNothing().inject(echo(6)).expect(data(12));
    expect(causes(t, 'congestion')).toEqual(['ecn']);
  });

  test('SHLD-8: once a round trip: the ECEs up to the ACK of what left before it are the same congestion', () => {
    const t = flight();
    for (let upTo = 1; upTo <= 10; upTo++) t.inject(echo(upTo)).skip();
    expect(causes(t, 'congestion')).toEqual(['ecn', 'recovered']);
    expect(t.status).toMatchObject({ cwnd: 5 * MSS, ssthresh: 5 * MSS, congestion: { phase: 'open' } });
    // It has heard our CWR, and here is a new mark.
    t.inject(ack(11)).skip().inject(echo(12)).skip();
    expect(causes(t, 'congestion')).toEqual(['ecn', 'recovered', 'ecn']);
    expect(t.status.ssthresh).toBeLessThan(5 * MSS);
  });

  test('SHLD-8: a loss in the same round trip does not bring it down again', () => {
    const t = flight({ sack: false }).inject(echo(1)).skip();
    for (let count = 0; count < 3; count++) t.inject(echo(1)).skip();
    expect(causes(t, 'congestion')).toEqual(['ecn', 'fast-retransmit']);
    expect(t.status.ssthresh).toBe(5 * MSS);
  });

  test('SHLD-8: CUBIC keeps seven tenths', () => {
    expect(flight({ congestion: 'cubic' }).inject(echo(1)).skip().status.ssthresh).toBe(7 * MSS);
  });

  test('SHLD-8: after a loss, too, new data says that the window came down, and what is sent again does not', () => {
    const t = flight()
      .inject(ack(0))
      .expect(data(10))
      .inject(ack(0))
      .expect(data(11))
      .inject(ack(0))
      .expect(`${data(0)} [not-ect]`);
    t.inject(ack(0))
      .inject(ack(0))
      .inject(ack(0))
      .expect(`${withCwr(12)} [ect0]`);
  });
});

describe('what congestion control is told', () => {
  test("the handshake's round trip, with nothing delivered, once", () => {
    const host = new FakeHost();
    const tuple = { localAddress: 0x0a090002, localPort: 80, remoteAddress: 0x0a090001, remotePort: 80 };
    const opening = { how: 'active', iss: 0, pathMss: 1460, linkMss: 1460, timestampOffset: 0, now: 0 } as const;
    const tcb = new Tcb(host, 1, tuple, DEFAULTS, opening);
    const told: Partial<AckSample>[] = [];
    jest.spyOn(tcb.congestion, 'acked').mockImplementation((sample) => told.push({ ...sample }));
    openActive(tcb, 0);
    arrives(tcb, { seq: 5000, ack: 1, flags: FLAG.SYN | FLAG.ACK, mss: 1460 }, 50_000);
    expect(told).toEqual([expect.objectContaining({ delivered: 0, acked: 0, srtt: 50_000, rtt: undefined })]);
    arrives(tcb, {}, 60_000);
    expect(told).toHaveLength(1);
  });

  test('that data is about to leave, only when nothing is under way, and for how long that was so', () => {
    const { tcb } = machine();
    const told = jest.spyOn(tcb.congestion, 'sending');
    send(tcb, new Uint8Array(1460), {}, 0);
    send(tcb, new Uint8Array(1460), {}, 10);
    expect(told.mock.calls).toEqual([[0, 0, tcb.rto.rto, 0]]);
    arrives(tcb, { ack: tcb.snd.nxt }, 1000);
    send(tcb, new Uint8Array(1460), {}, 5000);
    expect(told.mock.calls[1]?.slice(0, 2)).toEqual([0, 4990]);
  });

  test('that the user gives less than could go: after a write, an ACK and a time-out, also with nothing in flight', () => {
    const { tcb } = machine();
    const told = jest.spyOn(tcb.congestion, 'appLimited');
    send(tcb, new Uint8Array(1460), {}, 0);
    expect(told.mock.calls.splice(0)).toEqual([[1460]]);
    arrives(tcb, { ack: tcb.snd.nxt }, 1000);
    expect(told.mock.calls.splice(0)).toEqual([[0]]);
    send(tcb, new Uint8Array(1460), {}, 5000);
    told.mock.calls.splice(0);
    timeout(tcb, 'retransmission', 205_000);
    expect(told.mock.calls.splice(0)).toEqual([]);
    arrives(tcb, { ack: tcb.snd.nxt }, 300_000);
    expect(told.mock.calls.splice(0)).toEqual([[0]]);
  });

  test('not while a segment or more waits: it is the window that holds it back', () => {
    const { tcb } = machine();
    const told = jest.spyOn(tcb.congestion, 'appLimited');
    send(tcb, new Uint8Array(14_600 + 1460), {}, 0);
    expect(told).not.toHaveBeenCalled();
  });

  test('nor while the rest waits for its time', () => {
    const { tcb } = machine();
    Object.defineProperty(tcb.congestion, 'pacingRate', { value: 1_000_000 });
    Object.defineProperty(tcb.congestion, 'sendQuantum', { value: 1460 });
    const told = jest.spyOn(tcb.congestion, 'appLimited');
    send(tcb, new Uint8Array(1460 + 100), {}, 0);
    expect([tcb.unacknowledged, told.mock.calls]).toEqual([1460, []]);
    timeout(tcb, 'pacing', 1460);
    expect([tcb.unacknowledged, told.mock.calls]).toEqual([1560, [[1560]]]);
  });

  test('so much in flight as before anything was marked lost; and of each loss before that', () => {
    const { tcb } = machine();
    send(tcb, new Uint8Array(14_600), {}, 0);
    const order: string[] = [];
    jest.spyOn(tcb.congestion, 'lost').mockImplementation(({ length }) => order.push(`lost ${length}`));
    jest.spyOn(tcb.congestion, 'reduce').mockImplementation((cause, inFlight) => order.push(`${cause} ${inFlight}`));
    for (let count = 0; count < 3; count++) arrives(tcb, {}, 1000);
    expect(order).toEqual(['lost 1460', `loss ${14_600 - 2 * 1460}`]);
    const other = machine().tcb;
    send(other, new Uint8Array(14_600), {}, 0);
    const timedOut = jest.spyOn(other.congestion, 'timedOut');
    timeout(other, 'retransmission', other.rto.rto);
    expect(timedOut.mock.calls).toEqual([[14_600, true, other.rto.rto / 2]]);
    expect(add(other.snd.una, 14_600)).toBe(other.snd.nxt);
  });
});
