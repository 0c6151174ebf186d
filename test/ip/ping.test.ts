import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import type { InterfaceConfig } from '../../src/ip/interface';
import { Ip } from '../../src/ip/ip';
import type { Path } from '../../src/ip/paths';
import type { EchoReply, Ping, PingListener } from '../../src/ip/ping';
import { memoryPair } from '../../src/link/memory';
import { requireIpv4Address } from '../../src/wire/address';
import { good, PEER, TestHost, US, Wire } from './harness';

const NOBODY: PingListener = { reply: () => undefined };

describe('two hosts', () => {
  /** Joined by an Ethernet in memory. */
  function twoHosts(config: Partial<InterfaceConfig> = {}): [Ip, Ip, VirtualClock, TestHost[]] {
    const clock = new VirtualClock();
    const hosts = [new TestHost(clock, 1), new TestHost(clock, 2)] as const;
    const [here, there] = memoryPair({ clock, medium: 'ethernet' });
    const a = new Ip(hosts[0]);
    const b = new Ip(hosts[1]);
    a.attach(here, { address: `${US}/24`, ...config });
    b.attach(there, { address: `${PEER}/24`, ...config });
    return [a, b, clock, [...hosts]];
  }

  test.each([true, false])('ping each other (announced: %s)', (announce) => {
    const [a, b, clock, hosts] = twoHosts({ announce });
    clock.advanceTo(1000);
    for (const [from, to] of [
      [a, PEER],
      [b, US],
    ] as const) {
      const replies: EchoReply[] = [];
      const ping = good<Ping>(from.ping({ reply: (reply) => replies.push(reply) }, 99));
      const path = good<Path>(from.path(requireIpv4Address(to)));
      for (const sequence of [1, 2]) expect(ping.send(path, { sequence, data: Uint8Array.of(7, sequence) })).toBe(true);
      clock.advanceBy(0);
      expect(replies).toEqual([
        { address: to, identifier: 99, sequence: 1, data: Uint8Array.of(7, 1), ttl: 64, time: clock.now() },
        { address: to, identifier: 99, sequence: 2, data: Uint8Array.of(7, 2), ttl: 64, time: clock.now() },
      ]);
    }
    for (const { counters } of hosts) expect(counters).toEqual({});
    expect(a.interfaces[0]?.ethernet?.neighbours.entries).toMatchObject([{ address: PEER, state: 'reachable' }]);
  });

  test('one hears of the other that its port is closed, and that its host is gone', () => {
    const [a, b, clock] = twoHosts();
    const codes: number[] = [];
    a.protocol(17, { receive: () => undefined, error: ({ code }) => codes.push(code) });
    const path = good<Path>(a.path(requireIpv4Address(PEER)));
    a.send(path, 17, [Uint8Array.of(0, 1, 0, 2, 0, 8, 0, 0)]);
    clock.advanceBy(0);
    expect(codes).toEqual([3]);
    const [attached] = b.interfaces;
    if (attached !== undefined) b.detach(attached);
    clock.advanceTo(60_000_000);
    a.advise(path);
    clock.advanceBy(3_000_000);
    a.send(path, 17, [Uint8Array.of(0, 1, 0, 2, 0, 8, 0, 0)]);
    clock.advanceBy(3_000_000);
    expect(codes).toEqual([3, 1]);
    expect(clock.size).toBe(0);
  });
});

describe('ping', () => {
  test('hears errors about its requests, with their sequence number', () => {
    const wire = new Wire();
    const errors: string[] = [];
    const listener: PingListener = {
      ...NOBODY,
      error: ({ kind, code, from }, sequence) => errors.push(`${sequence} ${kind} ${code} ${from}`),
    };
    const ping = good<Ping>(wire.ip.ping(listener));
    wire.receiveArp({});
    ping.send(wire.path(PEER), { sequence: 8, data: new Uint8Array(4), ttl: 1 });
    const quoted = good(wire.sent.at(-1)).subarray(14);
    wire.receiveIcmp({ type: 'time-exceeded', code: 0, quoted });
    ping.send(wire.path('10.9.0.66'), { sequence: 9, data: new Uint8Array(4) });
    wire.clock.advanceTo(3_000_000);
    expect(errors).toEqual([`8 time-exceeded 0 ${PEER}`, `9 destination-unreachable 1 ${US}`]);
  });

  test('hears nothing of others, and nothing after it was closed', () => {
    const wire = new Wire();
    const heard: number[] = [];
    const ping = good<Ping>(wire.ip.ping({ reply: ({ sequence }) => heard.push(sequence) }, 5));
    const reply = (identifier: number, sequence: number): void => {
      wire.receiveIcmp({ type: 'echo-reply', identifier, sequence, data: new Uint8Array(0) });
    };
    reply(5, 1);
    reply(6, 2);
    ping.close();
    reply(5, 3);
    expect(heard).toEqual([1]);
    expect(wire.host.counters).toEqual({ 'icmp.unexpected': 2 });
  });

  test('has an identifier of its own, and there is a limit', () => {
    const wire = new Wire('ethernet', {}, { pings: 3 });
    const first = good<Ping>(wire.ip.ping(NOBODY));
    expect(wire.ip.ping(NOBODY, first.identifier)).toBe('EADDRINUSE');
    wire.host.random32 = () => first.identifier;
    expect(good<Ping>(wire.ip.ping(NOBODY)).identifier).toBe((first.identifier + 1) & 0xffff);
    wire.ip.ping(NOBODY);
    expect(wire.ip.ping(NOBODY)).toBe('ENOBUFS');
    first.close();
    expect(good<Ping>(wire.ip.ping(NOBODY, first.identifier)).identifier).toBe(first.identifier);
  });
});
