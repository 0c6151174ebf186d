import { describe, expect, test } from '@jest/globals';
import { TcpError } from '../../../src/tcp/errors';
import type { ActiveOpen, PassiveOpen } from '../../../src/tcp/user';
import { PacketLink } from '../../../src/link/packets';
import { PEER, script, US, type Script } from '../../support/script';

const remote = { address: PEER, port: 80 };
/** The code and the message of what `open` throws. */
function refusal(t: Script, options: ActiveOpen | PassiveOpen): string {
  try {
    if (options.passive === true) t.open(options);
    else t.open(options);
  } catch (error) {
    if (error instanceof TcpError) return error.message;
    throw error;
  }
  return 'it opened';
}

describe('active OPEN (RFC 9293 §3.10.1)', () => {
  test('MUST-43: the local address and port may be named, and stand on every segment (MUST-45)', () => {
    const t = script({ active: 80 }).expect('S 0:0(0) win 65535 <mss 1460,nop,wscale 3>');
    expect(t.connection.local).toEqual({ address: US, port: 40_000 });
    expect(t.connection.remote).toEqual(remote);
  });

  test('MUST-44: without one, the address is that of the route', () => {
    const t = script();
    t.wire.stack.attach(new PacketLink({ name: 'other' }), { address: '192.0.2.9/24' });
    expect(t.open({ remote }).local.address).toBe(US);
    expect(t.open({ remote: { address: '192.0.2.1', port: 80 } }).local.address).toBe('192.0.2.9');
    expect(t.open({ remote: { address: '127.0.0.1', port: 80 } }).local.address).toBe('127.0.0.1');
    t.skip();
  });

  test.each([
    ['255.255.255.255', "is not one host's address"],
    ['10.9.0.255', "is not one host's address"],
    ['224.0.0.1', "is not one host's address"],
    ['239.255.255.255', "is not one host's address"],
    ['0.0.0.0', "is not one host's address"],
    ['10.9.0', 'is not an IP address'],
    ['10.9.0.256', 'is not an IP address'],
    ['fd00::1::2', 'is not an IP address'],
    ['', 'is not an IP address'],
  ])('MUST-46: %s is refused', (address, why) => {
    const t = script();
    expect(refusal(t, { remote: { address, port: 80 } })).toBe(
      `EINVAL: cannot connect to ${address.includes(':') ? `[${address}]` : address}:80: ${address} ${why}`,
    );
    expect(t.wire.stack.tcp.connections()).toEqual([]);
  });

  test('EINVAL: neither a peer to call nor a wish to listen', () => {
    const nothing = JSON.parse('{}') as ActiveOpen; // as a program in JavaScript may give it
    expect(refusal(script(), nothing)).toMatch(/^EINVAL: cannot open: name a `remote` to call/);
  });

  test('ports are checked', () => {
    const t = script();
    for (const port of [0, -1, 65_536, 1.5, NaN]) {
      expect(refusal(t, { remote: { address: PEER, port } })).toMatch(/^EINVAL: .* a port is a whole number from 1/);
    }
    expect(refusal(t, { remote, local: { port: 65_536 } })).toMatch(/^EINVAL: .* a port is a whole number from 0/);
  });

  test('EADDRNOTAVAIL: an address that is not ours; ENETUNREACH: no way there', () => {
    const t = script();
    expect(refusal(t, { remote, local: { address: '10.9.0.3' } })).toBe(
      `EADDRNOTAVAIL: cannot connect to ${PEER}:80: this stack does not have the address 10.9.0.3`,
    );
    expect(refusal(t, { remote, local: { address: '127.0.0.1' } })).toMatch(/^EADDRNOTAVAIL/);
    for (const { interface: via, ...route } of t.wire.stack.ip.routes) {
      if (via.name === 'packets') t.wire.stack.ip.removeRoute({ ...route, interface: via });
    }
    const [first] = t.wire.stack.ip.interfaces.filter(({ name }) => name === 'packets');
    if (first !== undefined) t.wire.stack.ip.detach(first);
    expect(refusal(t, { remote })).toMatch(/^ENETUNREACH: cannot connect to 10\.9\.0\.1:80: no route to it/);
  });

  test('EADDRINUSE: the four-tuple is in use; another peer or another port of the same peer is not', () => {
    const t = script({ active: 80 }).skip();
    const local = { port: 40_000 };
    expect(refusal(t, { remote, local })).toBe(
      `EADDRINUSE: cannot connect to ${PEER}:80 from port 40000: there is such a connection already`,
    );
    t.open({ remote: { ...remote, port: 81 }, local });
    t.open({ remote: { ...remote, address: '10.9.0.5' }, local });
    t.open({ remote, local: { port: 40_001 } });
    t.skip();
  });

  test('ENOBUFS: the table is full', () => {
    const t = script({ tcp: { maxConnections: 1 }, active: 80 }).skip();
    expect(refusal(t, { remote })).toBe(
      `ENOBUFS: cannot connect to ${PEER}:80: all 1 connections (maxConnections) are in use`,
    );
  });
});

describe('passive OPEN (RFC 9293 §3.10.1)', () => {
  test('MUST-42: one port may be listened on at several local addresses, and each has its own callers', () => {
    const t = script();
    t.wire.stack.attach(new PacketLink({ name: 'other' }), { address: '192.0.2.9/24' });
    const here = t.open({ passive: true, local: { address: US, port: 80 } });
    const there = t.open({ passive: true, local: { address: '192.0.2.9', port: 80 } });
    call(t);
    expect([here.pending, there.pending]).toEqual([1, 0]);
  });

  test('MUST-41: the more special listener has the call, whatever the order', () => {
    const t = script();
    const any = t.open({ passive: true, local: { port: 80 }, remote: { address: PEER, port: 9 } });
    const anyone = t.open({ passive: true, local: { port: 80 } });
    const friend = t.open({ passive: true, local: { port: 80 }, remote: { address: PEER, port: 41_234 } });
    call(t);
    expect([any.pending, anyone.pending, friend.pending]).toEqual([0, 0, 1]);
    friend.close();
    t.skip();
    call(t);
    expect([any.pending, anyone.pending, friend.pending]).toEqual([0, 1, 0]);
  });

  test('EADDRINUSE: the same place twice, where 0.0.0.0 is every address', () => {
    const t = script({ passive: 80 });
    const again = 'EADDRINUSE: cannot listen on 10.9.0.2:80: the port is being listened on already';
    expect(refusal(t, { passive: true, local: { address: US, port: 80 } })).toBe(again);
    expect(refusal(t, { passive: true, local: { port: 80 } })).toMatch(/^EADDRINUSE/);
    t.open({ passive: true, local: { port: 81 } });
    expect(refusal(t, { passive: true, local: { address: US, port: 81 } })).toMatch(/^EADDRINUSE/);
    t.listener?.close();
    t.open({ passive: true, local: { address: US, port: 80 } });
  });

  test('MUST-41: a connection from the port keeps nobody from listening there, and the other way round', () => {
    const t = script({ active: 80 }).skip();
    t.listen(40_000).inject('S. 0:0(0) ack 1 <mss 1460>').skip().state('ESTABLISHED');
    expect(t.listener?.pending).toBe(0);
  });

  test('EADDRNOTAVAIL and EINVAL: places where nobody can listen', () => {
    const t = script();
    const listen = (address: string, port = 80): string => refusal(t, { passive: true, local: { address, port } });
    expect(listen('10.9.0.3')).toMatch(/^EADDRNOTAVAIL: cannot listen on 10\.9\.0\.3:80: this stack does not have/);
    expect(listen('10.9.0')).toMatch(/^EINVAL/);
    expect(listen(US, 65_536)).toMatch(/^EINVAL/);
    const multicast = { address: '224.0.0.1', port: 9 };
    expect(refusal(t, { passive: true, remote: multicast })).toMatch(/^EINVAL/);
  });

  test('SEND in LISTEN needs to know to whom', () => {
    const t = script({ passive: 80 });
    expect(() => t.sendFromListener('hello')).toThrow('EINVAL: cannot send from the listener on 10.9.0.2:80: it waits');
    t.listener?.close();
    expect(() => t.sendFromListener('hello')).toThrow('EINVAL: cannot send from the listener on 10.9.0.2:80: it is');
  });

  test("SEND in LISTEN calls that peer from the listener's port, and the listener is gone", () => {
    const t = script({ passive: 80, onlyPeer: true }).sendFromListener('hello');
    t.expect('S 0:0(0) win 65535 <mss 1460,nop,wscale 3>').state('SYN-SENT');
    expect([t.listener?.state, t.wire.stack.tcp.listeners()]).toEqual(['CLOSED', []]);
    t.inject('S. 0:0(0) ack 1 <mss 1460>').expect('P. 1:6(5) ack 1 "hello"').state('ESTABLISHED');
  });
});

/** The peer calls port 80 and is let in. */
function call(t: Script): void {
  const peer = t.another(41_234, 80);
  peer.send('S 0:0(0) <mss 1460>');
  peer.expect('S. 0:0(0) ack 1 <mss 1460>');
  peer.send('. 1:1(0) ack 1');
}
