import { afterEach, describe, expect, test } from '@jest/globals';
import type { Answer } from 'dns-packet';
import { AsyncLocalStorage } from 'node:async_hooks';
import * as nodeDns from 'node:dns';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeNet from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DnsOptions } from '../../src/node/dns/options';
import type { CountedDns } from '../../src/node/dns/dns';
import { type DnsServer, RCODE } from '../support/dns-server';
import { DNS_FACES, outcome, PLACES, served } from './dns-faces';

const { ADDRCONFIG, ALL, V4MAPPED } = nodeDns;

/** An error of `lookup`. */
const failing = (code: string, hostname: string, errno: number): unknown => ({
  name: 'Error',
  message: `getaddrinfo ${code} ${hostname}`,
  errno,
  code,
  syscall: 'getaddrinfo',
  hostname,
});
const notFound = (hostname: string): unknown => failing('ENOTFOUND', hostname, -3008);
const tryAgain = (hostname: string): unknown => failing('EAI_AGAIN', hostname, -3001);

describe.each(DNS_FACES)('lookup, %s', (_, dns) => {
  test('localhost, in any case of its letters', async () => {
    expect(await dns.promises.lookup('localhost', 4)).toEqual({ address: '127.0.0.1', family: 4 });
    expect(await dns.promises.lookup('LocalHost', { family: 4, all: true })).toEqual([
      { address: '127.0.0.1', family: 4 },
    ]);
    expect(await promisify(dns.lookup)('localhost', { family: 4 })).toEqual({ address: '127.0.0.1', family: 4 });
  });

  test.each([
    ['127.0.0.1', {}, { address: '127.0.0.1', family: 4 }],
    ['::1', {}, { address: '::1', family: 6 }],
    ['fe80::1%lo', {}, { address: 'fe80::1%lo', family: 6 }],
    ['127.0.0.1', { family: 6 }, { address: '127.0.0.1', family: 4 }],
    ['127.0.0.1', { all: true }, [{ address: '127.0.0.1', family: 4 }]],
    ['127.1', {}, { address: '127.0.0.1', family: 4 }],
    ['0x7f.1', {}, { address: '127.0.0.1', family: 4 }],
    ['1.2', {}, { address: '1.0.0.2', family: 4 }],
    ['010.1.515', {}, { address: '8.1.2.3', family: 4 }],
    ['2130706433', {}, { address: '127.0.0.1', family: 4 }],
  ])('the address %s with %j is itself', async (address, options, answer) => {
    expect(await dns.promises.lookup(address, options)).toEqual(answer);
  });

  test('all forms of arguments', async () => {
    const asked = (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve) => {
        (dns.lookup as (...args: unknown[]) => void)(...args, (...answer: unknown[]) => {
          resolve(answer);
        });
      });
    expect(await asked('127.0.0.1')).toEqual([null, '127.0.0.1', 4]);
    expect(await asked('127.0.0.1', 6)).toEqual([null, '127.0.0.1', 4]);
    expect(await asked('127.0.0.1', undefined)).toEqual([null, '127.0.0.1', 4]);
    expect(await asked('127.0.0.1', null)).toEqual([null, '127.0.0.1', 4]);
    expect(await asked('127.0.0.1', { all: true })).toEqual([null, [{ address: '127.0.0.1', family: 4 }]]);
    expect(await asked('localhost', 4)).toEqual([null, '127.0.0.1', 4]);
  });

  test('the empty name has no address', async () => {
    expect(await dns.promises.lookup('')).toEqual({ address: null, family: 4 });
    expect(await dns.promises.lookup('', { family: 6 })).toEqual({ address: null, family: 6 });
    expect(await dns.promises.lookup('', { all: true })).toEqual([]);
    const answer = new Promise((resolve) => {
      dns.lookup('', (...args) => {
        resolve(args);
      });
    });
    expect(await answer).toEqual([null, null, 4]);
  });

  test('what is no name: ENOTFOUND, and EINVAL when it is too long', async () => {
    expect(await outcome(() => dns.promises.lookup('a b'))).toEqual(notFound('a b'));
    expect(await outcome(() => dns.promises.lookup('a..b'))).toEqual(notFound('a..b'));
    const long = 'x'.repeat(300);
    expect(await outcome(() => dns.promises.lookup(long))).toEqual(failing('EINVAL', long, -22));
  });

  test('the answer comes after the call has returned, in the async context of who asked', async () => {
    const context = new AsyncLocalStorage<string>();
    const order: unknown[] = [];
    await new Promise<void>((resolve) => {
      context.run('mine', () => {
        dns.lookup('localhost', 4, () => {
          order.push(context.getStore());
          resolve();
        });
      });
      order.push('returned');
    });
    expect(order).toEqual(['returned', 'mine']);
  });

  test('it is what a socket takes as its lookup', async () => {
    const server = nodeNet.createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as nodeNet.AddressInfo;
    const socket = nodeNet.connect({ port, host: 'localhost', family: 4, lookup: dns.lookup });
    const found = await new Promise((resolve) =>
      socket.once('lookup', (...args: unknown[]) => {
        resolve(args);
      }),
    );
    expect(found).toEqual([null, '127.0.0.1', 4, 'localhost']);
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});

const ZONE: readonly Answer[] = [
  { name: 'both.test', type: 'AAAA', data: 'fd00::1' },
  { name: 'both.test', type: 'A', data: '10.0.0.1' },
  { name: 'both.test', type: 'A', data: '10.0.0.2' },
  { name: 'four.test', type: 'A', data: '10.0.0.4' },
  { name: 'six.test', type: 'AAAA', data: 'fd00::6' },
  { name: 'alias.test', type: 'CNAME', data: 'four.test' },
  { name: 'host.corp.test', type: 'A', data: '10.0.0.7' },
  { name: 'a.b', type: 'A', data: '10.0.0.8' },
  { name: 'a.b.corp.test', type: 'A', data: '10.0.0.9' },
];

describe.each(PLACES.map((place) => [place.name, place] as const))('lookup by a server, %s', (_, place) => {
  let server: DnsServer;
  let directory: string | undefined;

  const start = async (options: Partial<DnsOptions> = {}): Promise<CountedDns> => {
    const { server: started, dns } = await served(place, options, ZONE);
    server = started;
    return dns;
  };
  /** A file with this text, for one test. */
  const file = (text: string): string => {
    directory ??= mkdtempSync(join(tmpdir(), 'synack-dns-'));
    const path = join(directory, 'file');
    writeFileSync(path, text);
    return path;
  };
  const asked = (): string[] => server.asked.map(({ name, type }) => `${name} ${type}`);

  afterEach(async () => {
    await server.close();
    if (directory !== undefined) rmSync(directory, { recursive: true });
    directory = undefined;
  });

  test('A and AAAA records are asked for; IPv4 comes first where there is no IPv6', async () => {
    const dns = await start();
    const all = await dns.promises.lookup('both.test', { all: true });
    expect(all).toEqual([
      { address: '10.0.0.1', family: 4 },
      { address: '10.0.0.2', family: 4 },
      { address: 'fd00::1', family: 6 },
    ]);
    expect(asked().sort()).toEqual(['both.test A', 'both.test AAAA']);
    expect(await dns.promises.lookup('both.test')).toEqual({ address: '10.0.0.1', family: 4 });
  });

  test.each([
    [[4, 6], {}, 6],
    [[4, 6], { order: 'ipv4first' }, 4],
    [[4, 6], { verbatim: false }, 4],
    [[4, 6], { verbatim: true }, 6],
    [[4], { order: 'ipv6first' }, 6],
  ] as const)('families %j, options %j: IPv%i first', async (families, options, first) => {
    const dns = await start({ families: () => families });
    expect(await dns.promises.lookup('both.test', options)).toMatchObject({ family: first });
  });

  test('the default order is that of setDefaultResultOrder', async () => {
    const dns = await start();
    dns.setDefaultResultOrder('ipv6first');
    expect(await dns.promises.lookup('both.test')).toMatchObject({ family: 6 });
  });

  test.each([
    ['both.test', { family: 4 }, ['10.0.0.1', '10.0.0.2']],
    ['both.test', { family: 6 }, ['fd00::1']],
    ['both.test', { hints: ADDRCONFIG }, ['10.0.0.1', '10.0.0.2']],
    ['four.test', { family: 6, hints: V4MAPPED }, ['::ffff:10.0.0.4']],
    ['both.test', { family: 6, hints: V4MAPPED }, ['fd00::1']],
    ['both.test', { family: 6, hints: V4MAPPED | ALL }, ['fd00::1', '::ffff:10.0.0.1', '::ffff:10.0.0.2']],
    ['alias.test', {}, ['10.0.0.4']],
    ['six.test', {}, ['fd00::6']],
  ])('%s with %j', async (name, options, addresses) => {
    const dns = await start();
    const found = await dns.promises.lookup(name, { ...options, all: true });
    expect(found.map(({ address }) => address)).toEqual(addresses);
  });

  test('a family that there is no address of is ENOTFOUND', async () => {
    const dns = await start();
    expect(await outcome(() => dns.promises.lookup('four.test', 6))).toEqual(notFound('four.test'));
    expect(await outcome(() => dns.promises.lookup('six.test', { family: 6, hints: ADDRCONFIG }))).toEqual(
      notFound('six.test'),
    );
  });

  test('localhost and names under it: nobody is asked, and no file (RFC 6761)', async () => {
    const dns = await start({ families: () => [4, 6], hosts: { localhost: '10.6.6.6' } });
    expect(await dns.promises.lookup('x.localhost.', { all: true })).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
    expect(await dns.promises.lookup('localhost', 4)).toEqual({ address: '127.0.0.1', family: 4 });
    expect(server.asked).toEqual([]);
  });

  test('hosts entries come before servers: those of the option, then those of the file', async () => {
    const hosts = { 'Four.Test': ['10.1.0.1', '10.1.0.2'], 'only6.test': 'FD00:0::9' };
    const hostsFile = file('10.2.0.1 both.test alias # a comment\n10.2.0.2 four.test\nfd00::77\tboth.test\nnonsense\n');
    const dns = await start({ hosts, hostsFile });
    const found = async (name: string, family = 0): Promise<string[]> => {
      const addresses = await dns.promises.lookup(name, { all: true, family });
      return addresses.map(({ address }) => address);
    };
    expect(await found('four.test')).toEqual(['10.1.0.1', '10.1.0.2']);
    expect(await found('both.test')).toEqual(['10.2.0.1', 'fd00::77']);
    expect(await found('ALIAS.')).toEqual(['10.2.0.1']);
    expect(await found('only6.test')).toEqual(['fd00::9']);
    expect(server.asked).toEqual([]);
    // Without an entry of that family, the servers are asked.
    expect(await outcome(() => found('four.test', 6))).toEqual(notFound('four.test'));
    expect(asked()).toEqual(['four.test AAAA']);
  });

  test('a hosts file is read again when it has changed', async () => {
    const hostsFile = file('10.2.0.1 one.test\n');
    const dns = await start({ hostsFile });
    expect(await dns.promises.lookup('one.test')).toMatchObject({ address: '10.2.0.1' });
    file('10.2.0.22 one.test\n');
    expect(await dns.promises.lookup('one.test')).toMatchObject({ address: '10.2.0.22' });
    rmSync(hostsFile);
    expect(await outcome(() => dns.promises.lookup('one.test'))).toEqual(notFound('one.test'));
  });

  test('search domains: first for names with few dots, else last, never with a dot at the end', async () => {
    const dns = await start({ resolvConf: file('search none.test corp.test\noptions ndots:1\n') });
    expect(await dns.promises.lookup('host', 4)).toMatchObject({ address: '10.0.0.7' });
    expect(asked()).toEqual(['host.none.test A', 'host.corp.test A']);
    expect(await dns.promises.lookup('a.b', 4)).toMatchObject({ address: '10.0.0.8' });
    expect(asked().slice(2)).toEqual(['a.b A']);
    expect(await outcome(() => dns.promises.lookup('host.', 4))).toEqual(notFound('host.'));
    expect(asked().slice(3)).toEqual(['host A']);
    expect(await outcome(() => dns.promises.lookup('no.host', 4))).toEqual(notFound('no.host'));
    expect(asked().slice(4)).toEqual(['no.host A', 'no.host.none.test A', 'no.host.corp.test A']);
  });

  test('ndots: a name with fewer dots is looked for in the search domains first', async () => {
    const dns = await start({ resolvConf: file('domain corp.test\noptions ndots:2 unknown:1\n') });
    expect(await dns.promises.lookup('a.b', 4)).toMatchObject({ address: '10.0.0.9' });
  });

  test('a server that cannot answer is EAI_AGAIN; one that says no such name ENOTFOUND', async () => {
    const dns = await start();
    server.on('fail.test', { rcode: RCODE.SERVFAIL });
    server.on('refused.test', { rcode: RCODE.REFUSED });
    server.on('form.test', { rcode: RCODE.FORMERR });
    expect(await outcome(() => dns.promises.lookup('fail.test'))).toEqual(tryAgain('fail.test'));
    expect(await outcome(() => dns.promises.lookup('refused.test'))).toEqual(tryAgain('refused.test'));
    expect(await outcome(() => dns.promises.lookup('form.test'))).toEqual(failing('EAI_FAIL', 'form.test', -3004));
    expect(await outcome(() => dns.promises.lookup('nowhere.test'))).toEqual(notFound('nowhere.test'));
  });

  test('addresses of one family are enough when the other could not be asked for', async () => {
    const dns = await start();
    server.on('half.test', ({ type }) =>
      type === 'A' ? { answers: [{ name: 'half.test', type: 'A', data: '10.0.0.5' }] } : { rcode: RCODE.SERVFAIL },
    );
    expect(await dns.promises.lookup('half.test', { all: true })).toEqual([{ address: '10.0.0.5', family: 4 }]);
  });

  test('SERVFAIL in one search domain does not hide the next', async () => {
    const dns = await start({ resolvConf: file('search broken.test corp.test\n') });
    server.on('host.broken.test', { rcode: RCODE.SERVFAIL });
    server.on('other.broken.test', { rcode: RCODE.SERVFAIL });
    expect(await dns.promises.lookup('host', 4)).toMatchObject({ address: '10.0.0.7' });
    expect(await outcome(() => dns.promises.lookup('other', 4))).toEqual(tryAgain('other'));
  });

  test('names that are not ASCII are asked for as IDNA has them', async () => {
    const dns = await start();
    await outcome(() => dns.promises.lookup('bücher.test', 4));
    expect(asked()).toEqual(['xn--bcher-kva.test A']);
  });

  test('lookupService: the name of an address and of a port', async () => {
    const dns = await start({ servicesFile: file('ssh 22/tcp # remote login\ndomain 53/udp\nwww 80/tcp http\n') });
    server.on('4.0.0.10.in-addr.arpa', {
      answers: [{ name: '4.0.0.10.in-addr.arpa', type: 'PTR', data: 'four.test' }],
    });
    server.on('5.0.0.10.in-addr.arpa', { rcode: RCODE.SERVFAIL });
    expect(await dns.promises.lookupService('10.0.0.4', 22)).toEqual({ hostname: 'four.test', service: 'ssh' });
    expect(await dns.promises.lookupService('10.0.0.4', 53)).toEqual({ hostname: 'four.test', service: '53' });
    expect(await outcome(() => dns.promises.lookupService('10.0.0.9', 80))).toMatchObject({
      code: 'ENOTFOUND',
      errno: -3008,
      syscall: 'getnameinfo',
    });
    expect(await outcome(() => dns.promises.lookupService('10.0.0.5', 80))).toMatchObject({ code: 'EAI_AGAIN' });
    const answer = new Promise((resolve) => {
      dns.lookupService('127.0.0.1', 80, (...args) => {
        resolve(args);
      });
    });
    expect(await answer).toEqual([null, 'localhost', 'www']);
    expect(await promisify(dns.lookupService)('::1', 1)).toEqual({ hostname: 'localhost', service: '1' });
  });

  test('reverse and lookupService: hosts entries come first', async () => {
    const dns = await start({ hosts: { 'db.test': '10.9.0.1', 'db2.test': '10.9.0.1', 'six.test': 'fd00:0::1' } });
    expect(await dns.promises.reverse('10.9.0.1')).toEqual(['db.test', 'db2.test']);
    expect(await dns.promises.reverse('FD00::1')).toEqual(['six.test']);
    expect(await dns.promises.lookupService('10.9.0.1', 1)).toMatchObject({ hostname: 'db.test' });
    expect(server.asked).toEqual([]);
  });
});

describe.each(DNS_FACES)('lookupService, %s', (_, dns) => {
  test('localhost and the services of the system', async () => {
    expect(await dns.promises.lookupService('127.0.0.1', 12_345)).toEqual({ hostname: 'localhost', service: '12345' });
    expect(await promisify(dns.lookupService)('127.0.0.1', 12_345)).toEqual({
      hostname: 'localhost',
      service: '12345',
    });
  });
});
