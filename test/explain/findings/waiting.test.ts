import { expect, test } from '@jest/globals';
import { FLAG } from '../../../src/wire';
import type { Segment } from '../files';
import { client, found, handshake, OFFERED, server, wrong } from './told';

/** 30 times four segments, one in each round trip of 50 ms, seen at the client, which acknowledges at once. */
function windows(window: number): Segment[] {
  return Array.from({ length: 30 }, (_, trip) => [
    ...[0, 1, 2, 3].flatMap((n) => {
      const [ms, seq, id] = [100 + trip * 50 + n / 10, 301 + trip * 4000 + n * 1000, trip * 4 + n + 1];
      return [
        server(ms, { seq, ack: 101, payload: 1000, id }),
        client(ms + 0.05, { seq: 101, ack: seq + 1000, window, id }),
      ];
    }),
  ]).flat();
}

test('at the receiver, too, it is seen that its window limits the speed', () => {
  const begun = (window: number): Segment[] => handshake(50).map((each) => ({ ...each, window }));
  const small = found([...begun(32), ...windows(32)]);
  expect(small[0]).toMatchObject({ id: 'window-limits', side: 'client', evidence: { window: 4096 } });
  expect(wrong(found([...begun(500), ...windows(500)]))).toEqual([]);
});

test('without the handshake nobody knows how windows are scaled', () => {
  const middle = [...handshake(50), ...windows(32)].slice(3);
  // (Both halves of the way are measured: from the acknowledgments, and from data of the client.)
  const more = [client(3000, { seq: 101, ack: 120_301, payload: 10 }), server(3050, { seq: 120_301, ack: 111 })];
  expect(wrong(found([...middle, ...more]))).toEqual([]);
});

test('round trips that grow while much is sent: a queue', () => {
  const bulk = (wait: (n: number) => number): Segment[] =>
    Array.from({ length: 60 }, (_, n): Segment[] => [
      server(10 + n * 10, { seq: 301 + n * 1000, ack: 101, payload: 1000, id: n + 1 }),
      client(10 + n * 10 + wait(n), { seq: 101, ack: 1301 + n * 1000, id: n + 1, window: 5000 }),
    ])
      .flat()
      .sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  expect(found([...handshake(), ...bulk((n) => 2 + n * 8)])[0]).toMatchObject({
    id: 'queue-delay',
    side: 'server',
    evidence: { mean: expect.any(Number), most: 474_000 },
    causes: [{ id: 'big-queue', likelihood: 'likely' }, {}],
  });
  expect(wrong(found([...handshake(), ...bulk(() => 40)]))).toEqual([]);
});

test('at the receiver the queue is seen by the timestamps that come back', () => {
  const options = (value: number, echo: number) => [{ kind: 'timestamps', value, echo } as const];
  const bulk = (wait: (n: number) => number): Segment[] => {
    // What is sent upon the ACK of time `ms` comes `wait` later; ACKs are sent at once.
    let echoed = 0;
    return Array.from({ length: 200 }, (_, n): Segment[] => {
      const ms = 10 + n * 10;
      echoed = Math.max(echoed, ms - wait(n));
      return [
        server(ms, { seq: 301 + n * 1000, ack: 101, payload: 1000, id: n + 1, options: options(1, echoed) }),
        client(ms + 0.1, { seq: 101, ack: 1301 + n * 1000, id: n + 1, window: 5000, options: options(ms, 1) }),
      ];
    }).flat();
  };
  expect(found([...handshake(), ...bulk((n) => 2 + n * 2)])[0]).toMatchObject({ id: 'queue-delay', side: 'server' });
  expect(wrong(found([...handshake(), ...bulk(() => 30)]))).toEqual([]);
});

test('a server that closes without an answer', () => {
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const [first] = found([
    ...handshake(1, OFFERED),
    client(2, { seq: 101, ack: 301, payload: request }),
    server(4, { seq: 301, ack: 101 + request.length, flags: FLAG.FIN | FLAG.ACK }),
    client(5, { seq: 101 + request.length, ack: 302, flags: FLAG.FIN | FLAG.ACK }),
    server(6, { seq: 302, ack: 102 + request.length }),
  ]);
  expect(first).toMatchObject({ id: 'no-response', severity: 'trouble', frames: [4, 5], evidence: { hungUp: 1 } });
});
