import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IpOptions } from '../../src/ip/host';
import { formatAddress, parseMac, requireIpv6Address, withoutZone } from '../../src/wire/address';
import { good, PEER_MAC } from './harness';
import { RoutedWire as Wire, ROUTER, SECOND } from './routed-wire';

let wire: Wire;
beforeEach(() => {
  wire = new Wire();
  wire.wait(1);
});

describe('the link-local address (RFC 4862 §5.3, RFC 7217)', () => {
  test('is formed, checked for a double, and then ours', () => {
    const fresh = new Wire({}, false);
    expect(fresh.addresses()).toEqual([expect.stringMatching(/^fe80::[0-9a-f:]+\/64 tentative$/)]);
    fresh.wait(1);
    expect(fresh.addresses()).toEqual([expect.stringMatching(/preferred$/)]);
  });

  test('is the same each time with the same secret, another with another one', () => {
    const own = (options: IpOptions): string | undefined => new Wire(options).interface.addresses6[0]?.cidr;
    expect(own({})).toBe(own({}));
    expect(own({ stableSecret: 'another' })).not.toBe(own({}));
  });

  test('a double: the next one is tried, three times', () => {
    const fresh = new Wire({}, false);
    const seen = new Set<string>();
    for (let count = 0; count < 6; count++) {
      const [own] = fresh.interface.addresses6;
      if (own === undefined) break;
      seen.add(own.cidr);
      fresh.receive(
        {
          type: 'neighbor-advertisement',
          router: false,
          solicited: false,
          override: true,
          target: withoutZone(own.address),
          options: [],
        },
        'fe80::99',
      );
    }
    expect(seen.size).toBe(4);
    expect(fresh.addresses()).toEqual([]);
    expect(fresh.host.counters).toMatchObject({ 'ndp.conflict': 4, 'ndp.autoconf-failed': 1 });
  });
});

describe('router discovery (RFC 4861 §6.3)', () => {
  const solicitations = (): number[] =>
    wire.sent.flatMap(({ time, message }) => (message.type === 'router-solicitation' ? [time / SECOND] : []));

  test('asks three times, four seconds apart, from its link-local address', () => {
    wire.wait(60);
    expect(solicitations()).toEqual([1, 5, 9]);
    const asked = wire.sent.find(({ message }) => message.type === 'router-solicitation');
    expect(asked?.from).toMatch(/^fe80::/);
  });

  test('an answer ends the asking, and gives a default route for as long as it says', () => {
    wire.wait(1);
    wire.advertise({ routerLifetime: 100 });
    expect(wire.routes()).toEqual([`::/0 via ${ROUTER}%1`]);
    wire.wait(99);
    expect(solicitations()).toEqual([1]);
    expect(wire.routes()).toHaveLength(1);
    wire.wait(1);
    expect(wire.routes()).toEqual([]);
  });

  test('a lifetime of 0 takes the router away; preferences order them (RFC 4191)', () => {
    wire.advertise({ preference: 'low' }, 'fe80::3');
    wire.advertise({ preference: 'high' }, 'fe80::4');
    wire.advertise({});
    expect(wire.routes()).toEqual(['::/0 via fe80::4%1', '::/0 via fe80::1%1', '::/0 via fe80::3%1']);
    wire.advertise({ routerLifetime: 0 }, 'fe80::4');
    expect(wire.routes()).toEqual(['::/0 via fe80::1%1', '::/0 via fe80::3%1']);
  });

  test('a router that does not answer makes way for another one', () => {
    wire.prefix();
    wire.advertise({}, 'fe80::2');
    wire.wait(1);
    const path = good(wire.ip.path(requireIpv6Address('2001:db8::1')));
    expect(formatAddress(path.nextHop)).toBe('fe80::1%1');
    wire.ip.send(path, 253, [new Uint8Array(8)]);
    wire.wait(10);
    expect(formatAddress(good(wire.ip.path(requireIpv6Address('2001:db8::1'))).nextHop)).toBe('fe80::2%1');
  });

  test('one that does not answer makes way even if it is the better one, until it is heard again (RFC 4191 §3.2)', () => {
    wire.prefix();
    wire.advertise({ preference: 'high' }, 'fe80::2');
    wire.wait(1);
    const next = (): string => formatAddress(good(wire.ip.path(requireIpv6Address('2001:db8::1'))).nextHop);
    const nobodyAnswers = (): void => {
      wire.ip.send(good(wire.ip.path(requireIpv6Address('2001:db8::1'))), 253, [new Uint8Array(8)]);
      wire.wait(10);
    };
    nobodyAnswers();
    expect(next()).toBe('fe80::1%1');
    nobodyAnswers();
    expect(next()).toBe('fe80::2%1');
    nobodyAnswers();
    expect(next()).toBe('fe80::1%1');
    wire.advertise({ preference: 'high' }, 'fe80::2');
    expect(next()).toBe('fe80::2%1');
  });

  test('the only one stays, whether it answers or not', () => {
    wire.prefix();
    wire.wait(1);
    const path = good(wire.ip.path(requireIpv6Address('2001:db8::1')));
    const before = wire.ip.routes;
    wire.ip.send(path, 253, [new Uint8Array(8)]);
    wire.wait(10);
    expect(wire.ip.routes).toEqual(before);
    expect(wire.host.counters['ndp.unreachable']).toBe(1);
  });

  test('one that says that it is none any more is none (RFC 4861 §7.2.5)', () => {
    const options = [{ kind: 'source-link-layer-address', address: good(parseMac(PEER_MAC)) }] as const;
    wire.advertise({ options });
    const says = (router: boolean, override: boolean, mac = PEER_MAC): void => {
      wire.receive(
        {
          type: 'neighbor-advertisement',
          router,
          solicited: false,
          override,
          target: requireIpv6Address(ROUTER),
          options: [{ kind: 'target-link-layer-address', address: good(parseMac(mac)) }],
        },
        ROUTER,
      );
    };
    expect(wire.interface.ethernet?.neighbours6.entries).toMatchObject([{ isRouter: true, state: 'stale' }]);
    says(true, true);
    says(false, false, '02:00:00:00:00:99');
    expect(wire.routes()).toEqual([`::/0 via ${ROUTER}%1`]);
    says(false, true);
    expect(wire.routes()).toEqual([]);
    expect(wire.interface.ethernet?.neighbours6.entries).toMatchObject([{ isRouter: false }]);
  });

  test('what it says of neighbours holds, in milliseconds; 0 changes nothing, and nobody makes us ask without a pause', () => {
    const mac = good(parseMac(PEER_MAC));
    const options = [{ kind: 'source-link-layer-address', address: mac }] as const;
    const asked = (): number =>
      wire.sent.filter(({ message }) => message.type === 'neighbor-solicitation' && message.target === 0xfdn).length;
    const neighbours = wire.interface.ethernet?.neighbours6;
    wire.advertise({ reachableTime: 5000, options });
    wire.advertise({ reachableTime: 0, retransTimer: 0, options });
    neighbours?.learn(0xfdn, mac, false, true);
    neighbours?.confirm(0xfdn);
    wire.wait(4.9);
    neighbours?.resolve(0xfdn);
    expect(neighbours?.entries.at(-1)).toMatchObject({ state: 'reachable' });
    wire.wait(0.1);
    neighbours?.resolve(0xfdn);
    expect(neighbours?.entries.at(-1)).toMatchObject({ state: 'delay' });
    wire.advertise({ retransTimer: 1 });
    wire.wait(5.25);
    expect(asked()).toBe(3);
  });

  test('a hop limit of 0 says nothing', () => {
    wire.advertise({ hopLimit: 32 });
    wire.advertise({ hopLimit: 0 });
    expect(wire.interface.hopLimit).toBe(32);
  });

  test('name servers and domains end at once with a lifetime of 0, and never with all ones (RFC 8106 §5.1)', () => {
    const dns = (lifetime: number): void => {
      wire.advertise({
        routerLifetime: 0,
        options: [
          { kind: 'rdnss', lifetime, servers: [requireIpv6Address('fd00:9::53')] },
          { kind: 'dnssl', lifetime, domains: ['lab.example'] },
        ],
      });
    };
    dns(0xffffffff);
    wire.wait(0x100000000);
    const { autoconfiguration } = wire.interface;
    expect(autoconfiguration?.dns).toEqual({ servers: ['fd00:9::53'], search: ['lab.example'] });
    dns(0);
    expect(autoconfiguration?.dns).toEqual({ servers: [], search: [] });
  });

  test('a lower preference than before counts (RFC 4191 §3.2)', () => {
    wire.advertise({ preference: 'medium' }, 'fe80::3');
    wire.advertise({ preference: 'high' });
    wire.advertise({ preference: 'low' });
    expect(wire.routes()).toEqual(['::/0 via fe80::3%1', '::/0 via fe80::1%1']);
    wire.advertise({ preference: 'medium' });
    wire.advertise({ preference: 'low' }, 'fe80::3');
    expect(wire.routes()).toEqual(['::/0 via fe80::1%1', '::/0 via fe80::3%1']);
  });

  test('nothing is asked and nothing ends after the interface is gone', () => {
    const fresh = new Wire();
    fresh.wait(2);
    fresh.prefix();
    fresh.ip.detach(fresh.interface);
    const { length } = fresh.sent;
    fresh.wait(100_000);
    expect(fresh.sent).toHaveLength(length);
    const asking = new Wire();
    asking.wait(1);
    asking.ip.detach(asking.interface);
    expect(asking.clock.nextDeadline()).toBeUndefined();
    expect(fresh.clock.nextDeadline()).toBeUndefined();
  });

  test('routers are not more than there is room for', () => {
    for (let count = 1; count <= 40; count++) wire.advertise({}, `fe80::1:${count.toString(16)}`);
    expect(wire.routes()).toHaveLength(16);
    expect(wire.host.counters).toMatchObject({ 'ndp.routers-full': 24 });
  });

  test('hop limit, MTU and name servers are taken', () => {
    const servers = [requireIpv6Address('fd00:9::53'), requireIpv6Address('fe80::53')];
    wire.advertise({
      hopLimit: 32,
      options: [
        { kind: 'mtu', mtu: 1400 },
        { kind: 'rdnss', lifetime: 60, servers },
        { kind: 'dnssl', lifetime: 60, domains: ['lab.example'] },
      ],
    });
    expect(wire.interface.hopLimit).toBe(32);
    expect(good(wire.ip.path(requireIpv6Address('fe80::9'))).mtu).toBe(1400);
    const { autoconfiguration } = wire.interface;
    expect(autoconfiguration?.dns).toEqual({ servers: ['fd00:9::53', 'fe80::53%1'], search: ['lab.example'] });
    wire.advertise({
      options: [
        { kind: 'mtu', mtu: 1000 },
        { kind: 'mtu', mtu: 9000 },
      ],
    });
    expect(wire.interface.mtu6).toBe(1400);
    wire.wait(60);
    expect(autoconfiguration?.dns).toEqual({ servers: [], search: [] });
  });

  test('without `slaac` nothing is asked, and nothing that routers say is heeded', () => {
    const deaf = new Wire({}, false);
    deaf.wait(10);
    deaf.prefix();
    expect(deaf.global()).toEqual([]);
    expect(deaf.routes()).toEqual([]);
    expect(deaf.host.counters).toMatchObject({ 'ndp.ignored': 1 });
    expect(deaf.sent.some(({ message }) => message.type === 'router-solicitation')).toBe(false);
  });
});
