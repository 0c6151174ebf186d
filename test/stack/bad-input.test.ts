import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PROTOCOL } from '../../src/wire/ipv4';
import { established, script, type Script } from '../support/script';

const SYN_ACK = 'S. 0:0(0) ack 1 win 65535 <mss 1460>';
const SYN = 'S 0:0(0)';

/** The peer's segment, with something done to its bytes; its checksum is made good again. */
function segment(t: Script, line: string, change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): Uint8Array {
  return t.peer.withChecksum(change(t.peer.payload(line)));
}

/** Options, as bytes, in a segment that has room for as many (of `nop`s). */
const withOptions = (t: Script, flags: string, ...options: number[]): Uint8Array => {
  const room = Array.from({ length: Math.ceil(options.length / 4) * 4 }, () => 'nop').join();
  return segment(t, `${flags} <${room}>`, (bytes) => {
    bytes.set(options, 20);
    return bytes;
  });
};

describe('segments that cannot be read', () => {
  test('MUST-3: a bad checksum: counted, dropped with a reason, and not answered', () => {
    const t = script({ passive: 80 });
    const payload = t.peer.payload('S 0:0(0) <mss 1460>');
    payload[4] = (payload[4] ?? 0) ^ 1;
    t.wire.inject({ payload });
    t.expectNothing().state('LISTEN');
    expect(t.counter('tcp.bad-checksum')).toBe(1);
    expect(t.drops).toEqual(['bad-checksum']);
    t.inject('S 0:0(0) <mss 1460>').expect(SYN_ACK);
  });

  test('MUST-3: any single bit that is wrong', () => {
    const t = established();
    const good = t.peer.payload('P. 1:101(100) ack 1');
    fc.assert(
      fc.property(fc.nat({ max: good.length * 8 - 1 }), (bit) => {
        const payload = good.slice();
        payload[bit >> 3] = (payload[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        t.wire.inject({ payload });
      }),
      { numRuns: 300 },
    );
    t.expectNothing().reads('');
    expect(t.status.segmentsIn).toBe(2);
  });

  test('a header that is none', () => {
    const t = script({ passive: 80 });
    t.wire.inject({ payload: new Uint8Array(19) });
    t.wire.inject({ payload: segment(t, SYN, (bytes) => bytes.fill(0x40, 12, 13)) });
    t.wire.inject({ payload: segment(t, SYN, (bytes) => bytes.fill(0xf0, 12, 13)) });
    t.expectNothing();
    expect(t.counter('tcp.malformed')).toBe(3);
  });

  test('any bytes at all, good checksum or not: nothing is thrown, and the connection goes on', () => {
    const t = established();
    const bytes = fc.uint8Array({ minLength: 20, maxLength: 80, size: 'max' });
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom(PROTOCOL.TCP, PROTOCOL.ICMP, PROTOCOL.UDP),
        fc.boolean(),
        (payload, protocol, good) => {
          // Towards our connection, so that the machine sees it, but as no RST, which may well end it.
          payload.set(t.peer.payload('. 1:1(0) ack 1').subarray(0, 4));
          payload[13] = (payload[13] ?? 0) & ~4;
          t.wire.inject({ protocol, payload: good ? t.peer.withChecksum(payload) : payload });
          t.skip();
        },
      ),
      { numRuns: 1000 },
    );
    t.state('ESTABLISHED');
  });
});

describe('options', () => {
  test('MUST-7: an illegal length ends the list; what stands before it counts', () => {
    const t = script({ passive: 80 });
    t.wire.inject({ payload: withOptions(t, SYN, 2, 4, 4, 0, 3, 0, 7, 7) });
    t.expect(SYN_ACK);
    expect(t.counter('tcp.malformed-option')).toBe(1);
    expect(t.drops).toEqual(['malformed-option']);
    t.inject('. 1:1(0) ack 1').accept();
    expect(t.status.mss.send).toBe(1024);
  });

  test.each([
    ['beyond the header', [2, 40, 4, 0]],
    ['of one octet', [2, 1, 4, 0]],
    ['missing', [1, 1, 1, 2]],
    ["not its kind's", [2, 3, 4, 1]],
  ])('MUST-7: a length %s', (_, options) => {
    const t = script({ passive: 80 });
    t.wire.inject({ payload: withOptions(t, SYN, ...options) });
    t.expect(SYN_ACK);
    expect(t.counter('tcp.malformed-option')).toBe(1);
  });

  test('MUST-6, MUST-68: an unknown option is passed over by its length', () => {
    const t = script({ passive: 80 });
    t.wire.inject({ payload: withOptions(t, SYN, 253, 6, 2, 4, 9, 9, 2, 4, 4, 0, 254, 2) });
    t.expect(SYN_ACK).inject('. 1:1(0) ack 1').accept();
    expect(t.status.mss.send).toBe(1024);
    expect(t.drops).toEqual([]);
  });

  test('MUST-64: at any alignment; MUST-4: EOL ends the list', () => {
    for (let nops = 0; nops < 4; nops++) {
      const t = script({ passive: 80 });
      const before = Array.from({ length: nops }, () => 1);
      t.wire.inject({ payload: withOptions(t, SYN, ...before, 2, 4, 4, 0, 0, 2, 4, 8) });
      t.expect(SYN_ACK).inject('. 1:1(0) ack 1').accept();
      expect(t.status.mss.send).toBe(1024);
    }
  });

  test('MUST-5: in any segment', () => {
    const t = established();
    t.wire.inject({ payload: withOptions(t, 'P. 1:6(5) ack 1', 253, 3, 7, 8, 10, 1, 1, 0) });
    t.reads(5);
  });
});

describe('addresses', () => {
  test.each(['255.255.255.255', '10.9.0.255', '224.0.0.1'])('MUST-57: a SYN to %s is silently discarded', (dst) => {
    const t = script({ passive: 80 });
    const payload = t.peer.payload('S 0:0(0) <mss 1460>');
    t.wire.inject({ dst, payload: t.peer.withChecksum(payload, { dst }) });
    t.expectNothing().state('LISTEN');
    expect(t.counter('tcp.broadcast')).toBe(1);
    expect(t.drops).toEqual(['broadcast']);
  });

  test.each(['0.0.0.0', '10.9.0.255', '255.255.255.255', '224.0.0.1', '127.0.0.1', '10.9.0.2'])(
    'MUST-63: a SYN from %s is ignored',
    (src) => {
      const t = script({ passive: 80 });
      const payload = t.peer.payload('S 0:0(0) <mss 1460>');
      t.wire.inject({ src, payload: t.peer.withChecksum(payload, { src }) });
      t.expectNothing().state('LISTEN');
      expect(t.counter('ip.martian-source')).toBe(1);
    },
  );

  test('a packet for somebody else is not ours', () => {
    const t = script({ passive: 80 });
    const dst = '10.9.0.77';
    t.wire.inject({ dst, payload: t.peer.withChecksum(t.peer.payload(SYN), { dst }) });
    t.expectNothing();
    expect(t.counter('ip.not-ours')).toBe(1);
  });

  test('MUST-45: an answer comes from the address that was called, also when there is no connection', () => {
    const t = script();
    t.inject('S 0:0(0)').expect('R. 0:0(0) ack 1 win 0');
  });

  test('MUST-50: IP options are passed over', () => {
    const t = script({ passive: 80 });
    t.wire.inject({ options: Uint8Array.of(148, 4, 0, 0, 1, 1, 1, 0), payload: t.peer.payload('S 0:0(0) <mss 1460>') });
    t.expect(SYN_ACK);
  });
});
