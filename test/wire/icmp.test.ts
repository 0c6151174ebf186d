import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitIcmp,
  emitIpv4,
  ICMP_TYPE,
  parseIcmp,
  parseIpv4,
  UNREACHABLE,
  viewIcmp,
  viewIpv4,
  viewQuoted,
} from '../../src/wire';
import { icmpMessage, ipv4Packet } from './arbitraries';
import { bad, good, hex, patch } from './helpers';
import { LINUX } from './linux-packets';

const icmpOf = (frame: Uint8Array) => good(viewIpv4(frame, 14)).payload;
const request = icmpOf(LINUX.echoRequest);
const unreachable = icmpOf(LINUX.portUnreachable);

describe('ICMP', () => {
  test("Linux's echo request and reply", () => {
    const echo = { identifier: 7811, sequence: 1, data: hex('000102') };
    expect(parseIcmp(request)).toEqual({ type: 'echo-request', ...echo });
    expect(parseIcmp(icmpOf(LINUX.echoReply))).toEqual({ type: 'echo-reply', ...echo });
  });

  test("Linux's port unreachable, and the datagram that it quotes", () => {
    const message = good(parseIcmp(unreachable));
    expect(message).toMatchObject({ type: 'destination-unreachable', code: UNREACHABLE.PORT, nextHopMtu: 0 });
    if (message.type !== 'destination-unreachable') throw new Error(message.type);
    const quoted = good(viewQuoted(message.quoted));
    expect(quoted).toMatchObject({
      src: 0x0a090001,
      dst: 0x0a090002,
      protocol: 17,
      identification: 44686,
      fragmentOffset: 0,
    });
    expect(quoted.payload).toEqual(good(viewIpv4(LINUX.udp, 14)).payload);
  });

  test.each([LINUX.echoRequest, LINUX.echoReply, LINUX.portUnreachable])(
    'emit(parse(bytes)) is the bytes Linux sent',
    (frame) => {
      expect(emitIcmp(good(parseIcmp(icmpOf(frame))))).toEqual(icmpOf(frame));
    },
  );

  test('parse(emit(x)) is x, and the checksum is good', () => {
    fc.assert(
      fc.property(icmpMessage, (message) => {
        const bytes = emitIcmp(message);
        expect(parseIcmp(bytes)).toEqual(message);
        expect(good(viewIcmp(bytes)).checksumIsGood()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('the view shows the raw header', () => {
    const view = good(viewIcmp(unreachable));
    expect(view.type).toBe(ICMP_TYPE.DESTINATION_UNREACHABLE);
    expect(view.code).toBe(3);
    expect(view.checksum).toBe(0x112e);
    expect(view.body).toEqual(unreachable.subarray(4));
    expect(view.checksumIsGood()).toBe(true);
    expect(good(viewIcmp(patch(unreachable, { 20: 0xff }))).checksumIsGood()).toBe(false);
  });

  test('the next-hop MTU sits where RFC 1191 §4 puts it, and the pointer where RFC 792 does', () => {
    const quoted = new Uint8Array(0);
    const tooBig = emitIcmp({ type: 'destination-unreachable', code: 4, nextHopMtu: 1400, quoted });
    expect(tooBig.subarray(4)).toEqual(hex('0000 0578'));
    expect(emitIcmp({ type: 'parameter-problem', code: 0, pointer: 20, quoted }).subarray(4)).toEqual(hex('14000000'));
  });

  test('an echo with a code is left as it is', () => {
    expect(parseIcmp(patch(request, { 1: 9 }))).toMatchObject({ type: 'unknown', icmpType: 8, code: 9 });
  });

  test('what is too short is reported', () => {
    expect(bad(viewIcmp(request.subarray(0, 7)))).toMatchObject({ header: 'icmp', field: 'header', offset: 7 });
    expect(bad(parseIcmp(new Uint8Array(0)))).toMatchObject({ offset: 0 });
  });

  test('emit refuses what a message cannot hold', () => {
    const data = new Uint8Array(0);
    expect(() => emitIcmp({ type: 'echo-request', identifier: 65_536, sequence: 0, data })).toThrow(RangeError);
    expect(() => emitIcmp({ type: 'echo-reply', identifier: 0, sequence: -1, data })).toThrow(RangeError);
    expect(() => emitIcmp({ type: 'time-exceeded', code: 256, quoted: data })).toThrow(RangeError);
    expect(() => emitIcmp({ type: 'parameter-problem', code: 0, pointer: 256, quoted: data })).toThrow(RangeError);
    expect(() => emitIcmp({ type: 'unknown', icmpType: 13, code: 0, body: new Uint8Array(3) })).toThrow(RangeError);
  });
});

describe('what ICMP quotes', () => {
  const quoted = unreachable.subarray(8);

  test('may be the first eight bytes of a longer packet', () => {
    const view = good(viewQuoted(quoted.subarray(0, 28)));
    expect(view.payload).toHaveLength(8);
    expect(viewIpv4(quoted.subarray(0, 28))).toMatchObject({ field: 'totalLength' });
  });

  test('may have options, and be a later fragment', () => {
    fc.assert(
      fc.property(ipv4Packet, fc.uint8Array({ minLength: 8, maxLength: 40 }), (packet, payload) => {
        const bytes = emitIpv4({ ...packet, payload });
        const view = good(viewQuoted(bytes));
        const whole = good(viewIpv4(bytes));
        expect(view.src).toBe(whole.src);
        expect(view.dst).toBe(whole.dst);
        expect(view.protocol).toBe(packet.protocol);
        expect(view.identification).toBe(packet.identification);
        expect(view.fragmentOffset).toBe(packet.fragmentOffset);
        expect(view.payload).toEqual(payload);
        expect(good(parseIpv4(bytes)).payload).toEqual(payload);
      }),
    );
  });

  test.each([
    ['nothing', new Uint8Array(0), 'header', 0],
    ['half a header', quoted.subarray(0, 19), 'header', 19],
    ['seven bytes behind the header', quoted.subarray(0, 27), 'payload', 20],
    ['another version', patch(quoted, { 0: 0x60 }), 'version', 0],
    ['a header that is too short', patch(quoted, { 0: 0x41 }), 'ihl', 0],
    ['options that were not quoted', patch(quoted.subarray(0, 30), { 0: 0x4f }), 'header', 30],
  ])('%s is reported', (_, bytes, field, offset) => {
    expect(bad(viewQuoted(bytes))).toMatchObject({ header: 'ipv4', field, offset });
  });
});
