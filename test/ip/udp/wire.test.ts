import { describe, expect, test } from '@jest/globals';
import { CHECKED, type Link } from '../../../src/link/link';
import { requireIpv4Address } from '../../../src/wire/address';
import { emitIcmp } from '../../../src/wire/icmp';
import { parseIpv4, PROTOCOL } from '../../../src/wire/ipv4';
import { emitUdp, parseUdp, udpChecksumIsGood, viewUdp, type UdpDatagram, type UdpView } from '../../../src/wire/udp';
import { BROADCAST, good, ipv4, PEER, US, Wire } from '../harness';

const ADDRESSES = { src: requireIpv4Address(PEER), dst: requireIpv4Address(US) };
const DATA = new TextEncoder().encode('data');

function udp(datagram: Partial<UdpDatagram> = {}, pseudo = ADDRESSES): Uint8Array {
  return emitUdp({ srcPort: 53, dstPort: 5000, payload: DATA, ...datagram }, pseudo);
}

/** A host on a link without Ethernet, where packets go out at once. */
function host(): Wire {
  return new Wire('ip');
}

/** The datagram in the last packet that went out. */
function lastSent(wire: Wire): { view: UdpView; src: number; dst: number; ttl: number; dontFragment: boolean } {
  const packet = good(parseIpv4(good(wire.sent.at(-1))));
  const view = good(viewUdp(packet.payload));
  const { ttl, dontFragment } = packet;
  return { view, src: requireIpv4Address(packet.src), dst: requireIpv4Address(packet.dst), ttl, dontFragment };
}

describe('checksums (RFC 768, RFC 1122 §4.1.3.4)', () => {
  test('one that is wrong drops the datagram, none at all does not', () => {
    const wire = host();
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    const wrong = udp().fill(1, 6, 8);
    wire.receive({ protocol: PROTOCOL.UDP, payload: wrong });
    expect(socket.receive()).toBe('EAGAIN');
    wire.receive({ protocol: PROTOCOL.UDP, payload: udp().fill(0, 6, 8) });
    expect(socket.receive()).toMatchObject({ data: DATA });
    const link: Link = wire.link;
    link.onReceive([ipv4({ protocol: PROTOCOL.UDP, payload: wrong })], [CHECKED]);
    expect(socket.receive()).toMatchObject({ data: DATA });
    expect(wire.host.counters).toEqual({ 'udp.bad-checksum': 1 });
  });

  test('what we send has one, over slices of any length', () => {
    const wire = host();
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    socket.send([DATA.subarray(0, 1), DATA.subarray(1, 3), DATA.subarray(3)], { address: PEER, port: 53 });
    const { view, src, dst } = lastSent(wire);
    expect(good(parseUdp(view))).toEqual({ srcPort: 5000, dstPort: 53, payload: DATA });
    expect([view.checksum !== 0, udpChecksumIsGood(view, src, dst)]).toEqual([true, true]);
  });

  test('one that comes out as zero is sent as all ones', () => {
    const wire = host();
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    // Data that makes the sum of all else complete.
    socket.send(Uint8Array.of(0, 0), { address: PEER, port: 53 });
    const { checksum } = lastSent(wire).view;
    socket.send(Uint8Array.of(checksum >>> 8, checksum), { address: PEER, port: 53 });
    expect(lastSent(wire).view.checksum).toBe(0xffff);
  });
});

describe('what comes in', () => {
  test('octets behind the length are not data', () => {
    const wire = host();
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    const payload = Uint8Array.of(...udp(), 9, 9, 9);
    wire.receive({ protocol: PROTOCOL.UDP, payload });
    expect(socket.receive()).toMatchObject({ data: DATA });
  });

  test('a packet to us in a frame to all is delivered, and one that nobody wants is not answered', () => {
    const wire = new Wire();
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    wire.receive({ protocol: PROTOCOL.UDP, payload: udp() }, BROADCAST);
    wire.receive({ protocol: PROTOCOL.UDP, payload: udp({ dstPort: 1 }) }, BROADCAST);
    expect(socket.receive()).toMatchObject({ data: DATA });
    expect(wire.sent).toEqual([]);
  });
});

describe('ICMP errors (RFC 1122 §4.1.3.3)', () => {
  /** The peer, or a router, answers what was sent last. */
  function report(wire: Wire, code: number, nextHopMtu = 0, quoted = good(wire.sent.at(-1))): void {
    const payload = emitIcmp({ type: 'destination-unreachable', code, nextHopMtu, quoted });
    wire.receive({ protocol: PROTOCOL.ICMP, payload });
  }

  test('fragmentation needed: what is too large from then on goes in fragments that are not, without DF', () => {
    const wire = host();
    const socket = wire.ip.udp.open();
    const to = { address: PEER, port: 53 };
    expect(socket.send(new Uint8Array(1472), to)).toBe(1472);
    expect(lastSent(wire).dontFragment).toBe(true);
    report(wire, 4, 1000);
    const before = wire.sent.length;
    expect([socket.send(new Uint8Array(973), to), socket.send(new Uint8Array(972), to)]).toEqual([973, 972]);
    const sent = wire.sent.slice(before).map((packet) => good(parseIpv4(packet)));
    expect(
      sent.map(({ payload, moreFragments, dontFragment }) => [payload.length, moreFragments, dontFragment]),
    ).toEqual([
      [976, true, false],
      [5, false, false],
      [980, false, true],
    ]);
    expect(socket.softError?.code).toBe('EMSGSIZE');
    wire.clock.advanceBy(600_000_000);
    expect(socket.send(new Uint8Array(1472), to)).toBe(1472);
  });

  test('a router that does not say how large: the next plateau', () => {
    const wire = host();
    const socket = wire.ip.udp.open();
    const to = { address: PEER, port: 53 };
    socket.send(new Uint8Array(1472), to);
    report(wire, 4);
    const before = wire.sent.length;
    expect([socket.send(new Uint8Array(1465), to), socket.send(new Uint8Array(1464), to)]).toEqual([1465, 1464]);
    expect(wire.sent.slice(before).map((packet) => packet.length)).toEqual([1492, 21, 1492]);
  });

  test('what quotes a datagram that no socket has sent changes nothing', () => {
    const wire = host();
    const socket = wire.ip.udp.open({ local: { port: 5000 }, remote: { address: PEER, port: 53 } });
    socket.send(DATA);
    const quoted = Uint8Array.from(good(wire.sent.at(-1)));
    quoted[21] = 1;
    report(wire, 3, 0, quoted);
    report(wire, 4, 600, quoted);
    quoted.set(good(wire.sent.at(-1)));
    quoted[23] = 54;
    report(wire, 3, 0, quoted);
    expect([socket.receive(), socket.softError]).toEqual(['EAGAIN', undefined]);
    expect(socket.send(new Uint8Array(1472))).toBe(1472);
    expect(wire.host.counters).toEqual({ 'udp.icmp-for-no-socket': 3 });
  });

  test.each([
    [0, 'EAGAIN', 'ENETUNREACH'],
    [1, 'EAGAIN', 'EHOSTUNREACH'],
    [2, 'ENOPROTOOPT', 'ENOPROTOOPT'],
    [3, 'ECONNREFUSED', 'ECONNREFUSED'],
    [13, 'EAGAIN', 'EHOSTUNREACH'],
  ])('code %i to a connected socket: %s, and to know: %s', (code, hard, soft) => {
    const wire = host();
    const socket = wire.ip.udp.open({ remote: { address: PEER, port: 53 } });
    socket.send(DATA);
    report(wire, code);
    expect([socket.receive(), socket.softError?.code]).toEqual([hard, soft]);
  });
});
