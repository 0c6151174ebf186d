import { describe, expect, test } from '@jest/globals';
import { LoopbackLink } from '../../../../src/link/loopback';
import { UNREACHABLE } from '../../../../src/wire/icmp';
import { PROTOCOL, viewIpv4 } from '../../../../src/wire/ipv4';
import { requireIpv4Address } from '../../../../src/wire/address';
import { good } from '../../harness';
import { echo, echoReply, icmp, natRouter, packet, tcp, udp } from '../router';

const MINUTE = 60_000_000;

/** The external port that the packet got. */
function portOf([line = '']: readonly string[]): number {
  return Number(/192\.0\.2\.1:(\d+)/.exec(line)?.[1]);
}

describe('mapping (RFC 4787 §4, RFC 5382 §4)', () => {
  test('what leaves has our address, and its answer the inner one; the port is kept where it is free', () => {
    const us = natRouter();
    expect(us.told('in', udp('10.0.0.2:5000', '198.51.100.7:53'))).toEqual([
      'out: 192.0.2.1:5000 > 198.51.100.7:53 udp ttl 63',
    ]);
    expect(us.told('out', udp('198.51.100.7:53', '192.0.2.1:5000'))).toEqual([
      'in: 198.51.100.7:53 > 10.0.0.2:5000 udp ttl 63',
    ]);
    expect(us.forwarding.sessions).toEqual([
      {
        protocol: 'udp',
        inner: '10.0.0.2:5000',
        external: '192.0.2.1:5000',
        remote: '198.51.100.7:53',
        state: 'answered',
        expires: 5 * MINUTE,
      },
    ]);
  });

  test('REQ-1: one inner endpoint has one outer one, whomever it talks to', () => {
    const us = natRouter();
    us.told('in', udp('10.0.0.3:5000', '198.51.100.7:53'));
    const ports = ['198.51.100.7:53', '198.51.100.7:54', '198.51.100.8:53'].map((to) =>
      portOf(us.told('in', udp('10.0.0.2:5000', to))),
    );
    expect(new Set(ports).size).toBe(1);
    expect(ports[0]).not.toBe(5000);
    expect(ports[0]).toBeGreaterThanOrEqual(1024);
  });

  test("REQ-3: a low port gets a low one, and TCP and UDP do not stand in each other's way", () => {
    const us = natRouter();
    expect(portOf(us.told('in', udp('10.0.0.2:600', '198.51.100.7:53')))).toBe(600);
    const second = portOf(us.told('in', udp('10.0.0.3:600', '198.51.100.7:53')));
    expect(second).toBeLessThan(1024);
    expect(second).not.toBe(600);
    expect(portOf(us.told('in', tcp('10.0.0.3:600', '198.51.100.7:53', 'SYN')))).toBe(600);
  });

  test('a port that we use ourselves is not given to others', () => {
    const us = natRouter();
    us.ip.protocol(PROTOCOL.TCP, {
      receive: () => undefined,
      owns: (local, port, remote, remotePort) =>
        local === requireIpv4Address('192.0.2.1') && port === 5000 && remote > 0 && remotePort === 80,
    });
    expect(portOf(us.told('in', tcp('10.0.0.2:5000', '198.51.100.7:80', 'SYN')))).not.toBe(5000);
    expect(portOf(us.told('in', tcp('10.0.0.3:5000', '198.51.100.7:81', 'SYN')))).toBe(5000);
    expect(us.told('in', tcp('10.0.0.3:5000', '198.51.100.7:80', 'SYN'))).toEqual([]);
    expect(us.host.counters).toMatchObject({ 'nat.port-taken': 1 });
    const uses = (port: number, remotePort: number): boolean =>
      us.forwarding.uses(6, requireIpv4Address('192.0.2.1'), port, requireIpv4Address('198.51.100.7'), remotePort);
    expect([uses(5000, 81), uses(5000, 82), uses(5001, 81)]).toEqual([true, false, false]);
  });

  test('a datagram without a checksum keeps none (RFC 768), and one that was wrong stays wrong', () => {
    const us = natRouter();
    const without = udp('10.0.0.2:5000', '198.51.100.7:53');
    without[26] = without[27] = 0;
    const [sent] = us.receive('in', without);
    expect([...good(viewIpv4(good(sent).packet)).payload.subarray(6, 8)]).toEqual([0, 0]);
    const wrong = udp('10.0.0.2:5000', '198.51.100.7:53');
    wrong[28] = 1;
    expect(us.told('in', wrong)).toEqual([expect.stringMatching(/bad UDP checksum/)]);
  });

  test('only TCP, UDP and echo', () => {
    const us = natRouter();
    const other = packet({ protocol: 47, src: '10.0.0.2', dst: '198.51.100.7', payload: new Uint8Array(20) });
    expect(us.told('in', other)).toEqual([]);
    const short = packet({ protocol: PROTOCOL.TCP, src: '10.0.0.2', dst: '198.51.100.7', payload: new Uint8Array(19) });
    expect(us.told('in', short)).toEqual([]);
    expect(us.host.counters).toEqual({ 'nat.protocol': 1, 'nat.malformed': 1 });
  });
});

describe('filtering (RFC 4787 §5)', () => {
  test('REQ-8: only the endpoint that was spoken to gets in', () => {
    const us = natRouter();
    us.told('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
    for (const from of ['198.51.100.7:54', '198.51.100.8:53']) {
      expect(us.told('out', udp(from, '192.0.2.1:5000'))).toEqual([]);
    }
    expect(us.host.counters).toMatchObject({ 'nat.filtered': 2 });
    expect(us.told('out', udp('198.51.100.7:53', '192.0.2.1:5000'))).toHaveLength(1);
  });

  test("RFC 5382 REQ-4: an unsolicited SYN gets no answer at a port that is somebody's", () => {
    const us = natRouter();
    us.told('in', tcp('10.0.0.2:5000', '198.51.100.7:80', 'SYN'));
    expect(us.told('out', tcp('198.51.100.9:80', '192.0.2.1:5000', 'SYN'))).toEqual([]);
    // RFC 5382 REQ-2: both begin at the same time.
    expect(us.told('out', tcp('198.51.100.7:80', '192.0.2.1:5000', 'SYN'))).toHaveLength(1);
  });

  test('what is for an inner address is not passed on from outside', () => {
    const us = natRouter();
    expect(us.told('out', udp('198.51.100.7:53', '10.0.0.2:5000'))).toEqual([]);
    expect(us.host.counters).toEqual({ 'nat.unsolicited': 1 });
  });

  test('a port without a mapping is ours', () => {
    const us = natRouter();
    expect(us.told('out', udp('198.51.100.7:53', '192.0.2.1:5000'))).toEqual([
      expect.stringMatching(/^out: 192.0.2.1 > 198.51.100.7 destination-unreachable 3/),
    ]);
    expect(us.told('out', echo('198.51.100.7', '192.0.2.1', 9))).toEqual([
      'out: 192.0.2.1 > 198.51.100.7 echo-reply 9 ttl 64',
    ]);
  });

  test('a RST or an echo reply opens nothing', () => {
    const us = natRouter();
    expect(us.told('in', tcp('10.0.0.2:5000', '198.51.100.7:80', 'RST'))).toEqual([]);
    expect(us.told('in', echoReply('10.0.0.2', '198.51.100.7', 7))).toEqual([]);
    expect(us.host.counters).toEqual({ 'nat.no-session': 2 });
  });
});

describe('fragments (RFC 4787 REQ-14)', () => {
  test('are put together, in whatever order they come, and cut again', () => {
    const us = natRouter();
    const whole = udp('10.0.0.2:5000', '198.51.100.7:53', 'z'.repeat(2000), { dontFragment: false, identification: 7 });
    const payload = whole.subarray(20);
    const part = (from: number, to: number): Uint8Array =>
      packet({
        protocol: PROTOCOL.UDP,
        src: '10.0.0.2',
        dst: '198.51.100.7',
        dontFragment: false,
        identification: 7,
        fragmentOffset: from,
        moreFragments: to < payload.length,
        payload: payload.slice(from, to),
      });
    expect(us.told('in', part(1480, payload.length))).toEqual([]);
    expect(us.told('in', part(0, 1480))).toEqual([
      'out: 192.0.2.1 > 198.51.100.7 fragment 0+1480 ttl 63',
      'out: 192.0.2.1 > 198.51.100.7 fragment 1480+528 ttl 63',
    ]);
    expect(us.forwarding.sessions).toMatchObject([{ inner: '10.0.0.2:5000', external: '192.0.2.1:5000' }]);
  });
});

describe('hairpinning (RFC 4787 REQ-9, RFC 5382 REQ-8)', () => {
  test('two inner hosts see each other by their outer endpoints', () => {
    const us = natRouter();
    us.told('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
    us.told('in', udp('10.0.0.3:6000', '198.51.100.7:53'));
    // Filtered, but the way is open from here on.
    expect(us.told('in', udp('10.0.0.2:5000', '192.0.2.1:6000'))).toEqual([]);
    expect(us.told('in', udp('10.0.0.3:6000', '192.0.2.1:5000'))).toEqual([
      'in: 192.0.2.1:6000 > 10.0.0.2:5000 udp ttl 63',
    ]);
    expect(us.told('in', udp('10.0.0.2:5000', '192.0.2.1:6000'))).toEqual([
      'in: 192.0.2.1:5000 > 10.0.0.3:6000 udp ttl 63',
    ]);
  });

  test('an error about such a packet finds back', () => {
    const us = natRouter({}, { forwards: [{ protocol: 'udp', port: 99, to: '10.0.0.3:6000' }] });
    const [sent] = us.receive('in', udp('10.0.0.2:5000', '192.0.2.1:99'));
    const quoted = good(sent).packet;
    const error = { type: 'destination-unreachable', code: UNREACHABLE.PORT, nextHopMtu: 0, quoted } as const;
    expect(us.told('in', icmp('10.0.0.3', '192.0.2.1', error))).toEqual([
      'in: 192.0.2.1 > 10.0.0.2 destination-unreachable 3 about (10.0.0.2:5000 > 192.0.2.1:99 udp ttl 63) ttl 63',
    ]);
  });

  test('a time to live that ends here, and a link that is too small, are told of by what was sent', () => {
    const us = natRouter({}, { forwards: [{ protocol: 'udp', port: 99, to: '10.0.5.3:6000' }] });
    us.attach('small', { address: '10.0.5.1/24' }, 576);
    expect(us.told('in', udp('10.0.0.2:5000', '192.0.2.1:99', 'x', { ttl: 1 }))).toEqual([
      'in: 10.0.0.1 > 10.0.0.2 time-exceeded 0 about (10.0.0.2:5000 > 192.0.2.1:99 udp ttl 1) ttl 64',
    ]);
    expect(us.told('in', udp('10.0.0.2:5000', '192.0.2.1:99', 'x'.repeat(600)))).toEqual([
      expect.stringMatching(
        /10.0.0.2 destination-unreachable 4 mtu 576 about \(10.0.0.2:5000 > 192.0.2.1:99 udp ttl 64/,
      ),
    ]);
  });
});

describe('port forwards', () => {
  const forwards = [
    { protocol: 'tcp', port: 8080, to: '10.0.0.2:80' },
    { protocol: 'tcp', port: 8081, to: '10.0.0.2:80' },
  ] as const;

  test('let everybody in, and answers go out by the port that was asked', () => {
    const us = natRouter({}, { forwards });
    for (const [from, port] of [
      ['198.51.100.7:1000', 8080],
      ['198.51.100.7:1001', 8081],
    ] as const) {
      expect(us.told('out', tcp(from, `192.0.2.1:${port}`, 'SYN'))).toEqual([`in: ${from} > 10.0.0.2:80 tcp S ttl 63`]);
      expect(us.told('in', tcp('10.0.0.2:80', from, ['SYN', 'ACK']))).toEqual([
        `out: 192.0.2.1:${port} > ${from} tcp S. ttl 63`,
      ]);
    }
    // From one endpoint through both, the inner host could not tell which is which.
    expect(us.told('out', tcp('198.51.100.7:1000', '192.0.2.1:8081', 'SYN'))).toEqual([]);
  });

  test('are not for ourselves: what we send to our own address stays here', () => {
    const us = natRouter({}, { forwards });
    us.ip.attach(new LoopbackLink({ clock: us.clock }), { address: '127.0.0.1/8' });
    const path = us.ip.path(requireIpv4Address('192.0.2.1'));
    if (typeof path === 'string') throw new Error(path);
    us.receive('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
    us.clock.turn(() => us.ip.send(path, PROTOCOL.TCP, [tcp('192.0.2.1:4000', '192.0.2.1:8080', 'SYN').subarray(20)]));
    us.clock.advanceBy(1000);
    expect(us.forwarding.sessions).toMatchObject([{ protocol: 'udp' }]);
  });

  test('work from inside, too', () => {
    const us = natRouter({}, { forwards });
    expect(us.told('in', tcp('10.0.0.3:4000', '192.0.2.1:8080', 'SYN'))).toEqual([
      'in: 192.0.2.1:4000 > 10.0.0.2:80 tcp S ttl 63',
    ]);
    expect(us.told('in', tcp('10.0.0.2:80', '192.0.2.1:4000', ['SYN', 'ACK']))).toEqual([
      'in: 192.0.2.1:8080 > 10.0.0.3:4000 tcp S. ttl 63',
    ]);
  });

  test.each([
    [{ protocol: 'tcp', port: 0, to: '10.0.0.2:80' }],
    [{ protocol: 'tcp', port: 80, to: '10.0.0.2' }],
    [{ protocol: 'udp', port: 80, to: 'host:80' }],
  ] as const)('%j cannot be', (forward) => {
    expect(() => natRouter({}, { forwards: [forward] })).toThrow(/cannot forward .* write/);
  });

  test('one port twice, or without masquerade, or that without forward, cannot be either', () => {
    expect(() => natRouter({}, { forwards: [forwards[0], forwards[0]] })).toThrow(/8080 is forwarded twice/);
    expect(() => natRouter({}, { forwards, masquerade: false })).toThrow(/masquerade: true/);
    expect(() => natRouter({ forward: false })).toThrow(/forward: true/);
  });
});

describe('ICMP (RFC 5508)', () => {
  test('REQ-1: echo is told apart by its identifier', () => {
    const us = natRouter();
    expect(us.told('in', echo('10.0.0.2', '198.51.100.7', 77))).toEqual([
      'out: 192.0.2.1 > 198.51.100.7 echo-request 77 ttl 63',
    ]);
    const [second = ''] = us.told('in', echo('10.0.0.3', '198.51.100.7', 77));
    const identifier = Number(/request (\d+)/.exec(second)?.[1]);
    expect(identifier).not.toBe(77);
    expect(us.told('out', echoReply('198.51.100.7', '192.0.2.1', 77))).toEqual([
      'in: 198.51.100.7 > 10.0.0.2 echo-reply 77 ttl 63',
    ]);
    expect(us.told('out', echoReply('198.51.100.7', '192.0.2.1', identifier))).toEqual([
      'in: 198.51.100.7 > 10.0.0.3 echo-reply 77 ttl 63',
    ]);
    expect(us.told('out', echoReply('198.51.100.8', '192.0.2.1', 77))).toEqual([]);
  });

  test('our own pings keep their answers', () => {
    const us = natRouter();
    const replies: string[] = [];
    us.ip.ping({ reply: ({ address }) => replies.push(address) }, 77);
    us.told('in', echo('10.0.0.2', '198.51.100.7', 77));
    us.told('out', echoReply('198.51.100.7', '192.0.2.1', 77));
    expect(replies).toEqual(['198.51.100.7']);
  });

  test.each([
    ['udp', (): Uint8Array => udp('10.0.0.2:5000', '198.51.100.7:53')],
    ['tcp S', (): Uint8Array => tcp('10.0.0.2:5000', '198.51.100.7:53', 'SYN')],
  ])('REQ-4: an error finds who sent the packet that it quotes, and quotes what that sent (%s)', (what, make) => {
    const us = natRouter();
    us.told('in', udp('10.0.0.3:5000', '198.51.100.7:53'));
    us.told('in', tcp('10.0.0.3:5000', '198.51.100.7:53', 'SYN'));
    const [sent] = us.receive('in', make());
    const quoted = good(sent).packet;
    const error = { type: 'time-exceeded', code: 0, quoted } as const;
    expect(us.told('out', icmp('203.0.113.1', '192.0.2.1', error))).toEqual([
      `in: 203.0.113.1 > 10.0.0.2 time-exceeded 0 about (10.0.0.2:5000 > 198.51.100.7:53 ${what} ttl 63) ttl 63`,
    ]);
    // Eight bytes of the payload are all that a router has to quote.
    expect(us.told('out', icmp('203.0.113.1', '192.0.2.1', { ...error, quoted: quoted.subarray(0, 28) }))).toEqual([
      expect.stringMatching(/> 10.0.0.2 time-exceeded 0 about \(10.0.0.2:5000 > 198.51.100.7:53/),
    ]);
  });

  test('an error about an echo request', () => {
    const us = natRouter();
    us.told('in', echo('10.0.0.3', '198.51.100.7', 77));
    const [sent] = us.receive('in', echo('10.0.0.2', '198.51.100.7', 77));
    const error = { type: 'destination-unreachable', code: 1, nextHopMtu: 0, quoted: good(sent).packet } as const;
    expect(us.told('out', icmp('203.0.113.1', '192.0.2.1', error))).toEqual([
      'in: 203.0.113.1 > 10.0.0.2 destination-unreachable 1 about (10.0.0.2 > 198.51.100.7 echo-request 77 ttl 63) ttl 63',
    ]);
  });

  test('REQ-5: an error from inside comes from our address, and quotes what was seen outside', () => {
    const us = natRouter();
    us.told('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
    const [came] = us.receive('out', udp('198.51.100.7:53', '192.0.2.1:5000'));
    const error = { type: 'destination-unreachable', code: 3, nextHopMtu: 0, quoted: good(came).packet } as const;
    expect(us.told('in', icmp('10.0.0.2', '198.51.100.7', error))).toEqual([
      'out: 192.0.2.1 > 198.51.100.7 destination-unreachable 3 about (198.51.100.7:53 > 192.0.2.1:5000 udp ttl 63) ttl 63',
    ]);
    const foreign = { ...error, quoted: udp('198.51.100.9:53', '10.0.0.2:5000') };
    expect(us.told('in', icmp('10.0.0.2', '198.51.100.9', foreign))).toEqual([]);
    expect(us.host.counters).toMatchObject({ 'nat.no-session': 1 });
  });

  test('REQ-3, REQ-6: an error with a wrong checksum, or about no session, goes nowhere, and none prolongs one', () => {
    const us = natRouter();
    const [sent] = us.receive('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
    const error = { type: 'time-exceeded', code: 0, quoted: good(sent).packet } as const;
    const wrong = icmp('203.0.113.1', '192.0.2.1', error);
    wrong[22] = 1;
    expect(us.told('out', wrong)).toEqual([]);
    const other = { ...error, quoted: udp('192.0.2.1:5000', '198.51.100.9:53') };
    expect(us.told('out', icmp('203.0.113.1', '192.0.2.1', other))).toEqual([]);
    us.clock.advanceTo(MINUTE);
    expect(us.told('out', icmp('203.0.113.1', '192.0.2.1', error))).toHaveLength(1);
    us.clock.advanceTo(2 * MINUTE);
    expect(us.forwarding.sessions).toEqual([]);
  });

  test('a time to live of 1 from outside ends here', () => {
    const us = natRouter();
    us.told('in', udp('10.0.0.2:5000', '198.51.100.7:53'));
    expect(us.told('out', udp('198.51.100.7:53', '192.0.2.1:5000', 'x', { ttl: 1 }))).toEqual([
      'out: 192.0.2.1 > 198.51.100.7 time-exceeded 0 about (198.51.100.7:53 > 192.0.2.1:5000 udp ttl 1) ttl 64',
    ]);
  });
});
