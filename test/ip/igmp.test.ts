import { describe, expect, test } from '@jest/globals';
import { requireIpv6Address } from '../../src/wire/address';
import { emitIgmp, parseIgmp, type IgmpMessage } from '../../src/wire/igmp';
import { icmpv6ChecksumIsGood, viewIcmpv6 } from '../../src/wire/icmpv6';
import { parseIpv4, PROTOCOL, type Ipv4Packet } from '../../src/wire/ipv4';
import { emitIpv6, viewIpv6 } from '../../src/wire/ipv6';
import { emitMld, parseMld, type MldMessage } from '../../src/wire/mld';
import { ETHERNET_HEADER } from '../../src/wire/ethernet';
import { good, US, Wire } from './harness';

const SECOND = 1_000_000;
const GROUP = '239.1.2.3';
const QUERY = { type: 'query', suppress: false, robustness: 0, interval: 0, sources: [] } as const;
const QUERY_2 = { ...QUERY, version: 2, maxResponse: 100, group: '0.0.0.0' } as const;
const QUERY_3 = { ...QUERY, version: 3, maxResponse: 100, group: '0.0.0.0', robustness: 2, interval: 125 } as const;

/** What was sent since the last call. */
function sent(wire: Wire): { packet: Ipv4Packet; message: IgmpMessage }[] {
  return wire.sent.splice(0).map((bytes) => {
    const packet = good(parseIpv4(bytes));
    return { packet, message: good(parseIgmp(packet.payload)) };
  });
}

function ask(wire: Wire, message: Parameters<typeof emitIgmp>[0], packet: Partial<Ipv4Packet> = {}): void {
  const payload = emitIgmp(message);
  wire.receive({ protocol: PROTOCOL.IGMP, ttl: 1, dst: '224.0.0.1', payload, ...packet });
}

function host(): Wire {
  const wire = new Wire('ip');
  wire.link.onPacket = (packet) => wire.sent.push(packet);
  return wire;
}

describe('IGMP on an interface', () => {
  test('who joins and leaves says so, to where the RFC wants it, with TTL 1 and a router alert', () => {
    const wire = host();
    const socket = wire.ip.udp.open({ local: { port: 5000 } });
    socket.join(GROUP);
    socket.leave(GROUP);
    const [report, leave, ...others] = sent(wire);
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      packet: { src: US, dst: GROUP, ttl: 1, protocol: 2, dscp: 48, options: Uint8Array.of(0x94, 4, 0, 0) },
      message: { type: 'report', version: 2, group: GROUP },
    });
    expect(leave).toMatchObject({
      packet: { src: US, dst: '224.0.0.2', ttl: 1, options: Uint8Array.of(0x94, 4, 0, 0) },
      message: { type: 'leave', group: GROUP },
    });
  });

  test('two sockets in a group are one member', () => {
    const wire = host();
    const [one, other] = [wire.ip.udp.open(), wire.ip.udp.open()];
    one.join(GROUP);
    wire.clock.advanceBy(20 * SECOND);
    sent(wire);
    other.join(GROUP);
    one.close();
    wire.clock.advanceBy(20 * SECOND);
    expect(sent(wire)).toEqual([]);
    other.close();
    expect(sent(wire)).toMatchObject([{ message: { type: 'leave' } }]);
  });

  test('a query of version 2 is answered to the group', () => {
    const wire = host();
    wire.ip.udp.open().join(GROUP);
    wire.clock.advanceBy(20 * SECOND);
    sent(wire);
    ask(wire, QUERY_2);
    wire.clock.advanceBy(10 * SECOND);
    expect(sent(wire)).toMatchObject([{ packet: { dst: GROUP }, message: { type: 'report', version: 2 } }]);
    ask(wire, { ...QUERY_2, group: GROUP, maxResponse: 10 }, { dst: GROUP });
    wire.clock.advanceBy(SECOND);
    expect(sent(wire)).toHaveLength(1);
  });

  test("another's report in between answers it", () => {
    const wire = host();
    wire.ip.udp.open().join(GROUP);
    wire.clock.advanceBy(20 * SECOND);
    sent(wire);
    ask(wire, QUERY_2);
    ask(wire, { type: 'report', version: 2, group: GROUP }, { dst: GROUP });
    wire.clock.advanceBy(10 * SECOND);
    expect(sent(wire)).toEqual([]);
  });

  test('a query of version 3 is answered to 224.0.0.22, with the sources that all sockets together want', () => {
    const wire = host();
    const [one, other] = [wire.ip.udp.open(), wire.ip.udp.open()];
    one.join(GROUP, { source: '10.9.0.7' });
    other.join(GROUP, { source: '10.9.0.8' });
    other.join('239.9.9.9');
    wire.clock.advanceBy(20 * SECOND);
    sent(wire);
    ask(wire, QUERY_3);
    wire.clock.advanceBy(10 * SECOND);
    const records = [
      { kind: 'is-include', group: GROUP, sources: ['10.9.0.7', '10.9.0.8'] },
      { kind: 'is-exclude', group: '239.9.9.9', sources: [] },
    ];
    expect(sent(wire)).toMatchObject([
      { packet: { dst: '224.0.0.22', ttl: 1 }, message: { type: 'report-3', records } },
    ]);
    one.join(GROUP, { source: '10.9.0.8' });
    expect(sent(wire)).toEqual([]);
    other.close();
    expect(sent(wire)).toMatchObject([
      { message: { type: 'report-3', records: [{ kind: 'to-include', group: '239.9.9.9', sources: [] }] } },
    ]);
  });

  test('a query from a switch without an address counts', () => {
    const wire = host();
    wire.ip.udp.open().join(GROUP);
    wire.clock.advanceBy(20 * SECOND);
    sent(wire);
    ask(wire, QUERY_2, { src: '0.0.0.0' });
    wire.clock.advanceBy(10 * SECOND);
    expect(sent(wire)).toHaveLength(1);
  });

  test.each([
    ['igmp.bad-ttl', { ttl: 2 }],
    ['igmp.bad-checksum', { payload: Uint8Array.of(0x11, 1, 1, 1, 0, 0, 0, 0) }],
    ['igmp.malformed', { payload: Uint8Array.of(0x11, 1, 1, 1) }],
    ['igmp.malformed', { payload: emitIgmp({ ...QUERY_2, group: '10.0.0.1' }) }],
    ['igmp.unknown-type', { payload: Uint8Array.of(0x99, 0, 0x66, 0xff, 0, 0, 0, 0) }],
    ['ip.martian-source', { src: '0.0.0.0', dst: US }],
  ])('%s', (counter, packet) => {
    const wire = host();
    ask(wire, QUERY_2, packet);
    expect(wire.host.counters).toEqual({ [counter]: 1 });
  });

  test('a flood of queries about all kinds of groups leaves nothing behind', () => {
    const wire = host();
    for (let count = 0; count < 1000; count++) ask(wire, { ...QUERY_2, group: `239.2.${count >>> 8}.${count & 255}` });
    expect(wire.clock.nextDeadline()).toBeUndefined();
    expect(sent(wire)).toEqual([]);
  });

  test('not on loopback, not with `groupReports: false`, and not after the interface is gone', () => {
    const wire = host();
    const socket = wire.ip.udp.open();
    socket.join(GROUP);
    wire.ip.detach(wire.interface);
    expect(wire.clock.nextDeadline()).toBeUndefined();
    sent(wire);
    socket.close();
    expect(sent(wire)).toEqual([]);

    const silent = new Wire('ip', {}, { groupReports: false });
    silent.ip.udp.open().join(GROUP);
    const loopback = new Wire('ip', { address: '127.0.0.1/8' });
    loopback.ip.udp.open().join(GROUP);
    expect([silent.sent, loopback.sent]).toEqual([[], []]);
  });
});

describe('MLD on an interface', () => {
  const US6 = 'fe80::2';
  const PEER6 = 'fe80::1';
  const GROUP6 = 'ff02::1234';

  function host6(): Wire {
    const wire = new Wire('ip', { address: [`${US}/24`, `${US6}/64`] });
    wire.link.onPacket = (packet) => wire.sent.push(packet);
    wire.clock.advanceBy(20 * SECOND);
    wire.sent.length = 0;
    return wire;
  }

  function sent6(wire: Wire): { src: bigint; dst: bigint; message: MldMessage }[] {
    return wire.sent.splice(0).map((bytes) => {
      const packet = good(viewIpv6(bytes));
      const icmp = good(viewIcmpv6(bytes, packet.payloadOffset, packet.end));
      expect(icmpv6ChecksumIsGood(icmp, packet.src, packet.dst)).toBe(true);
      expect([packet.ttl, packet.routerAlert]).toEqual([1, 0]);
      return { src: packet.src, dst: packet.dst, message: good(parseMld(icmp, packet)) };
    });
  }

  function ask6(wire: Wire, message: MldMessage, to = 'ff02::1'): void {
    const [src, dst] = [PEER6, to].map(requireIpv6Address) as [bigint, bigint];
    const alert = { type: 0, data: Uint8Array.of(5, 2, 0, 0, 1, 0) };
    const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 1, extensions: [alert], protocol: PROTOCOL.ICMPV6 };
    wire.receiveBytes(emitIpv6({ ...fields, src: PEER6, dst: to, payload: emitMld(message, { src, dst }) }));
  }

  test('an address on an Ethernet brings its solicited-node group, which is reported: from `::` or a link-local address', () => {
    const wire = new Wire('ethernet', { address: `${US}/24` }, { duplicateProbes: 0 });
    wire.link.onPacket = (frame) => {
      const packet = good(viewIpv6(frame, ETHERNET_HEADER));
      if (packet.routerAlert !== undefined) wire.sent.push(frame.slice(ETHERNET_HEADER));
    };
    wire.ip.addAddress(wire.interface, `${US6}/64`);
    const [first] = sent6(wire);
    expect(first).toMatchObject({
      dst: requireIpv6Address('ff02::1:ff00:2'),
      message: { type: 'report', version: 1, group: requireIpv6Address('ff02::1:ff00:2') },
    });
    expect([0n, requireIpv6Address(US6)]).toContain(first?.src);
  });

  test('joining, a query, another host’s report, leaving', () => {
    const wire = host6();
    const group = requireIpv6Address(GROUP6);
    const socket = wire.ip.udp.open({ local: { address: '::' } });
    socket.join(GROUP6);
    expect(sent6(wire)).toMatchObject([{ src: requireIpv6Address(US6), dst: group, message: { version: 1, group } }]);
    wire.clock.advanceBy(10 * SECOND);
    sent6(wire);
    ask6(wire, { type: 'query', version: 1, maxResponseDelay: 1000, group: 0n });
    wire.clock.advanceBy(SECOND);
    expect(sent6(wire).map(({ dst }) => dst)).toContain(group);
    ask6(wire, { type: 'query', version: 1, maxResponseDelay: 1000, group }, GROUP6);
    ask6(wire, { type: 'report', version: 1, group }, GROUP6);
    wire.clock.advanceBy(SECOND);
    expect(sent6(wire)).toEqual([]);
    ask6(wire, { type: 'query', version: 1, maxResponseDelay: 1000, group }, GROUP6);
    wire.clock.advanceBy(SECOND);
    expect(sent6(wire)).toHaveLength(1);
    socket.leave(GROUP6);
    expect(sent6(wire)).toMatchObject([
      { dst: requireIpv6Address('ff02::2'), message: { type: 'done', version: 1, group } },
    ]);
    expect(wire.host.counters).toEqual({});
  });

  test('a query of version 2 is answered to ff02::16, for all groups at once', () => {
    const wire = host6();
    wire.ip.udp.open({ local: { address: '::' } }).join(GROUP6);
    wire.clock.advanceBy(20 * SECOND);
    sent6(wire);
    const query = { type: 'query', version: 2, maxResponseDelay: 1000, group: 0n } as const;
    ask6(wire, { ...query, suppress: false, robustness: 2, interval: 125, sources: [] });
    wire.clock.advanceBy(SECOND);
    const records = [{ kind: 2, group: requireIpv6Address(GROUP6), sources: [] }];
    expect(sent6(wire)).toMatchObject([{ dst: requireIpv6Address('ff02::16'), message: { version: 2, records } }]);
  });

  test('what does not come from this wire is dropped', () => {
    const wire = host6();
    const [src, dst] = ['fd00::1', 'ff02::1'].map(requireIpv6Address) as [bigint, bigint];
    const payload = emitMld({ type: 'query', version: 1, maxResponseDelay: 1000, group: 0n }, { src, dst });
    const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 1, extensions: [], protocol: PROTOCOL.ICMPV6 };
    wire.receiveBytes(emitIpv6({ ...fields, src: 'fd00::1', dst: 'ff02::1', payload }));
    expect(wire.host.counters).toEqual({ 'mld.malformed': 1 });
  });
});
