import fc from 'fast-check';
import {
  emitTcpOptions,
  EXTENSION,
  formatIpv4Address,
  formatIpv6Address,
  formatMac,
  ICMP_TYPE,
  ipv4OptionsLength,
  ipv6Mask,
  tcpOptionsLength,
  type ArpPacket,
  type EthernetFrame,
  type IcmpMessage,
  type Icmpv6Message,
  type Ipv4Option,
  type Ipv4Packet,
  type Ipv6Extension,
  type Ipv6Packet,
  type MldMessage,
  type NdpMessage,
  type NdpOption,
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
/** What is no group. */
export const unicast6 = ipv6Bits.map((address) => (address >> 120n === 0xffn ? address >> 1n : address));
const linkLocal6 = ipv6Bits.map((address) => (0xfe80n << 112n) | BigInt.asUintN(64, address));
const group6 = ipv6Bits.map((address) => (0xffn << 120n) | BigInt.asUintN(120, address));
export const ipv6Address = ipv6Bits.map(formatIpv6Address);
export const pseudo = fc.record({ src: uint32, dst: uint32 });
export const pseudo6 = fc.record({ src: ipv6Bits, dst: ipv6Bits });

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

/** Padding and options that may be passed over, 6 bytes or 8 more, and so on. */
const ipv6Options = fc
  .integer({ min: 0, max: 2 })
  .chain((units) => bytes(4 + 8 * units, 4 + 8 * units))
  .map((data) => Uint8Array.of(0x1e, data.length, ...data));

/** Extension headers in an order and with a content that a host takes. Its packet is whole, or a fragment. */
const ipv6Extensions = fc
  .record({
    hopByHop: fc.option(ipv6Options),
    destination: fc.option(ipv6Options),
    routing: fc.option(bytes(4, 4)),
    fragment: fc.option(fc.record({ units: uint(12), more: fc.boolean(), identification: bytes(4, 4) })),
  })
  .map(({ hopByHop, destination, routing, fragment }) => {
    const extensions: Ipv6Extension[] = [];
    if (hopByHop !== null) extensions.push({ type: EXTENSION.HOP_BY_HOP, data: hopByHop });
    if (destination !== null) extensions.push({ type: EXTENSION.DESTINATION_OPTIONS, data: destination });
    if (routing !== null) extensions.push({ type: EXTENSION.ROUTING, data: Uint8Array.of(2, 0, ...routing) });
    if (fragment !== null) {
      const field = fragment.units * 8 + (fragment.more ? 1 : 0);
      const data = Uint8Array.of(field >>> 8, field & 0xff, ...fragment.identification);
      extensions.push({ type: EXTENSION.FRAGMENT, data });
    }
    return extensions;
  });

const EXTENSIONS: readonly number[] = Object.values(EXTENSION);

export const ipv6Packet: fc.Arbitrary<Ipv6Packet> = fc.record({
  dscp: uint(6),
  ecn: uint(2),
  flowLabel: uint(20),
  ttl: uint(8),
  extensions: ipv6Extensions,
  protocol: uint(8).filter((protocol) => !EXTENSIONS.includes(protocol)),
  src: ipv6Address,
  dst: ipv6Address,
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

const KNOWN_ICMPV6_TYPES: readonly number[] = [1, 2, 3, 4, 128, 129];

export const icmpv6Message: fc.Arbitrary<Icmpv6Message> = fc.oneof(
  fc.record({
    type: fc.constantFrom('echo-request' as const, 'echo-reply' as const),
    identifier: uint(16),
    sequence: uint(16),
    data: payload,
  }),
  fc.record({
    type: fc.constantFrom('destination-unreachable' as const, 'time-exceeded' as const),
    code: uint(8),
    quoted: payload,
  }),
  fc.record({ type: fc.constant('packet-too-big' as const), mtu: uint32, quoted: payload }),
  fc.record({ type: fc.constant('parameter-problem' as const), code: uint(8), pointer: uint32, quoted: payload }),
  fc.record({
    type: fc.constant('unknown' as const),
    icmpType: uint(8).filter((type) => !KNOWN_ICMPV6_TYPES.includes(type)),
    code: uint(8),
    body: bytes(4, 64),
  }),
);

/** `first` bytes, or 8 more, and so on. */
const inUnits = (first: number) => fc.nat(3).chain((units) => bytes(first + 8 * units, first + 8 * units));
const label = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

export const ndpOption: fc.Arbitrary<NdpOption> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('source-link-layer-address' as const, 'target-link-layer-address' as const),
    address: inUnits(6),
  }),
  fc
    .record({
      kind: fc.constant('prefix-information' as const),
      length: fc.integer({ min: 0, max: 128 }),
      onLink: fc.boolean(),
      autonomous: fc.boolean(),
      validLifetime: uint32,
      preferredLifetime: uint32,
      prefix: ipv6Bits,
    })
    .map((option) => ({ ...option, prefix: option.prefix & ipv6Mask(option.length) })),
  fc.record({ kind: fc.constant('redirected-header' as const), quoted: inUnits(0) }),
  fc.record({ kind: fc.constant('mtu' as const), mtu: uint32 }),
  fc.record({ kind: fc.constant('nonce' as const), nonce: inUnits(6) }),
  fc.record({
    kind: fc.constant('rdnss' as const),
    lifetime: uint32,
    servers: fc.array(ipv6Bits, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('dnssl' as const),
    lifetime: uint32,
    domains: fc.array(domain, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('unknown' as const), type: fc.constantFrom(0, 6, 24, 37, 255), data: inUnits(6) }),
);

const ndpOptions = fc.array(ndpOption, { maxLength: 4 });

export const ndpMessage: fc.Arbitrary<NdpMessage> = fc.oneof(
  fc.record({ type: fc.constant('router-solicitation' as const), options: ndpOptions }),
  fc.record({
    type: fc.constant('router-advertisement' as const),
    hopLimit: uint(8),
    managed: fc.boolean(),
    other: fc.boolean(),
    preference: fc.constantFrom('high' as const, 'medium' as const, 'low' as const),
    routerLifetime: uint(16),
    reachableTime: uint32,
    retransTimer: uint32,
    options: ndpOptions,
  }),
  fc.record({ type: fc.constant('neighbor-solicitation' as const), target: unicast6, options: ndpOptions }),
  fc.record({
    type: fc.constant('neighbor-advertisement' as const),
    router: fc.boolean(),
    solicited: fc.boolean(),
    override: fc.boolean(),
    target: unicast6,
    options: ndpOptions,
  }),
  fc.record({
    type: fc.constant('redirect' as const),
    target: linkLocal6,
    destination: unicast6,
    options: ndpOptions,
  }),
);

const sources = fc.array(ipv6Bits, { maxLength: 3 });

/** Times that have a code (RFC 3810 §5.1.3, §5.1.9). */
const float = (bits: number, mantissa: number) =>
  fc.oneof(
    uint(bits - 1),
    fc.tuple(uint(mantissa), uint(3)).map(([digits, exponent]) => (digits + 2 ** mantissa) * 2 ** (exponent + 3)),
  );

export const mldMessage: fc.Arbitrary<MldMessage> = fc.oneof(
  fc.record({
    type: fc.constant('query' as const),
    version: fc.constant(1 as const),
    maxResponseDelay: uint(16),
    group: fc.oneof(fc.constant(0n), group6),
  }),
  fc.record({
    type: fc.constant('query' as const),
    version: fc.constant(2 as const),
    maxResponseDelay: float(16, 12),
    group: fc.oneof(fc.constant(0n), group6),
    suppress: fc.boolean(),
    robustness: uint(3),
    interval: float(8, 4),
    sources,
  }),
  fc.record({
    type: fc.constantFrom('report' as const, 'done' as const),
    version: fc.constant(1 as const),
    group: group6,
  }),
  fc.record({
    type: fc.constant('report' as const),
    version: fc.constant(2 as const),
    records: fc.array(fc.record({ kind: uint(8), group: group6, sources }), { maxLength: 4 }),
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
