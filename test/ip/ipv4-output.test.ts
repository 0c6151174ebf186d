import { describe, expect, test } from '@jest/globals';
import type { Frame } from '../../src/link/link';
import { parseIpv4, viewIpv4, type Ipv4Packet } from '../../src/wire/ipv4';
import { good, ipv4, PEER, TEST_PROTOCOL, US, Wire } from './harness';

function sent(wire: Wire): Ipv4Packet[] {
  return wire.sent.map((packet) => good(parseIpv4(packet)));
}

describe('sending', () => {
  test('the header says what was asked, and its checksum holds', () => {
    const wire = new Wire('ip');
    const options = { ttl: 7, dscp: 46, ecn: 2, dontFragment: false };
    expect(wire.ip.send(wire.path(PEER), TEST_PROTOCOL, [Uint8Array.of(1, 2), Uint8Array.of(3)], options)).toBe(true);
    expect(sent(wire)).toMatchObject([
      { src: US, dst: PEER, protocol: TEST_PROTOCOL, payload: Uint8Array.of(1, 2, 3), fragmentOffset: 0, ...options },
    ]);
    expect(good(viewIpv4(good(wire.sent[0]))).checksumIsGood()).toBe(true);
    expect(wire.interface.counters).toMatchObject({ outPackets: 1, outBytes: 23, outDrops: 0 });
  });

  test('the time to live is 64, or what the host was told; fragmenting is not allowed unless asked for', () => {
    const wire = new Wire('ip', {}, { ttl: 99 });
    const plain = new Wire('ip');
    for (const each of [wire, plain]) each.send(PEER);
    expect([...sent(wire), ...sent(plain)]).toMatchObject([
      { ttl: 99, dontFragment: true, dscp: 0, ecn: 0 },
      { ttl: 64, dontFragment: true },
    ]);
  });

  test('identifications of packets that may be fragmented count up for each destination and protocol (RFC 6864 §4.2)', () => {
    const wire = new Wire('ip');
    const send = (remote: string): number => {
      wire.ip.send(wire.path(remote), TEST_PROTOCOL, [new Uint8Array(8)], { dontFragment: false });
      return good(sent(wire).at(-1)).identification;
    };
    const first = send(PEER);
    const other = send('10.9.0.9');
    expect([send(PEER), send(PEER)]).toEqual([(first + 1) & 0xffff, (first + 2) & 0xffff]);
    expect(send('10.9.0.9')).toBe((other + 1) & 0xffff);
  });

  test('the payload goes to the link by reference', () => {
    const wire = new Wire();
    wire.receiveArp({});
    const frames: Frame[] = [];
    wire.link.send = (frame) => {
      frames.push(frame);
      return true;
    };
    const payload = [Uint8Array.of(1), Uint8Array.of(2)];
    wire.ip.send(wire.path(PEER), TEST_PROTOCOL, payload);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.[0]).toHaveLength(34);
    expect(frames[0]?.[1]).toBe(payload[0]);
    expect(frames[0]?.[2]).toBe(payload[1]);
  });

  test('a link that calls back while it sends does not see its header change', () => {
    const wire = new Wire('ip');
    const headers: string[] = [];
    const { link } = wire;
    link.send = ([header]) => {
      if (headers.push('') === 1) wire.send('10.9.0.77');
      headers.push(good(parseIpv4(Uint8Array.from([...good(header), ...new Uint8Array(8)]))).dst);
      return true;
    };
    wire.send(PEER);
    expect(headers.filter(Boolean)).toEqual(['10.9.0.77', PEER]);
  });

  test('a packet larger than the path takes is dropped, the largest is not', () => {
    const wire = new Wire('ip');
    const path = wire.path(PEER);
    expect(path.mtu).toBe(1500);
    expect(wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(1480)])).toBe(true);
    expect(wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(1480), new Uint8Array(1)])).toBe(false);
    expect(wire.sent).toHaveLength(1);
    expect(wire.host.counters).toEqual({ 'ip.too-big': 1 });
  });

  test('when the link is full the packet is dropped and counted, and the drain is told', () => {
    const wire = new Wire('ip');
    wire.link.send = () => false;
    expect(wire.send(PEER)).toBe(false);
    expect(wire.host.counters).toEqual({ 'ip.link-full': 1 });
    expect(wire.interface.counters).toMatchObject({ outPackets: 0, outDrops: 1 });
    const drained: unknown[] = [];
    wire.ip.onLinkDrain = (on) => drained.push(on);
    wire.link.onDrain();
    expect(drained).toEqual([wire.interface]);
  });
});

describe('attaching', () => {
  test.each([
    [{ address: '10.9.0.2' }, /cannot attach wire: "10.9.0.2" is not an IPv4 address with a prefix length/],
    [{ address: '10.9.0.0/24' }, /names the network/],
    [{ address: '10.9.0.255/24' }, /broadcast address/],
    [{ address: '224.0.0.1/4' }, /not an address that a host can have/],
    [{ mac: '01:00:5e:00:00:01' }, /not a station's MAC/],
    [{ mac: 'tap' }, /not a station's MAC/],
    [{ gateway: '10.8.0.1' }, /gateway 10.8.0.1 is not on the wire of wire/],
    [{ gateway: 'router' }, /"router" is not an IPv4 address/],
  ])('%j is refused', (config, message) => {
    expect(() => new Wire('ethernet', config)).toThrow(message);
  });

  test('an address is on one interface only, and a refusal leaves nothing behind', () => {
    const wire = new Wire();
    const other = new Wire('ip', { address: '10.7.0.1/24' });
    expect(() => wire.ip.attach(other.link, { address: `${US}/24` })).toThrow(/in use on wire/);
    expect(() => wire.ip.attach(other.link, { address: '10.6.0.1/24', gateway: '10.5.0.1' })).toThrow(
      /not on the wire/,
    );
    expect(wire.ip.interfaces).toEqual([wire.interface]);
    expect(wire.ip.routes).toHaveLength(1);
    other.receiveBytes(ipv4({ dst: '10.7.0.1' }));
    expect(other.protocol.received).toHaveLength(1);
  });

  test('a MAC is drawn when none is given: locally administered, one station', () => {
    const wire = new Wire('ethernet', { mac: undefined });
    expect(wire.interface.mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
    expect(new Wire('ip').interface.mac).toBeUndefined();
  });
});
