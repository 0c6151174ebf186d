import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitArp,
  emitEthernet,
  emitIcmp,
  emitIpv4,
  emitTcp,
  emitTcpOptions,
  emitUdp,
  ETHERTYPE,
  FLAG,
  ICMP_TYPE,
  parseIpv4Address,
  PROTOCOL,
  tcpOptionsLength,
  type ArpPacket,
  type IcmpMessage,
  type Ipv4Packet,
  type TcpOption,
  type TcpSegment,
  type UdpDatagram,
} from '../../src/wire';
import { arpPacket, icmpMessage, ipv4Packet, tcpSegment, udpDatagram } from '../wire/arbitraries';
import { hex } from '../wire/helpers';
import { child, dissect, fieldValues, hasTshark, type Tree } from './tshark';

/** What Wireshark has to show: layer, field, value. A number is compared as one (`0x0800` is 2048), `[]` is "not there". */
type Expected = Readonly<Record<string, Readonly<Record<string, number | string | readonly (number | string)[]>>>>;

interface Sample {
  readonly title: string;
  readonly frame: Uint8Array;
  readonly expected: Expected;
}

const NONE = new Uint8Array(0);
const MACS = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01' };
const GOOD = 1;

const ip: Ipv4Packet = {
  dscp: 0,
  ecn: 0,
  identification: 0x1234,
  dontFragment: true,
  moreFragments: false,
  fragmentOffset: 0,
  ttl: 64,
  protocol: 253, // for experiments (RFC 3692): Wireshark shows what it carries as data
  src: '10.9.0.1',
  dst: '10.9.0.2',
  options: NONE,
  payload: NONE,
};

const tcp: TcpSegment = {
  srcPort: 40000,
  dstPort: 40001,
  seq: 0xfffffff0,
  ack: 0x80000001,
  flags: FLAG.ACK,
  window: 512,
  urgent: 0,
  options: [],
  payload: NONE,
};

/** A number for each bit, as Wireshark shows flags. */
const bit = (set: boolean) => (set ? 1 : 0);
const colons = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
/** A field that holds the bytes, which Wireshark leaves out when there are none. */
const data = (bytes: Uint8Array) => (bytes.length === 0 ? [] : colons(bytes));

function ethernetSample(
  title: string,
  type: number,
  payload: Uint8Array,
  expected: Expected,
  tags: number[] = [],
): Sample {
  const tagged = tags.length === 0 ? type : tags.length === 1 ? ETHERTYPE.VLAN : ETHERTYPE.QINQ;
  const eth = { 'eth.dst': MACS.dst, 'eth.src': MACS.src, 'eth.type': tagged };
  return { title, frame: emitEthernet({ ...MACS, type, tags, payload }), expected: { eth, ...expected } };
}

function arpSample(title: string, packet: ArpPacket): Sample {
  return ethernetSample(title, ETHERTYPE.ARP, emitArp(packet), {
    arp: {
      'arp.hw.type': 1,
      'arp.proto.type': 0x0800,
      'arp.opcode': packet.operation,
      'arp.src.hw_mac': packet.senderMac,
      'arp.src.proto_ipv4': packet.senderAddress,
      'arp.dst.hw_mac': packet.targetMac,
      'arp.dst.proto_ipv4': packet.targetAddress,
    },
  });
}

function ipv4Sample(
  title: string,
  packet: Ipv4Packet,
  above: Expected = {},
  tags: number[] = [],
  optionTypes: number[] = [],
): Sample {
  const headerLength = 20 + Math.ceil(packet.options.length / 4) * 4;
  const fields: Expected = {
    ip: {
      'ip.version': 4,
      'ip.hdr_len': headerLength,
      'ip.dsfield.dscp': packet.dscp,
      'ip.dsfield.ecn': packet.ecn,
      'ip.len': headerLength + packet.payload.length,
      'ip.id': packet.identification,
      'ip.flags.rb': 0,
      'ip.flags.df': bit(packet.dontFragment),
      'ip.flags.mf': bit(packet.moreFragments),
      'ip.frag_offset': packet.fragmentOffset / 8,
      'ip.ttl': packet.ttl,
      'ip.proto': packet.protocol,
      'ip.checksum.status': GOOD,
      'ip.src': packet.src,
      'ip.dst': packet.dst,
      'ip.opt.type': optionTypes,
    },
  };
  return ethernetSample(title, ETHERTYPE.IPV4, emitIpv4(packet), { ...fields, ...above }, tags);
}

function icmpSample(title: string, message: IcmpMessage): Sample {
  const expected: Expected = { icmp: { 'icmp.checksum.status': GOOD, ...icmpFields(message) } };
  return ipv4Sample(title, { ...ip, protocol: PROTOCOL.ICMP, payload: emitIcmp(message) }, expected);
}

function icmpFields(message: IcmpMessage): Expected[string] {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      return {
        'icmp.type': message.type === 'echo-request' ? ICMP_TYPE.ECHO_REQUEST : ICMP_TYPE.ECHO_REPLY,
        'icmp.code': 0,
        'icmp.ident': message.identifier,
        'icmp.seq': message.sequence,
        'data.data': data(message.data),
      };
    case 'destination-unreachable':
      return {
        'icmp.type': 3,
        'icmp.code': message.code,
        'icmp.mtu': message.code === 4 ? message.nextHopMtu : [],
        ...QUOTED_FIELDS,
      };
    case 'time-exceeded':
      return { 'icmp.type': 11, 'icmp.code': message.code, ...QUOTED_FIELDS };
    case 'parameter-problem':
      return { 'icmp.type': 12, 'icmp.code': message.code, 'icmp.pointer': message.pointer, ...QUOTED_FIELDS };
    case 'source-quench':
      return { 'icmp.type': 4, 'icmp.code': message.code ?? 0, ...QUOTED_FIELDS };
    case 'unknown':
      return { 'icmp.type': message.icmpType, 'icmp.code': message.code };
  }
}

function udpSample(title: string, datagram: UdpDatagram, packet: Ipv4Packet = ip): Sample {
  const payload = emitUdp(datagram, addressesOf(packet));
  return ipv4Sample(
    title,
    { ...packet, protocol: PROTOCOL.UDP, payload },
    {
      udp: {
        'udp.srcport': datagram.srcPort,
        'udp.dstport': datagram.dstPort,
        'udp.length': payload.length,
        'udp.checksum.status': GOOD,
        'udp.payload': data(datagram.payload),
      },
    },
  );
}

function tcpSample(title: string, segment: TcpSegment, packet: Ipv4Packet = ip, tags: number[] = []): Sample {
  const optionBytes = emitTcpOptions(segment.options);
  const payload = emitTcp(segment, addressesOf(packet));
  const expected: Expected = {
    tcp: {
      'tcp.srcport': segment.srcPort,
      'tcp.dstport': segment.dstPort,
      'tcp.seq_raw': segment.seq,
      'tcp.ack_raw': segment.ack,
      'tcp.hdr_len': 20 + optionBytes.length,
      'tcp.flags': ((segment.reserved ?? 0) << 9) | segment.flags,
      'tcp.flags.ae': bit((segment.flags & FLAG.AE) !== 0),
      'tcp.flags.syn': bit((segment.flags & FLAG.SYN) !== 0),
      'tcp.window_size_value': segment.window,
      'tcp.urgent_pointer': segment.urgent,
      'tcp.checksum.status': GOOD,
      'tcp.len': segment.payload.length,
      // What a RST carries is shown as the cause of the reset (RFC 9293, SHLD-2), not as payload.
      ...((segment.flags & FLAG.RST) === 0 && { 'tcp.payload': data(segment.payload) }),
      'tcp.options': data(optionBytes),
      ...optionFields(segment.options),
    },
  };
  return ipv4Sample(title, { ...packet, protocol: PROTOCOL.TCP, payload }, expected, tags);
}

function optionFields(options: readonly TcpOption[]): Expected[string] {
  const of = <K extends TcpOption['kind']>(kind: K) =>
    options.filter((option): option is Extract<TcpOption, { kind: K }> => option.kind === kind);
  const blocks = of('sack').flatMap((option) => option.blocks);
  return {
    'tcp.options.mss_val': of('mss').map(({ mss }) => mss),
    'tcp.options.wscale.shift': of('window-scale').map(({ shift }) => shift),
    'tcp.options.sack_perm': of('sack-permitted').map(() => '04:02'),
    'tcp.options.sack_le': blocks.map(({ left }) => left),
    'tcp.options.sack_re': blocks.map(({ right }) => right),
    'tcp.options.timestamp.tsval': of('timestamps').map(({ value }) => value),
    'tcp.options.timestamp.tsecr': of('timestamps').map(({ echo }) => echo),
    'tcp.options.tfo.cookie': of('fast-open').flatMap(({ cookie }) => data(cookie)),
    'tcp.options.unknown.payload': of('unknown').flatMap((option) => data(option.data)),
    'tcp.options.nop': of('nop').map(() => '01'),
  };
}

function addressesOf({ src, dst }: Ipv4Packet): { src: number; dst: number } {
  return { src: parseIpv4Address(src) ?? NaN, dst: parseIpv4Address(dst) ?? NaN };
}

const BYTES = Uint8Array.from({ length: 1460 }, (_, index) => (index * 7) & 0xff);
const ODD = BYTES.subarray(0, 11);

/** The start of a datagram from 10.9.0.1:40000 to 10.9.0.2:40001, as an error quotes it, and how Wireshark shows it. */
const QUOTED = emitIpv4({
  ...ip,
  protocol: PROTOCOL.UDP,
  payload: emitUdp({ srcPort: 40000, dstPort: 40001, payload: NONE }, addressesOf(ip)),
});
const QUOTED_FIELDS = { 'ip.src': ip.src, 'ip.dst': ip.dst, 'udp.srcport': 40000, 'udp.dstport': 40001 };

/** Draws from the properties' own generators, always the same. */
function generate<T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] {
  return fc.sample(arbitrary, { numRuns, seed: 9293 });
}

const ARP: Sample[] = [
  ...generate(arpPacket, 20).map((packet, index) => arpSample(`generated ARP packet ${index}`, packet)),
  arpSample('a request', {
    operation: 1,
    senderMac: MACS.src,
    senderAddress: ip.src,
    targetMac: '00:00:00:00:00:00',
    targetAddress: ip.dst,
  }),
];

/** Router alert, timestamp, record route (RFC 2113, RFC 791 §3.1), the last with its padding and in need of it. */
const IP_OPTIONS = [
  { types: [148], options: hex('94040000') },
  { types: [68], options: hex('440c0500 00000000 00000000') },
  { types: [7, 0], options: hex('0707040a090001 00') },
  { types: [7, 0], options: hex('0707040a090001') },
];

const IPV4: Sample[] = [
  ...IP_OPTIONS.map(({ types, options }) =>
    ipv4Sample(`options ${colons(options)}`, { ...ip, options, payload: ODD }, {}, [], types),
  ),
  ...[[1], [0xe00a, 0x1064]].map((tags) => ipv4Sample(`tags ${tags.join()}`, { ...ip, payload: ODD }, {}, tags)),
  ...generate(ipv4Packet, 60).map((packet, index) =>
    ipv4Sample(`generated IPv4 packet ${index}`, { ...packet, protocol: ip.protocol, options: NONE }),
  ),
];

const ICMP: Sample[] = [
  ...[0, 1, 2, 3, 4, 13].map((code) =>
    icmpSample(`unreachable, code ${code}`, {
      type: 'destination-unreachable',
      code,
      nextHopMtu: code === 4 ? 1400 : 0,
      quoted: QUOTED,
    }),
  ),
  icmpSample('time exceeded', { type: 'time-exceeded', code: 0, quoted: QUOTED }),
  icmpSample('reassembly time exceeded', { type: 'time-exceeded', code: 1, quoted: QUOTED }),
  icmpSample('parameter problem', { type: 'parameter-problem', code: 0, pointer: 20, quoted: QUOTED }),
  icmpSample('source quench', { type: 'source-quench', quoted: QUOTED }),
  icmpSample('a timestamp request', { type: 'unknown', icmpType: 13, code: 0, body: BYTES.subarray(0, 16) }),
  ...generate(icmpMessage, 80)
    .filter(({ type }) => type.startsWith('echo'))
    .map((message, index) => icmpSample(`generated echo ${index}`, message)),
];

const UDP: Sample[] = [
  udpSample('an empty datagram', { srcPort: 40000, dstPort: 40001, payload: NONE }),
  udpSample('an odd payload', { srcPort: 40000, dstPort: 40001, payload: ODD }),
  ...generate(fc.tuple(udpDatagram, ipv4Packet), 60).map(([datagram, { src, dst }], index) =>
    udpSample(`generated datagram ${index}`, datagram, { ...ip, src, dst }),
  ),
];

/** Kinds that IANA has not given away, so that Wireshark knows as little of them as we do. */
const unassigned = (option: TcpOption): TcpOption =>
  option.kind === 'unknown' ? { ...option, code: 200 + (option.code % 40) } : option;
const EVERY_OPTION: readonly TcpOption[][] = [
  [{ kind: 'mss', mss: 1460 }],
  [{ kind: 'nop' }, { kind: 'window-scale', shift: 7 }],
  [{ kind: 'sack-permitted' }],
  [{ kind: 'nop' }, { kind: 'nop' }, { kind: 'timestamps', value: 0xfffffffe, echo: 0x80000000 }],
  [{ kind: 'nop' }, { kind: 'nop' }, { kind: 'sack', blocks: [{ left: 1, right: 5 }] }],
  [{ kind: 'sack', blocks: [1, 2, 3, 4].map((n) => ({ left: n * 0x30000000, right: n * 0x30000000 + 1460 })) }],
  [{ kind: 'fast-open', cookie: NONE }],
  [{ kind: 'fast-open', cookie: BYTES.subarray(0, 8) }],
  [
    { kind: 'unknown', code: 200, data: NONE },
    { kind: 'unknown', code: 201, data: ODD },
  ],
];

const TCP: Sample[] = [
  ...EVERY_OPTION.map((options) => tcpSample(options.map(({ kind }) => kind).join(), { ...tcp, options })),
  ...Object.entries(FLAG).map(([name, flags]) => tcpSample(name, { ...tcp, flags })),
  tcpSample('reserved bits', { ...tcp, reserved: 7 }),
  tcpSample('an odd payload', { ...tcp, payload: ODD }),
  tcpSample('a full segment, tagged', { ...tcp, flags: FLAG.ACK | FLAG.PSH, payload: BYTES }, ip, [0xe00a]),
  ...generate(fc.tuple(tcpSegment, ipv4Packet), 100).map(([segment, { src, dst }], index) =>
    tcpSample(
      `generated segment ${index}`,
      { ...segment, options: segment.options.map(unassigned) },
      { ...ip, src, dst },
    ),
  ),
];

/** The value as Wireshark's text for it is compared. */
function seen(layer: Tree | undefined, field: string, expected: Expected[string][string]): unknown {
  const values = fieldValues(layer, field);
  if (typeof expected === 'object') {
    return values.map((value, index) => (typeof expected[index] === 'number' ? Number(value) : value));
  }
  const [value] = values;
  return typeof expected === 'number' && value !== undefined ? Number(value) : value;
}

function compare({ title, expected }: Sample, layers: Tree): void {
  for (const [name, fields] of Object.entries(expected)) {
    const layer = child(layers, name);
    const found = Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [field, seen(layer, field, value)]),
    );
    expect({ title, [name]: found }).toEqual({ title, [name]: fields });
  }
  expect({ title, malformed: JSON.stringify(layers).includes('_ws.malformed') }).toEqual({ title, malformed: false });
}

const GROUPS = { ARP, IPv4: IPV4, ICMP, UDP, TCP };
const SAMPLES = Object.values(GROUPS).flat();

describe('packets built here, as Wireshark reads them', () => {
  if (!hasTshark) {
    test.skip('not compared: tshark is not installed (Debian: apt-get install tshark)', () => undefined);
    return;
  }
  let dissected: readonly Tree[] | undefined;

  test.each(Object.entries(GROUPS))('%s: the same values, good checksums, nothing malformed', (_, samples) => {
    dissected ??= dissect(SAMPLES.map(({ frame }) => frame));
    expect(dissected).toHaveLength(SAMPLES.length);
    for (const sample of samples) compare(sample, dissected[SAMPLES.indexOf(sample)] ?? {});
  });

  test('a good sample is a rich one', () => {
    expect(SAMPLES.length).toBeGreaterThan(250);
    const lengths = SAMPLES.map(({ frame }) => frame.length % 2);
    expect(lengths).toContain(1);
    expect(TCP.some(({ frame }) => (frame[46] ?? 0) >>> 4 === 15)).toBe(true);
    expect(Math.max(...EVERY_OPTION.map(tcpOptionsLength))).toBe(36);
  });
});
