import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LESSONS, Run, type RunOptions } from '../../src/lessons';
import {
  ACCEPT,
  closing,
  frame,
  KEY,
  masked,
  readFrame,
  UPGRADE_RESPONSE,
  upgradeRequest,
} from '../../src/lessons/websocket/bytes';
import { RECORDING } from '../../src/lessons/websocket/tls-recording';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const HELLO_KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

function run(id: string, options: RunOptions = {}): Run {
  const lesson = LESSONS.find((each) => each.id === id);
  if (lesson === undefined) throw new Error(`there is no lesson ${id}`);
  return new Run(lesson, options).finish();
}

describe('the bytes of WebSocket', () => {
  test('the answer to the key is what RFC 6455 §1.3 says, and what one computes', () => {
    expect(ACCEPT).toBe(createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64'));
    expect(upgradeRequest('b')).toMatch(/^GET \/chat HTTP\/1\.1\r\nHost: b\r\n[^]*\r\n\r\n$/);
    expect(UPGRADE_RESPONSE).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
  });

  test('frames are those of RFC 6455 §5.7', () => {
    expect(hex(frame('text', text('Hello')))).toBe('810548656c6c6f');
    expect(hex(frame('text', text('Hello'), HELLO_KEY))).toBe('818537fa213d7f9f4d5158');
    expect(hex(frame('ping', text('Hello')))).toBe('890548656c6c6f');
    expect(hex(frame('pong', text('Hello'), HELLO_KEY))).toBe('8a8537fa213d7f9f4d5158');
    expect(hex(frame('close', closing(1000, 'bye')))).toBe('880503e8627965');
  });

  test('what is written is read again, however it is cut, and what is no frame is told', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('text', 'ping', 'pong', 'close'),
        fc.uint8Array({ maxLength: 125 }),
        fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
        fc.nat(),
        (kind, payload, key, at) => {
          const bytes = frame(kind, payload, key);
          expect(readFrame(bytes)).toEqual({
            frame: { kind, payload, masked: key !== undefined },
            length: bytes.length,
          });
          expect(readFrame(bytes.subarray(0, at % bytes.length))).toBe('more');
          if (key !== undefined) expect(masked(masked(payload, key), key)).toEqual(payload);
        },
      ),
      { numRuns: 50 },
    );
    expect(readFrame(text('abc'))).toBe('bad');
    expect(readFrame(Uint8Array.of(0x81, 126, 0, 200))).toBe('bad');
  });

  test('a program that hears nonsense says 1002 and hangs up', () => {
    const lesson = run('websocket', { actions: [{ type: 'do', at: 250_000, host: 'A', call: 'send', amount: 10 }] });
    const told = lesson.timeline.rows.slice().flatMap((row) => (row.kind === 'segment' ? row.told.items : []));
    expect(told).toContainEqual(expect.objectContaining({ type: 'close', code: 1002 }));
    expect([lesson.state('A'), lesson.state('B')]).toEqual(['CLOSED', 'CLOSED']);
  });
});

describe('the recording of TLS 1.3', () => {
  const flights = RECORDING.map(({ from, base64 }) => ({ from, bytes: Buffer.from(base64, 'base64') }));

  test('both ends speak in turn, the client first and last, in whole records', () => {
    expect(flights.map(({ from }) => from)).toEqual(flights.map((_, at) => (at % 2 === 0 ? 'client' : 'server')));
    expect(flights).toHaveLength(9);
    for (const { bytes } of flights) {
      let at = 0;
      while (at < bytes.length) at += 5 + bytes.readUInt16BE(at + 3);
      expect(at).toBe(bytes.length);
    }
  });

  test('it is TLS 1.3, and only the hellos are in the clear', () => {
    const [client, server, ...others] = flights.map(({ bytes }) => bytes);
    expect([client?.[0], client?.[5], server?.[0], server?.[5]]).toEqual([22, 1, 22, 2]);
    // supported_versions with 0x0304 is how TLS 1.3 is agreed on (RFC 8446 §4.2.1).
    expect(server?.includes(Buffer.from('002b00020304', 'hex'))).toBe(true);
    expect(others.map((bytes) => bytes[0])).toEqual([20, 23, 23, 23, 23, 23, 23]);
  });
});

test('the proxy passes an abort on, from either side', () => {
  for (const host of ['A', 'B']) {
    const lesson = run('websocket-proxy', { actions: [{ type: 'do', at: 400_000, host, call: 'abort' }] });
    expect([lesson.state('A'), lesson.state('P', 0), lesson.state('P', 1), lesson.state('B')]).toEqual(
      Array(4).fill('CLOSED'),
    );
    expect(lesson.talk(host === 'A' ? 'B' : 'A')?.isBroken).toBe(true);
  }
});
