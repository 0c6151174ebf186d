import { describe, expect, test } from '@jest/globals';
import type { Stack } from '../../src/core';
import type { UdpErrorCode } from '../../src/stack/udp';

import { all, bytes, codeOf, local, neighbours, ONE, OTHER } from './udp-neighbours';

describe('open', () => {
  test('without a port: an ephemeral one, which differs each time', () => {
    const stack = local();
    const ports = Array.from({ length: 50 }, () => stack.udp.open().local.port);
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) expect(port >= 32_768 && port <= 60_999).toBe(true);
    const steps = ports.slice(1).map((port, index) => port - (ports[index] ?? 0));
    expect(steps.filter((step) => step === 1).length).toBeLessThan(5);
  });

  test('the ephemeral ports end: EADDRINUSE, and one that is closed is free again', () => {
    const stack = local({ udp: { ephemeralPorts: { first: 50_000, last: 50_003 } } });
    const sockets = Array.from({ length: 4 }, () => stack.udp.open());
    expect(sockets.map((socket) => socket.local.port).sort()).toEqual([50_000, 50_001, 50_002, 50_003]);
    expect(codeOf(() => stack.udp.open())).toBe('EADDRINUSE');
    sockets[2]?.close();
    expect(stack.udp.open().local.port).toBe(sockets[2]?.local.port);
  });

  test('the number of sockets has a bound', () => {
    const stack = local({ udp: { maxSockets: 2 } });
    const [first] = [stack.udp.open(), stack.udp.open()];
    expect(codeOf(() => stack.udp.open())).toBe('ENOBUFS');
    first.close();
    expect(stack.udp.sockets()).toHaveLength(1);
    stack.udp.open();
  });

  test.each<[string, Parameters<Stack['udp']['open']>[0], string]>([
    ['a port out of range', { local: { port: 65_536 } }, 'EINVAL'],
    ['an address that is none', { local: { address: 'x' } }, 'EINVAL'],
    ['an address that is not ours', { local: { address: '192.0.2.1' } }, 'EADDRNOTAVAIL'],
    ['a ttl of 0', { ttl: 0 }, 'EINVAL'],
    ['a multicastTtl of 256', { multicastTtl: 256 }, 'EINVAL'],
    ['a tos of 256', { tos: 256 }, 'EINVAL'],
    ['a queue for none', { receiveQueue: 0 }, 'EINVAL'],
    ['a multicastInterface that is not ours', { multicastInterface: '192.0.2.1' }, 'EADDRNOTAVAIL'],
    ['a multicastInterface that is a group', { multicastInterface: '224.0.0.1' }, 'EINVAL'],
    ['a remote to which no route leads', { remote: { address: '192.0.2.1', port: 9 } }, 'ENETUNREACH'],
    ['a remote without a port', { remote: { address: '127.0.0.1', port: 0 } }, 'EINVAL'],
    ['a broadcast address to connect to', { remote: { address: '127.255.255.255', port: 9 } }, 'EACCES'],
  ])('refuses %s, and leaves nothing behind', (_what, options, code) => {
    const stack = local();
    expect(codeOf(() => stack.udp.open(options))).toBe(code);
    expect(stack.udp.sockets()).toEqual([]);
  });

  test('who shares a port with whom', () => {
    const stack = local();
    const open = (address: string, reuseAddress: boolean): string =>
      codeOf(() => stack.udp.open({ local: { address, port: 5000 }, reuseAddress }));
    expect(open('127.0.0.1', false)).toBe('none');
    expect(open('127.0.0.1', true)).toBe('EADDRINUSE');
    expect(open('0.0.0.0', true)).toBe('EADDRINUSE');
    expect(open('127.0.0.2', true)).toBe('none');
    expect(open('127.0.0.2', true)).toBe('none');
    expect(open('127.0.0.2', false)).toBe('EADDRINUSE');
  });
});

describe('send and receive', () => {
  test('a datagram, with all that is known of it', () => {
    const { one, other } = neighbours();
    const sender = one.udp.open({ ttl: 9, tos: 0xb8 });
    const receiver = other.udp.open({ local: { port: 53 } });
    expect(sender.send([bytes('que'), bytes('stion')], { address: OTHER, port: 53 })).toBe(8);
    const message = receiver.receive();
    expect(message).toEqual({
      data: bytes('question'),
      remote: { address: ONE, port: sender.local.port },
      to: OTHER,
      ttl: 9,
      tos: 0xb8,
    });
    expect(receiver.receive()).toBe('EAGAIN');
    expect([sender.counters, receiver.counters]).toEqual([
      { sent: 1, received: 0, dropped: 0 },
      { sent: 0, received: 1, dropped: 0 },
    ]);
  });

  test('the bytes are the caller’s again when send returns', () => {
    const { one, other } = neighbours();
    const receiver = other.udp.open({ local: { port: 53 } });
    const data = bytes('as it was');
    one.udp.open().send(data, { address: OTHER, port: 53 });
    data.fill(0);
    expect(all(receiver)).toEqual(['as it was']);
  });

  test('a user hears of what arrives, once for all that did, and may call from inside', () => {
    const stack = local();
    const [one, other] = [stack.udp.open({ local: { port: 1 } }), stack.udp.open({ local: { port: 2 } })];
    const seen: string[] = [];
    other.user = {
      socketChanged: () => {
        seen.push(all(other).join());
        other.send(bytes('re'), { address: '127.0.0.1', port: 1 });
      },
    };
    stack.ip.udp.call(() => {
      for (const each of ['a', 'b']) one.send(bytes(each), { address: '127.0.0.1', port: 2 });
    });
    expect(seen).toEqual(['a,b']);
    expect(all(one)).toEqual(['re']);
  });

  test('what one user throws comes out, and the others are told', () => {
    const stack = local();
    const sender = stack.udp.open();
    const told: number[] = [];
    for (const port of [1, 2]) {
      stack.udp.open({ local: { port } }).user = {
        socketChanged: () => {
          told.push(port);
          throw new Error(`no ${port}`);
        },
      };
    }
    expect(() => {
      stack.ip.udp.call(() => {
        for (const port of [1, 2]) sender.send(bytes('x'), { address: '127.0.0.1', port });
      });
    }).toThrow('no 1');
    expect(told).toEqual([1, 2]);
  });

  test.each<[string, number, { address: string; port: number } | undefined, UdpErrorCode]>([
    ['nobody', 1, undefined, 'EDESTADDRREQ'],
    ['port 0', 1, { address: OTHER, port: 0 }, 'EINVAL'],
    ['no address', 1, { address: 'x', port: 9 }, 'EINVAL'],
    ['nowhere', 1, { address: '192.0.2.1', port: 9 }, 'ENETUNREACH'],
    ['all', 1, { address: '255.255.255.255', port: 9 }, 'EACCES'],
    ['all of a network', 1, { address: '10.9.0.255', port: 9 }, 'EACCES'],
    ['a host, more than IP takes', 65_508, { address: OTHER, port: 9 }, 'EMSGSIZE'],
  ])('to %s is refused', (_whom, length, to, code) => {
    const { one } = neighbours();
    expect(one.udp.open().send(new Uint8Array(length), to)).toBe(code);
  });

  test('a datagram has 65,507 bytes at the most, over an Ethernet in fragments', () => {
    const { one, other } = neighbours();
    const receiver = other.udp.open({ local: { port: 9 } });
    const socket = one.udp.open();
    const data = Uint8Array.from({ length: 65_507 }, (_, index) => (index * 7) % 251);
    expect(socket.send(data, { address: OTHER, port: 9 })).toBe(65_507);
    const arrived = receiver.receive();
    expect(typeof arrived === 'string' ? arrived : Buffer.compare(arrived.data, data)).toBe(0);
    expect(socket.send(new Uint8Array(65_507), { address: '127.0.0.1', port: 9 })).toBe(65_507);
    expect(socket.send(new Uint8Array(65_508), { address: '127.0.0.1', port: 9 })).toBe('EMSGSIZE');
  });

  test('from 127.0.0.1 nothing goes to other hosts', () => {
    const { one } = neighbours();
    const socket = one.udp.open({ local: { address: '127.0.0.1' } });
    expect(socket.send(bytes('x'), { address: OTHER, port: 9 })).toBe('EINVAL');
  });

  test('the way is found anew when routes change', () => {
    const { one, other } = neighbours();
    const receiver = other.udp.open({ local: { port: 9 } });
    const socket = one.udp.open();
    const to = { address: OTHER, port: 9 };
    expect(socket.send(bytes('a'), to)).toBe(1);
    const [wire] = one.ip.interfaces.filter(({ loopback }) => !loopback);
    if (wire === undefined) throw new Error('there is none');
    one.ip.detach(wire);
    expect(socket.send(bytes('b'), to)).toBe('ENETUNREACH');
    expect(all(receiver)).toEqual(['a']);
  });

  test('a queue that is full drops what comes, and counts it', () => {
    const { one, other } = neighbours();
    const receiver = other.udp.open({ local: { port: 9 }, receiveQueue: 2 });
    const octets = other.udp.open({ local: { port: 10 }, receiveBuffer: 25 });
    const socket = one.udp.open();
    for (const each of ['a', 'b', 'c']) socket.send(bytes(each), { address: OTHER, port: 9 });
    for (let index = 0; index < 3; index++) socket.send(new Uint8Array(10), { address: OTHER, port: 10 });
    expect(all(receiver)).toEqual(['a', 'b']);
    expect([receiver.counters.dropped, octets.counters.dropped]).toEqual([1, 1]);
    expect(octets.queued).toEqual({ datagrams: 2, octets: 20 });
    expect(other.counters).toMatchObject({ 'udp.queue-full': 2 });
  });

  test('a link that is full: EAGAIN, and the user hears when there is room', () => {
    const stack = local();
    const socket = stack.udp.open();
    const seen: boolean[] = [];
    socket.user = { socketChanged: () => seen.push(socket.writable) };
    const to = { address: '127.0.0.1', port: socket.local.port };
    stack.ip.udp.call(() => {
      // The loopback link holds 1024 packets.
      for (let index = 0; index < 1024; index++) expect(socket.send(bytes('x'), to)).toBe(1);
      expect(socket.send(bytes('x'), to)).toBe('EAGAIN');
      expect(socket.writable).toBe(false);
    });
    expect(seen.at(-1)).toBe(true);
    expect(socket.writable).toBe(true);
    expect(socket.counters).toEqual({ sent: 1024, received: 1024, dropped: 0 });
  });

  test('a closed socket answers EBADF, and its port is nobody’s', () => {
    const stack = local();
    const socket = stack.udp.open({ local: { port: 5000 } });
    socket.send(bytes('x'), { address: '127.0.0.1', port: 5000 });
    let told = 0;
    socket.user = { socketChanged: () => (told += 1) };
    socket.close();
    socket.close();
    expect([socket.send(bytes('x')), socket.receive(), socket.closed, told]).toEqual(['EBADF', 'EBADF', true, 1]);
    expect(
      codeOf(() => {
        socket.join('239.1.1.1');
      }),
    ).toBe('EBADF');
    stack.udp.open({ local: { port: 5000 } });
  });

  test('the stack closes its sockets', async () => {
    const stack = local();
    const socket = stack.udp.open();
    await stack.close();
    expect([socket.closed, stack.udp.sockets()]).toEqual([true, []]);
  });

  test('each datagram is an event of the trace, out and in', () => {
    const { one, other } = neighbours();
    other.udp.open({ local: { port: 53 } });
    const socket = one.udp.open({ local: { port: 5000 } });
    const seen: unknown[] = [];
    for (const stack of [one, other]) {
      stack.observe((event) => {
        if (event.type === 'udp') seen.push(event);
      });
    }
    socket.send(bytes('x'), { address: OTHER, port: 53 });
    const [here, there] = [
      { address: ONE, port: 5000 },
      { address: OTHER, port: 53 },
    ];
    expect(seen).toMatchObject([
      { direction: 'out', local: here, remote: there, length: 1 },
      { direction: 'in', local: there, remote: here, length: 1 },
    ]);
  });
});

describe('connected', () => {
  test('port unreachable is ECONNREFUSED, told once, to receive or to send', () => {
    const { one } = neighbours();
    const socket = one.udp.open({ remote: { address: OTHER, port: 81 } });
    let told = 0;
    socket.user = { socketChanged: () => (told += 1) };
    expect(socket.send(bytes('x'))).toBe(1);
    expect([told, socket.readable]).toEqual([1, true]);
    expect([socket.receive(), socket.receive()]).toEqual(['ECONNREFUSED', 'EAGAIN']);
    expect(socket.send(bytes('x'))).toBe(1);
    expect([socket.send(bytes('x')), socket.send(bytes('x'))]).toEqual(['ECONNREFUSED', 1]);
  });

  test('to one that is not connected it is something to know, and no more', () => {
    const { one } = neighbours();
    const socket = one.udp.open();
    socket.send(bytes('x'), { address: OTHER, port: 81 });
    expect(socket.receive()).toBe('EAGAIN');
    expect(socket.softError).toEqual({
      code: 'ECONNREFUSED',
      detail: `destination-unreachable, code 3, from ${OTHER}, about ${OTHER}:81`,
    });
  });

  test('a neighbour that does not answer is something to know, too', () => {
    const { clock, one } = neighbours();
    const socket = one.udp.open({ remote: { address: '10.9.0.77', port: 81 } });
    socket.send(bytes('x'));
    clock.advanceBy(10_000_000);
    expect([socket.receive(), socket.softError?.code]).toEqual(['EAGAIN', 'EHOSTUNREACH']);
  });

  test('its address is the one that the way has, until it is disconnected', () => {
    const { one } = neighbours();
    const socket = one.udp.open({ local: { port: 5000 } });
    expect([socket.local.address, socket.remote]).toEqual(['0.0.0.0', undefined]);
    socket.connect({ address: OTHER, port: 9 });
    expect([socket.local, socket.remote]).toEqual([
      { address: ONE, port: 5000 },
      { address: OTHER, port: 9 },
    ]);
    socket.disconnect();
    expect([socket.local.address, socket.remote]).toEqual(['0.0.0.0', undefined]);
    expect(socket.send(bytes('x'))).toBe('EDESTADDRREQ');
  });
});
