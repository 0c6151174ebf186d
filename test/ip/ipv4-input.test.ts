import { describe, expect, test } from '@jest/globals';
import { Ip } from '../../src/ip/ip';
import { LoopbackLink } from '../../src/link/loopback';
import {
  BROADCAST,
  ethernet,
  ipv4,
  OUR_MAC,
  PEER,
  PEER_MAC,
  Recorder,
  TEST_PROTOCOL,
  TestHost,
  US,
  Wire,
} from './harness';

/** The bytes of a packet with one changed, the checksum left as it was. */
function broken(at: number, value: number): Uint8Array {
  const packet = ipv4({});
  packet[at] = value;
  return packet;
}

describe('packets for us', () => {
  test('reach their protocol, as a view without the padding', () => {
    const wire = new Wire();
    const padded = new Uint8Array(46);
    padded.set(ipv4({ payload: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }));
    wire.receiveBytes(padded);
    const [datagram] = wire.protocol.received;
    expect(datagram?.packet.payload).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect(datagram?.broadcast).toBe(false);
    expect(datagram?.interface).toBe(wire.interface);
    expect(wire.host.counters).toEqual({});
  });

  test('MUST-50: IP options are passed over', () => {
    const wire = new Wire();
    wire.receive({ options: Uint8Array.of(0x99, 4, 1, 2, 7, 3, 4, 0), payload: Uint8Array.of(9, 9) });
    expect(wire.protocol.received.map(({ packet }) => packet.payload)).toEqual([Uint8Array.of(9, 9)]);
  });

  test('are taken with any time to live', () => {
    const wire = new Wire();
    wire.receive({ ttl: 0 });
    wire.receive({ ttl: 1 });
    expect(wire.protocol.received).toHaveLength(2);
  });

  test('are taken with a priority tag', () => {
    const wire = new Wire();
    wire.link.inject(ethernet(0x0800, ipv4({}), OUR_MAC, [0xa000]));
    expect(wire.protocol.received).toHaveLength(1);
  });

  test('are taken from a link of IP packets', () => {
    const wire = new Wire('ip');
    wire.receive({});
    expect(wire.protocol.received).toHaveLength(1);
  });

  test.each([
    ['255.255.255.255', BROADCAST],
    ['10.9.0.255', BROADCAST],
    ['224.0.0.1', '01:00:5e:00:00:01'],
    [US, BROADCAST],
    [US, '01:00:5e:00:00:01'],
  ])('to %s at %s are marked as broadcast', (dst, mac) => {
    const wire = new Wire();
    wire.receive({ dst }, mac);
    expect(wire.protocol.received.map(({ broadcast }) => broadcast)).toEqual([true]);
  });

  test('that came together are followed by one "end of batch", inside the same turn', () => {
    const wire = new Wire();
    const order: string[] = [];
    wire.host.clock.schedule(0, () => order.push('after the turn'));
    wire.ip.protocol(TEST_PROTOCOL, { receive: () => order.push('packet') });
    wire.ip.onBatchEnd = () => order.push('end');
    const frame = ethernet(0x0800, ipv4({}));
    wire.link.inject([frame, frame, frame]);
    expect(order).toEqual(['packet', 'packet', 'packet', 'end', 'after the turn']);
  });

  test('are counted with their bytes', () => {
    const wire = new Wire();
    wire.receive({});
    wire.receive({ dst: '10.9.0.9' });
    expect(wire.interface.counters).toMatchObject({ inPackets: 2, inBytes: 2 * (14 + 28), inDrops: 1 });
  });

  test('stop when the interface is detached from inside', () => {
    const wire = new Wire();
    wire.ip.protocol(TEST_PROTOCOL, {
      receive: (datagram) => {
        wire.protocol.receive(datagram);
        wire.ip.detach(wire.interface);
      },
    });
    const frame = ethernet(0x0800, ipv4({}));
    wire.link.inject([frame, frame]);
    expect(wire.protocol.received).toHaveLength(1);
    expect(wire.host.counters).toEqual({});
  });
});

describe('what is dropped is counted and told', () => {
  test.each([
    ['ip.malformed', 'version 6', broken(0, 0x65)],
    ['ip.malformed', 'a header of 16 bytes', broken(0, 0x44)],
    ['ip.malformed', 'a header longer than the packet', broken(0, 0x4f)],
    ['ip.malformed', 'a length beyond the frame', broken(3, 200)],
    ['ip.malformed', 'a length below the header', broken(3, 19)],
    ['ip.malformed', 'nothing at all', new Uint8Array(0)],
    ['ip.bad-checksum', 'a flipped bit', broken(8, 65)],
    ['ip.not-ours', "another host's address", ipv4({ dst: '10.9.0.3' })],
    ['ip.not-ours', 'a group that we are not in', ipv4({ dst: '224.0.0.251' })],
    [
      'ip.fragment-bad-length',
      'a first fragment of nothing',
      ipv4({ moreFragments: true, payload: new Uint8Array(0) }),
    ],
    ['ip.fragment-too-big', 'a last fragment beyond the end', ipv4({ fragmentOffset: 65_528 })],
    ['ip.martian-source', 'MUST-63: from 0.0.0.0', ipv4({ src: '0.0.0.0' })],
    ['ip.martian-source', 'MUST-63: from loopback', ipv4({ src: '127.0.0.1' })],
    ['ip.martian-source', 'MUST-63: from a group', ipv4({ src: '224.0.0.1' })],
    ['ip.martian-source', 'MUST-63: from everybody', ipv4({ src: '255.255.255.255' })],
    ['ip.martian-source', "MUST-63: from the network's broadcast address", ipv4({ src: '10.9.0.255' })],
    ['ip.martian-source', 'MUST-63: from our own address', ipv4({ src: US })],
    ['ip.martian-destination', 'to loopback', ipv4({ dst: '127.0.0.1' })],
    ['ip.martian-destination', 'to 0.0.0.0', ipv4({ dst: '0.0.0.0' })],
  ])('%s: %s', (counter, _, packet) => {
    const wire = new Wire('ip');
    wire.link.inject(packet);
    expect(wire.host.counters).toEqual({ [counter]: 1 });
    expect(wire.interface.counters.inDrops).toBe(1);
    expect(wire.protocol.received).toEqual([]);
    expect(wire.log()).toEqual([]);
    const [layer, reason] = counter.split('.');
    expect(wire.host.events).toMatchObject([
      { type: 'drop', layer, reason, time: 0, detail: expect.stringContaining(': ') },
    ]);
  });

  test.each([
    ['ethernet.malformed', new Uint8Array(13)],
    ['ethernet.not-ours', ethernet(0x0800, ipv4({}), '02:00:00:00:00:77')],
    ['ethernet.vlan', ethernet(0x0800, ipv4({}), OUR_MAC, [5])],
    ['ethernet.unknown-type', ethernet(0x88cc, new Uint8Array(40))],
    ['ethernet.unknown-type', ethernet(46, new Uint8Array(46))],
  ])('%s', (counter, frame) => {
    const wire = new Wire();
    wire.link.inject(frame);
    expect(wire.host.counters).toEqual({ [counter]: 1 });
    expect(wire.protocol.received).toEqual([]);
  });

  test('the detail names who and why', () => {
    const wire = new Wire('ip');
    wire.link.inject(ipv4({ dst: '10.9.0.3' }));
    expect(wire.host.events).toMatchObject([
      {
        detail: `the packet is for another host, or for a group that is not ours, and is not passed on: ${PEER} to 10.9.0.3`,
      },
    ]);
  });

  test('with nobody listening, no event is built', () => {
    const wire = new Wire();
    wire.host.trace = undefined;
    wire.receive({ dst: '10.9.0.3' });
    wire.receiveArp({});
    wire.receiveIcmp({ type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(8) });
    expect(wire.host.events).toEqual([]);
    expect(wire.log()).toEqual([
      `0 ${US} is-at ${OUR_MAC} → ${PEER_MAC}`,
      `0 ${US} > ${PEER} echo-reply → ${PEER_MAC}`,
    ]);
  });

  test('an unknown protocol is answered with "protocol unreachable"', () => {
    const wire = new Wire('ip');
    wire.receive({ protocol: 250 });
    expect(wire.host.counters).toEqual({ 'ip.unknown-protocol': 1 });
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} destination-unreachable 2`]);
  });
});

describe('loopback', () => {
  test('what we send to ourselves comes back through it, from 127/8 and from our other addresses', () => {
    const host = new TestHost();
    const ip = new Ip(host);
    const wire = new Wire();
    const lo = ip.attach(new LoopbackLink({ clock: host.clock }), { address: '127.0.0.1/8' });
    ip.attach(wire.link, { address: `${US}/24`, announce: false });
    const protocol = new Recorder();
    ip.protocol(TEST_PROTOCOL, protocol);
    for (const remote of [0x7f000001, 0x7f000305, 0x0a090002]) {
      const path = ip.path(remote);
      if (typeof path === 'string') throw new Error(path);
      expect(path).toMatchObject({ interface: lo, mtu: 65535, destination: remote });
      ip.send(path, TEST_PROTOCOL, [Uint8Array.of(1)]);
    }
    host.clock.advanceBy(0);
    expect(protocol.received.map(({ packet }) => [packet.src, packet.dst])).toEqual([
      [0x7f000001, 0x7f000001],
      [0x7f000001, 0x7f000305],
      [0x0a090002, 0x0a090002],
    ]);
    expect(host.counters).toEqual({});
    expect(wire.log()).toEqual([]);
  });

  test('a loopback address does not go on an Ethernet', () => {
    expect(() => new Wire('ethernet', { address: '127.0.0.1/8' })).toThrow(/loopback link/);
  });
});
