import { describe, expect, test } from '@jest/globals';
import type { Path } from '../../src/ip/paths';
import type { Datagram } from '../../src/ip/protocol';
import { finalDestination, reverseSourceRoute, type SourceRoute } from '../../src/ip/source-route';
import { parseIpv4Address, requireIpv4Address, type Address } from '../../src/wire/address';
import { viewQuoted } from '../../src/wire/icmp';
import { parseIpv4 } from '../../src/wire/ipv4';
import { emitIpv4Options, emptyTimestamp, parseIpv4Options, type SourceRouteOption } from '../../src/wire/ipv4-options';
import { BROADCAST, good, ipv4, PEER, PEER_MAC, TEST_PROTOCOL, US, Wire } from './harness';

const FAR = '192.0.2.7';
const LOOSE: SourceRoute = { strict: false, hops: [PEER, '198.51.100.1'] };

function option(route: readonly string[], used: number, kind: SourceRouteOption['kind'] = 'loose-source-route') {
  return { kind, pointer: 4 + 4 * used, route } as const;
}

function allowed(): Wire {
  return new Wire('ip', {}, { sourceRoute: true });
}

function by(wire: Wire, route: SourceRoute, remote = FAR, local?: string): Path | string {
  const from = local === undefined ? undefined : requireIpv4Address(local);
  return wire.ip.pathBy(route, requireIpv4Address(remote), from);
}

describe('sending by a source route', () => {
  test('MUST-51: the packet goes to the first hop, and the option names the others and the destination', () => {
    const wire = allowed();
    expect(wire.ip.path(requireIpv4Address(FAR))).toBe('ENETUNREACH');
    const path = good<Path>(by(wire, LOOSE));
    expect(path).toMatchObject({ source: 0x0a090002, destination: 0xc0000207, nextHop: 0x0a090001, mtu: 1500 });
    wire.ip.send(path, TEST_PROTOCOL, [new TextEncoder().encode('by another way')]);
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} by another way`]);
    const { options } = good(parseIpv4(good(wire.sent[0])));
    expect(parseIpv4Options(options)).toEqual([option(['198.51.100.1', FAR], 0)]);
  });

  test('a strict one, with other options behind it', () => {
    const wire = allowed();
    const path = good<Path>(by(wire, { strict: true, hops: [PEER] }));
    wire.ip.send(path, TEST_PROTOCOL, [], { options: [emptyTimestamp(1, 0)] });
    const { options } = good(parseIpv4(good(wire.sent[0])));
    expect(parseIpv4Options(options)).toMatchObject([option([FAR], 0, 'strict-source-route'), { kind: 'timestamp' }]);
  });

  test('the first hop is asked for on an Ethernet', () => {
    const wire = new Wire('ethernet', {}, { sourceRoute: true });
    wire.ip.send(good<Path>(by(wire, LOOSE)), TEST_PROTOCOL, [new TextEncoder().encode('waits')]);
    wire.isAt();
    expect(wire.log()).toEqual([`0 who-has ${PEER} tell ${US} → everybody`, `0 ${US} > ${PEER} waits → ${PEER_MAC}`]);
  });

  test("the path's MTU is the destination's, and the route takes its part of each packet", () => {
    const wire = allowed();
    const path = good<Path>(by(wire, LOOSE));
    expect([path.headerLength, wire.path(PEER).headerLength]).toEqual([32, 20]);
    expect(wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(1500 - 32)])).toBe(true);
    expect(wire.ip.send(path, TEST_PROTOCOL, [new Uint8Array(1500 - 31)])).toBe(false);
    wire.ip.updatePathMtu(path, 1280);
    expect([path.mtu, wire.path(PEER).mtu]).toEqual([1280, 1500]);
  });

  test.each<[string, readonly string[]]>([
    ['no hop', []],
    ['ten hops', Array<string>(10).fill(PEER)],
    ['a hop that is no address', [PEER, 'router']],
    ['a hop that is a group', [PEER, '224.0.0.1']],
    ['us', [US]],
    ['everybody on our wire', ['10.9.0.255']],
    ['loopback', ['127.0.0.1']],
  ])('a route by %s cannot be', (_, hops) => {
    expect(by(allowed(), { strict: false, hops })).toBe('EINVAL');
  });

  test('the first hop must be reachable, from an address of ours', () => {
    expect(by(allowed(), { strict: false, hops: [FAR] })).toBe('ENETUNREACH');
    expect(by(allowed(), LOOSE, FAR, '10.9.0.3')).toBe('EADDRNOTAVAIL');
  });

  test('is off unless asked for', () => {
    expect(by(new Wire('ip'), LOOSE)).toBe('EINVAL');
  });
});

describe('what came by a source route', () => {
  const arrived = emitIpv4Options([option(['198.51.100.1', '10.9.0.9'], 2)]);

  test('is dropped and counted unless asked for, and no error is sent', () => {
    const wire = new Wire('ip');
    wire.receive({ options: arrived });
    wire.receive({ options: emitIpv4Options([option([PEER], 0, 'strict-source-route')]) });
    expect(wire.protocol.received).toEqual([]);
    expect(wire.host.counters).toEqual({ 'ip.source-route': 2 });
    expect(wire.log()).toEqual([]);
  });

  test('MUST-53: is taken where it is asked for, with the way back', () => {
    const wire = allowed();
    wire.receive({ src: FAR, options: arrived });
    const back = good<SourceRoute>(wire.ip.returnRoute(good<Datagram>(wire.protocol.received[0])));
    expect(back).toEqual({ strict: false, hops: ['10.9.0.9', '198.51.100.1'] });
    wire.ip.send(good<Path>(by(wire, back)), TEST_PROTOCOL, [new TextEncoder().encode('back again')]);
    expect(wire.log()).toEqual([`0 ${US} > 10.9.0.9 back again`]);
    expect(parseIpv4Options(good(parseIpv4(good(wire.sent[0]))).options)).toEqual([option(['198.51.100.1', FAR], 0)]);
  });

  test('SHLD-24: each packet tells its own way back, and one without a route none', () => {
    const wire = allowed();
    wire.receive({ options: arrived });
    wire.receive({ options: emitIpv4Options([option(['10.9.0.8'], 1, 'strict-source-route')]) });
    wire.receive({});
    expect(wire.protocol.received.map((datagram) => wire.ip.returnRoute(datagram))).toEqual([
      { strict: false, hops: ['10.9.0.9', '198.51.100.1'] },
      { strict: true, hops: ['10.9.0.8'] },
      undefined,
    ]);
  });

  test('is not sent on to where it should go next, and the sender is told (RFC 1122 §3.3.5)', () => {
    const wire = allowed();
    wire.receive({ options: emitIpv4Options([option(['198.51.100.1', FAR], 1)]) });
    expect(wire.protocol.received).toEqual([]);
    expect(wire.host.counters).toEqual({ 'ip.source-route': 1 });
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} destination-unreachable 5`]);
  });

  test('is dropped when it has two routes, or came to everybody', () => {
    const wire = new Wire('ethernet', {}, { sourceRoute: true });
    const done = option(['198.51.100.1'], 1);
    wire.receive({ options: emitIpv4Options([done, { ...done, kind: 'strict-source-route' }]) });
    wire.receive({ dst: '10.9.0.255', options: emitIpv4Options([done]) }, BROADCAST);
    wire.receive({ dst: '10.9.0.255', options: emitIpv4Options([option([FAR], 0)]) }, BROADCAST);
    expect(wire.protocol.received).toEqual([]);
    expect(wire.host.counters).toEqual({ 'ip.source-route': 3 });
    expect(wire.log()).toEqual([]);
  });
});

describe('the way back (RFC 1122 §3.2.1.8 (c))', () => {
  test.each<[string, SourceRouteOption, SourceRoute | undefined]>([
    [
      'is the way in the other order',
      option(['10.0.0.1', '10.0.0.2'], 2),
      { strict: false, hops: ['10.0.0.2', '10.0.0.1'] },
    ],
    ['stays strict', option(['10.0.0.1'], 1, 'strict-source-route'), { strict: true, hops: ['10.0.0.1'] }],
    [
      "leaves out the sender's own address (case B)",
      option([FAR, '10.0.0.1'], 2),
      { strict: false, hops: ['10.0.0.1'] },
    ],
    ['keeps that address further on', option(['10.0.0.1', FAR], 2), { strict: false, hops: [FAR, '10.0.0.1'] }],
    ['is none by the sender alone', option([FAR], 1), undefined],
    ['is none by nobody', option([], 0), undefined],
    ['is none when there is more to come', option(['10.0.0.1', '10.0.0.2'], 1), undefined],
  ])('%s', (_, received, back) => {
    expect(reverseSourceRoute(received, FAR)).toEqual(back);
  });
});

describe('an ICMP error about a packet with a source route', () => {
  const quote = (fields: Parameters<typeof ipv4>[0]): Address =>
    finalDestination(good(viewQuoted(ipv4({ src: US, dst: PEER, ...fields }))));

  test.each([
    ['on its way', [option(['198.51.100.1', FAR], 1)], FAR],
    ['at its end', [option(['198.51.100.1', '10.9.0.9'], 2)], PEER],
    ['without a route', [emptyTimestamp(1, 0)], PEER],
  ])('quotes where it was to go in the end: %s', (_, options, destination) => {
    expect(quote({ options: emitIpv4Options(options) })).toBe(parseIpv4Address(destination));
  });

  test('or, where options are missing or cannot be read, what the header says', () => {
    expect(quote({})).toBe(parseIpv4Address(PEER));
    expect(quote({ options: Uint8Array.of(131, 7, 6, 0, 0, 0, 0, 0) })).toBe(parseIpv4Address(PEER));
  });

  test('reaches the protocol', () => {
    const wire = new Wire('ethernet', {}, { sourceRoute: true });
    const quoted = ipv4({ src: US, dst: '198.51.100.1', options: emitIpv4Options([option([PEER, FAR], 1)]) });
    wire.receiveIcmp({ type: 'destination-unreachable', code: 4, nextHopMtu: 1280, quoted });
    const [report] = wire.protocol.reports;
    expect(report).toMatchObject({ code: 4, nextHopMtu: 1280 });
    expect(report && finalDestination(report.quoted)).toBe(parseIpv4Address(FAR));
    expect(report?.quoted.payload).toEqual(new TextEncoder().encode('datagram'));
  });
});
