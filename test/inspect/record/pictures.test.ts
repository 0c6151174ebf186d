import { describe, expect, test } from '@jest/globals';
import {
  ConnectionRecord,
  DATA_KIND,
  receiveWindow,
  sendWindow,
  Series,
  type SkippedEvent,
} from '../../../src/inspect';
import type { SegmentEvent } from '../../../src/tcp/trace';
import { segmentLength } from '../../../src/tcp/trace';
import type { Variables } from '../../../src/tcp/variables';
import { MILLISECOND, SECOND } from '../../support/simulation';
import { segment } from '../script';
import { segments, transfer } from './worlds';

interface Spans {
  readonly spans: readonly { readonly from: number; readonly to: number; readonly kind: string }[];
}

/** Without gaps, from 0 on, each of a length; how many octets are of each kind. */
function sums({ spans }: Spans): Record<string, number> {
  const sum: Record<string, number> = {};
  let at = 0;
  for (const { from, to, kind } of spans) {
    if (from !== at || to <= from) throw new Error(`${kind} from ${from} to ${to}, behind ${at}`);
    sum[kind] = (sum[kind] ?? 0) + to - from;
    at = to;
  }
  return sum;
}

const NETWORK = { out: { loss: 0.03, delay: 20 * MILLISECOND, rate: 20_000_000 }, in: { delay: 20 * MILLISECOND } };

describe('the windows', () => {
  test("add up to the stacks' own variables at each moment of a lossy transfer", () => {
    const seen = { sacked: 0, lost: 0, lostAgrees: 0, hole: 0, unread: 0, sendable: 0, beyond: 0 };
    let version = -1;
    transfer(
      { seed: 5, network: NETWORK },
      {
        bytes: 400_000,
        receiver: { receiveBuffer: 65_536 },
        readsFrom: SECOND,
        each: ({ seen: { a, b } }) => {
          const [left] = a.connections.values();
          const [right] = b.connections.values();
          if (left?.variables === undefined || right?.variables === undefined || a.version === version) return;
          version = a.version;
          const { snd, sacked, lost } = left.variables;
          const send = sums(sendWindow(left));
          const inFlight = (send['in-flight'] ?? 0) + (send['sacked'] ?? 0) + (send['lost'] ?? 0);
          expect(inFlight).toBe((snd.nxt - snd.una) >>> 0);
          expect(send['sacked'] ?? 0).toBe(sacked);
          if (lost > 0) seen.lost += 1;
          if ((send['lost'] ?? 0) === lost && lost > 0) seen.lostAgrees += 1;
          if (sacked > 0) seen.sacked += 1;
          if ((send['sendable'] ?? 0) > 0) seen.sendable += 1;
          if ((send['unsent-beyond'] ?? 0) > 0) seen.beyond += 1;

          const { buffered, rcv } = right.variables;
          const receive = sums(receiveWindow(right));
          // A FIN takes a number, and is no data.
          const { fin = Infinity, next, arrivals } = right.flows.left;
          const { reached = 0 } = arrivals;
          const isRead = fin <= reached && buffered.receive > 0;
          expect((receive['unread'] ?? 0) - (isRead ? 1 : 0)).toBe(buffered.receive);
          expect((receive['out-of-order'] ?? 0) - (fin === next && fin > reached ? 1 : 0)).toBe(buffered.outOfOrder);
          expect((receive['hole'] ?? 0) + (receive['out-of-order'] ?? 0) + (receive['free'] ?? 0)).toBe(rcv.wnd);
          if ((receive['hole'] ?? 0) > 0) seen.hole += 1;
          if (buffered.receive > 0) seen.unread += 1;
        },
      },
    );
    for (const [what, times] of Object.entries(seen)) expect(`${what} ${times > 0}`).toBe(`${what} true`);
    expect(seen.lostAgrees / seen.lost).toBeGreaterThan(0.9);
  });

  test('of segments alone: what nobody tells is absent', () => {
    const record = recorded([
      ...[
        '< S 0:0(0) win 1000 <mss 1000,sackOK,wscale 1>',
        '> S. 0:0(0) ack 1 win 5000 <mss 1000,sackOK,wscale 2>',
        '< . 1:1(0) ack 1 win 4000',
      ],
      ...[0, 1, 2, 3, 4].map((n) => `> . ${n * 1000 + 1}:${n * 1000 + 1001}(1000) ack 1 win 5000`),
      '< . 1:1(0) ack 1 win 4000 <nop,nop,sack 1001:4001>',
    ]);
    expect(sendWindow(record, 'right')).toMatchObject({
      ...{ una: 1, nxt: 5001, wnd: 8000, edge: 8001, cwnd: undefined, queuedTo: undefined, limit: undefined },
      spans: [
        { from: 0, to: 1, kind: 'acked' },
        { from: 1, to: 1001, kind: 'lost' },
        { from: 1001, to: 4001, kind: 'sacked' },
        { from: 4001, to: 5001, kind: 'in-flight' },
        { from: 5001, to: 8001, kind: 'sendable' },
        { from: 8001, to: 9001, kind: 'beyond' },
      ],
    });
    expect(receiveWindow(record, 'left').spans.map(({ to, kind }) => `${kind} ${to}`)).toEqual([
      ...['taken 1', 'hole 1001', 'out-of-order 4001', 'free 8001', 'beyond 9001'],
    ]);
  });
});

const afterTimeout = (): Variables => ({
  ...({ mss: 1000, cwnd: 1000, ssthresh: 2000, phase: 'loss', srtt: 5000, rttvar: 1, rto: 1, backoff: 1 } as const),
  snd: { una: 1, nxt: 6001, wnd: 9000, iss: 0 },
  rcv: { nxt: 1, wnd: 9000, irs: 0 },
  buffered: { send: 6000, receive: 0, outOfOrder: 0 },
  ...{ underWay: 1000, sacked: 0, lost: 5000 },
});

test('what went out untold is lost with the rest after a time-out, and not in flight', () => {
  const first = segment('> . 1:1001(1000) ack 1 | ESTABLISHED');
  const last = segment('> . 4001:5001(1000) ack 1 | ESTABLISHED', { time: 3 });
  const record = new ConnectionRecord(first.connection, 1, 0);
  record.segment(first);
  record.segment(last);
  const { connection } = first;
  const variables = afterTimeout();
  record.note({
    ...{ type: 'skipped', time: 4, since: 1, connection, variables },
    ...{ segments: { in: 0, out: 4 }, bytes: { in: 0, out: 4000 } },
  });
  // The first was sent again, and is under way.
  record.segment({ ...first, time: 5, reason: 'retransmission', variables });
  const { spans } = sendWindow(record);
  expect(spans.filter(({ kind }) => kind === 'lost' || kind === 'in-flight')).toEqual([
    { from: 1, to: 1001, kind: 'in-flight' },
    { from: 1001, to: 6001, kind: 'lost' },
  ]);
});

function recorded(lines: readonly string[]): ConnectionRecord {
  const events = lines.map((line, index) => segment(`${line} | ESTABLISHED`, { time: index * 1000 }));
  const [first] = events;
  if (first === undefined) throw new Error('no lines');
  const record = new ConnectionRecord(first.connection, 1, 0);
  for (const event of events) record.segment(event);
  return record;
}

describe('series', () => {
  test('read on where they stopped, they are what one reading of all gives, also what is known later', () => {
    let series: Series | undefined;
    const world = transfer(
      { seed: 6, network: NETWORK },
      {
        bytes: 300_000,
        each: ({ seen: { a } }) => {
          const [record] = a.connections.values();
          if (record !== undefined) (series ??= new Series(record)).update();
        },
      },
    );
    const record = world.only('a');
    series?.update();
    const whole = new Series(record);
    whole.update();
    expect(whole.update()).toBe(false);
    for (const end of ['left', 'right'] as const) {
      for (const name of ['t', 'from', 'to', 'kind', 'row'] as const)
        expect(series?.sequence[end].data.values(name)).toEqual(whole.sequence[end].data.values(name));
      expect(series?.sequence[end].ack.values('edge')).toEqual(whole.sequence[end].ack.values('edge'));
    }
    // It is all there: data from 1 to the end, marks as in the record, the ACK line up to the FIN.
    const { data, ack, sack, signs } = whole.sequence.right;
    const sent = segments(record.rows).filter(({ from, event }) => from === 'right' && segmentLength(event) > 0);
    expect(data.length).toBe(sent.length);
    expect([...data.values('kind')].filter((kind) => kind === DATA_KIND.lost)).toHaveLength(
      sent.filter(({ marks }) => marks.has('lost')).length,
    );
    expect(Math.max(...data.values('to'))).toBe(300_002);
    expect(ack.get('ack', ack.length - 1)).toBe(300_002);
    expect([sack.length > 0, signs.length]).toEqual([true, 2]);
    // Round trips: the network's 40 ms and more, as the stack measured them.
    const trips = [...whole.samples.right.values('rtt')];
    expect(trips.length).toBeGreaterThan(10);
    expect(Math.min(...trips)).toBeGreaterThanOrEqual(40);
    expect(Math.min(...trips)).toBeLessThan(45);
    expect(Math.max(...whole.rtt.values('rto'))).toBeGreaterThan(40);
    expect(Number.isNaN(whole.congestion.get('ssthresh', 0))).toBe(true);
    // Each octet is in the goodput once.
    const { interval, goodput, throughput } = whole.throughput;
    const total = (rates: Float64Array): number => Math.round(rates.reduce((sum, rate) => sum + rate * interval, 0));
    expect(total(goodput.right)).toBe(300_000);
    expect(total(throughput.right)).toBe(record.counters.bytes.out);
    expect(total(goodput.left)).toBe(0);
  });

  test('where segments were skipped there is a gap; intervals grow with time; old points go', () => {
    const record = recorded(['< S 0:0(0)', '> S. 0:0(0) ack 1', '< . 1:1001(1000) ack 1']);
    const skipped: SkippedEvent = {
      ...{ type: 'skipped', since: 10_000, time: 1_010_000, connection: record.id, variables: undefined },
      ...{ segments: { in: 1000, out: 500 }, bytes: { in: 1_000_000, out: 0 } },
    };
    record.note(skipped);
    const series = new Series(record, { maxPoints: 100, intervals: 10 });
    series.update();
    expect([...series.gaps.values('from'), ...series.gaps.values('to')]).toEqual([0.01, 1.01]);
    expect(series.sequence.left.ack.values('ack').at(-1)).toBeNaN();
    const late = (n: number): SegmentEvent =>
      segment(`< . ${n + 1_001_001}:${n + 1_001_002}(1) ack 1 | ESTABLISHED`, { time: 2_000_000 + n * 10_000 });
    for (let n = 0; n < 1000; n++) record.segment(late(n));
    series.update();
    const { interval, t, throughput } = series.throughput;
    expect([interval, t.length, Math.round(throughput.left.reduce((sum, rate) => sum + rate * interval, 0))]).toEqual([
      ...[1.28, 10, 1_002_000],
    ]);
    expect([series.sequence.left.data.length <= 100, series.sequence.left.data.forgotten > 0]).toEqual([true, true]);
  });

  test('over a moment the lines of the variables go on, where those are told at its end', () => {
    const lines = (length: number, variables: Variables | undefined): number[] => {
      const record = recorded(['> . 1:1001(1000) ack 1']);
      const connection = record.id;
      const none = { segments: { in: 0, out: 1 }, bytes: { in: 0, out: 1000 } };
      record.note({ type: 'skipped', since: 10_000, time: 10_000 + length, connection, variables, ...none });
      const series = new Series(record);
      series.update();
      return [...series.rtt.values('srtt')];
    };
    expect(lines(50_000, afterTimeout())).toEqual([5]);
    expect(lines(50_000, undefined)).toEqual([NaN]);
    expect(lines(900_000, afterTimeout())).toEqual([NaN, 5]);
  });

  test('round trips over what was sent again only where timestamps tell (Karn)', () => {
    const stamped = (value: number, echo: number): string => `<nop,nop,TS val ${value} ecr ${echo}>`;
    const trips = (stamps: boolean): number[] => {
      const options = (value: number, echo: number): string => (stamps ? ` win 9 ${stamped(value, echo)}` : ' win 9');
      const record = recorded([
        `> . 1:1001(1000) ack 1${options(10, 1)}`,
        `> . 1:1001(1000) ack 1${options(20, 1)}`,
        `< . 1:1(0) ack 1001${options(2, 20)}`,
        `> . 1001:2001(1000) ack 1${options(30, 2)}`,
        `< . 1:1(0) ack 2001${options(3, 30)}`,
      ]);
      const series = new Series(record);
      series.update();
      return [...series.samples.right.values('rtt')];
    };
    expect(trips(false)).toEqual([1]);
    expect(trips(true)).toEqual([1, 1]);
  });

  test('20,000 rows are not read anew for each event', () => {
    const record = recorded(['< S 0:0(0)', '> S. 0:0(0) ack 1']);
    const series = new Series(record);
    // What others run meanwhile is not counted.
    const start = process.cpuUsage();
    for (let n = 0; n < 20_000; n++) {
      record.segment(segment(`< . ${n * 10 + 1}:${n * 10 + 11}(10) ack 1 | ESTABLISHED`, { time: n * 100 }));
      series.update();
    }
    expect(series.sequence.left.data.length).toBe(20_001);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(20_000);
  });
});
