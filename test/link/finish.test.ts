import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finishReceived, finishSent, LARGEST_SEGMENT, piecesOf } from '../../src/link/finish';
import { CHECKED, UNFILLED } from '../../src/link/link';
import {
  emitEthernet,
  emitIpv4,
  emitIpv6,
  emitTcp,
  emitUdp,
  ETHERTYPE,
  FLAG,
  parseIpv4,
  parseIpv6,
  parseTcp,
  parseUdp,
  PROTOCOL,
  pseudoHeaderSum,
  requireAddress,
  requireIpv4Address,
  tcpChecksumIsGood,
  udpChecksumIsGood,
  viewIpv4,
  viewUdp,
  WireError,
  type Ipv4Packet,
  type Ipv6Packet,
  type TcpSegment,
} from '../../src/wire';
import { writeUint16 } from '../../src/wire/bytes';
import { sum } from '../../src/wire/checksum';
import { ordinaryPacket } from '../support/packets';
import { seeTcpFrame, tcpFrame } from '../support/tcp-frame';

const SRC = '10.9.0.2';
const DST = '10.9.0.1';
const ENDS = { src: requireIpv4Address(SRC), dst: requireIpv4Address(DST) };
const SRC6 = 'fd00:9::2';
const DST6 = 'fd00:9::1';
const ENDS6 = { src: requireAddress(SRC6), dst: requireAddress(DST6) };
const TCP = 20;

/** A packet without its transport's checksum, in slices, and what the link is told of it. */
function unfinished(packet: Partial<Ipv4Packet>, transport: Uint8Array, segmentSize: number, field: number) {
  const protocol = packet.protocol ?? PROTOCOL.TCP;
  const payload = new Uint8Array(transport);
  writeUint16(payload, field, pseudoHeaderSum(ENDS.src, ENDS.dst, protocol, payload.length));
  const bytes = emitIpv4(ordinaryPacket({ protocol, src: SRC, dst: DST, payload, ...packet }));
  return { bytes, work: { segmentSize, checksumStart: 20, checksumOffset: field } };
}

/** The same of IPv6; with an extension header, which counts as part of the header. */
function unfinished6(packet: Partial<Ipv6Packet>, transport: Uint8Array, segmentSize: number, field: number) {
  const { protocol = PROTOCOL.TCP, extensions = [] } = packet;
  const payload = new Uint8Array(transport);
  writeUint16(payload, field, pseudoHeaderSum(ENDS6.src, ENDS6.dst, protocol, payload.length));
  const fields = { dscp: 1, ecn: 0, flowLabel: 7, ttl: 9, extensions, protocol, src: SRC6, dst: DST6, payload };
  const bytes = emitIpv6({ ...fields, ...packet });
  const checksumStart = bytes.length - payload.length;
  return { bytes, work: { segmentSize, checksumStart, checksumOffset: field } };
}

const DESTINATION_OPTIONS = { type: 60, data: Uint8Array.of(1, 4, 0, 0, 0, 0) };

function parts(packet: Uint8Array): { ip: Ipv4Packet; tcp: TcpSegment } {
  const ip = parseIpv4(packet);
  if (ip instanceof WireError) throw new Error(ip.message);
  const tcp = parseTcp(ip.payload);
  if (tcp instanceof WireError) throw new Error(tcp.message);
  return { ip, tcp };
}

const NOTHING = { srcPort: 1, dstPort: 2, seq: 3, ack: 4, flags: 16, window: 5, urgent: 0, options: [] };

const segment = fc.record({
  srcPort: fc.integer({ min: 0, max: 65_535 }),
  dstPort: fc.integer({ min: 0, max: 65_535 }),
  seq: fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(2 ** 32 - 1, 2 ** 32 - 1000)),
  ack: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  flags: fc.integer({ min: 0, max: 511 }),
  window: fc.integer({ min: 0, max: 65_535 }),
  urgent: fc.constant(0),
  options: fc.constantFrom<TcpSegment['options']>(
    [],
    [{ kind: 'nop' }, { kind: 'nop' }, { kind: 'timestamps', value: 1, echo: 2 }],
  ),
  payload: fc.uint8Array({ minLength: 1, maxLength: 5000 }),
});

describe('what a link has left to do to a frame', () => {
  test('a cut segment is the same stream, with flags where they belong, each with its checksums', () => {
    fc.assert(
      fc.property(
        segment,
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 0, max: 65_535 }),
        fc.integer({ min: 0, max: 3 }),
        (whole, segmentSize, identification, ecn) => {
          const { bytes, work } = unfinished({ identification, ecn }, emitTcp(whole), segmentSize, 16);
          const at = bytes.length - whole.payload.length;
          const given = Uint8Array.from(bytes);
          const pieces = finishSent([given.subarray(0, at), given.subarray(at)], work, 'ip');

          expect(given).toEqual(bytes);
          expect(pieces).toHaveLength(Math.ceil(whole.payload.length / segmentSize));
          const read = pieces.map(parts);
          expect(Buffer.concat(read.map(({ tcp }) => tcp.payload))).toEqual(Buffer.from(whole.payload));
          for (const [index, { ip, tcp }] of read.entries()) {
            const piece = pieces[index] ?? new Uint8Array(0);
            expect(sum(piece, 0, 0, TCP)).toBe(0xffff);
            expect(tcpChecksumIsGood(ip.payload, ENDS.src, ENDS.dst)).toBe(true);
            expect(tcp.payload.length).toBe(
              index < pieces.length - 1 ? segmentSize : whole.payload.length - index * segmentSize,
            );
            const notHere = (index < pieces.length - 1 ? FLAG.FIN | FLAG.PSH : 0) | (index > 0 ? FLAG.CWR : 0);
            expect({ ...tcp, payload: whole.payload }).toEqual({
              ...whole,
              seq: (whole.seq + index * segmentSize) % 2 ** 32,
              flags: whole.flags & ~notHere,
            });
            expect([ip.identification, ip.ecn]).toEqual([(identification + index) % 65_536, ecn]);
          }
          // What comes in joined is cut as what goes out.
          expect(finishReceived(bytes, CHECKED | UNFILLED | segmentSize, 'ip')).toEqual(pieces);
        },
      ),
    );
  });

  test.each([
    ['', []],
    [' behind an extension header', [DESTINATION_OPTIONS]],
  ])('a segment cut over IPv6%s is the same stream', (_, extensions) => {
    fc.assert(
      fc.property(segment, fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 0, max: 3 }), (whole, size, ecn) => {
        const { bytes, work } = unfinished6({ ecn, extensions }, emitTcp(whole), size, 16);
        const at = bytes.length - whole.payload.length;
        const pieces = finishSent([bytes.subarray(0, at), bytes.subarray(at)], work, 'ip');
        expect(pieces).toHaveLength(Math.ceil(whole.payload.length / size));
        const payloads: Uint8Array[] = [];
        for (const [index, piece] of pieces.entries()) {
          const ip = parseIpv6(piece);
          if (ip instanceof WireError) throw new Error(ip.message);
          const tcp = parseTcp(ip.payload);
          if (tcp instanceof WireError) throw new Error(tcp.message);
          expect({ ...ip, payload: 0 }).toEqual({
            ...{ dscp: 1, ecn, flowLabel: 7, ttl: 9, protocol: PROTOCOL.TCP, src: SRC6, dst: DST6, payload: 0 },
            extensions,
          });
          expect(tcpChecksumIsGood(ip.payload, ENDS6.src, ENDS6.dst)).toBe(true);
          const notHere = (index < pieces.length - 1 ? FLAG.FIN | FLAG.PSH : 0) | (index > 0 ? FLAG.CWR : 0);
          expect([tcp.seq, tcp.flags]).toEqual([(whole.seq + index * size) % 2 ** 32, whole.flags & ~notHere]);
          payloads.push(tcp.payload);
        }
        expect(Buffer.concat(payloads)).toEqual(Buffer.from(whole.payload));
        expect(finishReceived(bytes, CHECKED | UNFILLED | size, 'ip')).toEqual(pieces);
      }),
    );
  });

  test('a checksum alone over IPv6, of TCP and of UDP, which has one always', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.boolean(), (payload, isOpen) => {
        const datagram = emitUdp({ srcPort: 53, dstPort: 53, payload }, ENDS6);
        const { bytes } = unfinished6({ protocol: PROTOCOL.UDP }, datagram, 0, 6);
        if (!isOpen) writeUint16(bytes, 46, 0);
        const [finished = bytes] = finishReceived(bytes, CHECKED | UNFILLED, 'ip');
        const view = viewUdp(finished, 40, finished.length);
        if (view instanceof WireError) throw new Error(view.message);
        expect(udpChecksumIsGood(view, ENDS6.src, ENDS6.dst)).toBe(true);
        const { bytes: tcp, work } = unfinished6({}, emitTcp({ ...NOTHING, payload }), 0, 16);
        const [segment = tcp] = finishSent([tcp], work, 'ip');
        expect(tcpChecksumIsGood(segment.subarray(40), ENDS6.src, ENDS6.dst)).toBe(true);
      }),
    );
  });

  test('the largest segment', () => {
    const { frame, work } = tcpFrame({
      segment: `P. 0:${LARGEST_SEGMENT}(${LARGEST_SEGMENT}) ack 1 <nop,nop,TS val 1 ecr 2>`,
      segmentSize: 1448,
    });
    const pieces = finishSent(frame, work, 'ethernet');
    expect(pieces).toHaveLength(Math.ceil(LARGEST_SEGMENT / 1448));
    expect(pieces.map((each) => seeTcpFrame(each)?.wrong).filter((wrong) => wrong !== undefined)).toEqual([]);
  });

  test('a checksum alone, of TCP', () => {
    fc.assert(
      fc.property(segment, (whole) => {
        const { bytes, work } = unfinished({}, emitTcp(whole), 0, 16);
        const [finished, ...rest] = finishSent([bytes], work, 'ip');
        expect(rest).toEqual([]);
        expect(parts(finished ?? bytes).tcp).toEqual(whole);
        expect(tcpChecksumIsGood(parts(finished ?? bytes).ip.payload, ENDS.src, ENDS.dst)).toBe(true);
        expect(finishReceived(bytes, CHECKED | UNFILLED, 'ip')).toEqual([finished]);
      }),
    );
  });

  test('a checksum alone, of UDP, which is never 0', () => {
    const payloads = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 0, max: 65_535 }).map(twoBytes));
    fc.assert(
      fc.property(payloads, (payload) => {
        const datagram = emitUdp({ srcPort: 53, dstPort: 53, payload }, ENDS);
        const { bytes } = unfinished({ protocol: PROTOCOL.UDP }, datagram, 0, 6);
        const [finished] = finishReceived(bytes, CHECKED | UNFILLED, 'ip');
        const packet = viewIpv4(finished ?? bytes);
        if (packet instanceof WireError) throw new Error(packet.message);
        const view = viewUdp(packet.bytes, packet.payloadOffset, packet.end);
        if (view instanceof WireError) throw new Error(view.message);
        expect(udpChecksumIsGood(view, ENDS.src, ENDS.dst)).toBe(true);
        expect([packet.bytes[26], packet.bytes[27]]).not.toEqual([0, 0]);
        expect(parseUdp(view)).toEqual({ srcPort: 53, dstPort: 53, payload });
      }),
      { numRuns: 1000 },
    );
  });

  test('nothing, where the link was told nothing', () => {
    const { frame } = tcpFrame({ segment: 'P. 0:3000(3000) ack 1', damaged: true });
    const [only, ...rest] = finishSent(frame, undefined, 'ethernet');
    expect([Buffer.from(only ?? []), rest]).toEqual([Buffer.concat(frame), []]);
    expect(finishReceived(Buffer.concat(frame), CHECKED, 'ethernet')).toEqual([Buffer.concat(frame)]);
  });

  test('what is sent is copied, so that its sender can use its memory again', () => {
    const one = Uint8Array.of(1, 2, 3);
    const [copy] = finishSent([one], undefined, 'ip');
    one.fill(0);
    expect(copy).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('what arrived stays as it is: its bytes are the stack’s', () => {
    const { frame } = tcpFrame({ segment: 'P. 0:3000(3000) ack 1', segmentSize: 1000 });
    const bytes = Buffer.concat(frame);
    const before = Buffer.from(bytes);
    expect(finishReceived(bytes, CHECKED | UNFILLED | 1000, 'ethernet')).toHaveLength(3);
    expect(bytes).toEqual(before);
  });

  test.each<[string, Uint8Array, 'ip' | 'ethernet']>([
    ['no Ethernet', Uint8Array.of(1, 2, 3), 'ethernet'],
    [
      'ARP',
      emitEthernet({
        dst: '02:00:00:00:00:01',
        src: '02:00:00:00:00:02',
        type: ETHERTYPE.ARP,
        tags: [],
        payload: new Uint8Array(28),
      }),
      'ethernet',
    ],
    ['no IP', Uint8Array.of(0x50, 0, 0, 0), 'ip'],
    ['IPv6 cut off', Uint8Array.of(0x60, 0, 0, 0), 'ip'],
    ['a fragment of IPv6', packetWith6({ extensions: [{ type: 44, data: Uint8Array.of(0, 8, 0, 0, 0, 0) }] }), 'ip'],
    ['ICMPv6', packetWith6({ protocol: 58 }), 'ip'],
    ['ICMP', packetWith({ protocol: PROTOCOL.ICMP }), 'ip'],
    ['the first fragment', packetWith({ moreFragments: true }), 'ip'],
    ['the last fragment', packetWith({ fragmentOffset: 800 }), 'ip'],
    ['TCP that is too short for a checksum', packetWith({ payload: new Uint8Array(17) }), 'ip'],
    [
      'UDP without a checksum',
      packetWith({ protocol: PROTOCOL.UDP, payload: Uint8Array.of(0, 1, 0, 1, 0, 8, 0, 0) }),
      'ip',
    ],
  ])('%s is left alone', (_, bytes, medium) => {
    expect(finishReceived(bytes, CHECKED | UNFILLED, medium)).toEqual([bytes]);
  });

  test.each([0, 3, 12, 19])(
    'TCP of %i bytes, cut: what is too short for a header stays in one piece, as long as it was',
    (length) => {
      const bytes = packetWith({ payload: new Uint8Array(length).fill(0xf7) });
      expect(finishReceived(bytes, CHECKED | UNFILLED | 10, 'ip').map((each) => each.length)).toEqual([bytes.length]);
      // Nothing is written behind it either.
      const into = new Uint8Array(100);
      piecesOf(bytes, 10, 'ip').write(0, into, 0);
      expect([...into.subarray(bytes.length)].filter((byte) => byte !== 0)).toEqual([]);
    },
  );

  test('a TCP header that says that it is longer than its packet: one piece without data, with a checksum', () => {
    const payload = emitTcp({ ...NOTHING, payload: new Uint8Array(10).fill(7) });
    payload[12] = 0xf0;
    const bytes = packetWith({ payload });
    const pieces = finishReceived(bytes, CHECKED | UNFILLED | 4, 'ip');
    expect(pieces.map((each) => each.length)).toEqual([bytes.length]);
    const [piece = bytes] = pieces;
    expect(tcpChecksumIsGood(piece.subarray(20), ENDS.src, ENDS.dst)).toBe(true);
    const rest = (each: Uint8Array): number[] => [...each].filter((_, at) => at !== 36 && at !== 37);
    expect(rest(piece)).toEqual(rest(bytes));
  });
});

function packetWith(fields: Partial<Ipv4Packet>): Uint8Array {
  return emitIpv4(
    ordinaryPacket({ protocol: PROTOCOL.TCP, src: SRC, dst: DST, payload: new Uint8Array(40).fill(7), ...fields }),
  );
}

function packetWith6(fields: Partial<Ipv6Packet>): Uint8Array {
  const payload = new Uint8Array(40).fill(7);
  const rest = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 64, extensions: [], src: SRC6, dst: DST6 };
  return emitIpv6({ ...rest, protocol: PROTOCOL.TCP, payload, ...fields });
}

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}
