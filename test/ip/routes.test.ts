import { describe, expect, test } from '@jest/globals';
import type { IpOptions } from '../../src/ip/host';
import type { Interface, InterfaceConfig } from '../../src/ip/interface';
import { Ip } from '../../src/ip/ip';
import { LoopbackLink } from '../../src/link/loopback';
import { PacketLink } from '../../src/link/packets';
import { formatAddress, requireIpv4Address } from '../../src/wire/address';
import { emitIcmp } from '../../src/wire/icmp';
import { ipv4, TestHost } from './harness';

/** A host with links of IP packets, asked for routes as `ip route get` is. */
class Multihomed {
  readonly host = new TestHost();
  readonly ip: Ip;

  constructor(options: IpOptions = {}) {
    this.ip = new Ip(this.host, options);
  }

  attach(name: string, config: InterfaceConfig): Interface {
    return this.ip.attach(new PacketLink({ name }), config);
  }

  attachLoopback(): Interface {
    return this.ip.attach(new LoopbackLink({ clock: this.host.clock }), { address: '127.0.0.1/8' });
  }

  get(remote: string, local?: string): string {
    const from = local === undefined ? undefined : requireIpv4Address(local);
    const path = this.ip.path(requireIpv4Address(remote), from);
    if (typeof path === 'string') return path;
    const via = path.nextHop === path.destination ? '' : ` via ${formatAddress(path.nextHop)}`;
    return `${path.interface.name}${via} src ${formatAddress(path.source)}`;
  }
}

describe('the routing table', () => {
  test('the longest prefix wins, then the lowest metric, then the oldest', () => {
    const us = new Multihomed();
    const a = us.attach('a', { address: '10.1.0.2/24', gateway: '10.1.0.1', metric: 5 });
    const b = us.attach('b', { address: '10.2.0.2/24' });
    us.ip.addRoute({ prefix: '0.0.0.0/0', gateway: '10.2.0.1', interface: b, metric: 1 });
    us.ip.addRoute({ prefix: '10.20.0.0/16', gateway: '10.1.0.9', interface: a });
    us.ip.addRoute({ prefix: '10.20.30.0/24', gateway: '10.2.0.9', interface: b });
    us.ip.addRoute({ prefix: '10.20.30.0/24', gateway: '10.1.0.8', interface: a });
    us.ip.addRoute({ prefix: '10.20.30.40/32', gateway: '10.1.0.7', interface: a, metric: 99 });
    expect(us.get('10.1.0.77')).toBe('a src 10.1.0.2');
    expect(us.get('10.20.1.1')).toBe('a via 10.1.0.9 src 10.1.0.2');
    expect(us.get('10.20.30.1')).toBe('b via 10.2.0.9 src 10.2.0.2');
    expect(us.get('10.20.30.40')).toBe('a via 10.1.0.7 src 10.1.0.2');
    expect(us.get('192.0.2.1')).toBe('b via 10.2.0.1 src 10.2.0.2');
  });

  test('a prefix may be written with any address in it, and routes can be taken away', () => {
    const us = new Multihomed();
    const a = us.attach('a', { address: '10.1.0.2/24' });
    const route = us.ip.addRoute({ prefix: '10.20.30.40/16', gateway: '10.1.0.1', interface: a });
    expect(us.get('10.20.200.1')).toBe('a via 10.1.0.1 src 10.1.0.2');
    us.ip.removeRoute(route);
    us.ip.removeRoute(route);
    expect(us.get('10.20.200.1')).toBe('ENETUNREACH');
    expect(us.get('10.1.0.1')).toBe('a src 10.1.0.2');
  });

  test('a gateway behind a gateway is refused', () => {
    const us = new Multihomed();
    const a = us.attach('a', { address: '10.1.0.2/24', gateway: '10.1.0.1' });
    expect(() => us.ip.addRoute({ prefix: '10.9.0.0/16', gateway: '10.8.0.1', interface: a })).toThrow(
      /add an on-link/,
    );
    expect(() => us.ip.addRoute({ prefix: '10.9.0.0', gateway: '10.1.0.1', interface: a })).toThrow(/prefix/);
  });

  test('without a route there is no network', () => {
    const us = new Multihomed();
    us.attach('a', { address: '10.1.0.2/24' });
    expect(us.get('192.0.2.1')).toBe('ENETUNREACH');
    expect(us.get('0.0.0.0')).toBe('ENETUNREACH');
    expect(us.get('127.0.0.1')).toBe('ENETUNREACH');
  });
});

describe('the source address', () => {
  test('is the one in the network of the next hop, the smallest network first; else the first', () => {
    const us = new Multihomed();
    us.attach('a', { address: ['10.1.0.2/16', '10.2.0.2/16', '10.2.3.2/24'], gateway: '10.2.0.1' });
    expect(us.get('10.1.9.9')).toBe('a src 10.1.0.2');
    expect(us.get('10.2.9.9')).toBe('a src 10.2.0.2');
    expect(us.get('10.2.3.9')).toBe('a src 10.2.3.2');
    expect(us.get('192.0.2.1')).toBe('a via 10.2.0.1 src 10.2.0.2');
    expect(us.get('224.0.0.5')).toBe('a via 10.2.0.1 src 10.2.0.2');
    expect(us.get('255.255.255.255')).toBe('a src 10.1.0.2');
  });

  test('is the one that was asked for, if it is ours', () => {
    const us = new Multihomed();
    us.attachLoopback();
    us.attach('a', { address: ['10.1.0.2/16', '10.2.0.2/16'] });
    expect(us.get('10.1.9.9', '10.2.0.2')).toBe('a src 10.2.0.2');
    expect(us.get('10.1.9.9', '10.2.0.3')).toBe('EADDRNOTAVAIL');
    expect(us.get('10.1.9.9', '127.0.0.1')).toBe('EADDRNOTAVAIL');
    expect(us.get('10.2.0.2', '127.0.0.1')).toBe('lo src 127.0.0.1');
    expect(us.get('127.0.0.9', '10.2.0.2')).toBe('lo src 10.2.0.2');
  });

  test('chooses between equally good routes', () => {
    const us = new Multihomed();
    us.attach('a', { address: '10.1.0.2/24', gateway: '10.1.0.1' });
    us.attach('b', { address: '10.2.0.2/24', gateway: '10.2.0.1', metric: 9 });
    expect(us.get('192.0.2.1')).toBe('a via 10.1.0.1 src 10.1.0.2');
    expect(us.get('192.0.2.1', '10.2.0.2')).toBe('b via 10.2.0.1 src 10.2.0.2');
    expect(us.get('10.1.0.9', '10.2.0.2')).toBe('a src 10.2.0.2');
    expect(us.get('255.255.255.255', '10.2.0.2')).toBe('b src 10.2.0.2');
  });
});

describe('routes that change', () => {
  test('hold from the next path on: by metric, when one is taken away, when an interface goes', () => {
    const us = new Multihomed();
    const a = us.attach('a', { address: '10.1.0.2/24', gateway: '10.1.0.1', metric: 5 });
    const b = us.attach('b', { address: '10.2.0.2/24', gateway: '10.2.0.1', metric: 9 });
    expect(us.get('192.0.2.1')).toBe('a via 10.1.0.1 src 10.1.0.2');
    const better = us.ip.addRoute({ prefix: '0.0.0.0/0', gateway: '10.2.0.1', interface: b, metric: 1 });
    expect(us.get('192.0.2.1')).toBe('b via 10.2.0.1 src 10.2.0.2');
    us.ip.removeRoute(better);
    expect(us.get('192.0.2.1')).toBe('a via 10.1.0.1 src 10.1.0.2');
    us.ip.detach(a);
    expect(us.get('192.0.2.1')).toBe('b via 10.2.0.1 src 10.2.0.2');
    us.ip.detach(b);
    expect(us.get('192.0.2.1')).toBe('ENETUNREACH');
  });

  test('on-link routes beyond the own network need no gateway', () => {
    const us = new Multihomed();
    const a = us.attach('a', { address: '10.1.0.2/24' });
    us.ip.addRoute({ prefix: '172.16.0.0/16', interface: a });
    us.ip.addRoute({ prefix: '192.0.2.0/24', gateway: '172.16.0.9', interface: a });
    expect(us.get('172.16.3.4')).toBe('a src 10.1.0.2');
    expect(us.get('192.0.2.7')).toBe('a via 172.16.0.9 src 10.1.0.2');
  });
});

describe('weak and strong ends (RFC 1122 §3.3.4.2)', () => {
  function host(options: IpOptions): Multihomed {
    const us = new Multihomed(options);
    us.attach('a', { address: '10.1.0.2/24', gateway: '10.1.0.1' });
    us.attach('b', { address: '10.2.0.2/24' });
    return us;
  }

  /** Whether a ping to `dst` that comes in on `a` is answered, and on which link. */
  function answersOn(us: Multihomed, dst: string): string[] {
    const answers: string[] = [];
    for (const { link } of us.ip.interfaces) {
      if (link instanceof PacketLink) link.onPacket = () => answers.push(link.name);
    }
    const message = emitIcmp({ type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(0) });
    const [a] = us.ip.interfaces;
    if (a?.link instanceof PacketLink) a.link.inject(ipv4({ protocol: 1, src: '10.1.0.9', dst, payload: message }));
    return answers;
  }

  test('weak: an address of ours is ours everywhere, and leaves by the best route', () => {
    const us = host({});
    expect(answersOn(us, '10.1.0.2')).toEqual(['a']);
    expect(answersOn(us, '10.2.0.2')).toEqual(['a']);
    expect(us.get('192.0.2.1', '10.2.0.2')).toBe('a via 10.1.0.1 src 10.2.0.2');
  });

  test('strong: only on its own interface, in and out', () => {
    const us = host({ strongHost: true });
    expect(answersOn(us, '10.1.0.2')).toEqual(['a']);
    expect(answersOn(us, '10.2.0.2')).toEqual([]);
    expect(us.host.counters).toEqual({ 'ip.wrong-interface': 1 });
    expect(us.get('192.0.2.1', '10.2.0.2')).toBe('ENETUNREACH');
    expect(us.get('192.0.2.1')).toBe('a via 10.1.0.1 src 10.1.0.2');
    expect(us.get('10.2.0.9', '10.2.0.2')).toBe('b src 10.2.0.2');
  });

  test('a router has weak ends', () => {
    expect(() => new Multihomed({ strongHost: true, forward: true })).toThrow(/leave out forward or strongHost/);
  });
});

describe('which addresses are ours, and which are everybody', () => {
  test('ours: what the interfaces have, and 127/8 with a loopback interface', () => {
    const us = new Multihomed();
    us.attach('a', { address: '10.1.0.2/24' });
    const local = (address: string): boolean => us.ip.isLocal(requireIpv4Address(address));
    expect([local('10.1.0.2'), local('10.1.0.3'), local('127.0.0.1')]).toEqual([true, false, false]);
    us.attachLoopback();
    expect([local('127.0.0.1'), local('127.255.0.1'), local('127.255.255.255')]).toEqual([true, true, false]);
  });

  test('everybody: the limited broadcast and those of our networks; /31 and /32 have none', () => {
    const us = new Multihomed();
    us.attach('a', { address: ['10.1.0.2/24', '10.2.0.1/31', '10.3.0.1/32'] });
    const broadcast = (address: string): boolean => us.ip.isBroadcast(requireIpv4Address(address));
    expect(broadcast('255.255.255.255')).toBe(true);
    expect(broadcast('10.1.0.255')).toBe(true);
    expect(broadcast('10.1.1.255')).toBe(false);
    expect(broadcast('10.2.0.1')).toBe(false);
    expect(broadcast('10.3.0.1')).toBe(false);
    expect(us.get('10.2.0.0')).toBe('a src 10.2.0.1');
  });
});

test('a link whose other end sends everything on: a default route without a router', () => {
  const us = new Multihomed();
  us.attach('tun', { address: '10.1.0.2/24', defaultRoute: true });
  expect(us.get('192.0.2.1')).toBe('tun src 10.1.0.2');
  expect(us.ip.routes.filter(({ length }) => length === 0)).toHaveLength(1);
});

test('the route of an address that comes later has the metric of its interface', () => {
  const us = new Multihomed();
  const far = us.attach('far', { metric: 7 });
  us.ip.addAddress(far, '10.1.0.2/24');
  expect(us.ip.routes).toMatchObject([{ length: 24, metric: 7 }]);
});
