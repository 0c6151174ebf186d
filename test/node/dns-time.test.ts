import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { createDns, type CountedDns } from '../../src/node/dns/dns';
import { Stack } from '../../src/node/stack';
import { DnsServer } from '../support/dns-server';
import { NO_FILES, outcome } from './dns-faces';

const SECOND = 1_000_000;

describe('in virtual time', () => {
  let clock: VirtualClock;
  let stack: Stack;
  let servers: DnsServer[];
  let dns: CountedDns;
  /** When each query came to which server, in ms. */
  let asked: [server: number, at: number][];

  beforeEach(async () => {
    clock = new VirtualClock();
    stack = new Stack({ clock });
    asked = [];
    servers = await Promise.all([0, 1].map(() => DnsServer.start(stack)));
    for (const [index, server] of servers.entries()) {
      server.on('silent.test', () => {
        asked.push([index, clock.now() / 1000]);
        return undefined;
      });
    }
    dns = createDns({ net: stack.net, dgram: stack.dgram, clock, ...NO_FILES });
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await stack.close();
  });

  const addresses = (count: number): string[] => servers.slice(0, count).map(({ address }) => address);

  test('one server: 2 s, and twice as long each time, four times in all', async () => {
    dns.setServers(addresses(1));
    const answer = outcome(() => dns.promises.resolve4('silent.test'));
    await clock.advanceToAsync(30 * SECOND - 1);
    expect(asked).toEqual([0, 2000, 6000, 14_000].map((at) => [0, at]));
    expect(dns.counters.timedOut).toBe(3);
    await clock.advanceToAsync(30 * SECOND);
    expect(await answer).toMatchObject({ message: 'queryA ETIMEOUT silent.test' });
    expect(clock.nextDeadline()).toBeUndefined();
  });

  test('several servers: each in turn, and the time doubles when all have been asked', async () => {
    const resolver = new dns.promises.Resolver({ timeout: 1000, tries: 2 });
    resolver.setServers(addresses(2));
    const answer = outcome(() => resolver.resolve4('silent.test'));
    await clock.advanceToAsync(6 * SECOND);
    expect(await answer).toMatchObject({ code: 'ETIMEOUT' });
    expect(asked).toEqual([
      [0, 0],
      [1, 1000],
      [0, 2000],
      [1, 4000],
    ]);
  });

  test('a silent server is asked last for 5 s, then first again', async () => {
    const resolver = new dns.promises.Resolver({ timeout: 1000, tries: 1 });
    resolver.setServers(addresses(2));
    servers[1]?.on('silent.test', { answers: [{ name: 'silent.test', type: 'A', data: '10.0.0.1' }] });
    const ask = async (): Promise<void> => {
      const answer = resolver.resolve4('silent.test');
      await clock.advanceByAsync(1 * SECOND);
      await answer;
    };
    await ask(); // Asked at 0, and silent at 1 s.
    await ask();
    await clock.advanceToAsync(6 * SECOND - 1);
    await ask();
    expect(asked).toEqual([[0, 0]]);
    await ask();
    expect(asked.map(([server]) => server)).toEqual([0, 0]);
  });

  test('lookup in virtual time: EAI_AGAIN when nobody answers', async () => {
    dns.setServers(addresses(1));
    const answer = outcome(() => dns.promises.lookup('silent.test'));
    await clock.advanceToAsync(30 * SECOND);
    expect(await answer).toMatchObject({ message: 'getaddrinfo EAI_AGAIN silent.test' });
    expect(asked).toHaveLength(8);
  });

  test('resolv.conf says how long a server may take, and Resolver has the last word', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'synack-dns-'));
    const resolvConf = join(directory, 'resolv.conf');
    writeFileSync(resolvConf, 'options timeout:7\n');
    dns = createDns({ net: stack.net, dgram: stack.dgram, clock, hostsFile: false, resolvConf, servers: addresses(1) });
    const answer = outcome(() => new dns.promises.Resolver({ tries: 2 }).resolve4('silent.test'));
    await clock.advanceToAsync(21 * SECOND);
    await answer;
    await outcome(async () => {
      const second = new dns.promises.Resolver({ tries: 2, timeout: 500 }).resolve4('silent.test');
      second.catch(() => undefined);
      await clock.advanceByAsync(1_500_000);
      return second;
    });
    expect(asked.map(([, at]) => at)).toEqual([0, 7000, 21_000, 21_500]);
    rmSync(directory, { recursive: true });
  });

  test('an answer leaves no timer and no socket behind', async () => {
    dns.setServers(addresses(1));
    servers[0]?.on('a.test', { answers: [{ name: 'a.test', type: 'A', data: '10.0.0.1' }] });
    const answer = dns.promises.resolve4('a.test');
    await clock.advanceByAsync(1);
    expect(await answer).toEqual(['10.0.0.1']);
    expect(clock.nextDeadline()).toBeUndefined();
  });
});
