import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as ws from 'ws';
import { Dialogue } from '../../../src/inspect/application/dialogue';
import { nameTold } from '../../../src/inspect/application/say';
import type { SegmentEvent } from '../../../src/tcp/trace';
import { FLAG } from '../../../src/wire/tcp';

const REQUEST = 'GET /chat HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n';
const AGREED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const ends = { address: '10.9.0.1', port: 1 };
const connection = { id: 1, local: ends, remote: ends };

type Direction = 'in' | 'out';

function segment(direction: Direction, seq: number, payload: Uint8Array, flags = 0): SegmentEvent {
  const header = { srcPort: 1, dstPort: 2, ack: 0, window: 1, urgent: 0, options: [] };
  const state = { before: 'ESTABLISHED', after: 'ESTABLISHED' } as const;
  return {
    type: 'segment',
    time: 0,
    direction,
    connection,
    segment: { ...header, seq: seq >>> 0, flags, payload },
    ...state,
  };
}

/** A connection whose segments are written as what is in them; each answers with what is told of it. */
class Wire {
  private readonly dialogue = new Dialogue();
  private readonly next = { in: 0xffff_fff0, out: 7 };

  constructor() {
    for (const direction of ['in', 'out'] as const) {
      this.dialogue.read(segment(direction, this.next[direction], new Uint8Array(0), FLAG.SYN));
      this.next[direction] += 1;
    }
  }

  says(direction: Direction, what: string | Uint8Array): string {
    const bytes = typeof what === 'string' ? Buffer.from(what, 'latin1') : what;
    const seq = this.next[direction];
    this.next[direction] += bytes.length;
    return this.at(direction, seq, bytes);
  }

  /** A segment at a place of its own, counted from the next one's first byte. */
  away(direction: Direction, offset: number, bytes: Uint8Array): string {
    return this.at(direction, this.next[direction] + offset, bytes);
  }

  private at(direction: Direction, seq: number, bytes: Uint8Array): string {
    return nameTold(this.dialogue.read(segment(direction, seq, bytes)));
  }
}

/** ws exports it, but its types do not say so. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

/** A frame as ws writes it. */
function frame(data: string | Uint8Array, opcode: number, { mask = false, fin = true, rsv1 = false } = {}): Buffer {
  const options = { fin, rsv1, opcode, mask, readOnly: true };
  return Buffer.concat(Sender.frame(Buffer.from(data), options));
}

function upgraded(): Wire {
  const wire = new Wire();
  expect(wire.says('in', REQUEST)).toBe('GET /chat HTTP/1.1, Upgrade: websocket');
  expect(wire.says('out', AGREED)).toBe('101 Switching Protocols, Upgrade: websocket');
  return wire;
}

describe('HTTP', () => {
  test('heads in pieces are told with their first line; a body is not', () => {
    const wire = new Wire();
    expect(wire.says('in', 'GET / HT')).toBe('');
    expect(wire.says('in', 'TP/1.1\r\nHost: x')).toBe('GET / HTTP/1.1');
    expect(wire.says('in', '\r\n\r')).toBe('');
    expect(wire.says('in', '\nPOST /a HTTP/1.1\r\n\r\nbody')).toBe('POST /a HTTP/1.1');
    expect(wire.says('out', 'HTTP/1.1 200\r\n\r\nGET what?')).toBe('200');
    expect(wire.says('out', 'more of the body')).toBe('');
    expect(wire.says('out', 'HTTP/1.0 404 Not Found\r\n\r\n')).toBe('404 Not Found');
  });

  test('what is no HTTP is not told', () => {
    for (const text of [
      'hello',
      'GET',
      'GET / HTTP/3.0\r\n\r\n',
      'GET \x1b[2J HTTP/1.1\r\n\r\n',
      'SSH-2.0-x\r\n',
      'HTTP/1.1 2\r\n',
    ])
      expect(new Wire().says('in', text)).toBe('');
  });

  test('a head without end is given up, and an upgrade that was not asked for is none', () => {
    const wire = new Wire();
    expect(wire.says('in', `GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(5000)}`)).toBe('GET / HTTP/1.1');
    expect(wire.says('in', 'GET /again HTTP/1.1\r\n\r\n')).toBe('GET /again HTTP/1.1');
    wire.says('out', AGREED);
    expect(wire.says('out', frame('hello', 1))).toBe('');
  });

  test('through a proxy: CONNECT, and what is in the tunnel', () => {
    const wire = new Wire();
    expect(wire.says('out', 'CONNECT a:443 HTTP/1.1\r\n\r\n')).toBe('CONNECT a:443 HTTP/1.1');
    expect(wire.says('in', 'HTTP/1.1 200 Connection established\r\n\r\n')).toBe('200 Connection established');
    expect(wire.says('out', Uint8Array.of(22, 3, 1, 0, 5, 1, 0, 0, 1, 0))).toBe('TLS ClientHello');
  });
});

describe('WebSocket', () => {
  test('frames of each kind, masked or not, several in a segment, one in several', () => {
    const wire = upgraded();
    expect(wire.says('in', frame('hello', 1, { mask: true }))).toBe('WebSocket text 5 bytes: hello');
    expect(wire.says('out', Buffer.concat([frame('a', 1, { fin: false }), frame('b', 0), frame('', 9)]))).toBe(
      'WebSocket text 1 bytes not final: a; WebSocket continuation 1 bytes: b; WebSocket ping 0 bytes',
    );
    const large = frame(Buffer.alloc(70_000), 2, { mask: true });
    expect(wire.says('in', large.subarray(0, 3))).toBe('');
    expect(wire.says('in', large.subarray(3, 1000))).toBe('WebSocket binary 70000 bytes');
    expect(wire.says('in', large.subarray(1000))).toBe(`WebSocket ${large.length - 1000} bytes more`);
    expect(wire.says('in', frame('zipped', 1, { rsv1: true }))).toBe('WebSocket text 6 bytes compressed');
    const close = frame(Buffer.from('\x03\xe8enough', 'latin1'), 8, { mask: true });
    expect(wire.says('in', close.subarray(0, 7))).toBe('');
    expect(wire.says('in', close.subarray(7))).toBe('WebSocket close 1000: enough');
    expect(wire.says('out', frame('', 8))).toBe('WebSocket close');
  });

  test('frames right behind the head', () => {
    const wire = new Wire();
    wire.says('in', REQUEST);
    const both = Buffer.concat([Buffer.from(AGREED), frame('hi', 1)]);
    expect(wire.says('out', both)).toBe('101 Switching Protocols, Upgrade: websocket; WebSocket text 2 bytes: hi');
  });

  test('many in a segment are counted; a frame that cannot be ends it', () => {
    const wire = upgraded();
    const ten = Buffer.concat(Array.from({ length: 10 }, () => frame('x', 1)));
    expect(wire.says('out', ten)).toMatch(/^(WebSocket text 1 bytes: x; ){4}6 more$/);
    expect(wire.says('out', Uint8Array.of(0x83, 0))).toBe('');
    expect(wire.says('out', frame('x', 1))).toBe('');
    expect(wire.says('in', frame('x', 1, { mask: true }))).toBe('WebSocket text 1 bytes: x');
  });

  test('what was lost is told when it comes again, and what was heard already is not told twice', () => {
    const wire = upgraded();
    const [one, two] = [frame('one', 1), frame('two', 1)];
    expect(wire.away('in', one.length, two)).toBe('');
    expect(wire.says('in', one)).toBe('WebSocket text 3 bytes: one; WebSocket text 3 bytes: two');
    expect(wire.away('in', 0, two)).toBe('');
    wire.says('out', one);
    expect(wire.away('out', -one.length, Buffer.concat([one, two]))).toBe('WebSocket text 3 bytes: two');
  });

  test('when too much is missing, nothing more is told of that direction', () => {
    const wire = upgraded();
    for (let i = 0; i < 5; i++) expect(wire.away('in', 1000 + i * 20_000, Buffer.alloc(20_000))).toBe('');
    expect(wire.says('in', frame('x', 1))).toBe('');
    expect(wire.says('out', frame('x', 1))).toBe('WebSocket text 1 bytes: x');
  });
});

describe('whatever comes', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        Buffer.from(REQUEST),
        Buffer.from(AGREED),
        Buffer.from('CONNECT a:1 HTTP/1.1\r\n\r\n'),
        Buffer.from('HTTP/1.1 200 OK\r\n\r\n'),
        frame('hello', 1, { mask: true }),
        frame('', 8),
        Buffer.of(22, 3, 3, 0, 4, 2, 0, 0, 0, 23, 3, 3, 0, 1, 0),
      ),
    ),
    { maxLength: 12 },
  );

  test('it never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -50, max: 50 }), pieces)), (all) => {
        const wire = new Wire();
        for (const [isIn, offset, parts] of all)
          for (const bytes of parts) {
            wire.away(isIn ? 'in' : 'out', offset, bytes);
            wire.says(isIn ? 'in' : 'out', bytes);
          }
      }),
    );
  });

  test('frames are told the same however they are cut into segments, in whatever order these come', () => {
    const text = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (texts, cuts) => {
          const bytes = Buffer.concat(texts.map((each) => frame(each, 9, { mask: true })));
          const whole = upgraded().says('in', bytes);
          const wire = upgraded();
          const segments: { at: number; part: Buffer }[] = [];
          for (let at = 0; at < bytes.length;) {
            const length = cuts.next().value as number;
            segments.push({ at, part: bytes.subarray(at, at + length) });
            at += length;
          }
          const told = [...segments].reverse().map(({ at, part }) => wire.away('in', at, part));
          expect(told.filter((each) => each !== '').join('; ')).toBe(whole);
        },
      ),
    );
  });
});
