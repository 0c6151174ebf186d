import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { promises } from 'node:dns';
import { type DnsServer, RCODE } from '../support/dns-server';
import { DNS_FACES, outcome, told } from './dns-faces';

/** An error of `resolve4`. */
const failing = (code: string, hostname: string): unknown => ({
  name: 'Error',
  message: `queryA ${code} ${hostname}`,
  errno: undefined,
  code,
  syscall: 'queryA',
  hostname,
});

describe.each(DNS_FACES)('errors, %s', (_, dns, serve) => {
  let server: DnsServer;
  let second: DnsServer;

  const resolverFor = (timeout: number, servers: readonly DnsServer[]): promises.Resolver => {
    const resolver = new dns.promises.Resolver({ timeout, tries: 2 });
    resolver.setServers(servers.map(({ address }) => address));
    return resolver;
  };
  /** Has much time, for its server answers, and a busy machine may pause meanwhile. */
  const asking = (...servers: DnsServer[]): promises.Resolver => resolverFor(5000, servers);
  /** For a server that says nothing. */
  const impatient = (...servers: DnsServer[]): promises.Resolver => resolverFor(250, servers);

  beforeAll(async () => {
    server = await serve();
    second = await serve([{ name: 'silent.test', type: 'A', data: '10.0.0.2' }]);
    for (const [name, rcode] of Object.entries(RCODE)) server.on(`${name}.test`, { rcode });
    server.on('silent.test', undefined);
  });
  afterAll(async () => {
    await server.close();
    await second.close();
  });

  test.each([
    ['formerr.test', 'EFORMERR'],
    ['servfail.test', 'ESERVFAIL'],
    ['nxdomain.test', 'ENOTFOUND'],
    ['notimp.test', 'ENOTIMP'],
    ['refused.test', 'EREFUSED'],
  ])('%s: %s, and no other server is asked', async (name, code) => {
    second.asked.length = 0;
    expect(await outcome(() => asking(server, second).resolve4(name))).toEqual(failing(code, name));
    expect(second.asked).toEqual([]);
  });

  test('by callback too', async () => {
    const resolver = new dns.Resolver();
    resolver.setServers([server.address]);
    const args = await new Promise<unknown[]>((resolve) => {
      resolver.resolve4('nxdomain.test', (...each: unknown[]) => {
        resolve(each);
      });
    });
    expect(args.map(told)).toEqual([failing('ENOTFOUND', 'nxdomain.test')]);
  });

  test('an answer with a code that has no name and without records is ENODATA', async () => {
    server.on('nine.test', { rcode: 9 });
    expect(await outcome(() => asking(server).resolve4('nine.test'))).toEqual(failing('ENODATA', 'nine.test'));
  });

  test('an answer with records of another type only is ENODATA', async () => {
    server.on('other.test', { answers: [{ name: 'other.test', type: 'AAAA', data: 'fd00::1' }] });
    expect(await outcome(() => asking(server).resolve4('other.test'))).toEqual(failing('ENODATA', 'other.test'));
  });

  test('NXDOMAIN behind an alias is ENOTFOUND', async () => {
    const answers = [{ name: 'gone.test', type: 'CNAME' as const, data: 'nowhere.test' }];
    server.on('gone.test', { rcode: RCODE.NXDOMAIN, answers });
    expect(await outcome(() => asking(server).resolve4('gone.test'))).toEqual(failing('ENOTFOUND', 'gone.test'));
  });

  test('silence is ETIMEOUT, after as many tries as were asked for', async () => {
    server.asked.length = 0;
    expect(await outcome(() => impatient(server).resolve4('silent.test'))).toEqual(failing('ETIMEOUT', 'silent.test'));
    expect(server.asked).toHaveLength(2);
  });

  test('a server that is silent is followed by the next', async () => {
    expect(await impatient(server, second).resolve4('silent.test')).toEqual(['10.0.0.2']);
  });

  test('an answer that is no DNS message is EBADRESP', async () => {
    server.on('garbage.test', Buffer.from('hello'));
    expect(await outcome(() => impatient(server).resolve4('garbage.test'))).toEqual(
      failing('EBADRESP', 'garbage.test'),
    );
  });

  test('an answer to another question is none', async () => {
    server.on('confused.test', {
      questions: [{ name: 'else.test', type: 'A' }],
      answers: [{ name: 'else.test', type: 'A', data: '10.6.6.6' }],
    });
    expect(await outcome(() => impatient(server).resolve4('confused.test'))).toEqual(
      failing('ETIMEOUT', 'confused.test'),
    );
  });

  test('nobody at the port is ECONNREFUSED, at once; the next server is asked', async () => {
    const gone = await serve();
    await gone.close();
    expect(await outcome(() => asking(gone).resolve4('silent.test'))).toEqual(failing('ECONNREFUSED', 'silent.test'));
    expect(await asking(gone, second).resolve4('silent.test')).toEqual(['10.0.0.2']);
  });

  test('no servers at all', async () => {
    expect(await outcome(() => asking().resolve4('a.test'))).toEqual(failing('UNKNOWN_ARES_ERROR', 'a.test'));
  });

  test.each(['a..test', '.test', 'a b.test', 'fd00::1', 'a%b.test', `${'x'.repeat(64)}.test`, 'x'.repeat(300)])(
    '%s is no name: EBADNAME, and nobody is asked',
    async (name) => {
      server.asked.length = 0;
      expect(await outcome(() => asking(server).resolve4(name))).toEqual(failing('EBADNAME', name));
      expect(server.asked).toEqual([]);
    },
  );

  test('names under .onion are not for the DNS', async () => {
    server.asked.length = 0;
    expect(await outcome(() => asking(server).resolve4('a.onion'))).toEqual(failing('ENOTFOUND', 'a.onion'));
    expect(server.asked).toEqual([]);
  });

  test('the empty name is the root; an error has no hostname then', async () => {
    expect(await outcome(() => asking(server).resolve4(''))).toEqual({
      name: 'Error',
      message: 'queryA ENOTFOUND',
      errno: undefined,
      code: 'ENOTFOUND',
      syscall: 'queryA',
    });
    expect(server.asked.at(-1)).toMatchObject({ name: '.', type: 'A' });
  });

  test('a TCP connection that says nothing is ETIMEOUT; one that is refused ECONNREFUSED', async () => {
    server.on('cut.test', ({ via }) => (via === 'udp' ? { flags: 0x200 } : undefined));
    expect(await outcome(() => impatient(server).resolve4('cut.test'))).toEqual(failing('ETIMEOUT', 'cut.test'));
  });

  test('cancel: ECANCELLED for what is under way, later than the call; the resolver goes on', async () => {
    const resolver = new dns.Resolver();
    resolver.setServers([server.address]);
    const order: unknown[] = [];
    const answers = ['silent.test', 'silent2.test'].map((name) => {
      server.on(name, undefined);
      return new Promise<void>((resolve) => {
        resolver.resolve4(name, (error) => {
          order.push(told(error));
          resolve();
        });
      });
    });
    resolver.cancel();
    order.push('cancelled');
    await Promise.all(answers);
    expect(order).toEqual(['cancelled', failing('ECANCELLED', 'silent.test'), failing('ECANCELLED', 'silent2.test')]);
    const again = new Promise((resolve) => {
      resolver.resolve4('nxdomain.test', (error) => {
        resolve(told(error));
      });
    });
    expect(await again).toEqual(failing('ENOTFOUND', 'nxdomain.test'));

    const promised = asking(server);
    const answer = outcome(() => promised.resolve4('silent.test'));
    promised.cancel();
    expect(await answer).toEqual(failing('ECANCELLED', 'silent.test'));
  });

  test('errors come after the call has returned', async () => {
    const resolver = new dns.Resolver();
    resolver.setServers([server.address]);
    const order: string[] = [];
    const answer = new Promise<void>((resolve) => {
      resolver.resolve4('a..test', () => {
        order.push('error');
        resolve();
      });
    });
    order.push('returned');
    await answer;
    expect(order).toEqual(['returned', 'error']);
  });

  test('reverse: EINVAL for what is no address, thrown with a callback, and a rejection with a promise', async () => {
    const invalid = {
      name: 'Error',
      message: 'getHostByAddr EINVAL nope',
      errno: -22,
      code: 'EINVAL',
      syscall: 'getHostByAddr',
      hostname: 'nope',
    };
    let thrown: unknown;
    try {
      new dns.Resolver().reverse('nope', () => undefined);
    } catch (error) {
      thrown = told(error);
    }
    expect(thrown).toEqual(invalid);
    const promise = new dns.promises.Resolver().reverse('nope');
    expect(await outcome(() => promise)).toEqual(invalid);
  });

  test('setServers: not while questions are under way', async () => {
    const resolver = new dns.promises.Resolver();
    resolver.setServers([server.address]);
    const answer = outcome(() => resolver.resolve4('silent.test'));
    expect(
      await outcome(() => {
        resolver.setServers(['10.0.0.9']);
      }),
    ).toMatchObject({
      name: 'Error',
      code: 'ERR_DNS_SET_SERVERS_FAILED',
      message: expect.stringContaining('failed to set servers: "There are pending queries." [') as unknown,
    });
    expect(resolver.getServers()).toEqual([server.address]);
    resolver.cancel();
    await answer;
  });
});
