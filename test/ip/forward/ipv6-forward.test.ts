import { describe, expect, test } from '@jest/globals';
import type { IpOptions } from '../../../src/ip/host';
import { PacketLink } from '../../../src/link/packets';
import { formatAddress, requireIpv6Address } from '../../../src/wire/address';
import {
  emitIcmpv6,
  icmpv6ChecksumIsGood,
  parseIcmpv6,
  viewIcmpv6,
  type Icmpv6Message,
} from '../../../src/wire/icmpv6';
import { emitEthernet, ETHERTYPE } from '../../../src/wire/ethernet';
import { PROTOCOL } from '../../../src/wire/ipv4';
import { emitIpv6, parseIpv6, viewIpv6 } from '../../../src/wire/ipv6';
import { emitUdp } from '../../../src/wire/udp';
import { BROADCAST, good, OUR_MAC, PEER_MAC } from '../harness';
import { Router, type Sent } from './router';

const A = 'fd00:1::2';
const B = 'fd00:2::2';

function router(options: IpOptions = {}): Router {
  const us = new Router(options);
  us.attach('a', { address: ['fd00:1::1/64', 'fe80::1/64'] });
  const b = us.attach('b', { address: 'fd00:2::1/64' });
  us.attach('small', { address: 'fd00:3::1/64' }, 1280);
  us.ip.addRoute({ prefix: '2001:db8::/32', gateway: 'fd00:2::9', interface: b });
  us.ip.addRoute({ prefix: 'fd00:9::/64', gateway: 'fd00:2::9', interface: b, metric: 9 });
  return us;
}

function udp(src: string, dst: string, { ttl = 64, length = 8 } = {}): Uint8Array {
  const ends = { src: requireIpv6Address(src), dst: requireIpv6Address(dst) };
  const payload = emitUdp({ srcPort: 1, dstPort: 2, payload: new Uint8Array(length) }, ends);
  return emitIpv6({ dscp: 46, ecn: 1, flowLabel: 77, ttl, extensions: [], protocol: PROTOCOL.UDP, src, dst, payload });
}

function icmp(src: string, dst: string, message: Icmpv6Message): Uint8Array {
  const ends = { src: requireIpv6Address(src), dst: requireIpv6Address(dst) };
  const payload = emitIcmpv6(message, ends);
  return emitIpv6({
    dscp: 0,
    ecn: 0,
    flowLabel: 0,
    ttl: 64,
    extensions: [],
    protocol: PROTOCOL.ICMPV6,
    src,
    dst,
    payload,
  });
}

/** `b: fd00:1::2 > fd00:2::2 hops 63`, and of an error what it says. */
function told({ link, packet }: Sent): string {
  const view = good(viewIpv6(packet));
  const { src, dst, protocol, ttl, payload } = view;
  const ends = `${link}: ${formatAddress(src)} > ${formatAddress(dst)}`;
  if (protocol !== PROTOCOL.ICMPV6) return `${ends} hops ${ttl}`;
  const message = good(viewIcmpv6(payload));
  expect(icmpv6ChecksumIsGood(message, src, dst)).toBe(true);
  const parsed = good(parseIcmpv6(message));
  const what = 'mtu' in parsed ? ` ${parsed.mtu}` : 'code' in parsed ? ` ${parsed.code}` : '';
  return `${ends} ${parsed.type}${what}`;
}

describe('forwarding of IPv6', () => {
  test('takes one from the hop limit, and leaves the rest as it is', () => {
    const us = router();
    const before = udp(A, B);
    const [sent, ...others] = us.receive('a', before);
    expect(others).toEqual([]);
    const after = good(parseIpv6(good(sent).packet));
    expect(after).toEqual({ ...good(parseIpv6(before)), ttl: 63 });
    expect(us.receive('a', udp(A, '2001:db8::7')).map(told)).toEqual(['b: fd00:1::2 > 2001:db8::7 hops 63']);
    expect(us.host.counters).toEqual({ 'ip.forwarded': 2 });
    expect(us.host.events.filter(({ type }) => type === 'forward')).toMatchObject([{ from: 'a', to: 'b', src: A }, {}]);
  });

  test('is off unless it is asked for', () => {
    const us = router({ forward: false });
    expect(us.receive('a', udp(A, B))).toEqual([]);
    expect(us.host.counters).toEqual({ 'ip.not-ours': 1 });
  });

  test('a hop limit of 1 ends here (RFC 4443 §3.3)', () => {
    expect(
      router()
        .receive('a', udp(A, B, { ttl: 1 }))
        .map(told),
    ).toEqual(['a: fd00:1::1 > fd00:1::2 time-exceeded 0']);
  });

  test('without a route, the sender is told (RFC 4443 §3.1)', () => {
    expect(router().receive('a', udp(A, 'fd00:77::1')).map(told)).toEqual([
      'a: fd00:1::1 > fd00:1::2 destination-unreachable 0',
    ]);
  });

  test('it is never cut: the sender is told what the next link takes (RFC 4443 §3.2)', () => {
    const us = router();
    expect(us.receive('a', udp(A, 'fd00:3::2', { length: 1233 })).map(told)).toEqual([
      'a: fd00:1::1 > fd00:1::2 packet-too-big 1280',
    ]);
    expect(us.receive('a', udp(A, 'fd00:3::2', { length: 1232 }))).toHaveLength(1);
  });

  test('a link-local source does not go beyond its wire, and its sender is told (RFC 4443 §3.1, code 2)', () => {
    const us = router();
    expect(us.receive('a', udp('fe80::7', B)).map(told)).toEqual([
      expect.stringMatching(/> fe80::7 destination-unreachable 2$/),
    ]);
    expect(us.host.counters).toMatchObject({ 'ip.beyond-scope': 1 });
  });

  test.each([
    ['a link-local destination', A, 'fe80::9', 'ip.not-forwardable'],
    ['a group that we are not in', A, 'ff0e::5', 'ip.not-ours'],
    ['loopback', '::1', B, 'ip.martian-source'],
    ['nobody', '::', B, 'ip.not-forwardable'],
    ['our own address as the source', 'fd00:2::1', B, 'ip.martian-source'],
  ])('never with %s', (_, src, dst, counter) => {
    const us = router();
    expect(us.receive('a', udp(src, dst))).toEqual([]);
    expect(us.host.counters).toEqual({ [counter]: 1 });
  });

  test('no error about an error', () => {
    const us = router();
    const error = { type: 'time-exceeded', code: 0, quoted: udp(B, A) } as const;
    expect(us.receive('a', icmp(A, 'fd00:77::1', error))).toEqual([]);
  });

  test('strict: the way back leads to where it came from (RFC 3704)', () => {
    const us = router({ reversePath: 'strict' });
    expect(us.receive('a', udp('fd00:2::7', B))).toEqual([]);
    expect(us.receive('a', udp(A, B))).toHaveLength(1);
    expect(us.host.counters).toEqual({ 'ip.reverse-path': 1, 'ip.forwarded': 1 });
  });
});

describe('between an Ethernet and another link', () => {
  const SECOND = 1_000_000;

  /** Who is asked for on the Ethernet never answers. */
  function beside() {
    const us = router({ duplicateProbes: 0 });
    const link = new PacketLink({ name: 'ether', medium: 'ethernet' });
    const on = us.ip.attach(link, { address: 'fd00:5::1/64', mac: OUR_MAC, ipv6: false, announce: false });
    const comesIn = (dst: string, packet: Uint8Array): void => {
      link.inject(emitEthernet({ dst, src: PEER_MAC, type: ETHERTYPE.IPV6, tags: [], payload: packet }));
    };
    return { us, on, comesIn };
  }

  test('what the link has brought to everybody goes nowhere', () => {
    const { us, on, comesIn } = beside();
    comesIn(BROADCAST, udp('fd00:5::2', B));
    expect(us.host.counters).toMatchObject({ 'ip.forward-broadcast': 1 });
    expect(on.counters.forwarded).toBe(0);
    comesIn(OUR_MAC, udp('fd00:5::2', B));
    expect(us.host.counters).toMatchObject({ 'ip.forwarded': 1 });
    expect(on.counters.forwarded).toBe(1);
  });

  test('the sender is told when nobody is there (RFC 4443 §3.1), and we ourselves are not told by a message', () => {
    const { us } = beside();
    us.receive('a', udp(A, 'fd00:5::9'));
    us.clock.advanceTo(10 * SECOND);
    const [sent] = us.sentSince().map(told);
    expect(sent).toMatch(/^a: fd00:1::1 > fd00:1::2 .*destination-unreachable 3/);
    const path = us.ip.path(requireIpv6Address('fd00:5::8'));
    if (typeof path === 'string') throw new Error(path);
    us.receive('a', new Uint8Array(0));
    us.ip.send(path, 253, [new Uint8Array(8)]);
    us.clock.advanceTo(20 * SECOND);
    expect(us.sentSince()).toEqual([]);
  });
});

test('the MTU that the sender is told is that of the link which it does not fit (RFC 4443 §3.2)', () => {
  const us = router();
  us.attach('middle', { address: 'fd00:6::1/64' }, 1400);
  const [sent] = us.receive('a', udp(A, 'fd00:6::2', { length: 1400 - 48 + 1 })).map(told);
  expect(sent).toContain('1400');
  expect(us.receive('a', udp(A, 'fd00:6::2', { length: 1400 - 48 })).map(told)).toEqual([
    'middle: fd00:1::2 > fd00:6::2 hops 63',
  ]);
});
