import { describe, expect, test } from '@jest/globals';
import { readUint16, readUint32 } from '../../src/wire/bytes';
import { emitIcmp, viewIcmp, type IcmpMessage } from '../../src/wire/icmp';
import { parseIpv4, PROTOCOL, viewIpv4 } from '../../src/wire/ipv4';
import { emitTcp } from '../../src/wire/tcp';
import { emitUdp } from '../../src/wire/udp';
import { BROADCAST, good, icmpIn, ipv4, PEER, PEER_MAC, Recorder, TEST_PROTOCOL, US, Wire } from './harness';

const ADDRESSES = { src: 0x0a090001, dst: 0x0a090002 };
const NOTHING = new Uint8Array(0);

function udp(payload = NOTHING, pseudo = ADDRESSES): Uint8Array {
  return emitUdp({ srcPort: 1234, dstPort: 4321, payload }, pseudo);
}

/** A host that knows where its peer is. */
function wireWithPeer(...rest: ConstructorParameters<typeof Wire>): Wire {
  const wire = new Wire(...rest);
  wire.receiveArp({});
  wire.log();
  wire.sent.length = 0;
  wire.host.events.length = 0;
  return wire;
}

describe('echo', () => {
  const request: IcmpMessage = {
    type: 'echo-request',
    identifier: 77,
    sequence: 3,
    data: Uint8Array.of(1, 2, 3, 4, 5),
  };

  test('a request is answered with the same identifier, sequence and data, and a good checksum', () => {
    const wire = wireWithPeer();
    wire.receiveIcmp(request);
    expect(icmpIn(wire.sent[0])).toEqual({ ...request, type: 'echo-reply' });
    const { payload } = good(parseIpv4(good(wire.sent[0]).subarray(14)));
    expect(good(viewIcmp(payload)).checksumIsGood()).toBe(true);
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} echo-reply → ${PEER_MAC}`]);
    expect(wire.host.events).toMatchObject([
      { type: 'icmp', direction: 'in', src: PEER, dst: US, message: request, link: 'wire' },
      { type: 'icmp', direction: 'out', src: US, dst: PEER, message: { type: 'echo-reply' } },
    ]);
  });

  test('the checksum also holds where a word of the request sums to the edge', () => {
    const wire = wireWithPeer();
    for (let word = 0; word < 0x10000; word += 0xff) {
      wire.receiveIcmp({ ...request, data: Uint8Array.of(word >>> 8, word) });
      const { payload } = good(parseIpv4(good(wire.sent.at(-1)).subarray(14)));
      expect(good(viewIcmp(payload)).checksumIsGood()).toBe(true);
    }
  });

  test('a request to an address of ours is answered from that address', () => {
    const wire = wireWithPeer('ethernet', { address: [`${US}/24`, '10.9.0.8/24'] });
    wire.receiveIcmp(request, { dst: '10.9.0.8' });
    expect(wire.log()).toEqual([`0 10.9.0.8 > ${PEER} echo-reply → ${PEER_MAC}`]);
  });

  test.each([
    ['10.9.0.255', BROADCAST],
    ['224.0.0.1', '01:00:5e:00:00:01'],
    [US, BROADCAST],
  ])('a request to %s at %s is not answered', (dst, mac) => {
    const wire = wireWithPeer();
    wire.receiveIcmp(request, { dst }, mac);
    expect(wire.sent).toEqual([]);
    expect(wire.host.counters).toEqual({ 'icmp.broadcast': 1 });
  });

  test.each<[string, Uint8Array]>([
    ['icmp.malformed', new Uint8Array(7)],
    ['icmp.bad-checksum', Uint8Array.of(8, 0, 1, 2, 0, 1, 0, 1)],
    ['icmp.unexpected', emitIcmp({ type: 'echo-reply', identifier: 5, sequence: 1, data: NOTHING })],
    ['icmp.redirect', emitIcmp({ type: 'unknown', icmpType: 5, code: 1, body: new Uint8Array(32) })],
    ['icmp.unknown-type', emitIcmp({ type: 'unknown', icmpType: 13, code: 0, body: new Uint8Array(16) })],
  ])('%s is counted and nothing is sent', (counter, payload) => {
    const wire = wireWithPeer();
    wire.receive({ protocol: PROTOCOL.ICMP, payload });
    expect(wire.host.counters).toEqual({ [counter]: 1 });
    expect(wire.sent).toEqual([]);
  });
});

describe('unreachable', () => {
  test('a UDP datagram to a closed port is answered with "port unreachable" that quotes it', () => {
    const wire = wireWithPeer();
    const packet = { protocol: PROTOCOL.UDP, payload: udp(Uint8Array.of(1, 2, 3)) };
    wire.receive(packet);
    expect(icmpIn(wire.sent[0])).toEqual({
      type: 'destination-unreachable',
      code: 3,
      nextHopMtu: 0,
      quoted: ipv4(packet),
    });
    expect(wire.host.counters).toEqual({ 'udp.no-listener': 1 });
    expect(wire.host.events[0]).toEqual({
      type: 'udp',
      time: 0,
      direction: 'in',
      local: { address: US, port: 4321 },
      remote: { address: PEER, port: 1234 },
      length: 3,
    });
  });

  test('a long datagram is quoted up to 576 bytes in all', () => {
    const wire = wireWithPeer();
    wire.receive({ protocol: PROTOCOL.UDP, payload: udp(new Uint8Array(1400)) });
    expect(wire.sent[0]).toHaveLength(14 + 576);
  });

  test.each<[string, () => { payload: Uint8Array; dst?: string; mac?: string }]>([
    [
      'udp.no-listener',
      () => ({ payload: udp(NOTHING, { ...ADDRESSES, dst: 0x0a0900ff }), dst: '10.9.0.255', mac: BROADCAST }),
    ],
    [
      'udp.no-listener',
      () => ({ payload: udp(NOTHING, { ...ADDRESSES, dst: 0xe0000001 }), dst: '224.0.0.1', mac: BROADCAST }),
    ],
    ['udp.no-listener', () => ({ payload: udp(), mac: BROADCAST })],
    ['udp.bad-checksum', () => ({ payload: udp().fill(1, 6) })],
    ['udp.malformed', () => ({ payload: new Uint8Array(7) })],
  ])('%s: no error about broadcasts, multicasts and broken datagrams', (counter, packet) => {
    const wire = wireWithPeer();
    const { mac, ...fields } = packet();
    wire.receive({ protocol: PROTOCOL.UDP, ...fields }, mac);
    expect(wire.host.counters).toEqual({ [counter]: 1 });
    expect(wire.sent).toEqual([]);
  });

  test('no error about an ICMP error, but one about an echo request', () => {
    const wire = wireWithPeer();
    wire.ip.protocol(PROTOCOL.ICMP, {
      receive: (datagram) => {
        wire.ip.unreachable(datagram, 2);
      },
    });
    const quoted = ipv4({});
    wire.receiveIcmp({ type: 'time-exceeded', code: 0, quoted });
    wire.receiveIcmp({ type: 'unknown', icmpType: 5, code: 0, body: new Uint8Array(4) });
    expect(wire.sent).toEqual([]);
    wire.receiveIcmp({ type: 'echo-request', identifier: 1, sequence: 1, data: NOTHING });
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} destination-unreachable 2 → ${PEER_MAC}`]);
  });

  test.each([
    ['a fragment other than the first', { fragmentOffset: 8 }, false],
    ['a source that is no host', { src: '224.0.0.1' }, false],
    ['a datagram to everybody', {}, true],
  ])('no error about %s, even when a protocol asks for one', (_, fields, broadcast) => {
    const wire = wireWithPeer();
    wire.ip.addRoute({ prefix: '0.0.0.0/0', interface: wire.interface });
    const unreachable = (packet: Uint8Array, toAll: boolean): void => {
      wire.ip.unreachable({ packet: good(viewIpv4(packet)), interface: wire.interface, broadcast: toAll, info: 0 }, 1);
    };
    unreachable(ipv4(fields), broadcast);
    expect(wire.sent).toEqual([]);
    unreachable(ipv4({ moreFragments: true }), false);
    expect(wire.sent).toHaveLength(1);
  });

  test('a second lets through its rate, and the burst that was saved up', () => {
    const wire = wireWithPeer('ethernet', {}, { icmpRate: 10, icmpBurst: 3 });
    const ask = (): void => {
      wire.receive({ protocol: PROTOCOL.UDP, payload: udp() });
    };
    for (let i = 0; i < 10; i++) ask();
    expect(wire.sent).toHaveLength(3);
    wire.clock.advanceTo(99_999);
    ask();
    expect(wire.sent).toHaveLength(3);
    wire.clock.advanceTo(100_000);
    ask();
    ask();
    expect(wire.sent).toHaveLength(4);
    wire.clock.advanceTo(60_000_000);
    for (let i = 0; i < 10; i++) ask();
    expect(wire.sent.length).toBeGreaterThanOrEqual(7);
    expect(wire.host.counters['icmp.rate-limited']).toBe(7 + 1 + 1 + 7);
  });

  test('with a rate of 0 none is sent', () => {
    const wire = wireWithPeer('ethernet', {}, { icmpRate: 0, icmpBurst: 1 });
    wire.receive({ protocol: PROTOCOL.UDP, payload: udp() });
    expect(wire.sent).toEqual([]);
  });

  test('an answer that has no way back is dropped', () => {
    const wire = wireWithPeer();
    wire.receive({
      protocol: PROTOCOL.UDP,
      src: '192.0.2.1',
      payload: udp(NOTHING, { ...ADDRESSES, src: 0xc0000201 }),
    });
    expect(wire.host.counters).toEqual({ 'udp.no-listener': 1, 'ip.no-route': 1 });
  });
});

describe('errors about what we sent', () => {
  const quoted = ipv4({ src: US, dst: '192.0.2.7', payload: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });

  test.each<[IcmpMessage, object]>([
    [
      { type: 'destination-unreachable', code: 1, nextHopMtu: 0, quoted },
      { kind: 'destination-unreachable', code: 1 },
    ],
    [
      { type: 'destination-unreachable', code: 4, nextHopMtu: 1280, quoted },
      { kind: 'destination-unreachable', code: 4, nextHopMtu: 1280 },
    ],
    [
      { type: 'destination-unreachable', code: 4, nextHopMtu: 0, quoted },
      { kind: 'destination-unreachable', code: 4, nextHopMtu: 0 },
    ],
    [
      { type: 'time-exceeded', code: 0, quoted },
      { kind: 'time-exceeded', code: 0 },
    ],
    [
      { type: 'parameter-problem', code: 0, pointer: 9, quoted },
      { kind: 'parameter-problem', code: 0 },
    ],
  ])('MUST-54: %j reaches the protocol of the packet', (message, report) => {
    const wire = wireWithPeer();
    wire.receiveIcmp(message);
    expect(wire.protocol.reports).toEqual([{ ...report, from: PEER, quoted: expect.anything() }]);
    const [{ quoted: packet } = {}] = wire.protocol.reports;
    expect([packet?.src, packet?.dst, packet?.protocol]).toEqual([0x0a090002, 0xc0000207, TEST_PROTOCOL]);
    expect(packet?.payload).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    expect(wire.host.counters).toEqual({});
    expect(wire.sent).toEqual([]);
  });

  test('MUST-54: the ports and the sequence number of a TCP segment can be read of the least that a router quotes', () => {
    const wire = wireWithPeer();
    const tcp = new Recorder();
    wire.ip.protocol(PROTOCOL.TCP, tcp);
    const pseudo = { src: 0x0a090002, dst: 0xc0000207 };
    const fields = { ack: 7, flags: 0x10, window: 100, urgent: 0, options: [], payload: new Uint8Array(1460) };
    const segment = emitTcp({ srcPort: 40_000, dstPort: 80, seq: 0xfffffff0, ...fields }, pseudo);
    const packet = ipv4({
      src: US,
      dst: '192.0.2.7',
      protocol: PROTOCOL.TCP,
      options: new Uint8Array(8),
      payload: segment,
    });
    const least = packet.subarray(0, 28 + 8);
    wire.receiveIcmp(
      { type: 'destination-unreachable', code: 4, nextHopMtu: 1400, quoted: least },
      { src: '198.51.100.9' },
    );
    expect(tcp.reports).toMatchObject([{ code: 4, nextHopMtu: 1400, from: '198.51.100.9' }]);
    const payload = good(tcp.reports[0]?.quoted).payload;
    expect([readUint16(payload, 0), readUint16(payload, 2), readUint32(payload, 4)]).toEqual([40_000, 80, 0xfffffff0]);
  });

  test('MUST-55: source quench is silently discarded', () => {
    const wire = wireWithPeer();
    wire.receiveIcmp({ type: 'source-quench', quoted });
    expect(wire.protocol.reports).toEqual([]);
    expect(wire.host.counters).toEqual({ 'icmp.source-quench': 1 });
    expect(wire.sent).toEqual([]);
  });

  test.each<[string, Uint8Array]>([
    ["somebody else's packet", ipv4({ src: '10.9.0.3' })],
    ['a packet of ours from another address than the error went to', ipv4({ src: '10.9.0.8' })],
    ['a fragment without its transport header', ipv4({ src: US, fragmentOffset: 8 })],
    ['too little of a packet', quoted.subarray(0, 27)],
    ['no packet', new Uint8Array(40)],
  ])('an error that quotes %s is not believed', (_, quote) => {
    const wire = wireWithPeer('ethernet', { address: [`${US}/24`, '10.9.0.8/24'] });
    wire.receiveIcmp({ type: 'destination-unreachable', code: 1, nextHopMtu: 0, quoted: quote });
    expect(wire.protocol.reports).toEqual([]);
    expect(wire.host.counters).toEqual({ 'icmp.bad-quote': 1 });
  });

  test('an error about a protocol that nobody speaks goes nowhere', () => {
    const wire = wireWithPeer();
    const strange = ipv4({ src: US, protocol: 99 });
    wire.receiveIcmp({ type: 'destination-unreachable', code: 2, nextHopMtu: 0, quoted: strange });
    expect(wire.sent).toEqual([]);
  });
});
