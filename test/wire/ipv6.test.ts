import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitIpv6,
  EXTENSION,
  parseIpv6,
  parseTcp,
  parseUdp,
  PROTOCOL,
  requireIpv6Address,
  tcpChecksumIsGood,
  udpChecksumIsGood,
  viewIpv6,
  viewTcp,
  viewUdp,
  writeIpv6Header,
  type Ipv6Packet,
} from '../../src/wire';
import { ipv6Packet } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX6 } from './linux-packets6';

const echo = LINUX6.echoRequest.subarray(14);
const at = requireIpv6Address;

const PLAIN: Ipv6Packet = {
  dscp: 0,
  ecn: 0,
  flowLabel: 0,
  ttl: 64,
  extensions: [],
  protocol: PROTOCOL.UDP,
  src: 'fd00::1',
  dst: 'fd00::2',
  payload: new Uint8Array(0),
};

describe('IPv6', () => {
  test("Linux's echo request", () => {
    const view = good(viewIpv6(LINUX6.echoRequest, 14));
    expect(view).toMatchObject({ version: 6, offset: 14, end: 65, protocol: 58, ttl: 64, dscp: 0, ecn: 0 });
    expect(view).toMatchObject({ src: at('fd00::1'), dst: at('fd00::2'), payloadOffset: 54, headerLength: 40 });
    expect(view).toMatchObject({ totalLength: 51, protocolPointer: 6, problem: undefined, routerAlert: undefined });
    expect(view).toMatchObject({ fragment: 0, fragmentOffset: 0, moreFragments: false, identification: 0 });
    expect(view.header).toEqual(echo.subarray(0, 40));
    expect(view.payload).toEqual(echo.subarray(40));
    expect(parseIpv6(view)).toMatchObject({ src: 'fd00::1', dst: 'fd00::2', extensions: [], protocol: 58 });
  });

  test("Linux's multicast listener report has a router alert before it", () => {
    const view = good(viewIpv6(LINUX6.mldReport, 14));
    expect(view).toMatchObject({ protocol: 58, protocolPointer: 40, payloadOffset: 62, headerLength: 48, ttl: 1 });
    expect(view).toMatchObject({ routerAlert: 0, problem: undefined, dst: at('ff02::16') });
    expect(parseIpv6(view)).toMatchObject({ extensions: [{ type: 0, data: hex('050200000100') }] });
  });

  test("TCP's and UDP's checksums as Linux made them hold over IPv6, too", () => {
    const syn = good(viewIpv6(LINUX6.syn, 14));
    const tcp = good(viewTcp(syn.bytes, syn.payloadOffset, syn.end));
    expect(tcpChecksumIsGood(tcp, syn.src, syn.dst)).toBe(true);
    expect(tcpChecksumIsGood(syn.payload, syn.src, syn.dst + 1n)).toBe(false);
    expect(good(parseTcp(tcp))).toMatchObject({ dstPort: 80 });
    const datagram = good(viewIpv6(LINUX6.udp, 14));
    const udp = good(viewUdp(datagram.bytes, datagram.payloadOffset, datagram.end));
    expect(udpChecksumIsGood(udp, datagram.src, datagram.dst)).toBe(true);
    expect(good(parseUdp(udp)).payload).toEqual(new TextEncoder().encode('hello'));
  });

  test('RFC 8200 §8.1: a UDP datagram without a checksum is not taken over IPv6', () => {
    const udp = good(viewUdp(hex('0001 0002 0008 0000')));
    expect(udpChecksumIsGood(udp, 1, 2)).toBe(true);
    expect(udpChecksumIsGood(udp, 1n, 2n)).toBe(false);
  });

  test.each(Object.entries(LINUX6))('emit(parse(%s)) is what Linux sent', (_, frame) => {
    expect(emitIpv6(good(parseIpv6(frame.subarray(14))))).toEqual(frame.subarray(14));
  });

  test('parse(emit(x)) is x, whatever stands between header and payload', () => {
    fc.assert(
      fc.property(ipv6Packet, (packet) => {
        expect(parseIpv6(emitIpv6(packet))).toEqual(packet);
      }),
      { numRuns: 500 },
    );
  });

  test('the view shows what was written, and not what stands behind the packet', () => {
    fc.assert(
      fc.property(ipv6Packet, (packet) => {
        const bytes = emitIpv6(packet);
        const view = good(viewIpv6(join([hex('ff'), bytes, hex('ffffff')]), 1));
        expect(view).toMatchObject({
          dscp: packet.dscp,
          ecn: packet.ecn,
          flowLabel: packet.flowLabel,
          ttl: packet.ttl,
        });
        expect(view).toMatchObject({ src: at(packet.src), dst: at(packet.dst), protocol: packet.protocol });
        expect(view.end).toBe(1 + bytes.length);
        expect(view.payload).toEqual(packet.payload);
        expect(view.bytes[view.offset + view.protocolPointer]).toBe(packet.protocol);
      }),
    );
  });

  test('writeIpv6Header writes what emitIpv6 does, and leaves zones out', () => {
    const fields = { dscp: 46, ecn: 2, flowLabel: 0xabcde, ttl: 7, protocol: 17, payloadLength: 0 };
    const bytes = new Uint8Array(45).fill(0xff);
    expect(writeIpv6Header(bytes, 3, { ...fields, src: at('fe80::1%5'), dst: at('ff02::1') })).toBe(40);
    const packet = { ...PLAIN, ...fields, src: 'fe80::1', dst: 'ff02::1' };
    expect(bytes).toEqual(join([hex('ffffff'), emitIpv6(packet), hex('ffff')]));
    expect(() => writeIpv6Header(bytes, 6, { ...fields, src: 0n, dst: 0n })).toThrow(RangeError);
  });

  test.each([
    ['nothing', new Uint8Array(0), 'header', 0],
    ['half a header', echo.subarray(0, 39), 'header', 39],
    ['another version', patch(echo, { 0: 0x45 }), 'version', 0],
    ['a payload that is not there', echo.subarray(0, 50), 'payloadLength', 4],
    ['a jumbogram', patch(echo, { 4: 0, 5: 0, 6: 0 }), 'payloadLength', 4],
  ])('%s is reported', (_, bytes, field, offset) => {
    expect(bad(viewIpv6(bytes))).toMatchObject({ header: 'ipv6', field, offset });
    expect(bad(parseIpv6(bytes))).toMatchObject({ field });
  });

  test('emit refuses what a packet cannot hold', () => {
    const wrong: Partial<Ipv6Packet>[] = [
      { dscp: 64 },
      { ecn: 4 },
      { flowLabel: 2 ** 20 },
      { ttl: 256 },
      { protocol: -1 },
      { src: '10.0.0.1' },
      { dst: '' },
      { payload: new Uint8Array(65_536) },
      { extensions: [{ type: EXTENSION.DESTINATION_OPTIONS, data: new Uint8Array(5) }] },
      { extensions: [{ type: EXTENSION.FRAGMENT, data: new Uint8Array(14) }] },
      { extensions: [{ type: EXTENSION.ROUTING, data: new Uint8Array(8 * 257 - 2) }] },
    ];
    for (const change of wrong) expect(() => emitIpv6({ ...PLAIN, ...change })).toThrow(RangeError);
  });
});
