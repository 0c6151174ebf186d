import { expect, test } from '@jest/globals';
import { FLAG } from '../../../src/wire';
import type { Segment } from '../files';
import { client, found, handshake, server, wrong } from './told';

/** The client says something, the server answers, and both say goodbye; the server first. */
function exchange(asks: string, answers: readonly string[], pause = 0): Segment[] {
  const [c, s] = [101 + asks.length, 301 + answers.join('').length];
  let seq = 301;
  const said = answers.map((payload, index) => {
    const segment = server(3 + index, { seq, ack: c, payload });
    seq += payload.length;
    return segment;
  });
  return [
    ...handshake(),
    client(2, { seq: 101, ack: 301, payload: asks }),
    ...said,
    client(10, { seq: c, ack: s }),
    ...(pause > 0
      ? [client(10 + pause, { seq: c, ack: s, flags: FLAG.FIN | FLAG.ACK })]
      : [
          server(11, { seq: s, ack: c, flags: FLAG.FIN | FLAG.ACK }),
          client(12, { seq: c, ack: s + 1, flags: FLAG.FIN | FLAG.ACK }),
          server(13, { seq: s + 1, ack: c + 1 }),
        ]),
  ];
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';

test('an answer that ends before its length, or stops', () => {
  expect(found(exchange(GET, [HEAD, 'x'.repeat(30)]))[0]).toMatchObject({
    id: 'answer-cut-short',
    severity: 'failure',
    side: 'server',
    evidence: { length: 100, came: 30, silence: 0 },
    causes: [{ id: 'program-aborts', likelihood: 'likely' }],
  });
  expect(found(exchange(GET, [HEAD], 5000))[0]).toMatchObject({
    id: 'answer-cut-short',
    evidence: { came: 0, silence: 5_007_000 },
  });
  // A client that wants no more, and who asked for the head only.
  expect(wrong(found(exchange(GET, [HEAD, 'x'.repeat(30)], 100)))).toEqual([]);
  expect(wrong(found(exchange(GET.replace('GET', 'HEAD'), [HEAD])))).toEqual([]);
  expect(wrong(found(exchange(GET, [HEAD, 'x'.repeat(100)])))).toEqual([]);
});

const CLIENT_HELLO = '\x16\x03\x01\x00\x06\x01\x00\x00\x02\x03\x03';
const SERVER_HELLO = '\x16\x03\x03\x00\x06\x02\x00\x00\x02\x03\x03\x17\x03\x03\x00\x04abcd';

test('one speaks TLS, and the other does not', () => {
  expect(found(exchange(CLIENT_HELLO, ['HTTP/1.1 400 Bad Request\r\n\r\n']))[0]).toMatchObject({
    id: 'wrong-protocol',
    severity: 'failure',
    frames: [4, 5],
    evidence: { tls: 1 },
  });
  expect(found(exchange(GET, ['\x15\x03\x01\x00\x02\x02\x46']))[0]).toMatchObject({
    id: 'wrong-protocol',
    evidence: { tls: 0 },
  });
});

test('TLS alerts in the clear: of a server at once, of a client that does not trust the certificate', () => {
  expect(found(exchange(CLIENT_HELLO, ['\x15\x03\x03\x00\x02\x02\x46']))[0]).toMatchObject({
    id: 'tls-alert',
    side: 'server',
    frames: [5],
    evidence: { greeted: 0, alert: 70 },
  });
  const c = 101 + CLIENT_HELLO.length;
  const s = 301 + SERVER_HELLO.length;
  const refuses = exchange(CLIENT_HELLO, [SERVER_HELLO]).slice(0, 5);
  expect(
    found([
      ...refuses,
      client(9, { seq: c, ack: s, payload: '\x15\x03\x03\x00\x02\x02\x30' }),
      server(10, { seq: s, ack: c + 7, flags: FLAG.FIN | FLAG.ACK }),
      client(11, { seq: c + 7, ack: s + 1, flags: FLAG.RST | FLAG.ACK }),
    ])[0],
  ).toMatchObject({ id: 'tls-alert', side: 'client', evidence: { greeted: 1, alert: 48 } });
});

test('a WebSocket that ends without a close frame', () => {
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
  const talk = exchange(`GET / HTTP/1.1\r\nHost: a\r\n${upgrade}Sec-WebSocket-Key: a\r\n\r\n`, [
    `HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n`,
  ]);
  expect(found(talk)[0]).toMatchObject({ id: 'websocket-close', severity: 'trouble', evidence: { code: 1006 } });
});
