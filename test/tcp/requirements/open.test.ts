import { describe, expect, test } from '@jest/globals';
import { PacketLink } from '../../../src/link/packets';
import type { Connection } from '../../../src/tcp/user';
import { Peer } from '../../support/peer';
import { established, PEER, script, SECOND, US, type Script } from '../../support/script';

/** Our second address, of an interface on which nothing comes. */
const OTHER = '192.0.2.9';

/** A stack that has both addresses. */
function multihomed(): Script {
  const t = script();
  t.wire.stack.attach(new PacketLink({ name: 'other' }), { address: `${OTHER}/24` });
  return t;
}

/** A peer that calls port 80 at `address`. */
const caller = (t: Script, address: string, port: number): Peer =>
  new Peer(t.wire, { address, port: 80 }, { address: PEER, port }, 0x3000_0000);

/** What `peer` sends, to the address that it knows us by. */
function send(t: Script, peer: Peer, line: string): void {
  const payload = peer.withChecksum(peer.payload(line), { dst: peer.local.address });
  t.wire.inject({ dst: peer.local.address, payload });
}

function call(t: Script, peer: Peer): void {
  send(t, peer, 'S 0:0(0) <mss 1460>');
  peer.expect('S. 0:0(0) ack 1 <mss 1460>');
  send(t, peer, '. 1:1(0) ack 1');
}

describe('OPEN on a host with several addresses (RFC 9293 §3.9.1.1)', () => {
  test('MUST-42: each address has a listener on one port, and each listener its own callers', () => {
    const t = multihomed();
    const here = t.open({ passive: true, local: { address: US, port: 80 } });
    const there = t.open({ passive: true, local: { address: OTHER, port: 80 } });
    call(t, caller(t, OTHER, 50_000));
    expect([here.pending, there.pending]).toEqual([0, 1]);
    call(t, caller(t, US, 50_000));
    call(t, caller(t, OTHER, 50_001));
    expect([here.pending, there.pending]).toEqual([1, 2]);
  });

  test('MUST-45: whoever calls an address is answered from it, from the SYN,ACK to the ACK of a repeated FIN', () => {
    const t = multihomed();
    const listener = t.open({ passive: true, local: { port: 80 } });
    const peer = caller(t, OTHER, 50_000);
    call(t, peer);
    const connection = listener.accept() as Connection;
    expect(connection.local).toEqual({ address: OTHER, port: 80 });
    // `expect` looks at the addresses as well.
    connection.send(new Uint8Array([0, 1]));
    peer.expect('P. 1:3(2) ack 1');
    t.after(SECOND / 5);
    peer.expect('P. 1:3(2) ack 1');
    send(t, peer, '. 1:1(0) ack 3');
    connection.close();
    peer.expect('F. 3:3(0) ack 1');
    send(t, peer, 'F. 1:1(0) ack 4');
    peer.expect('. 4:4(0) ack 2');
    send(t, peer, 'F. 1:1(0) ack 4');
    peer.expect('. 4:4(0) ack 2');
  });

  test('MUST-45: a reset as well', () => {
    const t = multihomed();
    const listener = t.open({ passive: true, local: { port: 80 } });
    const [one, two] = [caller(t, OTHER, 50_000), caller(t, OTHER, 50_001)];
    call(t, one);
    (listener.accept() as Connection).abort();
    one.expect('R 1:1(0) win 0');
    listener.close();
    send(t, two, 'S 0:0(0)');
    two.expect('R. 0:0(0) ack 1 win 0');
  });
});

describe('passive OPEN (RFC 9293 §3.9.1)', () => {
  test('MUST-41: leaves a connection of the same port as it is', () => {
    const t = established({ active: 80 });
    const before = t.status;
    t.listen(40_000);
    expect(t.status).toEqual(before);
    t.inject('P. 1:6(5) ack 1 "hello"').reads('hello');
    t.listener?.close();
    t.inject('P. 6:11(5) ack 1 "world"').expect('. 1:1(0) ack 11').reads('world').state('ESTABLISHED');
  });

  test.each(['255.255.255.255', '10.9.0.255', '224.0.0.1', '0.0.0.0'])(
    'MUST-46: waiting for a call from %s is refused',
    (address) => {
      const t = script();
      expect(() => t.open({ passive: true, local: { port: 80 }, remote: { address, port: 9 } })).toThrow('EINVAL');
      expect(t.wire.stack.tcp.listeners()).toEqual([]);
    },
  );

  test.each(['255.255.255.255', '10.9.0.255', '224.0.0.1'])('MUST-46: so is listening at %s', (address) => {
    const t = script();
    expect(() => t.open({ passive: true, local: { address, port: 80 } })).toThrow(/EINVAL|EADDRNOTAVAIL/);
    expect(t.wire.stack.tcp.listeners()).toEqual([]);
  });
});
