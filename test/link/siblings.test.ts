import { describe, expect, test } from '@jest/globals';
import { CHECKED, NO_OFFLOAD, type FrameBatch, type FrameInfo, type Link } from '../../src/link/link';
import { portsOf, SiblingLink, type Family } from '../../src/link/siblings';
import {
  ARP_REPLY,
  ARP_REQUEST,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitIpv6,
  ETHERTYPE,
  type Ipv6Packet,
} from '../../src/wire';
import { ordinaryPacket } from '../support/packets';

const PEER = '02:00:00:00:00:01';
const OURS = '02:00:00:00:00:02';
const PORTS = { first: 1000, last: 1099 };
/** A batch's info, to see that it is kept with its frame. */
const SEGMENTS = CHECKED | 1460;

function ethernet(type: number, payload: Uint8Array): Uint8Array {
  return emitEthernet({ dst: OURS, src: PEER, type, tags: [], payload });
}

function ipv4(protocol: number, payload: Uint8Array, more: object = {}): Uint8Array {
  const packet = ordinaryPacket({ protocol, src: '10.9.0.1', dst: '10.9.0.2', payload });
  return ethernet(ETHERTYPE.IPV4, emitIpv4({ ...packet, ...more }));
}

/** A segment to this port of ours. */
function segment(port: number, more?: object): Uint8Array {
  return ipv4(6, Uint8Array.of(0, 80, port >>> 8, port, ...new Uint8Array(16)), more);
}

function icmp(type: number): Uint8Array {
  return ipv4(1, Uint8Array.of(type, ...new Uint8Array(7)));
}

function arp(operation: number, senderAddress: string, targetAddress: string): Uint8Array {
  return ethernet(
    ETHERTYPE.ARP,
    emitArp({ operation, senderMac: PEER, senderAddress, targetMac: OURS, targetAddress }),
  );
}

function ipv6(protocol: number, payload: Uint8Array, more: Partial<Ipv6Packet> = {}): Uint8Array {
  const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 64, extensions: [], src: 'fd00:9::1', dst: 'fd00:9::2' };
  return ethernet(ETHERTYPE.IPV6, emitIpv6({ ...fields, protocol, payload, ...more }));
}

function segment6(port: number, more?: Partial<Ipv6Packet>): Uint8Array {
  return ipv6(6, Uint8Array.of(0, 80, port >>> 8, port, ...new Uint8Array(16)), more);
}

function icmpv6(type: number, more?: Partial<Ipv6Packet>): Uint8Array {
  return ipv6(58, Uint8Array.of(type, ...new Uint8Array(23)), more);
}

/** What becomes of a batch at stack 1 of 3: what stays, and what goes to the others. */
function arrive(batch: FrameBatch, info?: ArrayLike<FrameInfo>, medium: Link['medium'] = 'ethernet') {
  const family: Family = { index: 1, count: 3, ports: PORTS };
  const device: Link = {
    name: 'device',
    medium,
    mtu: 1500,
    offload: NO_OFFLOAD,
    onReceive: () => undefined,
    onReceived: () => undefined,
    onDrain: () => undefined,
    send: () => true,
    close: () => Promise.resolve(),
  };
  const kept: Uint8Array[] = [];
  const keptInfo: FrameInfo[] = [];
  const gone: { to: number; frames: Uint8Array[]; info: FrameInfo[] }[] = [];
  const link = new SiblingLink(device, family, (to, frames, info) => gone.push({ to, frames, info }));
  let ends = 0;
  link.onReceive = (frames, each) => {
    kept.push(...frames);
    keptInfo.push(...Array.from(each ?? []));
  };
  link.onReceived = () => ends++;
  device.onReceive(batch, info);
  device.onReceived?.();
  return { link, kept, keptInfo, gone, ends: () => ends };
}

/** The stacks that get one frame. */
function getters(frame: Uint8Array, medium?: Link['medium']): number[] {
  const { kept, gone } = arrive([frame], undefined, medium);
  return [...gone.map(({ to }) => to), ...kept.map(() => 1)].sort();
}

/** An extension header with nothing but padding in it. */
function padding(type: number): Ipv6Packet['extensions'][number] {
  return { type, data: Uint8Array.of(1, 4, 0, 0, 0, 0) };
}

describe('the stacks of a family', () => {
  test.each([1, 2, 3, 7, 100])('divide the ephemeral ports among them, %i of them', (count) => {
    const shares = Array.from({ length: count }, (_, index) => portsOf({ index, count, ports: PORTS }));
    const all = shares.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => 1000 + i));
  });

  test('get the segments to the ports that are theirs', () => {
    for (const index of [0, 1, 2]) {
      const { first, last } = portsOf({ index, count: 3, ports: PORTS });
      for (const each of [segment(first), segment(last), segment6(first), segment6(last)]) {
        expect(getters(each)).toEqual([index]);
        // The same without its Ethernet header, from a TUN.
        expect(getters(each.subarray(14), 'ip')).toEqual([index]);
      }
    }
  });

  test.each([
    ['a segment to a port below the ephemeral ones', segment(999), [1]],
    ['a segment to a port above them', segment(1100), [1]],
    ['a fragment, in which no ports are', segment(1000, { fragmentOffset: 8 }), [1]],
    ['an echo request', icmp(8), [1]],
    ['an echo reply', icmp(0), [0, 1, 2]],
    ['destination unreachable', icmp(3), [0, 1, 2]],
    ['time exceeded', icmp(11), [0, 1, 2]],
    ['an ARP request', arp(ARP_REQUEST, '10.9.0.1', '10.9.0.2'), [1]],
    ['an ARP reply', arp(ARP_REPLY, '10.9.0.1', '10.9.0.2'), [0, 1, 2]],
    ['an ARP announcement', arp(ARP_REQUEST, '10.9.0.1', '10.9.0.1'), [0, 1, 2]],
    ['IPv6 with nothing in it', ethernet(ETHERTYPE.IPV6, new Uint8Array(40)), [1]],
    ['a segment over IPv6 to a port below the ephemeral ones', segment6(999), [1]],
    ['a segment behind a hop-by-hop header', segment6(1000, { extensions: [padding(0)] }), [0]],
    ['a segment behind another extension header', segment6(1000, { extensions: [padding(60)] }), [1]],
    ['a fragment of IPv6', segment6(1000, { extensions: [padding(44)] }), [1]],
    ['UDP over IPv6', ipv6(17, new Uint8Array(8)), [1]],
    ['an echo request of ICMPv6', icmpv6(128), [1]],
    ['an echo reply of ICMPv6', icmpv6(129), [0, 1, 2]],
    ['destination unreachable of ICMPv6', icmpv6(1), [0, 1, 2]],
    ['packet too big', icmpv6(2), [0, 1, 2]],
    ['time exceeded of ICMPv6', icmpv6(3), [0, 1, 2]],
    ['parameter problem of ICMPv6', icmpv6(4), [0, 1, 2]],
    ['an MLD query', icmpv6(130, { extensions: [padding(0)] }), [0, 1, 2]],
    ['a router advertisement', icmpv6(134), [0, 1, 2]],
    ['a neighbour solicitation', icmpv6(135), [1]],
    ['a neighbour solicitation of who is about to take our address', icmpv6(135, { src: '::' }), [0, 1, 2]],
    ['a neighbour advertisement', icmpv6(136), [0, 1, 2]],
    ['a redirect of ICMPv6', icmpv6(137), [0, 1, 2]],
    ['a runt', new Uint8Array(10), [1]],
    ['a header cut off', ethernet(ETHERTYPE.IPV4, Uint8Array.of(0x4f, 0, 0, 0, 0, 0, 0, 0, 0, 6)), [1]],
  ])('%s', (_title, frame, expected) => {
    expect(getters(frame)).toEqual(expected);
  });

  test('get copies, in order, each with what the device says of it', () => {
    const slab = new Uint8Array(200);
    const theirs = slab.subarray(100, 154);
    theirs.set(segment(1000));
    const batch = [segment(80), theirs, icmp(0), segment(81)];
    const { kept, keptInfo, gone } = arrive(batch, [1, SEGMENTS, 3, 4]);
    expect(kept).toEqual([batch[0], batch[2], batch[3]]);
    expect(keptInfo).toEqual([1, 3, 4]);
    expect(gone).toEqual([
      { to: 0, frames: [theirs, batch[2]], info: [SEGMENTS, 3] },
      { to: 2, frames: [batch[2]], info: [3] },
    ]);
    expect(gone[0]?.frames[0]?.buffer.byteLength).toBe(54);
  });

  test('take up what is delivered to them as it is, and nothing after close', async () => {
    const { link, kept, ends } = arrive([]);
    link.deliver([segment(1000)], [0]);
    expect([kept.length, ends()]).toEqual([1, 2]);
    await link.close();
    link.deliver([segment(1000)], [0]);
    expect(kept.length).toBe(1);
  });
});
