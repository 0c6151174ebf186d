import { afterEach, describe, expect, test } from '@jest/globals';
import * as dnsPacket from 'dns-packet';
import * as nodeDgram from 'node:dgram';
import * as nodeNet from 'node:net';
import { VirtualClock } from '../../src/clock/virtual-clock';
import type { DnsOptions } from '../../src/node/dns/options';
import { createDns, type CountedDns } from '../../src/node/dns/dns';
import { bindBoth, DnsServer, onePort, RCODE } from '../support/dns-server';
import { until } from '../support/lab-until';
import { NO_FILES, outcome, PLACES, served, told } from './dns-faces';

describe.each(PLACES.map((place) => [place.name, place] as const))('the protocol, %s', (_, place) => {
  const servers: DnsServer[] = [];

  const start = async (options: Partial<DnsOptions> = {}): Promise<{ server: DnsServer; dns: CountedDns }> => {
    const started = await served(place, options, [{ name: 'a.test', type: 'A', data: '10.0.0.1' }]);
    servers.push(started.server);
    return started;
  };
  /** An answer with this address, as octets, changed. */
  const forged = (id: number, name: string, data: string, change: Partial<dnsPacket.Packet> = {}): Buffer =>
    dnsPacket.encode({
      type: 'response',
      id,
      questions: [{ name, type: 'A' }],
      answers: [{ name, type: 'A', data }],
      ...change,
    });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  test('each question has an id and a port of its own (RFC 5452 §9.2)', async () => {
    const { server, dns } = await start();
    const names = Array.from({ length: 50 }, (_, index) => `${index}.test`);
    await Promise.all(names.map((name) => outcome(() => dns.promises.resolve4(name))));
    expect(new Set(server.asked.map(({ id }) => id)).size).toBeGreaterThan(45);
    expect(new Set(server.asked.map(({ port }) => port)).size).toBeGreaterThan(45);
  });

  test('an id can be foretold only by who gives the generator', async () => {
    const { server, dns } = await start({ random32: () => 0xabcd1234 });
    await dns.promises.resolve4('a.test');
    expect(server.asked).toMatchObject([{ id: 0x1234 }]);
  });

  test('queries are recursive and say by EDNS0 that 1232 octets are welcome (RFC 6891)', async () => {
    const { server, dns } = await start();
    await dns.promises.resolve4('a.test');
    expect(server.asked).toMatchObject([{ name: 'a.test', type: 'A', udpPayloadSize: 1232 }]);
  });

  test('a server that does not know EDNS0 is asked without, and from then on', async () => {
    const { server, dns } = await start();
    server.on('old.test', ({ udpPayloadSize, id }) =>
      udpPayloadSize === undefined
        ? { answers: [{ name: 'old.test', type: 'A', data: '10.0.0.2' }] }
        : // It could not read the question, so it repeats none.
          forged(id, 'old.test', '', { questions: [], answers: [], flags: RCODE.FORMERR }),
    );
    expect(await dns.promises.resolve4('old.test')).toEqual(['10.0.0.2']);
    await dns.promises.resolve4('a.test');
    expect(server.asked.map(({ udpPayloadSize }) => udpPayloadSize)).toEqual([1232, undefined, undefined]);
  });

  test('what is not the answer is counted and dropped, and the answer that follows is taken (RFC 5452 §9.1)', async () => {
    const { server, dns } = await start();
    server.on('a.test', ({ id }) => [
      forged(id ^ 1, 'a.test', '10.6.6.1'),
      forged(id, 'b.test', '10.6.6.2'),
      forged(id, 'a.test', '10.6.6.3', { questions: [{ name: 'a.test', type: 'AAAA' }] }),
      forged(id, 'a.test', '10.6.6.4', { type: 'query' }),
      forged(id, 'a.test', '10.6.6.5').subarray(0, -2),
      Buffer.from('hello'),
      { answers: [{ name: 'a.test', type: 'A', data: '10.0.0.1' }] },
    ]);
    expect(await dns.promises.resolve4('a.test')).toEqual(['10.0.0.1']);
    expect(dns.counters).toMatchObject({ mismatched: 4, malformed: 2, answered: 1, sent: 1 });
  });

  test('records of names that were not asked for are not taken', async () => {
    const { server, dns } = await start();
    server.on('a.test', { answers: [{ name: 'other.test', type: 'A', data: '10.6.6.6' }] });
    expect(await outcome(() => dns.promises.resolve4('a.test'))).toMatchObject({ code: 'ENODATA' });
    expect(await outcome(() => dns.promises.lookup('a.test'))).toMatchObject({ code: 'ENOTFOUND' });
  });

  test('aliases are followed through one answer, sixteen of them', async () => {
    const { server, dns } = await start();
    const chain = (length: number): dnsPacket.Answer[] => [
      ...Array.from({ length }, (_, index) => {
        return { name: `${index}.chain.test`, type: 'CNAME' as const, data: `${index + 1}.chain.test` };
      }),
      { name: `${length}.chain.test`, type: 'A', data: '10.0.0.3' },
    ];
    server.on('0.chain.test', { answers: chain(16) });
    expect(await dns.promises.resolve4('0.chain.test')).toEqual(['10.0.0.3']);
    server.on('0.chain.test', { answers: chain(17) });
    expect(await dns.promises.resolve4('0.chain.test')).toEqual([]);
  });

  test('once cut off, a question stays with TCP', async () => {
    const clock = new VirtualClock();
    const { server, dns } = await start({ clock });
    let connections = 0;
    server.on('cut.test', ({ via }) => {
      if (via === 'udp') return { flags: dnsPacket.TRUNCATED_RESPONSE };
      return ++connections === 1 ? undefined : { answers: [{ name: 'cut.test', type: 'A', data: '10.0.0.4' }] };
    });
    const resolver = new dns.promises.Resolver({ timeout: 100, tries: 2 });
    const answer = resolver.resolve4('cut.test');
    await until(
      () => 'the question by TCP',
      () => connections === 1,
    );
    await clock.advanceByAsync(100_000);
    expect(await answer).toEqual(['10.0.0.4']);
    expect(server.asked.map(({ via }) => via)).toEqual(['udp', 'tcp', 'tcp']);
    expect(dns.counters).toMatchObject({ sent: 3, truncated: 1, timedOut: 1, answered: 1 });
  });

  test('a server that was silent is asked after the others for a while', async () => {
    const clock = new VirtualClock();
    const { server: silent, dns } = await start({ clock });
    const { server } = await start();
    silent.on('a.test', undefined);
    const resolver = new dns.promises.Resolver({ timeout: 50, tries: 1 });
    resolver.setServers([silent.address, server.address]);
    const first = resolver.resolve4('a.test');
    await until(
      () => 'the question to the silent one',
      () => silent.asked.length === 1,
    );
    await clock.advanceByAsync(50_000);
    await first;
    await resolver.resolve4('a.test');
    expect([silent.asked.length, server.asked.length]).toEqual([1, 2]);
  });

  test('servers may be asked for at each question, by a function', async () => {
    const { server } = await start();
    const chosen: { servers?: string[] } = {};
    const dns = createDns({ ...place.modules, ...NO_FILES, servers: () => chosen.servers });
    expect(dns.getServers()).toEqual(['127.0.0.1']);
    chosen.servers = [server.address];
    expect(dns.getServers()).toEqual([server.address]);
    expect(await dns.promises.resolve4('a.test')).toEqual(['10.0.0.1']);
    expect(await new dns.promises.Resolver().resolve4('a.test')).toEqual(['10.0.0.1']);
  });

  test('setLocalAddress: where questions come from', async () => {
    const { server, dns } = await start();
    const resolver = new dns.promises.Resolver({ timeout: 5000, tries: 1 });
    resolver.setLocalAddress('127.0.0.1');
    expect(await resolver.resolve4('a.test')).toEqual(['10.0.0.1']);
    resolver.setLocalAddress('192.0.2.1');
    expect(await outcome(() => resolver.resolve4('a.test'))).toMatchObject({ code: 'ECONNREFUSED' });
    server.asked.length = 0;
  });

  test('no more questions than maxQueries are under way; what is beyond maxWaiting fails with ENOMEM', async () => {
    const { server, dns } = await start({ maxQueries: 2, maxWaiting: 2 });
    const answers = ['1.test', '2.test', '3.test', '4.test', '5.test', '6.test'].map((name) => {
      server.on(name, { answers: [{ name, type: 'A', data: '10.0.0.1' }] });
      return outcome(() => dns.promises.resolve4(name));
    });
    expect(dns.counters).toMatchObject({ sent: 2, waited: 2, refused: 2 });
    expect((await Promise.all(answers)).map((each) => (Array.isArray(each) ? 'answer' : told(each)))).toMatchObject([
      'answer',
      'answer',
      'answer',
      'answer',
      { message: 'queryA ENOMEM 5.test' },
      { message: 'queryA ENOMEM 6.test' },
    ]);
    expect(await dns.promises.resolve4('1.test')).toEqual(['10.0.0.1']);
  });

  test('cancel: those who wait are ended too, and all places are free again', async () => {
    const { server, dns } = await start({ maxQueries: 1 });
    server.on('silent.test', undefined);
    const resolver = new dns.promises.Resolver();
    const answers = [1, 2, 3].map(() => outcome(() => resolver.resolve4('silent.test')));
    resolver.cancel();
    expect(await Promise.all(answers)).toMatchObject(Array(3).fill({ code: 'ECANCELLED' }));
    expect(dns.counters.sent).toBe(1);
    expect(await resolver.resolve4('a.test')).toEqual(['10.0.0.1']);
  });
});

describe('over TCP, what a server sends', () => {
  const answering = (reply: (query: Buffer) => Buffer | 'end'): Promise<{ dns: CountedDns; close: () => void }> =>
    onePort(20, () => answeringOnce(reply));

  const answeringOnce = async (
    reply: (query: Buffer) => Buffer | 'end',
  ): Promise<{ dns: CountedDns; close: () => void }> => {
    const udp = nodeDgram.createSocket('udp4');
    udp.on('message', (message, from) => {
      const { id = 0, questions = [] } = dnsPacket.decode(message);
      const flags = dnsPacket.TRUNCATED_RESPONSE;
      udp.send(dnsPacket.encode({ type: 'response', id, questions, flags }), from.port, from.address);
    });
    const tcp = nodeNet.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (query) => {
        const answer = reply(query);
        if (answer === 'end') socket.end();
        else socket.write(answer);
      });
    });
    const port = await bindBoth(udp, tcp, 0, '127.0.0.1');
    const dns = createDns({ ...PLACES[0].modules, ...NO_FILES, servers: [`127.0.0.1:${port}`] });
    const close = (): void => {
      udp.close();
      tcp.close();
    };
    return { dns, close };
  };

  test.each([
    ['a close without an answer is ECONNREFUSED', () => 'end' as const, 'ECONNREFUSED'],
    ['octets without end are cut off', () => Buffer.alloc(600_000, 7), 'ECONNREFUSED'],
    ['nonsense is EBADRESP', () => Buffer.from([0, 3, 1, 2, 3]), 'EBADRESP'],
    ['half a message is ETIMEOUT', () => Buffer.from([1, 0, 1, 2, 3]), 'ETIMEOUT'],
  ])('%s', async (_, reply, code) => {
    const { dns, close } = await answering(reply);
    const resolver = new dns.promises.Resolver({ timeout: code === 'ECONNREFUSED' ? 5000 : 100, tries: 1 });
    expect(await outcome(() => resolver.resolve4('a.test'))).toMatchObject({ code });
    close();
  });
});
