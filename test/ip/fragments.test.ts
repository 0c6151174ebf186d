import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import type { Path } from '../../src/ip/paths';
import { memoryPair } from '../../src/link/memory';
import { requireAddress } from '../../src/wire/address';
import { parseIpv4 } from '../../src/wire/ipv4';
import { emitIpv6, parseIpv6 } from '../../src/wire/ipv6';
import { parseIcmpv6 } from '../../src/wire/icmpv6';
import { Stack } from '../../src/stack';
import { data } from './fragment-bench';
import { good, PEER, TEST_PROTOCOL, US, Wire } from './harness';

const SECOND = 1_000_000;
const US6 = 'fd00:9::2';
const PEER6 = 'fd00:9::1';

/** A fragment of IPv6 from the peer. */
function fragment6(at: number, payload: Uint8Array, more: boolean): Uint8Array {
  const [src, dst] = [PEER6, US6];
  const field = at | (more ? 1 : 0);
  const header = { type: 44, data: Uint8Array.of(field >>> 8, field, 0, 0, 0, 9) };
  const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 64, extensions: [header], protocol: TEST_PROTOCOL, src, dst };
  return emitIpv6({ ...fields, payload });
}

function six(): Wire {
  return new Wire('ip', { address: [`${US}/24`, `${US6}/64`] }, { groupReports: false });
}

describe('fragments that arrive', () => {
  test('reach the protocol as one packet', () => {
    const wire = new Wire();
    wire.receive({ moreFragments: true, payload: data(16) });
    wire.receive({ fragmentOffset: 16, payload: data(3, 16) });
    expect(wire.protocol.received.map(({ packet }) => packet.payload)).toEqual([data(19)]);
    expect(wire.protocol.received[0]).toMatchObject({ interface: wire.interface, broadcast: false, info: 0 });
    expect(wire.host.counters).toEqual({});
  });

  test('of IPv6 likewise', () => {
    const wire = six();
    wire.receiveBytes(fragment6(16, data(3, 16), false));
    wire.receiveBytes(fragment6(0, data(16), true));
    expect(wire.protocol.received.map(({ packet }) => packet.payload)).toEqual([data(19)]);
    expect(wire.host.counters).toEqual({});
  });

  test('an echo request of 8,000 bytes in fragments is answered in fragments, and with nothing changed', () => {
    const clock = new VirtualClock();
    const [left, right] = memoryPair({ clock, medium: 'ethernet', mtu: 1500 });
    const [one, other] = [new Stack({ clock, seed: 1 }), new Stack({ clock, seed: 2 })];
    one.attach(left, { address: [`${US}/24`, `${US6}/64`] });
    other.attach(right, { address: [`${PEER}/24`, `${PEER6}/64`] });
    clock.advanceBy(5 * SECOND);
    const replies: Uint8Array[] = [];
    const ping = one.ip.ping({ reply: ({ data: echo }) => replies.push(echo) });
    if (typeof ping === 'string') throw new Error(ping);
    for (const [sequence, to] of [PEER, PEER6].entries()) {
      const path = good<Path>(one.ip.path(requireAddress(to)));
      expect(ping.send(path, { sequence, data: data(8000) })).toBe(true);
      expect(ping.send(path, { sequence, data: data(8000), dontFragment: true })).toBe(false);
    }
    clock.advanceBy(SECOND);
    expect(replies).toEqual([data(8000), data(8000)]);
    expect(one.counters).toMatchObject({ 'ip.too-big': 2 });
  });

  test('the rest does not come: "time exceeded, reassembly" from the address it was sent to, with the first fragment', () => {
    const wire = new Wire('ip');
    wire.receive({ moreFragments: true, payload: data(64) });
    wire.receive({ moreFragments: true, payload: data(64), dst: '10.9.0.255' });
    wire.receive({ fragmentOffset: 16, payload: data(3, 16), identification: 8 });
    wire.clock.advanceTo(60 * SECOND);
    expect(wire.log()).toEqual([`60000 ${US} > ${PEER} time-exceeded 1`]);
    expect(wire.host.counters).toEqual({ 'ip.fragment-timeout': 3 });
  });

  test('of IPv6 likewise', () => {
    const wire = six();
    wire.link.onPacket = (packet) => wire.sent.push(packet);
    wire.receiveBytes(fragment6(0, data(64), true));
    wire.receiveBytes(fragment6(64, data(64), true));
    wire.clock.advanceTo(60 * SECOND);
    const [packet] = wire.sent.map((bytes) => good(parseIpv6(bytes)));
    expect(packet).toMatchObject({ src: US6, dst: PEER6 });
    expect(good(parseIcmpv6(good(packet).payload))).toMatchObject({
      type: 'time-exceeded',
      code: 1,
      quoted: fragment6(0, data(64), true),
    });
  });

  test('an unknown option behind the fragment header is found in the whole packet', () => {
    const wire = six();
    const options = Uint8Array.of(TEST_PROTOCOL, 1, 0x80 | 30, 2, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    wire.link.onPacket = (packet) => wire.sent.push(packet);
    const [first, last] = [fragment6(0, Uint8Array.of(...options, ...data(8)), true), fragment6(24, data(8), false)];
    for (const each of [first, last]) each[40] = 60;
    for (const each of [first, last]) wire.receiveBytes(each);
    expect(wire.host.counters).toEqual({ 'ip.bad-extension': 1 });
    const message = good(parseIcmpv6(good(parseIpv6(good(wire.sent[0]))).payload));
    expect(message).toMatchObject({ type: 'parameter-problem', code: 2 });
  });

  test('when the interface is detached, they are forgotten', () => {
    const wire = new Wire('ip');
    wire.receive({ moreFragments: true, payload: data(64) });
    wire.ip.detach(wire.interface);
    expect(wire.clock.nextDeadline()).toBeUndefined();
  });
});

describe('fragments that are sent', () => {
  const path = (wire: Wire): Path => wire.path(PEER);

  test('only where the sender wants it so; otherwise the packet is too big', () => {
    const wire = new Wire('ip');
    expect(wire.ip.send(path(wire), TEST_PROTOCOL, [data(3000)])).toBe(false);
    expect(wire.ip.send(path(wire), TEST_PROTOCOL, [data(3000)], { fragment: true, dontFragment: true })).toBe(false);
    expect(wire.host.counters).toEqual({ 'ip.too-big': 2 });
    expect(wire.ip.send(path(wire), TEST_PROTOCOL, [data(3000)], { fragment: true })).toBe(true);
    expect(wire.ip.send(path(wire), TEST_PROTOCOL, [data(1480)], { fragment: true })).toBe(true);
    const sent = wire.sent.map((bytes) => good(parseIpv4(bytes)));
    expect(sent.map((each) => [each.fragmentOffset, each.moreFragments, each.dontFragment])).toEqual([
      [0, true, false],
      [1480, true, false],
      [2960, false, false],
      [0, false, true],
    ]);
    expect(new Set(sent.slice(0, 3).map(({ identification }) => identification)).size).toBe(1);
  });

  test('are a copy: the sender may use its memory again', () => {
    const wire = new Wire('ethernet');
    const payload = data(3000);
    wire.ip.send(path(wire), TEST_PROTOCOL, [payload], { fragment: true });
    payload.fill(0);
    wire.isAt();
    const parts = wire.sent.slice(1).map((frame) => good(parseIpv4(frame.subarray(14))).payload);
    expect(Buffer.concat(parts)).toEqual(Buffer.from(data(3000)));
  });

  test('on a link that has room for some, the others go when it has room again; meanwhile nothing else is cut', () => {
    const wire = new Wire('ip');
    let room = 2;
    const send = wire.link.send.bind(wire.link);
    wire.link.send = (frame) => room-- > 0 && send(frame);
    const large = (): boolean => wire.ip.send(path(wire), TEST_PROTOCOL, [data(8000)], { fragment: true });
    expect([large(), large()]).toEqual([true, false]);
    expect(wire.sent).toHaveLength(2);
    for (const drains of [1, 2, 3]) {
      room = 2;
      wire.link.onDrain();
      expect(wire.sent).toHaveLength(Math.min(6, 2 + 2 * drains));
    }
    room = 100;
    expect(large()).toBe(true);
    const parts = wire.sent.slice(0, 6).map((packet) => good(parseIpv4(packet)).payload);
    expect(Buffer.concat(parts)).toEqual(Buffer.from(data(8000)));
  });

  test('a link that is full takes none of them, and the sender is told', () => {
    const wire = new Wire('ip');
    wire.link.send = () => false;
    expect(wire.ip.send(path(wire), TEST_PROTOCOL, [data(8000)], { fragment: true })).toBe(false);
    wire.link.onDrain();
    expect(wire.sent).toEqual([]);
  });

  test('have the checksum that the device would have filled in', () => {
    const wire = new Wire('ip');
    Object.assign(wire.link, { offload: { checksum: true, segmentation: 0 } });
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    socket.send(data(3000), { address: PEER, port: 53 });
    const other = new Wire('ip', { address: `${PEER}/24` });
    const receiver = other.ip.udp.open({ local: { port: 53 } });
    other.link.inject(wire.sent);
    const arrived = receiver.receive();
    expect(typeof arrived === 'string' ? arrived : arrived.data).toEqual(data(3000));
    expect(other.host.counters).toEqual({});
  });
});

describe('directed broadcasts (RFC 1122 §3.2.1.3, RFC 2644)', () => {
  const to = { dst: '10.9.0.255' };

  test('an echo request and a packet of an unknown protocol are not answered', () => {
    const wire = new Wire('ip');
    wire.receiveIcmp({ type: 'echo-request', identifier: 1, sequence: 1, data: data(8) }, to);
    wire.receive({ protocol: 99, ...to });
    expect(wire.log()).toEqual([]);
    expect(wire.host.counters).toEqual({ 'icmp.broadcast': 1, 'ip.unknown-protocol': 1 });
  });

  test("of a network that is not ours they are nobody's", () => {
    const wire = new Wire('ip', { address: [`${US}/24`, '10.7.0.1/30'] });
    wire.receive({ dst: '10.7.0.3' });
    wire.receive({ dst: '10.8.0.255' });
    expect(wire.protocol.received.map(({ broadcast }) => broadcast)).toEqual([true]);
    expect(wire.host.counters).toEqual({ 'ip.not-ours': 1 });
  });
});
