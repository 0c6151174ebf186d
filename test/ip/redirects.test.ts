import { describe, expect, test } from '@jest/globals';
import type { IpOptions } from '../../src/ip/host';
import { formatAddress, requireIpv4Address, requireIpv6Address } from '../../src/wire/address';
import { emitIcmp } from '../../src/wire/icmp';
import { PROTOCOL } from '../../src/wire/ipv4';
import { emitIpv6 } from '../../src/wire/ipv6';
import { emitNdp } from '../../src/wire/ndp';
import { ethernet, good, ipv4, OUR_MAC, US, Wire } from './harness';

const ROUTER = '10.9.0.1';
const OTHER = '10.9.0.254';
const FAR = '192.0.2.1';
const ROUTER6 = 'fe80::1';
const FAR6 = '2001:db8::1';
const TEN_MINUTES = 600_000_000;

function host(options: IpOptions = { acceptRedirects: true }): Wire {
  const config = { address: [`${US}/24`, 'fe80::2/64', 'fd00::2/64'], gateway: [ROUTER, ROUTER6], ipv6: false };
  const wire = new Wire('ethernet', config, { duplicateProbes: 0, groupReports: false, ...options });
  wire.link.onPacket = () => undefined;
  return wire;
}

/** `from` says that `gateway` is a better first hop to `FAR`. */
function redirect(wire: Wire, { from = ROUTER, gateway = OTHER, about = US } = {}): void {
  const quoted = ipv4({ src: about, dst: FAR });
  const way = requireIpv4Address(gateway);
  const body = Uint8Array.of(way >>> 24, way >>> 16, way >>> 8, way, ...quoted.subarray(0, 28));
  const payload = emitIcmp({ type: 'unknown', icmpType: 5, code: 1, body });
  wire.link.inject(ethernet(0x0800, ipv4({ src: from, dst: US, protocol: PROTOCOL.ICMP, payload })));
}

function redirect6(wire: Wire, { from = ROUTER6, target = 'fe80::9', destination = FAR6 } = {}): void {
  const [src, dst] = [requireIpv6Address(from), requireIpv6Address('fe80::2')];
  const message = {
    type: 'redirect',
    target: requireIpv6Address(target),
    destination: requireIpv6Address(destination),
    options: [],
  } as const;
  const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 255, extensions: [], protocol: PROTOCOL.ICMPV6 };
  const packet = emitIpv6({ ...fields, src: from, dst: 'fe80::2', payload: emitNdp(message, { src, dst }) });
  wire.link.inject(ethernet(0x86dd, packet, OUR_MAC));
}

const firstHop = (wire: Wire, to: number | bigint): string => formatAddress(good(wire.ip.path(to)).nextHop);
const four = (wire: Wire): string => firstHop(wire, requireIpv4Address(FAR));
const six = (wire: Wire): string => firstHop(wire, requireIpv6Address(FAR6));

describe('redirects (RFC 1122 §3.2.2.2, RFC 4861 §8.3)', () => {
  test('are ignored by default, and counted', () => {
    const wire = host({});
    redirect(wire);
    redirect6(wire);
    expect([four(wire), six(wire)]).toEqual([ROUTER, `${ROUTER6}%1`]);
    expect(wire.host.counters).toEqual({ 'icmp.redirect': 1, 'ndp.redirect': 1 });
  });

  test('heeded: the better first hop is taken for this destination, for ten minutes', () => {
    const wire = host();
    redirect(wire);
    redirect6(wire);
    expect([four(wire), six(wire)]).toEqual([OTHER, 'fe80::9%1']);
    expect(firstHop(wire, requireIpv4Address('192.0.2.2'))).toBe(ROUTER);
    wire.clock.advanceTo(TEN_MINUTES);
    expect([four(wire), six(wire)]).toEqual([ROUTER, `${ROUTER6}%1`]);
    expect(wire.host.counters).toEqual({ 'ip.redirected': 2 });
  });

  test('the destination itself is on the wire: it is its own first hop', () => {
    const wire = host();
    redirect6(wire, { target: FAR6 });
    expect(six(wire)).toBe(FAR6);
  });

  test.each([
    ['from a router that is not in use', { from: '10.9.0.7' }],
    ['to a gateway that is not on the wire', { gateway: '198.51.100.1' }],
    ['to ourselves', { gateway: US }],
    ['to everybody', { gateway: '255.255.255.255' }],
    ['about a packet that we have not sent', { about: '10.9.0.77' }],
  ])('%s: not heeded', (_what, fields) => {
    const wire = host();
    redirect(wire, fields);
    expect(four(wire)).toBe(ROUTER);
    expect(wire.host.counters).toEqual({ 'icmp.redirect': 1 });
  });

  test('of IPv6, from a router that is not in use: not heeded', () => {
    const wire = host();
    redirect6(wire, { from: 'fe80::7' });
    expect(six(wire)).toBe(`${ROUTER6}%1`);
  });

  test('there are no more of them than there is room for', () => {
    const wire = host({ acceptRedirects: true, redirects: 3 });
    for (let count = 1; count <= 10; count++) redirect6(wire, { destination: `2001:db8::${count.toString(16)}` });
    expect(wire.ip.routes.filter(({ length }) => length === 128)).toHaveLength(3);
    expect(wire.host.counters).toMatchObject({ 'ip.redirects-full': 7 });
  });

  test('one that goes to the same destination again is the latest', () => {
    const wire = host();
    redirect(wire);
    redirect(wire, { from: OTHER, gateway: '10.9.0.253' });
    expect(four(wire)).toBe('10.9.0.253');
  });
});
