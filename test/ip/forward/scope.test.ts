import { describe, expect, test } from '@jest/globals';
import { Exits } from '../../../src/ip/forward/exits';
import { comesRight } from '../../../src/ip/forward/reverse-path';
import { isForwardable4 } from '../../../src/ip/forward/scope';
import { Routes } from '../../../src/ip/routes';
import { formatAddress, requireIpv4Address } from '../../../src/wire/address';
import { Router } from './router';

test.each([
  ['0.0.0.0', false],
  ['0.1.2.3', false],
  ['1.0.0.0', true],
  ['126.255.255.255', true],
  ['127.0.0.1', false],
  ['128.0.0.1', true],
  ['169.253.255.255', true],
  ['169.254.0.0', false],
  ['169.254.255.255', false],
  ['169.255.0.0', true],
  ['223.255.255.255', true],
  ['224.0.0.1', false],
  ['239.255.255.255', false],
  ['240.0.0.1', false],
  ['255.255.255.255', false],
])('%s may go beyond its wire: %s', (address, may) => {
  expect(isForwardable4(requireIpv4Address(address))).toBe(may);
});

describe('where a packet may come from (RFC 3704)', () => {
  const router = new Router();
  const a = router.attach('a', { address: '10.1.0.1/24' });
  const b = router.attach('b', { address: '10.2.0.1/24' });
  const routes = new Routes();
  routes.add({ prefix: '10.1.0.0/24', interface: a });
  routes.add({ prefix: '10.2.0.0/24', interface: b });
  routes.add({ prefix: '10.20.0.0/16', gateway: '10.1.0.9', interface: a });
  routes.add({ prefix: '10.20.0.0/16', gateway: '10.2.0.9', interface: b, metric: 5 });
  routes.add({ prefix: '10.20.0.0/17', gateway: '10.1.0.9', interface: a });

  test.each([
    ['10.1.0.5', 'strict', [true, false]],
    ['10.20.200.1', 'strict', [true, true]],
    ['10.20.1.1', 'strict', [true, false]],
    ['192.0.2.1', 'strict', [false, false]],
    ['10.1.0.5', 'loose', [true, true]],
    ['192.0.2.1', 'loose', [false, false]],
    ['192.0.2.1', 'off', [true, true]],
  ] as const)('%s, %s: on a, on b: %j', (source, mode, right) => {
    const address = requireIpv4Address(source);
    expect([a, b].map((on) => comesRight(mode, address, on, routes))).toEqual(right);
  });
});

describe('where a packet goes', () => {
  const router = new Router();
  const a = router.attach('a', { address: '10.1.0.1/16' });
  const b = router.attach('b', { address: '10.2.0.1/16' });
  const loop = router.attach('lo', { address: '127.0.0.1/8' });
  const routes = new Routes();
  const exits = new Exits(routes);
  const leads = (destination: string): string => {
    const address = requireIpv4Address(destination);
    const exit = exits.to(address, address);
    if (exit === undefined) return 'nowhere';
    return `${exit.interface.name} ${formatAddress(exit.nextHop)}`;
  };
  routes.add({ prefix: '10.1.0.0/16', interface: a });
  const second = routes.add({ prefix: '10.2.0.0/16', interface: b });

  test('destinations that share a place in the cache are told apart', () => {
    const destinations = ['10.1.0', '10.2.3', '10.1.3', '10.2.0'].flatMap((network) =>
      Array.from({ length: 256 }, (_, last) => `${network}.${last}`),
    );
    for (let count = 0; count < 2; count++) {
      for (const each of destinations) expect(leads(each)).toBe(`${each.startsWith('10.1') ? 'a' : 'b'} ${each}`);
    }
  });

  test('another table is another way', () => {
    expect(leads('10.2.0.7')).toBe('b 10.2.0.7');
    routes.remove(second);
    expect(leads('10.2.0.7')).toBe('nowhere');
    routes.add({ prefix: '10.2.0.0/16', gateway: '10.1.0.9', interface: a });
    expect(leads('10.2.0.7')).toBe('a 10.1.0.9');
  });

  test('what ends in this host leads nowhere', () => {
    routes.add({ prefix: '10.9.0.0/16', interface: loop });
    expect(leads('10.9.0.1')).toBe('nowhere');
  });
});
