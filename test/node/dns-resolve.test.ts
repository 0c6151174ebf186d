import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from 'dns-packet';
import * as dnsPacket from 'dns-packet';
import type { promises } from 'node:dns';
import type { DnsServer } from '../support/dns-server';
import { DNS_FACES, outcome } from './dns-faces';

const SOA = { mname: 'ns.test', rname: 'host.master.test', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 };

const ZONE: readonly Answer[] = [
  { name: 'all.test', type: 'A', ttl: 60, data: '10.0.0.1' },
  { name: 'all.test', type: 'A', ttl: 61, data: '10.0.0.2' },
  { name: 'all.test', type: 'AAAA', ttl: 5, data: 'fd00:0:0:0:0:0:0:1' },
  { name: 'all.test', type: 'AAAA', ttl: 5, data: '2001:db8:0:0:1:0:0:1' },
  { name: 'all.test', type: 'CAA', ttl: 5, data: { flags: 128, tag: 'issue', value: 'ca.test' } },
  { name: 'all.test', type: 'CAA', ttl: 5, data: { flags: 0, tag: 'iodef', value: 'mailto:a@b.test' } },
  { name: 'all.test', type: 'MX', ttl: 5, data: { preference: 20, exchange: 'mx2.test' } },
  { name: 'all.test', type: 'MX', ttl: 5, data: { preference: 10, exchange: 'mx1.test' } },
  {
    name: 'all.test',
    type: 'NAPTR',
    ttl: 5,
    data: { order: 1, preference: 2, flags: 'S', services: 'SIP+D2U', regexp: '!^.*$!sip:a@b!', replacement: 'r.test' },
  },
  { name: 'all.test', type: 'NS', ttl: 5, data: 'ns1.test' },
  { name: 'all.test', type: 'NS', ttl: 5, data: 'ns2.test' },
  { name: 'all.test', type: 'PTR', ttl: 5, data: 'ptr.test' },
  { name: 'all.test', type: 'SOA', ttl: 5, data: SOA },
  { name: 'all.test', type: 'SRV', ttl: 5, data: { priority: 1, weight: 2, port: 3, target: 'srv.test' } },
  { name: 'all.test', type: 'TXT', ttl: 5, data: ['one', 'two'] },
  { name: 'all.test', type: 'TXT', ttl: 5, data: ['', Buffer.from([0xe9, 0x20, 0xff])] },
  { name: 'alias.test', type: 'CNAME', ttl: 3, data: 'alias2.test' },
  { name: 'alias2.test', type: 'CNAME', ttl: 30, data: 'all.test' },
  { name: 'dangling.test', type: 'CNAME', ttl: 3, data: 'nowhere.test' },
  { name: 'nothing.test', type: 'HINFO', ttl: 3, data: { cpu: 'a', os: 'b' } },
  { name: 'nomail.test', type: 'MX', ttl: 3, data: { preference: 0, exchange: '.' } },
  { name: 'odd.test', type: 'PTR', ttl: 3, data: 'a\u0001b<ü>.x y.test' },
  { name: '_http._tcp.all.test', type: 'SRV', ttl: 5, data: { priority: 1, weight: 2, port: 80, target: 'w.test' } },
  { name: 'xn--bcher-kva.test', type: 'A', ttl: 5, data: '10.0.0.3' },
  { name: '1.0.0.10.in-addr.arpa', type: 'PTR', ttl: 3, data: 'all.test' },
  { name: '1.0.0.10.in-addr.arpa', type: 'PTR', ttl: 3, data: 'other.test' },
  { name: '2.0.0.10.in-addr.arpa', type: 'CNAME', ttl: 3, data: '2.0/25.0.0.10.in-addr.arpa' },
  { name: '2.0/25.0.0.10.in-addr.arpa', type: 'PTR', ttl: 3, data: 'classless.test' },
  { name: `8.${'0.'.repeat(25)}0.0.d.f.ip6.arpa`.replace('8.0.', '8.0.0.0.'), type: 'PTR', ttl: 3, data: 'six.test' },
];

const METHODS = {
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNaptr: 'NAPTR',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSoa: 'SOA',
  resolveSrv: 'SRV',
  resolveTxt: 'TXT',
} as const;

const EXPECTED: Readonly<Record<string, unknown>> = {
  resolve4: ['10.0.0.1', '10.0.0.2'],
  resolve6: ['fd00::1', '2001:db8::1:0:0:1'],
  resolveCaa: [
    { critical: 128, issue: 'ca.test' },
    { critical: 0, iodef: 'mailto:a@b.test' },
  ],
  resolveMx: [
    { exchange: 'mx2.test', priority: 20 },
    { exchange: 'mx1.test', priority: 10 },
  ],
  resolveNaptr: [
    {
      flags: 'S',
      service: 'SIP+D2U',
      regexp: '!^.*$!sip:a@b!',
      replacement: 'r.test',
      order: 1,
      preference: 2,
    },
  ],
  resolveNs: ['ns1.test', 'ns2.test'],
  resolvePtr: ['ptr.test'],
  resolveSoa: {
    nsname: 'ns.test',
    hostmaster: 'host.master.test',
    serial: 1,
    refresh: 2,
    retry: 3,
    expire: 4,
    minttl: 5,
  },
  resolveSrv: [{ name: 'srv.test', port: 3, priority: 1, weight: 2 }],
  resolveTxt: [
    ['one', 'two'],
    ['', '\xe9 \xff'],
  ],
};

describe.each(DNS_FACES)('records, %s', (_, dns, serve) => {
  let server: DnsServer;
  let resolver: promises.Resolver;

  beforeAll(async () => {
    server = await serve(ZONE);
    resolver = new dns.promises.Resolver({ timeout: 5000, tries: 1 });
    resolver.setServers([server.address]);
  });
  afterAll(() => server.close());

  const tested = Object.entries(METHODS).filter(([method]) => method in EXPECTED);

  test.each(tested)('%s: the records of a name, by promise', async (method, type) => {
    expect(await resolver[method as 'resolve4']('all.test')).toEqual(EXPECTED[method]);
    expect(await resolver.resolve('all.test', type)).toEqual(EXPECTED[method]);
  });

  test.each(tested)('%s: the records of a name, by callback', async (method, type) => {
    const callbacks = new dns.Resolver({ timeout: 5000, tries: 1 });
    callbacks.setServers([server.address]);
    const name = method as 'resolve4';
    expect(
      await new Promise((resolve) => {
        callbacks[name]('all.test', (...args) => {
          resolve(args);
        });
      }),
    ).toEqual([null, EXPECTED[method]]);
    const again = new Promise((resolve) => {
      callbacks.resolve('all.test', type as 'A', (...args) => {
        resolve(args);
      });
    });
    expect(await again).toEqual([null, EXPECTED[method]]);
  });

  test.each(tested)('%s: the records behind two aliases', async (method) => {
    expect(await resolver[method as 'resolve4']('alias.test')).toEqual(EXPECTED[method]);
  });

  test.each(tested)('%s: ENODATA for a name that has no such records', async (method) => {
    server.on('nodata.test', { answers: [] });
    const syscall = `query${method.slice(7, 8) === '4' ? 'A' : method.slice(7) === '6' ? 'Aaaa' : method.slice(7)}`;
    expect(await outcome(() => resolver[method as 'resolve4']('nodata.test'))).toEqual({
      name: 'Error',
      message: `${syscall} ENODATA nodata.test`,
      errno: undefined,
      code: 'ENODATA',
      syscall,
      hostname: 'nodata.test',
    });
  });

  test('resolveCname: where a name leads, one step; ENODATA when it leads nowhere', async () => {
    expect(await resolver.resolveCname('alias.test')).toEqual(['alias2.test']);
    expect(await outcome(() => resolver.resolveCname('all.test'))).toMatchObject({
      message: 'queryCname ENODATA all.test',
    });
  });

  test('resolve: addresses, when no type is given', async () => {
    expect(await resolver.resolve('all.test')).toEqual(EXPECTED['resolve4']);
  });

  test('resolveAny: all that Node knows, by type', async () => {
    expect(await resolver.resolveAny('all.test')).toEqual([
      { address: '10.0.0.1', ttl: 60, type: 'A' },
      { address: '10.0.0.2', ttl: 61, type: 'A' },
      { address: 'fd00::1', ttl: 5, type: 'AAAA' },
      { address: '2001:db8::1:0:0:1', ttl: 5, type: 'AAAA' },
      { exchange: 'mx2.test', priority: 20, type: 'MX' },
      { exchange: 'mx1.test', priority: 10, type: 'MX' },
      { value: 'ns1.test', type: 'NS' },
      { value: 'ns2.test', type: 'NS' },
      { entries: ['one', 'two'], type: 'TXT' },
      { entries: ['', '\xe9 \xff'], type: 'TXT' },
      { name: 'srv.test', port: 3, priority: 1, weight: 2, type: 'SRV' },
      { value: 'ptr.test', type: 'PTR' },
      {
        flags: 'S',
        service: 'SIP+D2U',
        regexp: '!^.*$!sip:a@b!',
        replacement: 'r.test',
        order: 1,
        preference: 2,
        type: 'NAPTR',
      },
      { ...(EXPECTED['resolveSoa'] as object), type: 'SOA' },
      { critical: 128, issue: 'ca.test', type: 'CAA' },
      { critical: 0, iodef: 'mailto:a@b.test', type: 'CAA' },
    ]);
    expect(await resolver.resolveAny('alias.test')).toEqual([{ value: 'alias2.test', type: 'CNAME' }]);
    expect(await resolver.resolve('alias.test', 'ANY')).toEqual([{ value: 'alias2.test', type: 'CNAME' }]);
    expect(await resolver.resolveAny('nothing.test')).toEqual([]);
  });

  test('resolve4, resolve6: with the time to live, the shortest on the way', async () => {
    expect(await resolver.resolve4('all.test', { ttl: true })).toEqual([
      { address: '10.0.0.1', ttl: 60 },
      { address: '10.0.0.2', ttl: 61 },
    ]);
    expect(await resolver.resolve6('alias.test', { ttl: true })).toEqual([
      { address: 'fd00::1', ttl: 3 },
      { address: '2001:db8::1:0:0:1', ttl: 3 },
    ]);
    const callbacks = new dns.Resolver();
    callbacks.setServers([server.address]);
    const withTtl = new Promise((resolve) => {
      callbacks.resolve4('alias.test', { ttl: true }, (...args) => {
        resolve(args);
      });
    });
    expect(await withTtl).toEqual([
      null,
      [
        { address: '10.0.0.1', ttl: 3 },
        { address: '10.0.0.2', ttl: 3 },
      ],
    ]);
  });

  test('an alias that leads nowhere is an answer with nothing in it, and so are aliases in a circle', async () => {
    server.on('circle.test', {
      answers: [
        { name: 'circle.test', type: 'CNAME', data: 'round.test' },
        { name: 'round.test', type: 'CNAME', data: 'circle.test' },
      ],
    });
    expect(await resolver.resolve4('dangling.test')).toEqual([]);
    expect(await resolver.resolveMx('dangling.test')).toEqual([]);
    expect(await resolver.resolve4('circle.test')).toEqual([]);
  });

  test('names: of the root, with odd octets, in capitals, with a dot at the end, with a service, not ASCII', async () => {
    expect(await resolver.resolveMx('nomail.test')).toEqual([{ exchange: '', priority: 0 }]);
    expect(await resolver.resolvePtr('odd.test')).toEqual(['a\\001b<\\195\\188>.x y.test']);
    expect(await resolver.resolve4('ALL.Test')).toEqual(EXPECTED['resolve4']);
    expect(await resolver.resolve4('all.test.')).toEqual(EXPECTED['resolve4']);
    expect(await resolver.resolveSrv('_http._tcp.all.test')).toMatchObject([{ port: 80 }]);
    expect(await resolver.resolve4('BÜcher.test')).toEqual(['10.0.0.3']);
    expect(server.asked.slice(-4).map(({ name }) => name)).toEqual([
      'all.test',
      'all.test',
      '_http._tcp.all.test',
      'xn--bcher-kva.test',
    ]);
  });

  test('an answer may repeat the name in letters of another case', async () => {
    server.on('case.test', {
      questions: [{ name: 'CaSe.test', type: 'A' }],
      answers: [{ name: 'cAsE.TEST', type: 'A', data: '10.0.0.9' }],
    });
    expect(await resolver.resolve4('case.test')).toEqual(['10.0.0.9']);
  });

  test('reverse: the names of an IPv4 or IPv6 address, through an alias too', async () => {
    expect(await resolver.reverse('10.0.0.1')).toEqual(['all.test', 'other.test']);
    expect(await resolver.reverse('10.0.0.2')).toEqual(['classless.test']);
    expect(await resolver.reverse('fd00::8')).toEqual(['six.test']);
    expect(await outcome(() => resolver.reverse('10.0.0.77'))).toEqual({
      name: 'Error',
      message: 'getHostByAddr ENOTFOUND 10.0.0.77',
      errno: undefined,
      code: 'ENOTFOUND',
      syscall: 'getHostByAddr',
      hostname: '10.0.0.77',
    });
  });

  test('an answer that is cut off is asked for again by TCP, and may be long', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
    server.on('long.test', ({ via }) =>
      via === 'udp'
        ? { flags: dnsPacket.TRUNCATED_RESPONSE }
        : { answers: many.map((data) => ({ name: 'long.test', type: 'A' as const, data })) },
    );
    expect(await resolver.resolve4('long.test')).toEqual(many);
    expect(server.asked.slice(-2).map(({ via }) => via)).toEqual(['udp', 'tcp']);
  });

  test('many questions at once, each gets its own answer', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `n${index}.many.test`);
    for (const [index, name] of names.entries())
      server.on(name, { answers: [{ name, type: 'A', data: `10.2.0.${index}` }] });
    const answers = await Promise.all(names.map((name) => resolver.resolve4(name)));
    expect(answers).toEqual(names.map((_, index) => [`10.2.0.${index}`]));
  });

  test('setServers: the functions of the module ask those', async () => {
    const before = dns.getServers();
    dns.setServers([server.address]);
    try {
      expect(dns.getServers()).toEqual([server.address]);
      expect(dns.promises.getServers()).toEqual([server.address]);
      expect(await dns.promises.resolve4('all.test')).toEqual(EXPECTED['resolve4']);
      const mx = new Promise((resolve) => {
        dns.resolveMx('all.test', (...args) => {
          resolve(args);
        });
      });
      expect(await mx).toEqual([null, EXPECTED['resolveMx']]);
      expect(new dns.Resolver().getServers()).toEqual(before);
    } finally {
      dns.setServers(before);
    }
  });
});
