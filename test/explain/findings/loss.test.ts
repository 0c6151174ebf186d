import { expect, test } from '@jest/globals';
import { FLAG } from '../../../src/wire';
import { client, found, handshake, reportOf, server, wrong } from './told';

/** Five segments of 1,000 bytes; the second is lost; SACK tells of what comes behind it, each time with a smaller window. */
const HOLE = [
  ...handshake(),
  ...[0, 1, 2, 3, 4].map((n) => server(5, { seq: 301 + n * 1000, ack: 101, payload: 1000, id: n + 1 })),
  client(6, { seq: 101, ack: 1301, window: 500 }),
  ...[1, 2, 3].map((n) =>
    client(6 + n / 10, {
      seq: 101,
      ack: 1301,
      window: 500 - n * 8,
      options: [{ kind: 'sack', blocks: [{ left: 2301, right: 2301 + n * 1000 }] }],
      id: n,
    }),
  ),
  server(8, { seq: 1301, ack: 101, payload: 1000, id: 9 }),
  client(9, { seq: 101, ack: 5301, id: 10 }),
];

test('what SACK tells of is mended quickly, also when the window shrinks from one ACK to the next', () => {
  expect(reportOf(HOLE).conversations[0]?.counts.server).toMatchObject({ fastRetransmits: 1, timeouts: 0 });
});

test('what arrives damaged comes first, and is why it was sent again', () => {
  const findings = found(HOLE, (all) =>
    all.map((each, index) => {
      if (index !== 4) return each;
      const bytes = each.bytes.slice();
      bytes[bytes.length - 1] = 9;
      return { ...each, bytes };
    }),
  );
  const [first, second] = findings;
  expect(first).toMatchObject({ id: 'bad-checksums', side: 'server', frames: [5] });
  expect(second).toMatchObject({ id: 'fast-retransmit', causes: [{ id: 'damaged-on-the-way' }, {}] });
});

test('time-outs of a black hole are told with it, also when the client then hangs up', () => {
  const findings = found([
    ...handshake(),
    client(2, { seq: 101, ack: 301, payload: 'GET / HTTP/1.1\r\n\r\n' }),
    server(3, { seq: 301, ack: 119 }),
    ...[4, 304, 904, 2104].map((ms) => server(ms, { seq: 301, ack: 119, payload: 1460, id: ms })),
    client(3000, { seq: 119, ack: 301, flags: FLAG.FIN | FLAG.ACK }),
  ]);
  expect(wrong(findings)[0]).toBe('mtu-black-hole');
  expect(wrong(findings)).not.toContain('timeout');
});

const TALK = [
  ...handshake(),
  client(5, { seq: 101, ack: 301, payload: 50 }),
  server(6, { seq: 301, ack: 151, payload: 50 }),
  client(7, { seq: 151, ack: 351 }),
];

test('several tries in vain, and then all is well: the way was cut for a while', () => {
  const [first] = found([
    ...TALK,
    ...[100, 320, 760, 1640].map((ms) => client(ms, { seq: 151, ack: 351, payload: 50, id: ms })),
    server(1641, { seq: 351, ack: 201 }),
  ]);
  expect(first).toMatchObject({
    id: 'timeout',
    evidence: { tries: 3, outage: 1_321_000 },
    causes: [{ id: 'loss-behind-capture' }, { id: 'path-broken', likelihood: 'likely' }, {}],
  });
});

test('nobody answers any more after a long silence: a firewall or NAT has forgotten the connection', () => {
  const after = (idle: number) =>
    found([
      ...TALK,
      ...[0, 220, 660, 1540].map((ms) => client(idle + ms, { seq: 151, ack: 351, payload: 50, id: ms + 1 })),
    ])[0];
  expect(after(60_000)).toMatchObject({ id: 'vanished', side: 'server', evidence: { idle: 59_993_000 } });
  expect(after(60_000)?.causes[0]).toEqual({ id: 'idle-timeout', likelihood: 'likely' });
  expect(after(900)?.causes[0]).toEqual({ id: 'host-vanished', likelihood: 'likely' });
});

test('DSACKs about packets that the network has doubled blame no sender; one was really sent again', () => {
  const findings = found([
    ...handshake(),
    ...[0, 1, 2, 3].flatMap((n) => [
      server(5 + n, { seq: 301 + n * 100, ack: 101, payload: 100, id: n + 1 }),
      server(5.1 + n, { seq: 301 + n * 100, ack: 101, payload: 100, id: n + 1 }),
      client(5.2 + n, { seq: 101, ack: 401 + n * 100, id: 2 * n + 1 }),
      client(5.3 + n, {
        seq: 101,
        ack: 401 + n * 100,
        options: [{ kind: 'sack', blocks: [{ left: 301 + n * 100, right: 401 + n * 100 }] }],
        id: 2 * n + 2,
      }),
    ]),
    server(20, { seq: 601, ack: 101, payload: 100, id: 77 }),
  ]);
  expect(wrong(findings)).toEqual([]);
  expect(findings.find(({ id }) => id === 'spurious-retransmission')).toMatchObject({ count: 1 });
});
