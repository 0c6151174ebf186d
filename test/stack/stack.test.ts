import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { PacketLink } from '../../src/link/packets';
import { Stack } from '../../src/stack';
import type { Connection } from '../../src/tcp/user';
import { established, script, SECOND } from '../support/script';

const text = (connection: Connection): string => {
  const data = connection.receive();
  return typeof data === 'string' ? data : Buffer.from(data).toString();
};

describe('a stack by itself', () => {
  test('talks to itself over its loopback interface, and leaves nothing behind', () => {
    const clock = new VirtualClock();
    const { tcp } = new Stack({ clock, seed: 1 });
    const listener = tcp.open({ passive: true, local: { port: 80 } });
    const client = tcp.open({ remote: { address: '127.0.0.1', port: 80 } });
    clock.run();
    const server = listener.accept();
    if (typeof server === 'string') throw new Error(server);
    expect([client.state, server.state, server.remote]).toEqual(['ESTABLISHED', 'ESTABLISHED', client.local]);
    client.send(new TextEncoder().encode('hello'));
    clock.run();
    expect(text(server)).toBe('hello');
    client.close();
    server.close();
    listener.close();
    clock.run();
    expect([tcp.connections(), tcp.listeners(), clock.nextDeadline()]).toEqual([[], [], undefined]);
  });

  test('the same seed, the same packets', () => {
    const syn = (seed?: number): string => {
      const stack = new Stack({ clock: new VirtualClock(), ...(seed === undefined ? {} : { seed }) });
      const link = new PacketLink();
      stack.attach(link, { address: '10.9.0.2/24' });
      let packet = '';
      link.onPacket = (bytes) => {
        packet = Buffer.from(bytes).toString('hex');
      };
      stack.tcp.open({ remote: { address: '10.9.0.1', port: 80 } });
      return packet;
    };
    expect(syn(7)).toBe(syn(7));
    expect(syn(7)).not.toBe(syn(8));
    expect(syn()).not.toBe(syn());
  });

  test('connections are listed oldest first, listeners apart', () => {
    const t = script({ passive: 80 });
    const ports = [3, 1, 2].map((port) => t.open({ remote: { address: '10.9.0.1', port } }).remote.port);
    t.skip();
    expect(t.wire.stack.tcp.connections().map(({ remote }) => remote.port)).toEqual(ports);
    expect(t.wire.stack.tcp.listeners()).toEqual([t.listener]);
  });

  test('counters are in alphabetical order, and only those that counted', () => {
    const t = script().inject('S 0:0(0)').skip().inject('R 0:0(0)');
    expect(Object.entries(t.wire.stack.counters)).toEqual([
      ['tcp.no-listener', 2],
      ['tcp.resets-sent', 1],
    ]);
  });

  test('close aborts what is open, and closes the links', async () => {
    const t = established();
    const { stack, link } = t.wire;
    const closed = stack.close();
    t.expect('R 1:1(0) win 0');
    await closed;
    expect([stack.tcp.connections(), stack.tcp.listeners(), stack.ip.interfaces]).toEqual([[], [], []]);
    t.inject('S 0:0(0)').expectNothing();
    expect(link.counters.dropped).toBe(1);
    expect(t.wire.clock.nextDeadline()).toBeUndefined();
    t.after(1000 * SECOND).expectNothing();
  });
});
