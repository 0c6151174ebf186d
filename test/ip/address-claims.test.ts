import { describe, expect, test } from '@jest/globals';
import type { AddressNews, InterfaceConfig } from '../../src/ip/interface';
import { requireIpv4Address } from '../../src/wire/address';
import { ARP_REPLY, parseArp } from '../../src/wire/arp';
import { emitEthernet, ETHERTYPE, parseEthernet } from '../../src/wire/ethernet';
import { arp, BROADCAST, good, OUR_MAC, PEER, US, Wire } from './harness';

const SECOND = 1_000_000;
const OTHER_MAC = '02:00:00:00:00:99';

class Host extends Wire {
  readonly news: AddressNews[];

  constructor(config: Partial<InterfaceConfig>) {
    const news: AddressNews[] = [];
    super('ethernet', { announce: true, onAddress: (each) => news.push(each), ...config });
    this.news = news;
  }

  /** Another station says that it has `address`. */
  claims(address: string): void {
    const says = { operation: ARP_REPLY, senderMac: OTHER_MAC, senderAddress: address, targetAddress: address };
    const payload = arp({ ...says, targetMac: OUR_MAC });
    this.link.inject(emitEthernet({ dst: BROADCAST, src: OTHER_MAC, type: ETHERTYPE.ARP, tags: [], payload }));
  }

  get addresses(): string[] {
    return this.interface.addresses.map(({ cidr }) => cidr);
  }

  to(seconds: number): this {
    this.clock.advanceTo(seconds * SECOND);
    return this;
  }
}

describe('conflictDetection', () => {
  test('an address is probed first, and used when nobody has it', () => {
    const host = new Host({ conflictDetection: true, gateway: PEER });
    expect(host.addresses).toEqual([]);
    expect(host.ip.isLocal(requireIpv4Address(US))).toBe(false);
    expect(host.ip.path(requireIpv4Address(PEER))).toBe('EADDRNOTAVAIL');
    host.to(10);
    const log = host.log().map((line) => line.slice(line.indexOf(' ') + 1));
    const probe = `who-has ${US} tell 0.0.0.0 → everybody`;
    const announcement = `who-has ${US} tell ${US} → everybody`;
    expect(log).toEqual([probe, probe, probe, announcement, announcement]);
    expect(host.addresses).toEqual([`${US}/24`]);
    expect(host.news).toEqual([{ cidr: `${US}/24`, state: 'usable' }]);
    expect(host.path('192.0.2.1').nextHop).toBe(requireIpv4Address(PEER));
    expect(host.clock.nextDeadline()).toBeUndefined();
  });

  test('when somebody has it, it is not used, and the program hears who', () => {
    const host = new Host({ conflictDetection: true });
    host.to(1.5);
    host.claims(US);
    host.to(60);
    expect(host.addresses).toEqual([]);
    expect(host.news).toEqual([{ cidr: `${US}/24`, state: 'lost', mac: OTHER_MAC }]);
    expect(host.host.counters).toEqual({ 'arp.conflict': 1 });
    expect(host.ip.routes).toEqual([]);
    expect(host.clock.nextDeadline()).toBeUndefined();
  });

  test('a probe is answered by nobody before the address is ours, and by us after that', () => {
    const host = new Host({ conflictDetection: true });
    host.to(0.1).log();
    host.receiveArp({ senderAddress: PEER, targetAddress: US });
    expect(host.log()).toEqual([]);
    host.to(10).log();
    host.receiveArp({ senderAddress: '0.0.0.0', targetAddress: US });
    expect(host.log()).toEqual([`10000 ${US} is-at ${OUR_MAC} → 02:00:00:00:00:01`]);
    expect(host.news).toHaveLength(1);
  });

  test('without it an address is there at once; it is announced, and defended', () => {
    const host = new Host({});
    expect(host.addresses).toEqual([`${US}/24`]);
    host.claims(US);
    host.claims(US);
    const announcement = `0 who-has ${US} tell ${US} → everybody`;
    expect(host.log()).toEqual([announcement, announcement]);
    expect(host.host.counters).toEqual({ 'arp.conflict': 2 });
    expect(host.clock.nextDeadline()).toBeUndefined();
  });

  test('an address that was taken away is defended no more', () => {
    const host = new Host({});
    host.ip.removeAddress(host.interface, requireIpv4Address(US));
    host.log();
    host.claims(US);
    expect(host.log()).toEqual([]);
    expect(host.host.counters).toEqual({ 'arp.unsolicited': 1 });
  });

  test('detach ends it', () => {
    const host = new Host({ conflictDetection: true, linkLocal: 'always' });
    host.ip.detach(host.interface);
    expect(host.clock.nextDeadline()).toBeUndefined();
  });
});

describe('linkLocal', () => {
  test('an interface with nothing else finds an address for itself', () => {
    const host = new Host({ address: [], linkLocal: true });
    host.to(10);
    const [own] = host.addresses;
    expect(own).toMatch(/^169\.254\.\d+\.\d+\/16$/);
    expect(host.news).toEqual([{ cidr: own, state: 'usable' }]);
    expect(host.path('169.254.7.7')).toMatchObject({ nextHop: requireIpv4Address('169.254.7.7') });
  });

  test('it is given up when another address comes, and found again when that goes', () => {
    const host = new Host({ address: [], linkLocal: true });
    host.to(10);
    const own = host.addresses[0];
    host.ip.addAddress(host.interface, `${US}/24`);
    expect(host.addresses).toEqual([`${US}/24`]);
    expect(host.news.at(-1)).toEqual({ cidr: own, state: 'lost' });
    expect(host.ip.routes).toHaveLength(1);
    host.ip.removeAddress(host.interface, requireIpv4Address(US));
    host.to(20);
    expect(host.addresses).toHaveLength(1);
    expect(host.addresses[0]).toMatch(/^169\.254\./);
  });

  test('with an address none is looked for, unless `always`', () => {
    const host = new Host({ linkLocal: true });
    expect(host.to(30).addresses).toEqual([`${US}/24`]);
    const both = new Host({ linkLocal: 'always' });
    expect(both.to(30).addresses).toEqual([`${US}/24`, expect.stringMatching(/^169\.254\./)]);
  });

  test('when the address that was checked is lost, one is found', () => {
    const host = new Host({ conflictDetection: true, linkLocal: true });
    host.to(1.5);
    host.claims(US);
    expect(host.to(20).addresses).toEqual([expect.stringMatching(/^169\.254\./)]);
  });

  test('on a conflict that lasts it changes', () => {
    const host = new Host({ address: [], linkLocal: true });
    const own = host.to(10).addresses[0] ?? '';
    const address = own.replace('/16', '');
    host.claims(address);
    expect(host.addresses).toEqual([own]);
    host.claims(address);
    expect(host.addresses).toEqual([]);
    const next = host.to(30).addresses[0];
    expect(next).toMatch(/^169\.254\./);
    expect(next).not.toBe(own);
    expect(host.news.map(({ state }) => state)).toEqual(['usable', 'lost', 'usable']);
  });

  test('nothing that is link-local at either end goes to a router, and other hosts see another address (RFC 3927 §2.6)', () => {
    const host = new Host({ address: [`${US}/24`, '169.254.1.2/16'], gateway: PEER });
    const [far, near] = ['192.0.2.1', '169.254.7.7'].map(requireIpv4Address) as [number, number];
    expect(host.path('192.0.2.1')).toMatchObject({ source: requireIpv4Address(US), nextHop: requireIpv4Address(PEER) });
    expect(host.path('169.254.7.7')).toMatchObject({ source: requireIpv4Address('169.254.1.2'), nextHop: near });
    expect(host.path('192.0.2.1', '169.254.1.2')).toMatchObject({ nextHop: far });
    const first = new Host({ address: ['169.254.1.2/16', `${US}/24`], gateway: PEER });
    expect(first.path('192.0.2.1')).toMatchObject({ source: requireIpv4Address(US) });
    const without = new Host({ gateway: PEER });
    expect(without.path('169.254.7.7')).toMatchObject({ source: requireIpv4Address(US), nextHop: near });
  });
});

test('probes are as RFC 5227 wants them', () => {
  const host = new Host({ conflictDetection: true });
  host.to(1);
  const { payload } = good(parseEthernet(good(host.sent[0])));
  expect(good(parseArp(payload))).toEqual({
    operation: 1,
    senderMac: OUR_MAC,
    senderAddress: '0.0.0.0',
    targetMac: '00:00:00:00:00:00',
    targetAddress: US,
  });
});
