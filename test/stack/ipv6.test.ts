import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/stack';
import type { Connection } from '../../src/tcp/user';
import { requireIpv6Address } from '../../src/wire/address';

const A = '2001:db8::a';
const B = '2001:db8::b';

function pair(medium: 'ip' | 'ethernet' = 'ip', mtu = 1500) {
  const clock = new VirtualClock();
  const [left, right] = memoryPair({ clock, medium, mtu });
  const a = new Stack({ clock, seed: 1 });
  const b = new Stack({ clock, seed: 2 });
  const ofA = a.attach(left, { address: `${A}/64` });
  const ofB = b.attach(right, { address: [`${B}/64`, '10.9.0.2/24'] });
  return { clock, a, b, ofA, ofB };
}

function received(connection: Connection): string {
  const chunk = connection.receive(1000);
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
}

describe('TCP over IPv6', () => {
  test('a connection: both ends say who they are, data goes, the MSS is 1440', () => {
    const { clock, a, b } = pair();
    const listener = b.tcp.open({ passive: true, local: { address: '::', port: 80 } });
    const client = a.tcp.open({ remote: { address: B, port: 80 } });
    clock.advanceTo(clock.now() + 100_000);
    const server = listener.accept();
    if (typeof server === 'string') throw new Error(server);
    expect(server.status()).toMatchObject({
      local: { address: B, port: 80 },
      remote: { address: A },
      mss: { send: 1440 - 12, receive: 1440 },
      pmtu: 1500,
    });
    client.send(Buffer.from('I hear you'));
    clock.advanceTo(clock.now() + 100_000);
    expect(received(server)).toBe('I hear you');
  });

  test('within one host, over ::1', () => {
    const { clock, a } = pair();
    const listener = a.tcp.open({ passive: true, local: { address: '::1', port: 80 } });
    a.tcp.open({ remote: { address: '::1', port: 80 } });
    clock.advanceTo(clock.now() + 100_000);
    expect(typeof listener.accept()).toBe('object');
  });

  test('`::` takes IPv4 too, and with `ipv6Only` leaves it to others', () => {
    const { clock, b } = pair();
    const both = b.tcp.open({ passive: true, local: { address: '::', port: 80 } });
    expect(() => b.tcp.open({ passive: true, local: { port: 80 } })).toThrow('EADDRINUSE');
    const only = b.tcp.open({ passive: true, ipv6Only: true, local: { address: '::', port: 81 } });
    const four = b.tcp.open({ passive: true, local: { address: '0.0.0.0', port: 81 } });
    for (const port of [80, 81]) b.tcp.open({ remote: { address: '127.0.0.1', port } });
    clock.advanceTo(clock.now() + 100_000);
    expect([both.pending, only.pending, four.pending]).toEqual([1, 0, 1]);
  });

  test('nobody listens: refused; no route: ENETUNREACH', () => {
    const { clock, a } = pair();
    const client = a.tcp.open({ remote: { address: B, port: 81 } });
    clock.advanceTo(clock.now() + 100_000);
    expect(client.receive(1)).toBe('ECONNREFUSED');
    expect(() => a.tcp.open({ remote: { address: '2001:db8:1::1', port: 80 } })).toThrow('ENETUNREACH');
  });
});

describe('UDP over IPv6', () => {
  test('datagrams both ways; a socket on `::` hears IPv4 too', () => {
    const { clock, a, b } = pair();
    const server = b.udp.open({ local: { address: '::', port: 53 } });
    const client = a.udp.open({ local: { address: '::' } });
    expect(client.send(Buffer.from('who?'), { address: B, port: 53 })).toBe(4);
    b.udp.open().send(Buffer.from('4'), { address: '127.0.0.1', port: 53 });
    clock.advanceTo(clock.now() + 10_000);
    const question = server.receive();
    if (typeof question === 'string') throw new Error(question);
    expect(question).toMatchObject({ remote: { address: A }, to: B, ttl: 64 });
    expect(server.receive()).toMatchObject({ remote: { address: '127.0.0.1' } });
    server.send(Buffer.from('me'), question.remote);
    clock.advanceTo(clock.now() + 10_000);
    expect(client.receive()).toMatchObject({ remote: { address: B, port: 53 } });
  });

  test('nobody there: port unreachable, and the connected socket hears of it', () => {
    const { clock, a } = pair();
    const client = a.udp.open({ local: { address: '::' }, remote: { address: B, port: 9 } });
    client.send(Buffer.from('?'));
    clock.advanceTo(clock.now() + 10_000);
    expect(client.receive()).toBe('ECONNREFUSED');
  });
});

test('ping over IPv6', () => {
  const { clock, a } = pair();
  const heard: string[] = [];
  const ping = a.ip.ping({ reply: ({ address, sequence }) => heard.push(`${address} ${sequence}`) });
  const path = a.ip.path(requireIpv6Address(B));
  if (typeof ping === 'string' || typeof path === 'string') throw new Error('no way');
  ping.send(path, { sequence: 7, data: new Uint8Array(8) });
  clock.advanceTo(clock.now() + 10_000);
  expect(heard).toEqual([`${B} 7`]);
});
