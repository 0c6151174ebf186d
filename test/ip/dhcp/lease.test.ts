import { describe, expect, test } from '@jest/globals';
import { readLease, type DhcpLease } from '../../../src/ip/dhcp/lease';
import { dhcpSettings } from '../../../src/ip/dhcp/options';
import type { DhcpMessage, DhcpOptionValues } from '../../../src/wire';
import { SECOND, SERVER, TERMS } from './scripted';

function read(options: DhcpOptionValues, yiaddr = '10.9.0.50'): DhcpLease | string {
  const message: DhcpMessage = {
    op: 'reply',
    hardwareType: 1,
    hops: 0,
    xid: 1,
    secs: 0,
    broadcast: false,
    ciaddr: '0.0.0.0',
    yiaddr,
    siaddr: '0.0.0.0',
    giaddr: '0.0.0.0',
    chaddr: new Uint8Array(6),
    sname: '',
    file: '',
    options: { ...TERMS, ...options },
  };
  if (options.subnetMask === '') delete (message.options as { subnetMask?: string }).subnetMask;
  return readLease(message, SERVER, { since: 0, now: 0, minLease: 5 * SECOND, random32: () => 0 });
}

/** A lease that must be good. */
function lease(options: DhcpOptionValues, yiaddr?: string): DhcpLease {
  const result = read(options, yiaddr);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

describe('a lease', () => {
  test('has what the server says', () => {
    expect(
      lease({
        domainNameServers: ['10.9.0.1', '8.8.8.8', '10.9.0.1'],
        domainName: 'corp.test',
        interfaceMtu: 1400,
        ntpServers: ['10.9.0.4'],
        hostName: 'host',
      }),
    ).toEqual({
      address: '10.9.0.50',
      prefixLength: 24,
      server: SERVER,
      since: 0,
      t1: 1800 * SECOND,
      t2: 3150 * SECOND,
      expires: 3600 * SECOND,
      routes: [{ prefix: '0.0.0.0/0', router: SERVER }],
      nameServers: ['10.9.0.1', '8.8.8.8'],
      search: ['corp.test'],
      mtu: 1400,
      ntpServers: ['10.9.0.4'],
      hostName: 'host',
    });
  });

  test('classless routes take the place of the routers, those on our wire first (RFC 3442)', () => {
    const classlessRoutes = [
      { prefix: '0.0.0.0/0', router: '10.8.0.1' },
      { prefix: '10.8.0.0/24', router: '0.0.0.0' },
    ];
    expect(lease({ classlessRoutes }).routes).toEqual([
      { prefix: '10.8.0.0/24' },
      { prefix: '0.0.0.0/0', router: '10.8.0.1' },
    ]);
  });

  test('a network of one address has its router on its wire nevertheless', () => {
    expect(lease({ subnetMask: '255.255.255.255', routers: ['10.1.0.1'] }).routes).toEqual([
      { prefix: '10.1.0.1/32' },
      { prefix: '0.0.0.0/0', router: '10.1.0.1' },
    ]);
  });

  test('the search list comes before the domain, which may be several with spaces; what is no domain is passed over', () => {
    expect(lease({ domainSearch: ['a.test', 'b.test'], domainName: 'c.test' }).search).toEqual(['a.test', 'b.test']);
    expect(lease({ domainName: 'a.test b.test. ' }).search).toEqual(['a.test', 'b.test']);
    expect(lease({ domainName: '$(reboot) a.test\u001b[2J' }).search).toEqual([]);
    expect(lease({ hostName: '; reboot' })).not.toHaveProperty('hostName');
  });

  test('name servers that nobody can ask are passed over, and more than eight', () => {
    const domainNameServers = ['127.0.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '10.9.0.9'];
    expect(lease({ domainNameServers }).nameServers).toEqual(['10.9.0.9']);
    const many = Array.from({ length: 40 }, (_, index) => `10.9.1.${index + 1}`);
    expect(lease({ domainNameServers: many }).nameServers).toHaveLength(8);
  });

  test('an MTU that every host takes without being told is none', () => {
    expect(lease({ interfaceMtu: 68 })).not.toHaveProperty('mtu');
  });

  test.each([
    ['10.1.2.3', 8],
    ['172.16.1.1', 16],
    ['192.168.1.1', 24],
  ])('without a mask, that of the class: %s/%d', (yiaddr, length) => {
    expect(lease({ subnetMask: '', routers: ['0.0.0.0'] }, yiaddr).prefixLength).toBe(length);
  });
});

describe('a lease is refused', () => {
  test.each<[string, DhcpOptionValues, string | undefined, RegExp]>([
    ['nobody', {}, '0.0.0.0', /not an address that a host can have/],
    ['this network', {}, '0.1.2.3', /not an address that a host can have/],
    ['loopback', {}, '127.0.0.1', /not an address that a host can have/],
    ['a group', {}, '224.0.0.1', /not an address that a host can have/],
    ['class E', {}, '240.0.0.1', /not an address that a host can have/],
    ['everybody', {}, '255.255.255.255', /not an address that a host can have/],
    ['the network itself', {}, '10.9.0.0', /names the network itself/],
    ["the network's broadcast", {}, '10.9.0.255', /broadcast address/],
    ['a mask with holes', { subnetMask: '255.0.255.0' }, undefined, /not the mask/],
    ['no mask at all', { subnetMask: '0.0.0.0' }, undefined, /not the mask/],
    ['a mask as wide as the world', { subnetMask: '128.0.0.0' }, undefined, /not the mask/],
    ['a router elsewhere', { routers: ['10.8.0.1'] }, undefined, /not on our wire/],
    ['us as the router', { routers: ['10.9.0.50'] }, undefined, /we ourselves/],
    ['a group as the router', { routers: ['224.0.0.1'] }, undefined, /router can have/],
    [
      'a classless route elsewhere',
      { classlessRoutes: [{ prefix: '0.0.0.0/0', router: '9.9.9.9' }] },
      undefined,
      /not on our wire/,
    ],
    ['no time', { leaseTime: 0 }, undefined, /too short/],
    ['hardly any time', { leaseTime: 4 }, undefined, /too short/],
  ])('%s', (_, options, yiaddr, why) => {
    expect(read(options, yiaddr)).toMatch(why);
  });

  test('without a time', () => {
    const message = { yiaddr: '10.9.0.50', options: { subnetMask: '255.255.255.0' } } as DhcpMessage;
    const context = { since: 0, now: 0, minLease: 0, random32: () => 0 };
    expect(readLease(message, SERVER, context)).toMatch('no lease time');
    const late = { ...message, options: { ...TERMS, leaseTime: 10 } };
    expect(readLease(late, SERVER, { ...context, now: 10 * SECOND })).toMatch('over before it came');
  });
});

describe('options', () => {
  test.each([
    [{ timeout: -1 }, /timeout is -1/],
    [{ minLease: Number.NaN }, /minLease is NaN/],
    [{ clientId: Uint8Array.of(1) }, /client id has 1 bytes/],
    [{ hostName: '' }, /hostName/],
    [{ vendorClass: 'ä' }, /vendorClass/],
    [{ previous: '127.0.0.1' }, /previous/],
  ])('%j cannot be', (options, message) => {
    expect(() => dhcpSettings(options, 'cannot attach tap0')).toThrow(message);
  });
});
