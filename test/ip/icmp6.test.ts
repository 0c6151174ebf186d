import { describe, expect, test } from '@jest/globals';
import type { InterfaceConfig } from '../../src/ip/interface';
import type { IpOptions } from '../../src/ip/host';
import { formatIpv6Address, requireIpv6Address } from '../../src/wire/address';
import { emitIcmpv6, parseIcmpv6, viewIcmpv6, type Icmpv6Message } from '../../src/wire/icmpv6';
import { PROTOCOL } from '../../src/wire/ipv4';
import { emitIpv6, viewIpv6, type Ipv6Packet } from '../../src/wire/ipv6';
import { good, Recorder, TEST_PROTOCOL, Wire } from './harness';

const [US, PEER, GROUP] = ['fd00:9::2', 'fd00:9::1', 'ff02::1'];
const NOBODYS = 250;

function setUp(options: IpOptions = {}, config: Partial<InterfaceConfig> = {}) {
  const wire = new Wire('ip', { address: [`${US}/64`, 'fe80::2/64'], ...config }, { groupReports: false, ...options });
  const sent: Uint8Array[] = [];
  wire.link.onPacket = (packet) => sent.push(packet);
  /** A packet comes in; returns the messages that went out. */
  const comes = (fields: Partial<Ipv6Packet>): { from: string; ttl: number; message: Icmpv6Message }[] => {
    sent.length = 0;
    wire.receiveBytes(packet(fields));
    return sent.map((bytes) => {
      const view = good(viewIpv6(bytes));
      const message = good(parseIcmpv6(good(viewIcmpv6(bytes, view.payloadOffset, view.end))));
      return { from: formatIpv6Address(view.src), ttl: view.ttl, message };
    });
  };
  return { wire, comes, sent, counters: wire.host.counters };
}

function packet(fields: Partial<Ipv6Packet> = {}): Uint8Array {
  const usual = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 64, extensions: [], protocol: NOBODYS, src: PEER, dst: US };
  return emitIpv6({ ...usual, payload: new Uint8Array(8), ...fields });
}

function icmp(message: Icmpv6Message, src = PEER, dst = US): Partial<Ipv6Packet> {
  const payload = emitIcmpv6(message, { src: requireIpv6Address(src), dst: requireIpv6Address(dst) });
  return { protocol: PROTOCOL.ICMPV6, src, dst, payload };
}

const ECHO = { type: 'echo-request', identifier: 1, sequence: 2, data: Uint8Array.of(1, 2) } as const;

describe('what is not taken (RFC 4291 §2.5, §2.7)', () => {
  test.each([
    ['from a group', { src: GROUP }, 'ip.martian-source'],
    ['from ::1', { src: '::1' }, 'ip.martian-source'],
    ['from an IPv4 address in IPv6’s clothes', { src: '::ffff:10.9.0.1' }, 'ip.martian-source'],
    ['from ourselves', { src: US }, 'ip.martian-source'],
    ['from ourselves to a group', { src: US, dst: GROUP }, 'ip.martian-source'],
    ['from nobody', { src: '::' }, 'ip.martian-source'],
    ['to nobody', { dst: '::' }, 'ip.martian-destination'],
    ['to ::1', { dst: '::1' }, 'ip.martian-destination'],
    ['to an IPv4 address in IPv6’s clothes', { dst: '::ffff:10.9.0.2' }, 'ip.martian-destination'],
    ['to somebody else', { dst: 'fd00:9::3' }, 'ip.not-ours'],
    ['to a group that we are not in', { dst: 'ff02::99' }, 'ip.not-ours'],
  ])('%s', (_what, fields, reason) => {
    const { comes, counters } = setUp();
    expect(comes(fields)).toEqual([]);
    expect(counters).toEqual({ [reason]: 1 });
  });

  test('a strong host takes its addresses on their own interface alone', () => {
    const { wire, comes, counters } = setUp({ strongHost: true });
    const other = new Wire('ip').link;
    wire.ip.attach(other, { address: 'fd00:8::2/64' });
    expect(comes({ dst: 'fd00:8::2' })).toEqual([]);
    expect(counters).toEqual({ 'ip.wrong-interface': 1 });
  });
});

describe('what is answered (RFC 4443)', () => {
  test('a protocol that nobody takes, with the place of its number; nothing behind the headers is not one', () => {
    const { comes, counters } = setUp();
    expect(comes({})).toMatchObject([{ from: US, message: { type: 'parameter-problem', code: 1, pointer: 6 } }]);
    expect(comes({ protocol: 59 })).toEqual([]);
    expect(counters).toEqual({ 'ip.unknown-protocol': 1 });
  });

  test('IPv4’s ICMP is no protocol of IPv6’s', () => {
    expect(setUp().comes({ protocol: PROTOCOL.ICMP })).toMatchObject([{ message: { type: 'parameter-problem' } }]);
  });

  test('an echo request, but none to a group', () => {
    const { comes, counters } = setUp();
    expect(comes(icmp(ECHO))).toMatchObject([{ from: US, message: { ...ECHO, type: 'echo-reply' } }]);
    expect(comes(icmp(ECHO, PEER, GROUP))).toEqual([]);
    expect(counters).toEqual({ 'icmp.broadcast': 1 });
  });

  test('with the hop limit that routers say', () => {
    const { wire, comes } = setUp();
    wire.interface.hopLimit = 9;
    expect(comes(icmp(ECHO))).toMatchObject([{ ttl: 9 }]);
  });

  test('no error is sent about an error, a redirect, a group, or to nobody and to groups (§2.4 (e))', () => {
    const { comes } = setUp({ icmpBurst: 1000 });
    // The header says of itself that it cannot be read, whatever comes behind it.
    const unknown = (type: number) => ({ type, data: Uint8Array.of(0x80, 2, 0, 0, 1, 0) });
    const bad = { extensions: [unknown(60)] };
    expect(comes({ ...bad })).toMatchObject([{ message: { type: 'parameter-problem', code: 2 } }]);
    expect(comes({ ...bad, protocol: PROTOCOL.ICMPV6, payload: Uint8Array.of(128, 0, 0, 0, 0, 0, 0, 0) })).toHaveLength(
      1,
    );
    for (const type of [1, 127, 137]) {
      const payload = Uint8Array.of(type, 0, 0, 0, 0, 0, 0, 0);
      expect(comes({ ...bad, protocol: PROTOCOL.ICMPV6, payload })).toEqual([]);
    }
    expect(comes({ ...bad, src: '::', protocol: PROTOCOL.ICMPV6, payload: Uint8Array.of(128, 0, 0, 0) })).toEqual([]);
    expect(comes({ dst: GROUP })).toEqual([]);
  });

  test('an option that must be told of even where a group was spoken to is, one with 11 is not, one with 01 never (RFC 8200 §4.2)', () => {
    const { comes } = setUp({ icmpBurst: 1000 });
    const option = (bits: number, dst: string) =>
      comes({ dst, extensions: [{ type: 60, data: Uint8Array.of((bits << 6) | 0x3e, 2, 0, 0, 1, 0) }] }).length;
    expect([1, 2, 3].map((bits) => option(bits, US))).toEqual([0, 1, 1]);
    expect([1, 2, 3].map((bits) => option(bits, GROUP))).toEqual([0, 1, 0]);
  });

  test('an error is no longer than what every link takes, and not sent as fast as the wire goes', () => {
    const { comes, sent, counters } = setUp({ icmpBurst: 2 });
    comes({ payload: new Uint8Array(1400) });
    expect(sent.map(({ length }) => length)).toEqual([1280]);
    expect(comes({})).toHaveLength(1);
    expect(comes({})).toEqual([]);
    expect(counters).toMatchObject({ 'icmp.rate-limited': 1 });
  });
});

describe('errors that come in', () => {
  const ours = packet({ src: US, dst: PEER, protocol: TEST_PROTOCOL });
  const about = (message: object, quoted = ours) => icmp({ ...message, quoted } as Icmpv6Message);

  test.each([
    [
      { type: 'destination-unreachable', code: 0 },
      { kind: 'destination-unreachable', code: 0 },
    ],
    [
      { type: 'destination-unreachable', code: 1 },
      { kind: 'destination-unreachable', code: 13 },
    ],
    [
      { type: 'destination-unreachable', code: 3 },
      { kind: 'destination-unreachable', code: 1 },
    ],
    [
      { type: 'destination-unreachable', code: 4 },
      { kind: 'destination-unreachable', code: 3 },
    ],
    [
      { type: 'packet-too-big', mtu: 1300 },
      { kind: 'destination-unreachable', code: 4, nextHopMtu: 1300 },
    ],
    [
      { type: 'packet-too-big', mtu: 0x1ffff },
      { code: 4, nextHopMtu: 0xffff },
    ],
    [
      { type: 'parameter-problem', code: 1, pointer: 6 },
      { kind: 'destination-unreachable', code: 2 },
    ],
    [
      { type: 'parameter-problem', code: 0, pointer: 6 },
      { kind: 'parameter-problem', code: 0 },
    ],
    [
      { type: 'time-exceeded', code: 0 },
      { kind: 'time-exceeded', code: 0 },
    ],
  ])('%j is %j in IPv4’s terms (RFC 7915 §5.2)', (message, report) => {
    const { wire, comes } = setUp();
    comes(about(message));
    expect(wire.protocol.reports).toMatchObject([{ ...report, from: PEER }]);
  });

  test.each([
    ['a packet from another host', packet({ src: 'fd00:9::7', dst: PEER, protocol: TEST_PROTOCOL })],
    ['nothing', new Uint8Array(0)],
  ])('%s is quoted: nobody hears of it', (_what, quoted) => {
    const { wire, comes, counters } = setUp();
    comes(about({ type: 'time-exceeded', code: 0 }, quoted));
    expect(wire.protocol.reports).toEqual([]);
    expect(counters).toEqual({ 'icmp.bad-quote': 1 });
  });

  test('about a packet between link-local addresses they have this link’s zone', () => {
    const { wire, comes } = setUp();
    const quoted = packet({ src: 'fe80::2', dst: 'fe80::1', protocol: TEST_PROTOCOL });
    comes(icmp({ type: 'time-exceeded', code: 0, quoted }, 'fe80::1', 'fe80::2'));
    expect(wire.protocol.reports).toMatchObject([{ from: 'fe80::1%1' }]);
    expect(wire.protocol.reports[0]?.quoted.dst).toBe(requireIpv6Address('fe80::1%1'));
  });

  test('with a bad checksum, cut off, or of a kind that nobody knows they are counted and dropped', () => {
    const { wire, comes, counters } = setUp();
    const good = about({ type: 'time-exceeded', code: 0 });
    comes({ ...good, payload: Uint8Array.from(good.payload ?? [], (byte, at) => (at === 2 ? byte ^ 1 : byte)) });
    comes({ ...good, payload: Uint8Array.of(3, 0) });
    comes(icmp({ type: 'echo-reply', identifier: 1, sequence: 2, data: new Uint8Array(0) }));
    expect(wire.protocol.reports).toEqual([]);
    expect(counters).toEqual({ 'icmp.bad-checksum': 1, 'icmp.malformed': 1, 'icmp.unexpected': 1 });
  });
});

test('what is sent to a group or by a broadcast of the link is told so to its protocol', () => {
  const { wire, comes } = setUp();
  const recorder = new Recorder();
  wire.ip.protocol(TEST_PROTOCOL, recorder);
  comes({ protocol: TEST_PROTOCOL, dst: GROUP });
  comes({ protocol: TEST_PROTOCOL });
  expect(recorder.received.map(({ broadcast }) => broadcast)).toEqual([true, false]);
});
