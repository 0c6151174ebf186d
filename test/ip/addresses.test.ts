import { describe, expect, test } from '@jest/globals';
import type { InterfaceConfig } from '../../src/ip/interface';
import { Ip } from '../../src/ip/ip';
import { PacketLink } from '../../src/link/packets';
import { formatAddress, requireAddress, solicitedNode, requireIpv6Address, type Address } from '../../src/wire/address';
import { OUR_MAC, PEER_MAC, TestHost } from './harness';

function setUp(config: InterfaceConfig, medium: 'ethernet' | 'ip' = 'ethernet') {
  const host = new TestHost();
  const ip = new Ip(host, { duplicateProbes: 0 });
  const link = new PacketLink({ medium });
  const on = ip.attach(link, {
    announce: false,
    ...(medium === 'ethernet' && { mac: OUR_MAC, ipv6: false }),
    ...config,
  });
  const removed: string[] = [];
  ip.onAddressRemoved = (address: Address) => {
    removed.push(formatAddress(address));
  };
  const routes = (): string[] =>
    ip.routes.map(
      ({ network, length, gateway, interface: { name } }) =>
        `${formatAddress(network)}/${length}${gateway === undefined ? '' : ` via ${formatAddress(gateway)}`}` +
        (name === 'packets' ? '' : ` on ${name}`),
    );
  const leads = (to: string, from?: string): string => {
    const path = ip.path(requireAddress(to), from === undefined ? undefined : requireAddress(from));
    return typeof path === 'string' ? path : `${formatAddress(path.source)} by ${formatAddress(path.nextHop)}`;
  };
  return { host, ip, on, removed, routes, leads };
}

describe.each([
  ['IPv4', '10.9.0', '10.9.0.0/24', 24, '10.9.1.2/24', '10.9.1.0/24'],
  ['IPv6', 'fd00:9::', 'fd00:9::/64', 64, 'fd00:9:1::2/64', 'fd00:9:1::/64'],
] as const)('addresses of %s that come and go', (family, base, network, length, elsewhere, otherNetwork) => {
  const dot = family === 'IPv4' ? '.' : '';
  const [one, two, router] = [`${base}${dot}2`, `${base}${dot}3`, `${base}${dot}1`];
  const gatewayRoute = `${family === 'IPv4' ? '0.0.0.0' : '::'}/0 via ${router}`;
  const world = family === 'IPv4' ? '192.0.2.1' : '2001:db8::1';

  test('one in another network brings its route, and takes it along', () => {
    const { ip, on, routes, removed, leads } = setUp({ address: `${one}/${length}` });
    const own = ip.addAddress(on, elsewhere);
    expect(routes()).toEqual([network, otherNetwork]);
    expect(ip.isLocal(own.address)).toBe(true);
    ip.removeAddress(on, own.address);
    expect(routes()).toEqual([network]);
    expect(ip.isLocal(own.address)).toBe(false);
    expect(removed).toEqual([formatAddress(own.address)]);
    expect(leads(formatAddress(own.address))).toBe('ENETUNREACH');
  });

  test('two in one network share its route: the last one takes it along', () => {
    const { ip, on, routes, leads } = setUp({ address: `${one}/${length}` });
    ip.addAddress(on, `${two}/${length}`);
    expect(routes()).toEqual([network]);
    ip.removeAddress(on, requireAddress(one));
    expect(routes()).toEqual([network]);
    expect(leads(router)).toBe(`${two} by ${router}`);
    expect(leads(router, one)).toBe('EADDRNOTAVAIL');
    ip.removeAddress(on, requireAddress(two));
    expect(routes()).toEqual([]);
    expect(leads(router)).toBe('ENETUNREACH');
  });

  test('a gateway stays while another address is on its wire', () => {
    const { ip, on, routes, leads } = setUp({ address: [`${one}/${length}`, `${two}/${length}`], gateway: router });
    ip.removeAddress(on, requireAddress(one));
    expect(routes()).toEqual([network, gatewayRoute]);
    expect(leads(world)).toBe(`${two} by ${router}`);
  });

  test('a route that somebody has added is not the address’s to take away', () => {
    const { ip, on, routes } = setUp({ address: elsewhere });
    const route = ip.addRoute({ prefix: network, interface: on });
    ip.addAddress(on, `${one}/${length}`);
    ip.removeAddress(on, requireAddress(one));
    expect(routes()).toEqual([otherNetwork, network]);
    ip.removeRoute(route);
    expect(routes()).toEqual([otherNetwork]);
  });

  test('a route that was taken away by hand comes back with the next address', () => {
    const { ip, on, routes } = setUp({ address: `${one}/${length}` });
    for (const route of ip.routes) ip.removeRoute(route);
    ip.addAddress(on, `${two}/${length}`);
    expect(routes()).toEqual([network]);
  });

  test('a network on two interfaces has a route through each, and each its own', () => {
    const { ip, on, routes } = setUp({ address: `${one}/${length}` });
    const link = new PacketLink({ name: 'other', medium: 'ethernet' });
    const other = ip.attach(link, { mac: PEER_MAC, ipv6: false, address: `${two}/${length}` });
    expect(routes()).toEqual([network, `${network} on other`]);
    ip.removeAddress(on, requireAddress(one));
    expect(routes()).toEqual([`${network} on other`]);
    expect(() => ip.addAddress(on, `${two}/${length}`)).toThrow(`cannot give packets the address ${two}/${length}`);
    expect(() => ip.addAddress(on, `${two}/${length}`)).toThrow('is in use on other');
    ip.detach(other);
    expect(routes()).toEqual([]);
    ip.addAddress(on, `${two}/${length}`);
    expect(routes()).toEqual([network]);
  });

  test('what the interface does not have is not taken away', () => {
    const { ip, on, routes, removed } = setUp({ address: `${one}/${length}` });
    ip.removeAddress(on, requireAddress(two));
    expect(routes()).toEqual([network]);
    expect(removed).toEqual([]);
  });
});

test('a network of another length is another route', () => {
  const { ip, on, routes } = setUp({ address: '10.9.0.2/24' });
  ip.addAddress(on, '10.9.0.3/16');
  expect(routes()).toEqual(['10.9.0.0/24', '10.9.0.0/16']);
  ip.removeAddress(on, requireAddress('10.9.0.3'));
  expect(routes()).toEqual(['10.9.0.0/24']);
});

test('addresses with the same last three bytes share a solicited-node group', () => {
  const { ip, on } = setUp({ address: ['fd00:1::7/64', 'fd00:2::7/64'] });
  const group = solicitedNode(requireIpv6Address('fd00:1::7'));
  ip.removeAddress(on, requireAddress('fd00:1::7'));
  expect(on.groups.has(group)).toBe(true);
  ip.removeAddress(on, requireAddress('fd00:2::7'));
  expect(on.groups.has(group)).toBe(false);
});

test('a link without neighbours has no solicited-node groups', () => {
  const { on } = setUp({ address: 'fd00:1::7/64' }, 'ip');
  expect(on.groups.all).toEqual([]);
});

test('an interface that cannot be attached leaves nothing behind', () => {
  const { ip, routes } = setUp({ address: '10.9.0.2/24' });
  const link = new PacketLink({ name: 'other' });
  expect(() => ip.attach(link, { address: '10.8.0.2/24', gateway: '10.7.0.1' })).toThrow(RangeError);
  expect(routes()).toEqual(['10.9.0.0/24']);
  expect(ip.interfaces).toHaveLength(1);
  expect(ip.isLocal(requireAddress('10.8.0.2'))).toBe(false);
});
