import { describe, expect, test } from '@jest/globals';
import { FULL_OFFLOAD } from '../../../src/link/finish';
import { CHECKED, UNFILLED } from '../../../src/link/link';
import { addSums } from '../../../src/wire/checksum';
import { emitIpv4Options, emptyRecordRoute, parseIpv4Options } from '../../../src/wire/ipv4-options';
import { parseIpv4, PROTOCOL, viewIpv4 } from '../../../src/wire/ipv4';
import { pseudoHeaderSum } from '../../../src/wire/pseudo-header';
import { requireIpv4Address } from '../../../src/wire/address';
import { PacketLink } from '../../../src/link/packets';
import { BROADCAST, good, PEER, PEER_MAC, Wire } from '../harness';
import { describe as describePacket, icmp, packet, Router, tcp, udp } from './router';

/** Two networks, a route beyond one of them, and a third link with a smaller MTU. */
function router(options: ConstructorParameters<typeof Router>[0] = {}): Router {
  const us = new Router(options);
  us.attach('a', { address: '10.1.0.1/24' });
  const b = us.attach('b', { address: '10.2.0.1/24' });
  us.attach('small', { address: '10.3.0.1/24' }, 1280);
  us.ip.addRoute({ prefix: '10.20.0.0/16', gateway: '10.2.0.9', interface: b });
  return us;
}

describe('forwarding of IPv4', () => {
  test('is off unless it is asked for (RFC 1122 §3.3.1)', () => {
    const us = router({ forward: false });
    expect(us.told('a', udp('10.1.0.2:1', '10.2.0.2:2'))).toEqual([]);
    expect(us.host.counters).toEqual({ 'ip.not-ours': 1 });
  });

  test('takes one from the time to live, and leaves the rest as it is (RFC 1812 §5.3.1)', () => {
    const us = router();
    expect(us.told('a', udp('10.1.0.2:1', '10.2.0.2:2', 'x', { ttl: 9, dscp: 46, ecn: 1 }))).toEqual([
      'b: 10.1.0.2:1 > 10.2.0.2:2 udp ttl 8',
    ]);
    const [sent] = us.receive('a', udp('10.1.0.2:1', '10.20.3.4:2', 'x', { ttl: 9, dscp: 46, ecn: 1 }));
    expect(good(parseIpv4(good(sent).packet))).toMatchObject({ ttl: 8, dscp: 46, ecn: 1 });
    expect(us.host.counters).toEqual({ 'ip.forwarded': 2 });
    expect(us.ip.interfaces.map(({ counters }) => counters.forwarded)).toEqual([2, 0, 0]);
    expect(us.host.events.filter(({ type }) => type === 'forward')).toMatchObject([
      { from: 'a', to: 'b', src: '10.1.0.2', dst: '10.2.0.2', ttl: 8 },
      { from: 'a', to: 'b', dst: '10.20.3.4' },
    ]);
  });

  test('on an Ethernet it goes to the MAC of the gateway, and waits until that is known', () => {
    const us = new Wire('ethernet', {}, { forward: true });
    const inner = new PacketLink({ name: 'inner' });
    us.ip.attach(inner, { address: '10.1.0.1/24' });
    us.ip.addRoute({ prefix: '10.20.0.0/16', gateway: PEER, interface: us.interface });
    const first = packet({ protocol: 253, src: '10.1.0.2', dst: '10.20.3.4', payload: Uint8Array.of(65) });
    inner.inject(new Uint8Array(first));
    expect(us.log()).toEqual(['0 who-has 10.9.0.1 tell 10.9.0.2 → everybody']);
    us.isAt();
    expect(us.log()).toEqual([`0 10.1.0.2 > 10.20.3.4 A → ${PEER_MAC}`]);
    inner.inject(first);
    expect(us.log()).toEqual([`0 10.1.0.2 > 10.20.3.4 A → ${PEER_MAC}`]);
  });

  test('from an Ethernet to an Ethernet the frame stays where it is', () => {
    const us = new Wire('ethernet', {}, { forward: true });
    us.ip.addRoute({ prefix: '10.20.0.0/16', gateway: PEER, interface: us.interface });
    us.send(PEER);
    us.isAt();
    us.log();
    us.receive({ src: '10.9.0.7', dst: '10.20.3.4' });
    expect(us.log()).toEqual([`0 10.9.0.7 > 10.20.3.4 datagram → ${PEER_MAC}`]);
    us.receive({ src: '10.9.0.7', dst: '10.20.3.4' }, BROADCAST);
    expect(us.host.counters['ip.forward-broadcast']).toBe(1);
  });

  test('the sender is told when the next hop does not answer (RFC 1812 §5.2.7.1)', () => {
    const us = new Wire('ethernet', {}, { forward: true });
    const inner = new PacketLink({ name: 'inner' });
    const told: string[] = [];
    inner.onPacket = (bytes) => told.push(describePacket(bytes));
    us.ip.attach(inner, { address: '10.1.0.1/24' });
    inner.inject(udp('10.1.0.2:1', '10.9.0.77:2'));
    us.clock.advanceBy(4_000_000);
    expect(told).toEqual([
      '10.1.0.1 > 10.1.0.2 destination-unreachable 1 about (10.1.0.2:1 > 10.9.0.77:2 udp ttl 63) ttl 64',
    ]);
  });

  test('padding behind the packet stays behind', () => {
    const us = router();
    const padded = new Uint8Array(60);
    padded.set(udp('10.1.0.2:1', '10.2.0.2:2', 'x'));
    expect(us.receive('a', padded).map((sent) => sent.packet.length)).toEqual([29]);
  });

  test('a time to live of 1 ends here, and the sender is told, by the address on its side', () => {
    const us = router();
    expect(us.told('a', udp('10.1.0.2:1', '10.2.0.2:2', 'x', { ttl: 1 }))).toEqual([
      'a: 10.1.0.1 > 10.1.0.2 time-exceeded 0 about (10.1.0.2:1 > 10.2.0.2:2 udp ttl 1) ttl 64',
    ]);
    expect(us.told('a', udp('10.1.0.2:1', '10.1.0.1:2', 'x', { ttl: 1 }))).toEqual([
      expect.stringMatching(/unreachable 3/),
    ]);
  });

  test('without a route the net is unreachable', () => {
    const us = router();
    expect(us.told('a', udp('10.1.0.2:1', '172.16.0.1:2'))).toEqual([
      'a: 10.1.0.1 > 10.1.0.2 destination-unreachable 0 about (10.1.0.2:1 > 172.16.0.1:2 udp ttl 64) ttl 64',
    ]);
    expect(us.host.counters).toMatchObject({ 'ip.no-route': 1 });
  });

  test('no error about an error, about a later fragment, nor beyond the rate', () => {
    const us = router({ icmpBurst: 2 });
    const error = { type: 'time-exceeded', code: 0, quoted: udp('10.2.0.2:1', '10.1.0.2:2') } as const;
    expect(us.told('a', icmp('10.1.0.2', '172.16.0.1', error))).toEqual([]);
    expect(us.told('a', udp('10.1.0.2:1', '172.16.0.1:2', 'x', { fragmentOffset: 8 }))).toEqual([]);
    const flood = Array.from({ length: 9 }, () => us.told('a', udp('10.1.0.2:1', '172.16.0.1:2')).length);
    expect(flood).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(us.host.counters).toMatchObject({ 'icmp.rate-limited': 7 });
  });

  test.each([
    ['a loopback source', '127.0.0.1', '10.2.0.2', 'ip.martian-source'],
    ['a link-local source', '169.254.1.1', '10.2.0.2', 'ip.not-forwardable'],
    ['a link-local destination', '10.1.0.2', '169.254.1.1', 'ip.not-forwardable'],
    ['a reserved source', '240.0.0.1', '10.2.0.2', 'ip.not-forwardable'],
    ['a multicast destination', '10.1.0.2', '224.0.0.5', 'ip.not-forwardable'],
    ['a multicast destination that routers could pass on', '10.1.0.2', '239.1.2.3', 'ip.not-forwardable'],
    ['the directed broadcast of another network (RFC 2644)', '10.1.0.2', '10.2.0.255', 'ip.not-forwardable'],
    ['the broadcast of another network as the source', '10.2.0.255', '10.2.0.2', 'ip.not-forwardable'],
    ['this network', '10.1.0.2', '0.0.0.1', 'ip.martian-destination'],
    ['our own address as the source', '10.2.0.1', '10.2.0.2', 'ip.martian-source'],
  ])('never with %s', (_, src, dst, counter) => {
    const us = router();
    expect(us.told('a', udp(`${src}:1`, `${dst}:2`))).toEqual([]);
    expect(us.host.counters).toEqual({ [counter]: 1 });
  });

  test('the limited broadcast and that of the own wire are for us and go no further', () => {
    const us = router();
    expect(us.told('a', udp('10.1.0.2:1', '255.255.255.255:2'))).toEqual([]);
    expect(us.told('a', udp('10.1.0.2:1', '10.1.0.255:2'))).toEqual([]);
    expect(us.host.counters['ip.forwarded']).toBeUndefined();
  });

  test('comes back by the link that it came by, where the route says so; no redirect is sent', () => {
    const us = router();
    expect(us.told('b', udp('10.2.0.2:1', '10.20.0.1:2'))).toEqual(['b: 10.2.0.2:1 > 10.20.0.1:2 udp ttl 63']);
  });
});

describe('the next link is smaller', () => {
  const text = 'y'.repeat(1400);

  test('with DF the sender is told how small (RFC 1191 §4)', () => {
    const us = router();
    expect(us.told('a', udp('10.1.0.2:1', '10.3.0.2:2', text))).toEqual([
      expect.stringMatching(
        /^a: 10.1.0.1 > 10.1.0.2 destination-unreachable 4 mtu 1280 about \(10.1.0.2:1 > 10.3.0.2:2 udp ttl 64\)/,
      ),
    ]);
    expect(us.host.counters).toEqual({ 'ip.forward-too-big': 1 });
  });

  test('without DF it goes in fragments, and so does a fragment (RFC 791 §3.2)', () => {
    const us = router();
    expect(us.told('a', udp('10.1.0.2:1', '10.3.0.2:2', text, { dontFragment: false }))).toEqual([
      'small: 10.1.0.2 > 10.3.0.2 fragment 0+1256 ttl 63',
      'small: 10.1.0.2 > 10.3.0.2 fragment 1256+152 ttl 63',
    ]);
    const part = { dontFragment: false, fragmentOffset: 1480, moreFragments: true };
    expect(us.told('a', udp('10.1.0.2:1', '10.3.0.2:2', text, part))).toEqual([
      'small: 10.1.0.2 > 10.3.0.2 fragment 1480+1256 ttl 63',
      'small: 10.1.0.2 > 10.3.0.2 fragment 2736+152 ttl 63',
    ]);
  });
});

describe('options of IPv4', () => {
  test('record route gets our address on the way out; router alert and unknown ones pass (RFC 1812 §5.3.13)', () => {
    const us = router();
    const alert = { kind: 'unknown', type: 148, data: new Uint8Array(2) } as const;
    const options = emitIpv4Options([{ kind: 'nop' }, emptyRecordRoute(2), alert]);
    const [sent] = us.receive('a', udp('10.1.0.2:1', '10.2.0.2:2', 'x', { options }));
    const view = good(viewIpv4(good(sent).packet));
    expect(view.checksumIsGood()).toBe(true);
    expect(parseIpv4Options(view.options)).toEqual([
      { kind: 'nop' },
      { kind: 'record-route', pointer: 8, route: ['10.2.0.1', '0.0.0.0'] },
      alert,
    ]);
  });

  test('a source route is refused, and so is what cannot be read', () => {
    const us = router();
    const route = emitIpv4Options([{ kind: 'loose-source-route', pointer: 4, route: ['10.2.0.9'] }]);
    expect(us.told('a', udp('10.1.0.2:1', '10.2.0.2:2', 'x', { options: route }))).toEqual([]);
    expect(us.told('a', udp('10.1.0.2:1', '10.2.0.2:2', 'x', { options: Uint8Array.of(7, 99, 4, 0) }))).toEqual([]);
    expect(us.host.counters).toEqual({ 'ip.source-route': 1, 'ip.bad-options': 1 });
  });
});

describe('the way back to the source (RFC 3704)', () => {
  const cases = [
    ['off', '10.2.0.7', true],
    ['off', '172.16.0.1', true],
    ['strict', '10.1.0.2', true],
    ['strict', '10.3.0.7', false],
    ['strict', '172.16.0.1', false],
    ['loose', '10.3.0.7', true],
    ['loose', '172.16.0.1', false],
  ] as const;
  test.each(cases)('%s: a packet from %s passes: %s', (reversePath, src, passes) => {
    const us = router({ reversePath });
    expect(us.told('a', udp(`${src}:1`, '10.2.0.2:2'))).toHaveLength(passes ? 1 : 0);
    expect(us.host.counters).toEqual(passes ? { 'ip.forwarded': 1 } : { 'ip.reverse-path': 1 });
  });
});

describe('segments that travel together', () => {
  const ends = { src: requireIpv4Address('10.1.0.2'), dst: requireIpv4Address('10.2.0.2') };
  /** 5000 octets that the link made of segments of 1448; nobody has filled in the checksum. */
  const together = (): Uint8Array => {
    const bytes = tcp('10.1.0.2:1', '10.2.0.2:2', ['ACK', 'PSH'], 5000);
    bytes[36] = bytes[37] = 0;
    return bytes;
  };
  const info = CHECKED | UNFILLED | 1448;

  test('go on so where the next link cuts them', () => {
    const us = new Router();
    us.attach('a', { address: '10.1.0.1/24' });
    us.attach('b', { address: '10.2.0.1/24' }, 1500, FULL_OFFLOAD);
    const [sent, ...others] = us.receive('a', together(), info);
    expect(others).toEqual([]);
    expect(sent).toMatchObject({ link: 'b', work: { segmentSize: 1448, checksumStart: 20, checksumOffset: 16 } });
    const { payload } = good(viewIpv4(good(sent).packet));
    const field = ((payload[16] ?? 0) << 8) | (payload[17] ?? 0);
    expect(field).toBe(addSums(pseudoHeaderSum(ends.src, ends.dst, PROTOCOL.TCP, payload.length), 0));
  });

  test('are cut here where it does not', () => {
    const us = router();
    expect(us.receive('a', together(), info).map((sent) => sent.packet.length)).toEqual([1488, 1488, 1488, 696]);
    expect(us.told('a', together(), info)).toEqual([
      'b: 10.1.0.2:1 > 10.2.0.2:2 tcp . ttl 63',
      'b: 10.1.0.2:1 > 10.2.0.2:2 tcp . ttl 63',
      'b: 10.1.0.2:1 > 10.2.0.2:2 tcp . ttl 63',
      'b: 10.1.0.2:1 > 10.2.0.2:2 tcp P. ttl 63',
    ]);
  });

  test('are too big when a segment of them is', () => {
    const us = new Router();
    us.attach('a', { address: '10.1.0.1/24' });
    us.attach('b', { address: '10.2.0.1/24' }, 1280, FULL_OFFLOAD);
    expect(us.told('a', together(), info)).toEqual([expect.stringMatching(/unreachable 4 mtu 1280/)]);
    expect(us.told('a', together(), CHECKED | UNFILLED | 1240)).toHaveLength(1);
  });

  test('a checksum that nobody filled in is filled in here, or by the next link', () => {
    const unfilled = tcp('10.1.0.2:1', '10.2.0.2:2', ['ACK'], 5);
    unfilled[36] = unfilled[37] = 0x55;
    expect(router().told('a', unfilled, CHECKED | UNFILLED)).toEqual(['b: 10.1.0.2:1 > 10.2.0.2:2 tcp . ttl 63']);
  });

  test('a packet of another protocol passes as it is', () => {
    const other = packet({ protocol: 253, src: '10.1.0.2', dst: '10.2.0.2', payload: Uint8Array.of(1, 2, 3) });
    expect(router().told('a', other, CHECKED)).toEqual(['b: 10.1.0.2 > 10.2.0.2 protocol 253 ttl 63']);
  });
});
