import { describe, expect, test } from '@jest/globals';
import type { SendOptions } from '../../src/ip/output';
import type { Datagram } from '../../src/ip/protocol';
import { parseIpv4, viewIpv4 } from '../../src/wire/ipv4';
import {
  emitIpv4Options,
  emptyRecordRoute,
  emptyTimestamp,
  parseIpv4Options,
  type Ipv4Option,
} from '../../src/wire/ipv4-options';
import { good, PEER, PEER_MAC, TEST_PROTOCOL, US, Wire } from './harness';

/** Our clock's milliseconds in a timestamp option: the top bit says that they are not since midnight. */
const MARK = 0x80000000;

function sentWith(wire: Wire, options: SendOptions['options'], payload = new Uint8Array(8)): boolean {
  return wire.ip.send(wire.path(PEER), TEST_PROTOCOL, [payload], options && { options });
}

function lastOptions(wire: Wire): Ipv4Option[] {
  return good(parseIpv4Options(good(parseIpv4(good(wire.sent.at(-1)))).options));
}

/** The options with which a packet reaches its protocol. */
function received(wire: Wire, options: readonly Ipv4Option[]): readonly Ipv4Option[] {
  wire.receive({ options: emitIpv4Options(options) });
  return wire.ip.options(good<Datagram>(wire.protocol.received.at(-1)));
}

describe('options that go out', () => {
  test('MAY-11: stand behind the header, under its checksum, before the payload', () => {
    const wire = new Wire('ip');
    const option: Ipv4Option = { kind: 'unknown', type: 148, data: Uint8Array.of(0, 0) };
    expect(sentWith(wire, [emptyRecordRoute(2), { kind: 'nop' }, option], Uint8Array.of(1, 2, 3))).toBe(true);
    const view = good(viewIpv4(good(wire.sent[0])));
    expect(view.checksumIsGood()).toBe(true);
    expect([view.headerLength, view.totalLength]).toEqual([36, 39]);
    expect(view.payload).toEqual(Uint8Array.of(1, 2, 3));
    expect(lastOptions(wire)).toEqual([emptyRecordRoute(2), { kind: 'nop' }, option]);
  });

  test('count towards what the interface takes', () => {
    const wire = new Wire('ip');
    expect(sentWith(wire, [emptyRecordRoute(9)], new Uint8Array(1440))).toBe(true);
    expect(sentWith(wire, [emptyRecordRoute(9)], new Uint8Array(1441))).toBe(false);
    expect(wire.host.counters).toEqual({ 'ip.too-big': 1 });
  });

  test('wait with their packet for the neighbour', () => {
    const wire = new Wire();
    sentWith(wire, [emptyRecordRoute(1)], new TextEncoder().encode('waited'));
    wire.log();
    wire.isAt();
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} waited → ${PEER_MAC}`]);
    const packet = good(parseIpv4(good(wire.sent.at(-1)).subarray(14)));
    expect(good(parseIpv4Options(packet.options))).toEqual([emptyRecordRoute(1)]);
  });

  test('an empty list is none, and the next packet has none either', () => {
    const wire = new Wire('ip');
    sentWith(wire, []);
    sentWith(wire, [emptyRecordRoute(1)]);
    sentWith(wire, undefined);
    expect(wire.sent.map((packet) => good(viewIpv4(packet)).headerLength)).toEqual([20, 28, 20]);
  });

  test('beyond 40 bytes they are refused', () => {
    const wire = new Wire('ip');
    expect(() => sentWith(wire, [emptyRecordRoute(9), emptyTimestamp(1, 0)])).toThrow(RangeError);
    expect(wire.sent).toEqual([]);
  });

  test('MAY-10: the sender writes the first time (RFC 1122 §3.2.1.8 (e)), in ms by a clock of its own', () => {
    const wire = new Wire('ip');
    wire.clock.advanceTo(1_234_999);
    sentWith(wire, [emptyTimestamp(2, 1)]);
    expect(lastOptions(wire)).toEqual([
      {
        kind: 'timestamp',
        pointer: 13,
        overflow: 0,
        flag: 1,
        entries: [
          { address: US, time: MARK + 1234 },
          { address: '0.0.0.0', time: 0 },
        ],
      },
    ]);
  });
});

describe('options that come in', () => {
  test('MUST-50: change nothing, known or not', () => {
    const wire = new Wire('ip');
    const unknown: Ipv4Option = { kind: 'unknown', type: 0x99, data: Uint8Array.of(1, 2) };
    const options: Ipv4Option[] = [unknown, { kind: 'nop' }, emptyRecordRoute(3)];
    expect(received(wire, options)).toEqual(options);
    expect(wire.protocol.received.map(({ packet }) => packet.payload)).toEqual([new TextEncoder().encode('datagram')]);
    expect(wire.host.counters).toEqual({});
  });

  test('MAY-11: a record route is handed up as it came', () => {
    const wire = new Wire('ip');
    const option = { ...emptyRecordRoute(3), pointer: 8, route: ['192.0.2.1', '0.0.0.0', '0.0.0.0'] };
    expect(received(wire, [option])).toEqual([option]);
  });

  test('MAY-10: our time is written behind the others before a protocol sees them (RFC 1122 §3.2.1.8 (e))', () => {
    const wire = new Wire('ip');
    wire.clock.advanceTo(5_000_000);
    const option = { ...emptyTimestamp(2, 0), pointer: 9, entries: [{ time: 77 }, { time: 0 }] };
    expect(received(wire, [option])).toEqual([
      { ...option, pointer: 13, entries: [{ time: 77 }, { time: MARK + 5000 }] },
    ]);
  });

  test('a packet without any has an empty list', () => {
    const wire = new Wire('ip');
    expect(received(wire, [])).toEqual([]);
  });

  test('a list that cannot be read ends the packet, and is counted', () => {
    const wire = new Wire('ip');
    wire.receive({ options: Uint8Array.of(7, 7, 6, 0, 0, 0, 0, 0) });
    expect(wire.protocol.received).toEqual([]);
    expect(wire.host.counters).toEqual({ 'ip.bad-options': 1 });
    expect(wire.host.events).toMatchObject([
      {
        layer: 'ip',
        reason: 'bad-options',
        detail: expect.stringMatching(/pointer at byte 2.*10\.9\.0\.1 to 10\.9\.0\.2/),
      },
    ]);
  });
});

describe('the other fields of the header', () => {
  test('SHLD-22: the Diffserv field goes out as it was given, and MAY-9: comes up as it was received', () => {
    const wire = new Wire('ip');
    for (let dscp = 0; dscp < 64; dscp++) wire.ip.send(wire.path(PEER), TEST_PROTOCOL, [], { dscp, ecn: 1 });
    const values = Array.from({ length: 64 }, (_, dscp) => dscp);
    expect(wire.sent.map((packet) => good(viewIpv4(packet)).dscp)).toEqual(values);
    for (const dscp of values) wire.receive({ dscp, ecn: 2 });
    expect(wire.protocol.received.map(({ packet }) => packet.dscp)).toEqual(values);
  });

  test('MAY-9: the received Diffserv field is passed up beside the ECN field (RFC 3168 §5)', () => {
    const wire = new Wire('ip');
    for (const ecn of [0, 1, 2, 3]) wire.receive({ dscp: 46, ecn });
    expect(wire.protocol.received.map(({ packet }) => [packet.dscp, packet.ecn])).toEqual([
      [46, 0],
      [46, 1],
      [46, 2],
      [46, 3],
    ]);
  });

  test('the four ECN codepoints go out beside any Diffserv field (RFC 3168 §5)', () => {
    const wire = new Wire('ip');
    for (const ecn of [0, 1, 2, 3] as const) wire.ip.send(wire.path(PEER), TEST_PROTOCOL, [], { dscp: 63, ecn });
    expect(wire.sent.map((packet) => packet[1])).toEqual([0xfc, 0xfd, 0xfe, 0xff]);
  });

  test('MUST-49: the time to live is what each packet is sent with', () => {
    const wire = new Wire('ip');
    for (const ttl of [1, 64, 255]) wire.ip.send(wire.path(PEER), TEST_PROTOCOL, [], { ttl });
    expect(wire.sent.map((packet) => good(viewIpv4(packet)).ttl)).toEqual([1, 64, 255]);
  });
});
