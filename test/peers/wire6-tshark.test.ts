import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ALL_NODES,
  emitEthernet,
  emitIcmpv6,
  emitIpv6,
  emitMld,
  emitNdp,
  emitTcp,
  emitUdp,
  ETHERTYPE,
  EXTENSION,
  formatIpv6Address,
  formatMac,
  PROTOCOL,
  requireIpv6Address,
  writeRouterAlert,
  type Icmpv6Message,
  type Ipv6Extension,
  type Ipv6Packet,
  type MldMessage,
  type NdpMessage,
  type NdpOption,
  type PseudoHeader,
} from '../../src/wire';
import {
  icmpv6Message,
  ipv6Address,
  ipv6Packet,
  mldMessage,
  ndpMessage,
  tcpSegment,
  udpDatagram,
} from '../wire/arbitraries';
import { hex } from '../wire/helpers';
import { child, dissect, fieldValues, hasTshark, type Tree } from './tshark';

/** What Wireshark has to show: layer, field, all its values in order. A number is compared as one. */
type Fields = Readonly<Record<string, readonly (number | string)[]>>;

interface Sample {
  readonly title: string;
  readonly frame: Uint8Array;
  readonly expected: Readonly<Record<string, Fields>>;
}

const MACS = { dst: '02:00:00:00:00:02', src: '02:00:00:00:00:01' };
const LINK = { src: 'fe80::1', dst: 'ff02::1' };
const GOOD = 1;
const BYTES = Uint8Array.from({ length: 24 }, (_, index) => (index * 7) & 0xff);

const plain: Ipv6Packet = {
  dscp: 0,
  ecn: 0,
  flowLabel: 0,
  ttl: 64,
  extensions: [],
  protocol: 253, // for experiments (RFC 3692): Wireshark shows what it carries as data
  src: '2001:db8::1',
  dst: '2001:db8::2',
  payload: new Uint8Array(0),
};

const bit = (set: boolean) => (set ? 1 : 0);
const text = formatIpv6Address;

function sample(title: string, packet: Ipv6Packet, above: Sample['expected'] = {}): Sample {
  const length = packet.extensions.reduce((sum, { data }) => sum + data.length + 2, packet.payload.length);
  const ipv6: Fields = {
    'ipv6.version': [6],
    'ipv6.tclass.dscp': [packet.dscp],
    'ipv6.tclass.ecn': [packet.ecn],
    'ipv6.flow': [packet.flowLabel],
    'ipv6.plen': [length],
    'ipv6.nxt': [packet.extensions[0]?.type ?? packet.protocol],
    'ipv6.hlim': [packet.ttl],
    'ipv6.src': [packet.src],
    'ipv6.dst': [packet.dst],
  };
  const frame = emitEthernet({ ...MACS, type: ETHERTYPE.IPV6, tags: [], payload: emitIpv6(packet) });
  return { title, frame, expected: { ipv6, ...above } };
}

function ends({ src, dst }: { src: string; dst: string }): { src: bigint; dst: bigint } & PseudoHeader {
  return { src: requireIpv6Address(src), dst: requireIpv6Address(dst) };
}

function extensionSample(title: string, extensions: readonly Ipv6Extension[], fields: Fields): Sample {
  return sample(title, { ...plain, extensions, payload: BYTES }, { ipv6: fields });
}

function icmpSample(title: string, message: Icmpv6Message): Sample {
  const packet = { ...plain, protocol: PROTOCOL.ICMPV6, payload: emitIcmpv6(message, ends(plain)) };
  return sample(title, packet, { icmpv6: { 'icmpv6.checksum.status': [GOOD], ...icmpFields(message) } });
}

function icmpFields(message: Icmpv6Message): Fields {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply':
      return {
        'icmpv6.type': [message.type === 'echo-request' ? 128 : 129],
        'icmpv6.echo.identifier': [message.identifier],
        'icmpv6.echo.sequence_number': [message.sequence],
      };
    case 'destination-unreachable':
      return { 'icmpv6.type': [1], 'icmpv6.code': [message.code], ...QUOTED_FIELDS };
    case 'packet-too-big':
      return { 'icmpv6.type': [2], 'icmpv6.code': [0], 'icmpv6.mtu': [message.mtu], ...QUOTED_FIELDS };
    case 'time-exceeded':
      return { 'icmpv6.type': [3], 'icmpv6.code': [message.code], ...QUOTED_FIELDS };
    case 'parameter-problem':
      return {
        'icmpv6.type': [4],
        'icmpv6.code': [message.code],
        'icmpv6.pointer': [message.pointer],
        ...QUOTED_FIELDS,
      };
    case 'unknown':
      return { 'icmpv6.type': [message.icmpType], 'icmpv6.code': [message.code] };
  }
}

function ndpSample(title: string, message: NdpMessage): Sample {
  const packet = { ...plain, ...LINK, ttl: 255, protocol: PROTOCOL.ICMPV6, payload: emitNdp(message, ends(LINK)) };
  const expected = { 'icmpv6.checksum.status': [GOOD], ...ndpFields(message), ...optionFields(message.options) };
  return sample(title, packet, { icmpv6: expected });
}

function ndpFields(message: NdpMessage): Fields {
  switch (message.type) {
    case 'router-solicitation':
      return { 'icmpv6.type': [133] };
    case 'router-advertisement':
      return {
        'icmpv6.type': [134],
        'icmpv6.nd.ra.cur_hop_limit': [message.hopLimit],
        'icmpv6.nd.ra.flag.m': [bit(message.managed)],
        'icmpv6.nd.ra.flag.o': [bit(message.other)],
        'icmpv6.nd.ra.flag.prf': [{ medium: 0, high: 1, low: 3 }[message.preference]],
        'icmpv6.nd.ra.router_lifetime': [message.routerLifetime],
        'icmpv6.nd.ra.reachable_time': [message.reachableTime],
        'icmpv6.nd.ra.retrans_timer': [message.retransTimer],
      };
    case 'neighbor-solicitation':
      return { 'icmpv6.type': [135], 'icmpv6.nd.ns.target_address': [text(message.target)] };
    case 'neighbor-advertisement':
      return {
        'icmpv6.type': [136],
        'icmpv6.nd.na.flag.r': [bit(message.router)],
        'icmpv6.nd.na.flag.s': [bit(message.solicited)],
        'icmpv6.nd.na.flag.o': [bit(message.override)],
        'icmpv6.nd.na.target_address': [text(message.target)],
      };
    case 'redirect':
      return {
        'icmpv6.type': [137],
        'icmpv6.nd.rd.target_address': [text(message.target)],
        'icmpv6.rd.na.destination_address': [text(message.destination)],
      };
  }
}

function optionFields(options: readonly NdpOption[]): Fields {
  const of = <K extends NdpOption['kind']>(kind: K) =>
    options.filter((option): option is Extract<NdpOption, { kind: K }> => option.kind === kind);
  const prefixes = of('prefix-information');
  return {
    'icmpv6.opt.src_linkaddr': of('source-link-layer-address').map(({ address }) => formatMac(address)),
    'icmpv6.opt.target_linkaddr': of('target-link-layer-address').map(({ address }) => formatMac(address)),
    'icmpv6.opt.prefix.length': prefixes.map(({ length }) => length),
    'icmpv6.opt.prefix.flag.l': prefixes.map(({ onLink }) => bit(onLink)),
    'icmpv6.opt.prefix.flag.a': prefixes.map(({ autonomous }) => bit(autonomous)),
    'icmpv6.opt.prefix.valid_lifetime': prefixes.map(({ validLifetime }) => validLifetime),
    'icmpv6.opt.prefix.preferred_lifetime': prefixes.map(({ preferredLifetime }) => preferredLifetime),
    'icmpv6.opt.prefix': prefixes.map(({ prefix }) => text(prefix)),
    'icmpv6.opt.mtu': of('mtu').map(({ mtu }) => mtu),
    'icmpv6.opt.rdnss.lifetime': of('rdnss').map(({ lifetime }) => lifetime),
    'icmpv6.opt.rdnss': of('rdnss').flatMap(({ servers }) => servers.map(text)),
    'icmpv6.opt.dnssl.lifetime': of('dnssl').map(({ lifetime }) => lifetime),
    'icmpv6.opt.dnssl': of('dnssl').flatMap(({ domains }) => domains),
  };
}

function mldSample(title: string, message: MldMessage): Sample {
  const alert = new Uint8Array(8);
  writeRouterAlert(alert, 0, PROTOCOL.ICMPV6);
  const packet = {
    ...plain,
    ...LINK,
    ttl: 1,
    extensions: [{ type: EXTENSION.HOP_BY_HOP, data: alert.subarray(2) }],
    protocol: PROTOCOL.ICMPV6,
    payload: emitMld(message, ends(LINK)),
  };
  const icmpv6 = { 'icmpv6.checksum.status': [GOOD], ...mldFields(message) };
  return sample(title, packet, { 'ipv6.hopopts': { 'ipv6.opt.router_alert': [0] }, icmpv6 });
}

function mldFields(message: MldMessage): Fields {
  if (message.type !== 'query') {
    if (message.version === 1) {
      const type = message.type === 'report' ? 131 : 132;
      return { 'icmpv6.type': [type], 'icmpv6.mld.multicast_address': [text(message.group)] };
    }
    const { records } = message;
    return {
      'icmpv6.type': [143],
      'icmpv6.mldr.nb_mcast_records': [records.length],
      'icmpv6.mldr.mar.record_type': records.map(({ kind }) => kind),
      'icmpv6.mldr.mar.multicast_address': records.map(({ group }) => text(group)),
      'icmpv6.mldr.mar.source_address': records.flatMap(({ sources }) => sources.map(text)),
    };
  }
  const fields = { 'icmpv6.type': [130], 'icmpv6.mld.multicast_address': [text(message.group)] };
  if (message.version === 1) return { ...fields, 'icmpv6.mld.maximum_response_delay': [message.maxResponseDelay] };
  return {
    ...fields,
    'icmpv6.mld.flag.s': [bit(message.suppress)],
    'icmpv6.mld.flag.qrv': [message.robustness],
    'icmpv6.mld.source_address': message.sources.map(text),
  };
}

/** The start of a datagram, as an error quotes it, and how Wireshark shows it. */
const QUOTED = emitIpv6({
  ...plain,
  protocol: PROTOCOL.UDP,
  payload: emitUdp({ srcPort: 40_000, dstPort: 40_001, payload: BYTES }, ends(plain)),
});
const QUOTED_FIELDS = { 'ipv6.src': [plain.src], 'ipv6.dst': [plain.dst], 'udp.srcport': [40_000] };

/** Draws from the properties' own generators, always the same. */
function generate<T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] {
  return fc.sample(arbitrary, { numRuns, seed: 8200 });
}

const addresses = fc.record({ src: ipv6Address, dst: ipv6Address });

const HEADERS: Sample[] = generate(ipv6Packet, 60).map((packet, index) =>
  sample(`generated packet ${index}`, { ...packet, protocol: plain.protocol, extensions: [] }),
);

const EXTENSIONS: Sample[] = [
  extensionSample('options', [{ type: EXTENSION.DESTINATION_OPTIONS, data: hex('1e 04 01020304') }], {
    'ipv6.dstopts.len': [0],
    'ipv6.opt.type': [0x1e],
  }),
  extensionSample('a fragment', [{ type: EXTENSION.FRAGMENT, data: hex('0589 01020304') }], {
    'ipv6.fraghdr.offset': [177],
    'ipv6.fraghdr.more': [1],
    'ipv6.fraghdr.ident': [0x01020304],
  }),
];

const ABOVE: Sample[] = [
  ...generate(fc.tuple(udpDatagram, addresses), 30).map(([datagram, between], index) =>
    sample(
      `generated datagram ${index}`,
      { ...plain, ...between, protocol: PROTOCOL.UDP, payload: emitUdp(datagram, ends(between)) },
      { udp: { 'udp.checksum.status': [GOOD], 'udp.srcport': [datagram.srcPort] } },
    ),
  ),
  ...generate(fc.tuple(tcpSegment, addresses), 30).map(([segment, between], index) =>
    sample(
      `generated segment ${index}`,
      { ...plain, ...between, protocol: PROTOCOL.TCP, payload: emitTcp({ ...segment, options: [] }, ends(between)) },
      { tcp: { 'tcp.checksum.status': [GOOD], 'tcp.seq_raw': [segment.seq] } },
    ),
  ),
];

const ICMPV6: Sample[] = [
  ...[0, 1, 3, 4, 6].map((code) =>
    icmpSample(`unreachable, code ${code}`, { type: 'destination-unreachable', code, quoted: QUOTED }),
  ),
  icmpSample('packet too big', { type: 'packet-too-big', mtu: 1400, quoted: QUOTED }),
  icmpSample('hop limit exceeded', { type: 'time-exceeded', code: 0, quoted: QUOTED }),
  icmpSample('reassembly time exceeded', { type: 'time-exceeded', code: 1, quoted: QUOTED }),
  icmpSample('parameter problem', { type: 'parameter-problem', code: 2, pointer: 42, quoted: QUOTED }),
  ...generate(icmpv6Message, 60)
    .filter(({ type }) => type.startsWith('echo'))
    .map((message, index) => icmpSample(`generated echo ${index}`, message)),
];

/** Wireshark shows link-layer addresses of Ethernet only, and does not know options that nobody has defined. */
function isPlain(option: NdpOption): boolean {
  if (option.kind.endsWith('link-layer-address')) return 'address' in option && option.address.length === 6;
  return option.kind !== 'unknown' && option.kind !== 'redirected-header';
}

const NDP: Sample[] = [
  ...generate(ndpMessage, 100).map((message, index) =>
    ndpSample(`generated ${message.type} ${index}`, { ...message, options: message.options.filter(isPlain) }),
  ),
  ndpSample('a redirect with what it is about', {
    type: 'redirect',
    target: requireIpv6Address('fe80::2'),
    destination: requireIpv6Address(plain.dst),
    options: [{ kind: 'redirected-header', quoted: QUOTED }],
  }),
];

const MLD: Sample[] = [
  ...generate(mldMessage, 60).map((message, index) => mldSample(`generated ${message.type} ${index}`, message)),
  mldSample('a query for all groups', { type: 'query', version: 1, maxResponseDelay: 10_000, group: 0n }),
  mldSample('a report', { type: 'report', version: 2, records: [{ kind: 4, group: ALL_NODES, sources: [] }] }),
];

function compare({ title, expected }: Sample, layers: Tree): void {
  for (const [name, fields] of Object.entries(expected)) {
    // Extension headers are layers of their own, or fields of IPv6's: a matter of Wireshark's version.
    const layer = child(layers, name) ?? layers;
    const found = Object.fromEntries(
      Object.entries(fields).map(([field, values]) => [
        field,
        fieldValues(layer, field).map((value, index) => (typeof values[index] === 'number' ? Number(value) : value)),
      ]),
    );
    expect({ title, [name]: found }).toEqual({ title, [name]: fields });
  }
  expect({ title, malformed: JSON.stringify(layers).includes('_ws.malformed') }).toEqual({ title, malformed: false });
}

const GROUPS = {
  IPv6: HEADERS,
  'extension headers': EXTENSIONS,
  'TCP and UDP over it': ABOVE,
  ICMPv6: ICMPV6,
  NDP,
  MLD,
};
const SAMPLES = Object.values(GROUPS).flat();

describe('IPv6 packets built here, as Wireshark reads them', () => {
  if (!hasTshark) {
    test.skip('not compared: tshark is not installed (Debian: apt-get install tshark)', () => undefined);
    return;
  }
  let dissected: readonly Tree[] | undefined;

  test.each(Object.entries(GROUPS))('%s: the same values, good checksums, nothing malformed', (_, samples) => {
    dissected ??= dissect(SAMPLES.map(({ frame }) => frame));
    expect(dissected).toHaveLength(SAMPLES.length);
    for (const one of samples) compare(one, dissected[SAMPLES.indexOf(one)] ?? {});
  });
});
