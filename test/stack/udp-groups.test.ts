import { describe, expect, test } from '@jest/globals';
import { memoryPair, Stack, VirtualClock } from '../../src/core';

import { all, bytes, codeOf, local, neighbours, ONE, OTHER, text } from './udp-neighbours';

describe('broadcast', () => {
  test.each(['255.255.255.255', '10.9.0.255'])('to %s: everyone on the wire, and ourselves', (address) => {
    const { one, other } = neighbours();
    const sender = one.udp.open({ local: { address: ONE }, broadcast: true });
    const receivers = [one, other].map((stack) => stack.udp.open({ local: { port: 9 } }));
    const bound = other.udp.open({ local: { address: OTHER, port: 10 } });
    expect(sender.send(bytes('all'), { address, port: 9 })).toBe(3);
    expect(sender.send(bytes('all'), { address, port: 10 })).toBe(3);
    expect(receivers.map(all)).toEqual([['all'], ['all']]);
    expect(all(bound)).toEqual([]);
    expect(other.counters).toEqual({ 'udp.no-listener': 1 });
  });

  test('every socket on the port gets it, in memory of its own', () => {
    const { one, other } = neighbours();
    const sockets = [1, 2].map(() => other.udp.open({ local: { port: 9 }, reuseAddress: true }));
    one.udp.open({ broadcast: true }).send(bytes('all'), { address: '10.9.0.255', port: 9 });
    const [first, second] = sockets.map((socket) => socket.receive());
    if (typeof first !== 'object' || typeof second !== 'object') throw new Error('it did not arrive');
    first.data.fill(0);
    expect(text(second)).toBe('all');
  });

  test('set takes effect at once, also on a way that was found before', () => {
    const { one } = neighbours();
    const socket = one.udp.open({ broadcast: true });
    const to = { address: '10.9.0.255', port: 9 };
    expect(socket.send(bytes('x'), to)).toBe(1);
    socket.set({ broadcast: false });
    expect(socket.send(bytes('x'), to)).toBe('EACCES');
  });
});

describe('groups', () => {
  const GROUP = '239.1.2.3';

  test('only those in the group get it, here and on the wire, with a time to live of 1', () => {
    const { one, other } = neighbours();
    const [here, there, stranger] = [one, other, other].map((stack) =>
      stack.udp.open({ local: { port: 9 }, reuseAddress: true }),
    );
    here?.join(GROUP);
    there?.join(GROUP, { interface: OTHER });
    one.udp.open().send(bytes('members'), { address: GROUP, port: 9 });
    const message = there?.receive();
    expect(message).toMatchObject({ to: GROUP, ttl: 1, remote: { address: ONE } });
    expect(here && all(here)).toEqual(['members']);
    expect(stranger && all(stranger)).toEqual([]);
  });

  test('a stack without members takes nothing of it', () => {
    const { one, other } = neighbours();
    const socket = other.udp.open({ local: { port: 9 } });
    const sender = one.udp.open();
    sender.send(bytes('x'), { address: GROUP, port: 9 });
    expect(other.counters).toEqual({ 'ip.not-ours': 1 });
    socket.join(GROUP);
    socket.leave(GROUP);
    sender.send(bytes('x'), { address: GROUP, port: 9 });
    expect(other.counters).toEqual({ 'ip.not-ours': 2 });
    socket.join(GROUP);
    socket.close();
    sender.send(bytes('x'), { address: GROUP, port: 9 });
    expect(other.counters).toEqual({ 'ip.not-ours': 3 });
  });

  test('multicastLoop false: this host gets none; multicastTtl 0: only this host', () => {
    const { one, other } = neighbours();
    const [here, there] = [one, other].map((stack) => {
      const socket = stack.udp.open({ local: { port: 9 } });
      socket.join(GROUP);
      return socket;
    });
    const sender = one.udp.open({ multicastLoop: false });
    sender.send(bytes('out'), { address: GROUP, port: 9 });
    sender.set({ multicastLoop: true, multicastTtl: 0 });
    sender.send(bytes('in'), { address: GROUP, port: 9 });
    expect([here && all(here), there && all(there)]).toEqual([['in'], ['out']]);
  });

  test('a membership holds on its interface only', () => {
    const { one, other } = neighbours();
    const socket = other.udp.open({ local: { port: 9 } });
    socket.join(GROUP, { interface: '127.0.0.1' });
    one.udp.open().send(bytes('by the wire'), { address: GROUP, port: 9 });
    other.udp.open({ multicastInterface: '127.0.0.1' }).send(bytes('by loopback'), { address: GROUP, port: 9 });
    expect(all(socket)).toEqual(['by loopback']);
  });

  test('only from the sources that were asked for', () => {
    const { one, other } = neighbours();
    const socket = other.udp.open({ local: { port: 9 } });
    const sender = one.udp.open();
    socket.join(GROUP, { source: '10.9.0.77' });
    sender.send(bytes('a'), { address: GROUP, port: 9 });
    socket.join(GROUP, { source: ONE });
    sender.send(bytes('b'), { address: GROUP, port: 9 });
    socket.leave(GROUP, { source: ONE });
    sender.send(bytes('c'), { address: GROUP, port: 9 });
    expect(all(socket)).toEqual(['b']);
  });

  test('its frames are for the group’s own Ethernet address', () => {
    const clock = new VirtualClock();
    const [a, b] = memoryPair({ clock, medium: 'ethernet' });
    const stack = new Stack({ clock });
    stack.attach(a, { address: `${ONE}/24`, announce: false });
    const sent: string[] = [];
    b.onReceive = (frames) => {
      for (const frame of frames) sent.push(Array.from(frame.subarray(0, 6), (octet) => octet.toString(16)).join(':'));
    };
    const socket = stack.udp.open({ broadcast: true });
    for (const address of ['239.129.2.3', '255.255.255.255', '10.9.0.255'])
      socket.send(bytes('x'), { address, port: 9 });
    // RFC 1112 §6.4: 23 bits of the group go into the address.
    expect(sent).toEqual(['1:0:5e:1:2:3', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff']);
  });

  test('groups and sources have bounds', () => {
    const stack = local({ udp: { maxMemberships: 2, maxSources: 1 } });
    const socket = stack.udp.open();
    const join = (group: string, source?: string): string =>
      codeOf(() => {
        socket.join(group, source === undefined ? {} : { source });
      });
    expect([join('239.0.0.1'), join('239.0.0.2', ONE), join('239.0.0.3'), join('239.0.0.2', OTHER)]).toEqual([
      'none',
      'none',
      'ENOBUFS',
      'ENOBUFS',
    ]);
  });
});
