import fc from 'fast-check';
import {
  emitTcpOptions,
  formatIpv4Address,
  formatIpv6Address,
  formatMac,
  ICMP_TYPE,
  ipv4OptionsLength,
  tcpOptionsLength,
  type ArpPacket,
  type EthernetFrame,
  type IcmpMessage,
  type Ipv4Option,
  type Ipv4Packet,
  type TcpOption,
  type TcpSegment,
  type UdpDatagram,
} from '../../src/wire';

/** Any legal value of every header, for properties: `parse(emit(x))` is `x`. */

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

export const payload = bytes(0, 64);
/** Values that differ in the top bit matter most to arithmetic on 32 bits. */
export const uint32 = fc.oneof(uint(32), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff));
export const ipv4Address = uint32.map(formatIpv4Address);
export const mac = bytes(6, 6).map((octets) => formatMac(octets));
/** With the runs of zeros and the kinds that real addresses have. */
export const ipv6Bits = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  fc
    .array(fc.oneof(fc.constant(0), uint(16)), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n)),
  fc.constantFrom(0n, 1n, (1n << 128n) - 1n, 0xfe80n << 112n, (0xff02n << 112n) | 1n, 0xffffc0000201n),
);
export const ipv6Address = ipv6Bits.map(formatIpv6Address);
export const pseudo = fc.record({ src: uint32, dst: uint32 });

export const ethernetFrame: fc.Arbitrary<EthernetFrame> = fc.record({
  dst: mac,
  src: mac,
  type: uint(16).filter((type) => type !== 0x8100 && type !== 0x88a8),
  tags: fc.array(uint(16), { maxLength: 4 }),
  payload,
});

export const arpPacket: fc.Arbitrary<ArpPacket> = fc.record({
  operation: uint(16),
  senderMac: mac,
  senderAddress: ipv4Address,
  targetMac: mac,
  targetAddress: ipv4Address,
});

export const ipv4Packet: fc.Arbitrary<Ipv4Packet> = fc.record({
  dscp: uint(6),
  ecn: uint(2),
  identification: uint(16),
  dontFragment: fc.boolean(),
  moreFragments: fc.boolean(),
  fragmentOffset: uint(13).map((units) => units * 8),
  ttl: uint(8),
  protocol: uint(8),
  src: ipv4Address,
  dst: ipv4Address,
  options: fc.integer({ min: 0, max: 10 }).chain((words) => bytes(4 * words, 4 * words)),
  payload,
});

const KNOWN_IPV4_OPTIONS: readonly number[] = [0, 1, 7, 68, 131, 137];

/** A pointer to one of `count` entries of `size` bytes behind a head of `head`, or behind the last. */
const pointer = (head: number, size: number, count: number) => fc.nat(count).map((index) => head + 1 + size * index);

const routeOption = fc.array(ipv4Address, { maxLength: 9 }).chain((route) =>
  fc.record({
    kind: fc.constantFrom('record-route' as const, 'loose-source-route' as const, 'strict-source-route' as const),
    pointer: pointer(3, 4, route.length),
    route: fc.constant(route),
  }),
);

const times = fc.array(fc.record({ time: uint32 }), { maxLength: 9 });
const timesOfHosts = fc.array(fc.record({ address: ipv4Address, time: uint32 }), { maxLength: 4 });

const timestampOption = fc.oneof(
  times.chain((entries) =>
    fc.record({
      kind: fc.constant('timestamp' as const),
      pointer: pointer(4, 4, entries.length),
      overflow: uint(4),
      flag: fc.constant(0 as const),
      entries: fc.constant(entries),
    }),
  ),
  timesOfHosts.chain((entries) =>
    fc.record({
      kind: fc.constant('timestamp' as const),
      pointer: pointer(4, 8, entries.length),
      overflow: uint(4),
      flag: fc.constantFrom(1 as const, 3 as const),
      entries: fc.constant(entries),
    }),
  ),
);

export const ipv4Option: fc.Arbitrary<Ipv4Option> = fc.oneof(
  fc.constant({ kind: 'nop' as const }),
  routeOption,
  timestampOption,
  fc.record({
    kind: fc.constant('unknown' as const),
    type: uint(8).filter((type) => !KNOWN_IPV4_OPTIONS.includes(type)),
    data: bytes(0, 12),
  }),
);

/** Options that fit into a header together. */
export const ipv4Options: fc.Arbitrary<Ipv4Option[]> = fc
  .array(ipv4Option, { maxLength: 6 })
  .map((options) => options.filter((_, index) => ipv4OptionsLength(options.slice(0, index + 1)) <= 40));

const KNOWN_ICMP_TYPES: readonly number[] = Object.values(ICMP_TYPE);

export const icmpMessage: fc.Arbitrary<IcmpMessage> = fc.oneof(
  fc.record({
    type: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
    identifier: uint(16),
    sequence: uint(16),
    data: payload,
  }),
  fc.record({
    type: fc.constant('destination-unreachable' as const),
    code: uint(8),
    nextHopMtu: uint(16),
    quoted: payload,
  }),
  fc.record({ type: fc.constant('time-exceeded' as const), code: uint(8), quoted: payload }),
  fc.record({ type: fc.constant('parameter-problem' as const), code: uint(8), pointer: uint(8), quoted: payload }),
  fc.record({ type: fc.constant('source-quench' as const), quoted: payload }),
  fc.record({ type: fc.constant('source-quench' as const), code: fc.integer({ min: 1, max: 255 }), quoted: payload }),
  fc.record({
    type: fc.constant('unknown' as const),
    icmpType: uint(8).filter((type) => !KNOWN_ICMP_TYPES.includes(type)),
    code: uint(8),
    body: bytes(4, 64),
  }),
);

export const udpDatagram: fc.Arbitrary<UdpDatagram> = fc.record({ srcPort: uint(16), dstPort: uint(16), payload });

const KNOWN_OPTION_KINDS: readonly number[] = [0, 1, 2, 3, 4, 5, 8, 28, 34];
const sackBlock = fc.record({ left: uint32, right: uint32 });

export const tcpOption: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.constant({ kind: 'nop' as const }),
  fc.record({ kind: fc.constant('mss' as const), mss: uint(16) }),
  fc.record({ kind: fc.constant('window-scale' as const), shift: uint(8) }),
  fc.constant({ kind: 'sack-permitted' as const }),
  fc.record({
    kind: fc.constant('sack' as const),
    blocks: fc.array(sackBlock, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('timestamps' as const), value: uint32, echo: uint32 }),
  fc.record({
    kind: fc.constant('user-timeout' as const),
    value: uint(15),
    unit: fc.constantFrom('s' as const, 'min' as const),
  }),
  fc.record({
    kind: fc.constant('fast-open' as const),
    cookie: fc.constantFrom(0, 4, 6, 8, 10, 12, 14, 16).chain((length) => bytes(length, length)),
  }),
  fc.record({
    kind: fc.constant('unknown' as const),
    code: uint(8).filter((code) => !KNOWN_OPTION_KINDS.includes(code)),
    data: bytes(0, 12),
  }),
);

/** Options that fit into a header together. */
export const tcpOptions: fc.Arbitrary<TcpOption[]> = fc
  .array(tcpOption, { maxLength: 8 })
  .map((options) => options.filter((_, index) => tcpOptionsLength(options.slice(0, index + 1)) <= 40));

export const tcpSegment: fc.Arbitrary<TcpSegment> = fc.record(
  {
    srcPort: uint(16),
    dstPort: uint(16),
    seq: uint32,
    ack: uint32,
    flags: uint(9),
    reserved: fc.integer({ min: 1, max: 7 }),
    window: uint(16),
    urgent: uint(16),
    options: tcpOptions,
    payload,
  },
  { requiredKeys: ['srcPort', 'dstPort', 'seq', 'ack', 'flags', 'window', 'urgent', 'options', 'payload'] },
);

/** The bytes of options, well formed. */
export const tcpOptionBytes = tcpOptions.map(emitTcpOptions);
