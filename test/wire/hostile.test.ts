import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitArp,
  emitDhcp,
  emitEthernet,
  emitIcmp,
  emitIcmpv6,
  emitIpv4,
  emitIpv6,
  emitMld,
  emitNdp,
  emitTcp,
  emitUdp,
  Icmpv6View,
  icmpv6ChecksumIsGood,
  parseArp,
  parseDhcp,
  parseEthernet,
  parseIcmp,
  parseIcmpv6,
  parseIpv4,
  parseIpv6,
  parseMld,
  parseNdp,
  parseTcp,
  parseTcpOptions,
  parseUdp,
  TcpView,
  tcpChecksumIsGood,
  udpChecksumIsGood,
  UdpView,
  viewArp,
  viewDhcp,
  viewEthernet,
  viewIcmp,
  viewIcmpv6,
  viewIpv4,
  viewIpv6,
  viewQuoted,
  viewQuotedIpv6,
  viewTcp,
  viewUdp,
  WireError,
} from '../../src/wire';
import {
  arpPacket,
  ethernetFrame,
  icmpMessage,
  icmpv6Message,
  ipv4Packet,
  ipv6Packet,
  mldMessage,
  ndpMessage,
  pseudo,
  pseudo6,
  tcpSegment,
  udpDatagram,
} from './arbitraries';
import { dhcpMessage } from './dhcp-arbitraries';
import { join } from './helpers';
import { LINUX } from './linux-packets';
import { LINUX6 } from './linux-packets6';

type Viewer = (bytes: Uint8Array, offset?: number, end?: number) => object;

interface Codec {
  readonly name: string;
  readonly view: Viewer;
  readonly parse: (bytes: Uint8Array) => unknown;
  /** Packets that are well formed. */
  readonly packets: fc.Arbitrary<Uint8Array>;
  readonly headers: readonly string[];
}

const CODECS: readonly Codec[] = [
  {
    name: 'Ethernet',
    view: viewEthernet,
    parse: parseEthernet,
    packets: fc.oneof(ethernetFrame.map(emitEthernet), fc.constantFrom(...Object.values(LINUX))),
    headers: ['ethernet'],
  },
  { name: 'ARP', view: viewArp, parse: parseArp, packets: arpPacket.map(emitArp), headers: ['arp'] },
  { name: 'IPv4', view: viewIpv4, parse: parseIpv4, packets: ipv4Packet.map(emitIpv4), headers: ['ipv4'] },
  {
    name: 'IPv6',
    view: viewIpv6,
    parse: parseIpv6,
    packets: fc.oneof(
      ipv6Packet.map(emitIpv6),
      fc.constantFrom(...Object.values(LINUX6).map((frame) => frame.subarray(14))),
    ),
    headers: ['ipv6'],
  },
  {
    name: 'ICMPv6',
    view: viewIcmpv6,
    parse: parseIcmpv6,
    packets: fc.tuple(icmpv6Message, pseudo6).map(([message, addresses]) => emitIcmpv6(message, addresses)),
    headers: ['icmpv6'],
  },
  {
    name: "ICMPv6's quotation",
    view: viewQuotedIpv6,
    parse: (bytes) => viewQuotedIpv6(bytes),
    packets: ipv6Packet.filter(({ payload }) => payload.length >= 8).map(emitIpv6),
    headers: ['ipv6'],
  },
  { name: 'ICMP', view: viewIcmp, parse: parseIcmp, packets: icmpMessage.map(emitIcmp), headers: ['icmp'] },
  {
    name: "ICMP's quotation",
    view: viewQuoted,
    parse: (bytes) => viewQuoted(bytes),
    packets: ipv4Packet.filter(({ payload }) => payload.length >= 8).map(emitIpv4),
    headers: ['ipv4'],
  },
  {
    name: 'UDP',
    view: viewUdp,
    parse: parseUdp,
    packets: fc.tuple(udpDatagram, pseudo).map(([datagram, addresses]) => emitUdp(datagram, addresses)),
    headers: ['udp'],
  },
  {
    name: 'TCP',
    view: viewTcp,
    parse: parseTcp,
    packets: fc.tuple(tcpSegment, pseudo).map(([segment, addresses]) => emitTcp(segment, addresses)),
    headers: ['tcp', 'tcp-options'],
  },
  { name: 'DHCP', view: viewDhcp, parse: parseDhcp, packets: dhcpMessage.map(emitDhcp), headers: ['dhcp'] },
];

/** A well-formed packet cut short, with bytes changed, taken out, or put in. */
function damaged(packets: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(200), remove: fc.nat(4), insert: fc.uint8Array({ maxLength: 4 }) });
  return fc.tuple(packets, fc.array(change, { maxLength: 4 }), fc.nat(40)).map(([packet, changes, cut]) => {
    let bytes = packet;
    for (const { at, remove, insert } of changes) {
      const start = at % (bytes.length + 1);
      bytes = join([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
    }
    return bytes.subarray(0, Math.max(0, bytes.length - cut));
  });
}

/** Members of IPv6's view that are offsets into `bytes`. */
const OFFSETS: readonly string[] = ['payloadOffset', 'fragment'];
/** Members of IPv6's view that few packets have. */
const MAY_BE_ABSENT: readonly string[] = ['problem', 'routerAlert'];

/** Everything a view shows: each getter, and what its methods say. */
function readAll(view: object, bytes: Uint8Array, start: number, end: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const prototype: object = Object.getPrototypeOf(view) as object;
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (property.get === undefined) continue;
    const value: unknown = property.get.call(view);
    if (value instanceof Uint8Array) {
      // A slice of the packet, and of nothing around it.
      expect(value.buffer).toBe(bytes.buffer);
      expect(value.byteOffset).toBeGreaterThanOrEqual(bytes.byteOffset + start);
      expect(value.byteOffset + value.length).toBeLessThanOrEqual(bytes.byteOffset + end);
      values[name] = [...value];
    } else {
      if (!MAY_BE_ABSENT.includes(name)) expect(['number', 'boolean', 'bigint']).toContain(typeof value);
      // Offsets tell where the packet lies, which the comparison below changes.
      values[name] = OFFSETS.includes(name) && value !== 0 ? Number(value) - start : value;
      if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
    }
  }
  if ('checksumIsGood' in view && typeof view.checksumIsGood === 'function') {
    values['checksumIsGood'] = (view.checksumIsGood as () => boolean).call(view);
  }
  if (view instanceof Icmpv6View) values['checksumIsGood'] = icmpv6ChecksumIsGood(view, 1n, 2n);
  if (view instanceof UdpView) values['checksumIsGood'] = udpChecksumIsGood(view, 1, 2);
  if (view instanceof TcpView) {
    values['checksumIsGood'] = tcpChecksumIsGood(view, 1, 2);
    values['options'] = parseTcpOptions(view.optionBytes);
  }
  return values;
}

describe.each(CODECS)('$name', ({ view, parse, packets, headers }) => {
  function readOrReport(bytes: Uint8Array): void {
    const result = view(bytes);
    const parsed = parse(bytes);
    expect(parsed instanceof WireError).toBe(result instanceof WireError);
    if (result instanceof WireError) {
      expect(headers).toContain(result.header);
      expect(result.field).toMatch(/^[a-zA-Z]+$/);
      expect(result.offset).toBeGreaterThanOrEqual(0);
      expect(result.offset).toBeLessThanOrEqual(bytes.length);
      expect(result.message).toContain(`${result.field} at byte ${result.offset}`);
    }
    // The same bytes in the middle of others show the same: nothing beyond them is read.
    const alone = result instanceof WireError ? result : readAll(result, bytes, 0, bytes.length);
    for (const filler of [0x00, 0xff]) {
      const around = new Uint8Array(7).fill(filler);
      const joined = join([around, bytes, around]);
      const [start, end] = [around.length, around.length + bytes.length];
      const inside = view(joined, start, end);
      expect(inside instanceof WireError ? inside : readAll(inside, joined, start, end)).toEqual(alone);
    }
  }

  test('random bytes are read or reported, and nothing beyond them is read', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), readOrReport), { numRuns: 300 });
  });

  test('damaged packets are read or reported, and nothing beyond them is read', () => {
    fc.assert(fc.property(damaged(packets), readOrReport), { numRuns: 300 });
  });

  test('a packet cut anywhere is read or reported', () => {
    fc.assert(
      fc.property(packets, (bytes) => {
        for (let length = 0; length <= bytes.length; length++) readOrReport(bytes.subarray(0, length));
      }),
      { numRuns: 10 },
    );
  });

  test('a well-formed packet is read', () => {
    fc.assert(
      fc.property(packets, (bytes) => {
        expect(view(bytes)).not.toBeInstanceOf(WireError);
      }),
    );
  });
});

const LINK = { src: 0xfe80n << 112n, dst: 1n };
type Reader = (bytes: Uint8Array | Icmpv6View) => unknown;

const READERS: readonly { name: string; read: Reader; packets: fc.Arbitrary<Uint8Array>; header: string }[] = [
  {
    name: 'Neighbor Discovery',
    read: (bytes) => parseNdp(bytes, { ...LINK, ttl: 255 }),
    packets: ndpMessage.map((message) => emitNdp(message, LINK)),
    header: 'ndp',
  },
  {
    name: 'Multicast Listener Discovery',
    read: (bytes) => parseMld(bytes, { ...LINK, ttl: 1, routerAlert: 0 }),
    packets: mldMessage.map((message) => emitMld(message, LINK)),
    header: 'mld',
  },
];

describe.each(READERS)('$name', ({ read, packets, header }) => {
  test('damaged messages are read or reported, and nothing beyond them is read', () => {
    fc.assert(
      fc.property(damaged(packets), (bytes) => {
        const alone = read(bytes);
        if (alone instanceof WireError) {
          expect(['icmpv6', header]).toContain(alone.header);
          expect(alone.field).toMatch(/^[a-zA-Z]+$/);
          expect(alone.offset).toBeLessThanOrEqual(bytes.length);
        }
        for (const filler of [0x00, 0xff]) {
          const around = new Uint8Array(7).fill(filler);
          const joined = join([around, bytes, around]);
          if (bytes.length < 8) return;
          expect(read(new Icmpv6View(joined, around.length, around.length + bytes.length))).toEqual(alone);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
