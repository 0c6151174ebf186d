import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitIcmpv6,
  emitIpv6,
  EXTENSION,
  icmpv6ChecksumIsGood,
  ICMPV6_TYPE,
  parseIcmpv6,
  parseIpv6,
  UNREACHABLE6,
  viewIcmpv6,
  viewIpv6,
  viewQuoted,
  viewQuotedIpv6,
  type QuotedIp,
} from '../../src/wire';
import { icmpv6Message, ipv6Packet, pseudo6 } from './arbitraries';
import { bad, good, hex, patch } from './helpers';
import { LINUX } from './linux-packets';
import { LINUX6 } from './linux-packets6';

const icmpOf = (frame: Uint8Array) => good(viewIpv6(frame, 14)).payload;
const request = icmpOf(LINUX6.echoRequest);
const unreachable = icmpOf(LINUX6.portUnreachable);
const ENDS = { src: 1n, dst: 2n };

describe('ICMPv6', () => {
  test("Linux's echo request and reply", () => {
    const echo = { identifier: 3172, sequence: 1, data: hex('000102') };
    expect(parseIcmpv6(request)).toEqual({ type: 'echo-request', ...echo });
    expect(parseIcmpv6(icmpOf(LINUX6.echoReply))).toEqual({ type: 'echo-reply', ...echo });
  });

  test("Linux's port unreachable, and the datagram that it quotes", () => {
    const message = good(parseIcmpv6(unreachable));
    expect(message).toMatchObject({ type: 'destination-unreachable', code: UNREACHABLE6.PORT });
    if (message.type !== 'destination-unreachable') throw new Error(message.type);
    const quoted = good(viewQuotedIpv6(message.quoted));
    const sent = good(viewIpv6(LINUX6.udp, 14));
    expect(quoted).toMatchObject({ version: 6, protocol: 17, totalLength: 53, identification: 0, fragmentOffset: 0 });
    expect(quoted).toMatchObject({ src: sent.src, dst: sent.dst, payload: sent.payload });
  });

  test.each([
    LINUX6.echoRequest,
    LINUX6.echoReply,
    LINUX6.portUnreachable,
    LINUX6.mldReport,
    LINUX6.neighborSolicitation,
  ])('emit(parse(bytes)) is the bytes Linux sent', (frame) => {
    const packet = good(viewIpv6(frame, 14));
    expect(emitIcmpv6(good(parseIcmpv6(packet.payload)), packet)).toEqual(packet.payload);
    const view = good(viewIcmpv6(packet.bytes, packet.payloadOffset, packet.end));
    expect(icmpv6ChecksumIsGood(view, packet.src, packet.dst)).toBe(true);
    expect(icmpv6ChecksumIsGood(view, packet.src, packet.dst + 1n)).toBe(false);
  });

  test('parse(emit(x)) is x, and the checksum is good', () => {
    fc.assert(
      fc.property(icmpv6Message, pseudo6, (message, addresses) => {
        const bytes = emitIcmpv6(message, addresses);
        expect(parseIcmpv6(bytes)).toEqual(message);
        expect(icmpv6ChecksumIsGood(good(viewIcmpv6(bytes)), addresses.src, addresses.dst)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('the view shows the raw header', () => {
    const view = good(viewIcmpv6(unreachable));
    expect(view).toMatchObject({ type: ICMPV6_TYPE.DESTINATION_UNREACHABLE, code: 4, isError: true });
    expect(view.body).toEqual(unreachable.subarray(4));
    expect(good(viewIcmpv6(request)).isError).toBe(false);
  });

  test('MTU and pointer are words where RFC 4443 §3.2 and §3.4 put them', () => {
    const quoted = new Uint8Array(0);
    expect(emitIcmpv6({ type: 'packet-too-big', mtu: 1400, quoted }, ENDS).subarray(4)).toEqual(hex('0000 0578'));
    const problem = { type: 'parameter-problem', code: 1, pointer: 0x12345, quoted } as const;
    expect(emitIcmpv6(problem, ENDS).subarray(4)).toEqual(hex('00012345'));
  });

  test('RFC 4443 §3.2: the code of "packet too big" does not count', () => {
    const bytes = emitIcmpv6({ type: 'packet-too-big', mtu: 1280, quoted: new Uint8Array(0) }, ENDS);
    expect(parseIcmpv6(patch(bytes, { 1: 9 }))).toMatchObject({ type: 'packet-too-big', mtu: 1280 });
  });

  test('an echo with a code is left as it is', () => {
    expect(parseIcmpv6(patch(request, { 1: 9 }))).toMatchObject({ type: 'unknown', icmpType: 128, code: 9 });
  });

  test('what is too short is reported', () => {
    expect(bad(viewIcmpv6(request.subarray(0, 7)))).toMatchObject({ header: 'icmpv6', field: 'header', offset: 7 });
    expect(bad(parseIcmpv6(new Uint8Array(0)))).toMatchObject({ offset: 0 });
  });

  test('emit refuses what a message cannot hold', () => {
    const data = new Uint8Array(0);
    const emit = (message: Parameters<typeof emitIcmpv6>[0]) => () => emitIcmpv6(message, ENDS);
    expect(emit({ type: 'echo-request', identifier: 65_536, sequence: 0, data })).toThrow(RangeError);
    expect(emit({ type: 'echo-reply', identifier: 0, sequence: -1, data })).toThrow(RangeError);
    expect(emit({ type: 'time-exceeded', code: 256, quoted: data })).toThrow(RangeError);
    expect(emit({ type: 'packet-too-big', mtu: 2 ** 32, quoted: data })).toThrow(RangeError);
    expect(emit({ type: 'unknown', icmpType: 200, code: 0, body: new Uint8Array(3) })).toThrow(RangeError);
  });
});

describe('what ICMPv6 quotes', () => {
  const quoted = unreachable.subarray(8);
  const withExtensions = (payload: Uint8Array, fragmentField = 0) =>
    emitIpv6({
      ...good(parseIpv6(quoted)),
      extensions: [
        { type: EXTENSION.HOP_BY_HOP, data: new Uint8Array(14) },
        { type: EXTENSION.FRAGMENT, data: Uint8Array.of(fragmentField >>> 8, fragmentField & 255, 1, 2, 3, 4) },
      ],
      payload,
    });

  test('may be the start of a longer packet', () => {
    const view = good(viewQuotedIpv6(quoted.subarray(0, 48)));
    expect(view.payload).toHaveLength(8);
    expect(viewIpv6(quoted.subarray(0, 48))).toMatchObject({ field: 'payloadLength' });
  });

  test('may have extension headers, and be a fragment', () => {
    const first = good(viewQuotedIpv6(withExtensions(new Uint8Array(24).fill(7), 1)));
    expect(first).toMatchObject({ protocol: 17, identification: 0x01020304, fragmentOffset: 0 });
    expect(first.payload).toEqual(new Uint8Array(24).fill(7));
    const later = good(viewQuotedIpv6(withExtensions(new Uint8Array(24).fill(60), 1448)));
    expect(later).toMatchObject({ protocol: 17, fragmentOffset: 1448, payload: new Uint8Array(24).fill(60) });
  });

  test('shows what the whole packet does, wherever the quotation ends', () => {
    fc.assert(
      fc.property(ipv6Packet, fc.uint8Array({ minLength: 8, maxLength: 40 }), (packet, payload) => {
        const bytes = emitIpv6({ ...packet, payload });
        const whole = good(viewIpv6(bytes));
        const { payloadOffset, src, dst, protocol, identification, fragmentOffset, totalLength } = whole;
        const view = good(viewQuotedIpv6(bytes.subarray(0, payloadOffset + 8)));
        expect(view).toMatchObject({ src, dst, protocol, identification, fragmentOffset, totalLength });
        expect(view.payload).toEqual(payload.subarray(0, 8));
        expect(bad(viewQuotedIpv6(bytes.subarray(0, payloadOffset + 7)))).toMatchObject({ header: 'ipv6' });
      }),
    );
  });

  test('tells its family', () => {
    const both: QuotedIp[] = [
      good(viewQuotedIpv6(quoted)),
      good(viewQuoted(LINUX.portUnreachable.subarray(14 + 20 + 8))),
    ];
    expect(both.map(({ version }) => version)).toEqual([6, 4]);
    expect(both.map((view) => (view.version === 6 ? view.src >> 120n : view.src >>> 24))).toEqual([0xfdn, 10]);
  });

  test.each([
    ['nothing', new Uint8Array(0), 'header', 0],
    ['half a header', quoted.subarray(0, 39), 'header', 39],
    ['seven bytes behind the header', quoted.subarray(0, 47), 'payload', 40],
    ['another version', patch(quoted, { 0: 0x40 }), 'version', 0],
    ['half an extension header', withExtensions(new Uint8Array(8)).subarray(0, 50), 'payload', 50],
    ['extension headers alone', withExtensions(new Uint8Array(8)).subarray(0, 64), 'payload', 64],
  ])('%s is reported', (_, bytes, field, offset) => {
    expect(bad(viewQuotedIpv6(bytes))).toMatchObject({ header: 'ipv6', field, offset });
  });
});
