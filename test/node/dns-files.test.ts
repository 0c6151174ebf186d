import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDns } from '../../src/node/dns/dns';
import { hostsOf, parseHosts } from '../../src/node/dns/hosts';
import { parseResolvConf } from '../../src/node/dns/resolv-conf';
import { parseServices } from '../../src/node/dns/services';
import { Stack } from '../../src/node/stack';

describe('resolv.conf', () => {
  test('servers, domains and options; what is not understood is passed over', () => {
    const text = [
      '# a comment',
      'nameserver 10.0.0.1 # the first',
      '\tnameserver\tfd00::1',
      'nameserver fe80::1%eth0',
      'nameserver nonsense',
      'domain old.test',
      'search a.test  b.test ; the last counts',
      'options ndots:3 timeout:7 attempts:9 rotate ndots:x',
      'options edns0',
      'sortlist 10.0.0.0',
      'nameserver',
      '',
    ].join('\n');
    expect(parseResolvConf(text)).toEqual({
      nameservers: ['10.0.0.1', 'fd00::1', 'fe80::1%eth0'],
      search: ['a.test', 'b.test'],
      ndots: 3,
      timeout: 7000,
    });
  });

  test('options have bounds, and so has the list of domains', () => {
    const domains = Array.from({ length: 40 }, (_, index) => `d${index}.test`);
    const conf = parseResolvConf(`search ${domains.join(' ')}\noptions ndots:99 timeout:9999`);
    expect(conf).toEqual({ nameservers: [], search: domains.slice(0, 32), ndots: 15, timeout: 30_000 });
  });

  test('an empty text: no servers, no domains, one dot', () => {
    expect(parseResolvConf('')).toEqual({ nameservers: [], search: [], ndots: 1, timeout: undefined });
  });

  test('property: no text makes it throw', () => {
    const word = fc.constantFrom(
      'nameserver',
      'search',
      'options',
      'domain',
      'ndots:5',
      '1.2.3.4',
      '#',
      '\n',
      ' ',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
        parseResolvConf(words.join(' '));
        parseHosts(words.join(' '));
        parseServices(words.join(' '));
      }),
    );
  });
});

describe('servers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'synack-dns-'));
  const resolvConf = join(directory, 'resolv.conf');
  const stack = new Stack();
  const options = { net: stack.net, dgram: stack.dgram, clock: stack.clock };
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test('without any, those of resolv.conf, as it is now, and without that 127.0.0.1; a Resolver has the same', () => {
    const dns = createDns({ ...options, resolvConf });
    expect(dns.getServers()).toEqual(['127.0.0.1']);
    writeFileSync(resolvConf, 'nameserver 10.9.0.1\nnameserver fd00::1\n');
    expect(dns.getServers()).toEqual(['10.9.0.1', 'fd00::1']);
    expect(new dns.Resolver().getServers()).toEqual(['10.9.0.1', 'fd00::1']);
    expect(createDns({ ...options, resolvConf: false }).getServers()).toEqual(['127.0.0.1']);
  });

  test('the option comes before resolv.conf, and what is no address is said at once', () => {
    expect(createDns({ ...options, servers: ['10.0.0.1:5353'] }).getServers()).toEqual(['10.0.0.1:5353']);
    expect(() => createDns({ ...options, servers: ['nonsense'] })).toThrow('Invalid IP address: nonsense');
  });
});

describe('hosts', () => {
  test('names and aliases of both families, in any case of their letters', () => {
    const hosts = parseHosts(
      '127.0.0.1\tlocalhost\n10.0.0.1 Web.test www # comment\n::1 localhost\r\nFD00:0::2 web.test\nx y\n',
    );
    expect(hosts.addressesOf('localhost')).toEqual(['127.0.0.1', '::1']);
    expect(hosts.addressesOf('WEB.test')).toEqual(['10.0.0.1', 'fd00::2']);
    expect(hosts.addressesOf('www')).toEqual(['10.0.0.1']);
    expect(hosts.addressesOf('y')).toEqual([]);
    expect(hosts.namesOf('10.0.0.1')).toEqual(['Web.test', 'www']);
    expect(hosts.namesOf('fd00::0:2')).toEqual(['web.test']);
    expect(hosts.namesOf('10.0.0.2')).toEqual([]);
  });

  test('entries of a program say what is wrong with them', () => {
    expect(hostsOf({ 'a.test': ['10.0.0.1', '10.0.0.2'] }).addressesOf('a.test')).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(() => hostsOf({ 'a.test': '10.0.0' })).toThrow(
      "the hosts entry 'a.test' needs IP addresses: '10.0.0' is none, such as 10.0.0.5",
    );
  });
});

test('services: the names of the ports of TCP', () => {
  const services = parseServices(
    '# comment\nssh\t22/tcp # login\nntp 123/udp\nhttp 80/tcp www\nother 80/tcp\n22/tcp\n',
  );
  expect([...services]).toEqual([
    [22, 'ssh'],
    [80, 'http'],
  ]);
});
