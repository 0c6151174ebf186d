import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import type { IpOptions } from '../../src/ip/host';
import type { InterfaceConfig } from '../../src/ip/interface';
import { Ip } from '../../src/ip/ip';
import { PacketLink } from '../../src/link/packets';
import { formatIpv6Address, parseMac, requireIpv6Address, solicitedNode, withoutZone } from '../../src/wire/address';
import { emitEthernet, ETHERTYPE, parseEthernet } from '../../src/wire/ethernet';
import { viewIcmpv6 } from '../../src/wire/icmpv6';
import { PROTOCOL } from '../../src/wire/ipv4';
import { emitIpv6, viewIpv6 } from '../../src/wire/ipv6';
import { emitNdp, parseNdp, type NdpMessage } from '../../src/wire/ndp';
import { good, OUR_MAC, PEER_MAC, Recorder, TEST_PROTOCOL, TestHost } from './harness';

const US = 'fd00:9::2';
const PEER = 'fd00:9::1';
const SECOND = 1_000_000;

/** One host on an Ethernet with IPv6, which the test plays. */
class Wire {
  readonly host = new TestHost(new VirtualClock());
  readonly clock = this.host.clock;
  readonly link = new PacketLink({ medium: 'ethernet' });
  readonly ip: Ip;
  readonly interface;
  readonly protocol = new Recorder();
  private lines: string[] = [];

  constructor(config: InterfaceConfig = { address: `${US}/64` }, options: IpOptions = { duplicateProbes: 0 }) {
    this.link.onPacket = (frame) => {
      this.lines.push(`${this.clock.now() / 1000} ${this.text(frame)}`);
    };
    this.ip = new Ip(this.host, { groupReports: false, ...options });
    this.ip.protocol(TEST_PROTOCOL, this.protocol);
    this.interface = this.ip.attach(this.link, { mac: OUR_MAC, announce: false, ipv6: false, ...config });
  }

  log(): string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  send(to: string, text = 'a packet'): boolean {
    const path = good(this.ip.path(requireIpv6Address(to)));
    return this.ip.send(path, TEST_PROTOCOL, [new TextEncoder().encode(text)]);
  }

  receive(message: NdpMessage, from = PEER, to = US, hopLimit = 255): void {
    const [src, dst] = [requireIpv6Address(from), requireIpv6Address(to)];
    const payload = emitNdp(message, { src, dst });
    this.inject(
      emitIpv6({
        dscp: 0,
        ecn: 0,
        flowLabel: 0,
        ttl: hopLimit,
        extensions: [],
        protocol: PROTOCOL.ICMPV6,
        src: from,
        dst: to,
        payload,
      }),
    );
  }

  inject(payload: Uint8Array): void {
    this.link.inject(emitEthernet({ dst: OUR_MAC, src: PEER_MAC, type: ETHERTYPE.IPV6, tags: [], payload }));
  }

  /** The peer says where it is. */
  isAt(mac = PEER_MAC, flags: { solicited?: boolean; override?: boolean; router?: boolean } = {}, target = PEER): void {
    const { solicited = true, override = true, router = false } = flags;
    const address = good(parseMac(mac));
    const options = [{ kind: 'target-link-layer-address', address }] as const;
    this.receive({
      type: 'neighbor-advertisement',
      solicited,
      override,
      router,
      target: requireIpv6Address(target),
      options,
    });
  }

  /** `undefined` source: for a double. */
  asks(
    target = US,
    from = PEER,
    mac: string | null = PEER_MAC,
    to = formatIpv6Address(solicitedNode(requireIpv6Address(target))),
  ): void {
    const options = mac === null ? [] : [{ kind: 'source-link-layer-address', address: good(parseMac(mac)) } as const];
    this.receive({ type: 'neighbor-solicitation', target: requireIpv6Address(target), options }, from, to);
  }

  states(): string[] {
    return this.host.events.flatMap((event) =>
      event.type === 'neighbour' ? [`${event.time / 1000} ${event.state}`] : [],
    );
  }

  private text(frame: Uint8Array): string {
    const { dst, payload } = good(parseEthernet(frame));
    const packet = good(viewIpv6(payload));
    const [from, to] = [packet.src, packet.dst].map(formatIpv6Address);
    const message =
      packet.protocol === PROTOCOL.ICMPV6 ? parseNdp(good(viewIcmpv6(packet.payload)), packet) : undefined;
    const said = message === undefined ? new TextDecoder().decode(packet.payload) : short(good(message));
    return `${from} > ${to} ${said} → ${dst}`;
  }
}

function short(message: NdpMessage): string {
  switch (message.type) {
    case 'neighbor-solicitation':
      return `who-has ${formatIpv6Address(message.target)}`;
    case 'neighbor-advertisement': {
      const flags = [message.router && 'R', message.solicited && 'S', message.override && 'O'].filter(Boolean).join('');
      return `${formatIpv6Address(message.target)} is here ${flags}`;
    }
    default:
      return message.type;
  }
}

const NODE = 'ff02::1:ff00:1';

describe('asking (RFC 4861 §7.2.2)', () => {
  test('a packet for an unknown neighbour waits for the answer, then goes out', () => {
    const wire = new Wire();
    wire.send(PEER, 'first');
    expect(wire.log()).toEqual([`0 ${US} > ${NODE} who-has ${PEER} → 33:33:ff:00:00:01`]);
    wire.clock.advanceTo(400_000);
    wire.isAt();
    wire.send(PEER, 'second');
    expect(wire.log()).toEqual([`400 ${US} > ${PEER} first → ${PEER_MAC}`, `400 ${US} > ${PEER} second → ${PEER_MAC}`]);
    expect(wire.states()).toEqual(['0 incomplete', '400 reachable']);
  });

  test('three questions a second apart, then the protocol hears "host unreachable"', () => {
    const wire = new Wire();
    wire.send(PEER);
    wire.clock.advanceTo(10 * SECOND);
    expect(wire.log().map((line) => line.split(' ')[0])).toEqual(['0', '1000', '2000']);
    expect(wire.protocol.reports).toMatchObject([{ kind: 'destination-unreachable', code: 1, from: US }]);
    expect(wire.host.counters).toEqual({ 'ndp.unreachable': 1 });
  });

  test('a neighbour not heard of for a while is used, then asked by itself, then forgotten', () => {
    const wire = new Wire();
    wire.send(PEER);
    wire.isAt();
    wire.clock.advanceTo(31 * SECOND);
    wire.log();
    wire.send(PEER, 'late');
    expect(wire.log()).toEqual([`31000 ${US} > ${PEER} late → ${PEER_MAC}`]);
    wire.clock.advanceTo(60 * SECOND);
    expect(wire.log()).toEqual([36, 37, 38].map((s) => `${s}000 ${US} > ${PEER} who-has ${PEER} → ${PEER_MAC}`));
    expect(wire.ip.interfaces[0]?.ethernet?.neighbours6.entries).toEqual([]);
  });

  test('groups need nobody to be asked', () => {
    const wire = new Wire();
    const path = wire.ip.path(requireIpv6Address('ff02::5'));
    if (typeof path === 'string') throw new Error(path);
    wire.ip.send(path, TEST_PROTOCOL, [new TextEncoder().encode('all')]);
    expect(wire.log()[0]).toMatch(/ all → 33:33:00:00:00:05$/);
  });
});

describe('advertisements (RFC 4861 §7.2.5)', () => {
  test('without the override flag another MAC only makes what is known doubtful', () => {
    const wire = new Wire();
    wire.send(PEER);
    wire.isAt();
    wire.isAt('02:00:00:00:00:99', { override: false, solicited: false });
    expect(wire.interface.ethernet?.neighbours6.entries).toMatchObject([{ mac: PEER_MAC, state: 'stale' }]);
    wire.isAt('02:00:00:00:00:99', { solicited: false, router: true });
    expect(wire.interface.ethernet?.neighbours6.entries).toMatchObject([
      { mac: '02:00:00:00:00:99', state: 'stale', isRouter: true },
    ]);
  });

  test('from whom nobody asked: nothing is remembered', () => {
    const wire = new Wire();
    wire.isAt();
    expect(wire.interface.ethernet?.neighbours6.entries).toEqual([]);
    expect(wire.host.counters).toEqual({ 'ndp.unsolicited': 1 });
  });
});

describe('answering (RFC 4861 §7.2.4)', () => {
  test('who asks is answered, and known from then on', () => {
    const wire = new Wire();
    wire.asks();
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} ${US} is here SO → ${PEER_MAC}`]);
    expect(wire.interface.ethernet?.neighbours6.entries).toMatchObject([{ address: PEER, state: 'delay' }]);
  });

  test('who asks from nowhere, because it wants our address, is answered to all', () => {
    const wire = new Wire();
    wire.asks(US, '::', null);
    expect(wire.log()).toEqual([`0 ${US} > ff02::1 ${US} is here O → 33:33:00:00:00:01`]);
  });

  test('questions about others are not ours', () => {
    const wire = new Wire();
    wire.asks('fd00:9::77', PEER, PEER_MAC, US);
    expect(wire.log()).toEqual([]);
  });

  test('what has come by a router is not believed: the hop limit must be 255', () => {
    const wire = new Wire();
    wire.receive({ type: 'neighbor-solicitation', target: requireIpv6Address(US), options: [] }, PEER, US, 254);
    expect(wire.log()).toEqual([]);
    expect(wire.host.counters).toEqual({ 'ndp.malformed': 1 });
  });
});

describe('doubles (RFC 4862 §5.4)', () => {
  const own = (wire: Wire) =>
    wire.interface.addresses6.map(({ address, state }) => `${formatIpv6Address(withoutZone(address))} ${state}`);

  test('an address given by hand is used at once, without overriding others, until nobody has objected', () => {
    const wire = new Wire(undefined, {});
    expect(own(wire)).toEqual([`${US} optimistic`]);
    expect(wire.log()).toEqual([`0 :: > ff02::1:ff00:2 who-has ${US} → 33:33:ff:00:00:02`]);
    wire.asks();
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} ${US} is here S → ${PEER_MAC}`]);
    wire.clock.advanceTo(SECOND);
    expect(own(wire)).toEqual([`${US} preferred`]);
    expect(wire.log()).toEqual([`1000 ${US} > ff02::1 ${US} is here O → 33:33:00:00:00:01`]);
  });

  test.each([
    [
      'somebody has it',
      (wire: Wire) => {
        wire.isAt(PEER_MAC, { solicited: false }, US);
      },
    ],
    [
      'somebody wants it, too',
      (wire: Wire) => {
        wire.asks(US, '::', null);
      },
    ],
  ])('%s: we do without', (_what, happens) => {
    const wire = new Wire(undefined, {});
    happens(wire);
    expect(own(wire)).toEqual([]);
    expect(wire.host.counters).toMatchObject({ 'ndp.conflict': 1 });
    wire.clock.advanceTo(10 * SECOND);
    expect(wire.ip.isLocal(requireIpv6Address(US))).toBe(false);
  });

  test('our own question that comes back is no double: its nonce tells (RFC 7527)', () => {
    const wire = new Wire(undefined, {});
    wire.link.onPacket = () => undefined;
    const sent: Uint8Array[] = [];
    const again = new Wire({ address: [] }, {});
    again.link.onPacket = (frame) => sent.push(frame);
    again.ip.addAddress(again.interface, `${US}/64`);
    for (const frame of [...sent]) again.link.inject(frame);
    again.clock.advanceTo(SECOND);
    expect(own(again)).toEqual([`${US} preferred`]);
  });

  test('an address that we have had is kept, and defended once in ten seconds', () => {
    const wire = new Wire();
    for (let count = 0; count < 5; count++) wire.isAt('02:00:00:00:00:99', {}, US);
    expect(wire.log()).toEqual([`0 ${US} > ff02::1 ${US} is here O → 33:33:00:00:00:01`]);
    expect(own(wire)).toEqual([`${US} preferred`]);
  });

  test('after ten seconds it is defended again', () => {
    const wire = new Wire();
    wire.isAt('02:00:00:00:00:99', {}, US);
    wire.clock.advanceTo(10 * SECOND - 1);
    wire.isAt('02:00:00:00:00:99', {}, US);
    expect(wire.log()).toHaveLength(1);
    wire.clock.advanceTo(10 * SECOND);
    wire.isAt('02:00:00:00:00:99', {}, US);
    expect(wire.log()).toHaveLength(1);
  });

  test('our own words that come back say nothing', () => {
    const wire = new Wire(undefined, {});
    wire.isAt(OUR_MAC, {}, US);
    wire.log();
    wire.asks(US, PEER, OUR_MAC);
    expect(wire.log()).toEqual([]);
    expect(own(wire)).toEqual([`${US} optimistic`]);
    expect(wire.host.counters).toEqual({});
  });

  test('another nonce is another host', () => {
    const wire = new Wire(undefined, {});
    const options = [{ kind: 'nonce', nonce: new Uint8Array(6) }] as const;
    const target = requireIpv6Address(US);
    wire.receive({ type: 'neighbor-solicitation', target, options }, '::', formatIpv6Address(solicitedNode(target)));
    expect(own(wire)).toEqual([]);
  });

  test('as many questions as are asked for, a second apart; with none, an address is ours at once', () => {
    const wire = new Wire(undefined, { duplicateProbes: 3 });
    wire.clock.advanceTo(3 * SECOND - 1);
    expect(wire.log().map((line) => Number.parseInt(line))).toEqual([0, 1000, 2000]);
    expect(own(wire)).toEqual([`${US} optimistic`]);
    wire.clock.advanceTo(3 * SECOND);
    expect(own(wire)).toEqual([`${US} preferred`]);
    const unchecked = new Wire({ announce: true, address: `${US}/64` });
    expect(own(unchecked)).toEqual([`${US} preferred`]);
    expect(unchecked.log()).toEqual([`0 ${US} > ff02::1 ${US} is here O → 33:33:00:00:00:01`]);
  });

  test('who takes the address away, or the interface, is asked for nothing more', () => {
    const wire = new Wire(undefined, { duplicateProbes: 3 });
    wire.ip.removeAddress(wire.interface, requireIpv6Address(US));
    expect(wire.clock.nextDeadline()).toBeUndefined();
    const gone = new Wire(undefined, { duplicateProbes: 3 });
    gone.ip.detach(gone.interface);
    expect(gone.clock.nextDeadline()).toBeUndefined();
  });

  test('one that is tentative is not ours: it is neither answered for nor sent from, nor packets to it taken', () => {
    const wire = new Wire({ ipv6: true }, { stableSecret: 'a secret' });
    const [first] = wire.interface.addresses6;
    if (first === undefined) throw new Error('no address');
    const bare = formatIpv6Address(withoutZone(first.address));
    wire.log();
    wire.asks(bare, 'fe80::1');
    expect(wire.log()).toEqual([]);
    expect(wire.interface.ethernet?.neighbours6.entries).toEqual([]);
    expect(wire.ip.isLocal(first.address)).toBe(false);
    wire.clock.advanceTo(SECOND);
    expect(wire.ip.isLocal(first.address)).toBe(true);
    wire.log();
    wire.asks(bare, 'fe80::1');
    expect(wire.log()).toEqual([`1000 ${bare} > fe80::1 ${bare} is here SO → ${PEER_MAC}`]);
  });
});

describe('what is said of a neighbour (RFC 4861 §7.2.5)', () => {
  const entry = (wire: Wire) => wire.interface.ethernet?.neighbours6.entries[0];

  test('that it is a router, at first and later; an answer that is not believed says nothing of it', () => {
    const wire = new Wire();
    wire.send(PEER);
    wire.isAt(PEER_MAC, { router: true });
    expect(entry(wire)).toMatchObject({ isRouter: true });
    wire.isAt('02:00:00:00:00:99', { router: false, override: false });
    expect(entry(wire)).toMatchObject({ isRouter: true, mac: PEER_MAC });
    wire.isAt(PEER_MAC, { router: false, override: false });
    expect(entry(wire)).toMatchObject({ isRouter: false });
  });

  test('an answer with the MAC that we know makes it reachable; word without a question does not', () => {
    const wire = new Wire();
    wire.asks();
    // Our answer went there.
    expect(entry(wire)).toMatchObject({ state: 'delay' });
    wire.isAt(PEER_MAC, { solicited: false });
    expect(entry(wire)).toMatchObject({ state: 'delay' });
    wire.isAt();
    expect(entry(wire)).toMatchObject({ state: 'reachable' });
    wire.isAt('02:00:00:00:00:99', { solicited: false });
    expect(entry(wire)).toMatchObject({ state: 'stale', mac: '02:00:00:00:00:99' });
  });

  test('without a MAC it answers nothing that is asked for the first time', () => {
    const wire = new Wire();
    wire.send(PEER);
    const flags = { router: true, solicited: true, override: true };
    const target = requireIpv6Address(PEER);
    wire.receive({ type: 'neighbor-advertisement', ...flags, target, options: [] });
    expect(entry(wire)).toMatchObject({ state: 'incomplete', mac: undefined, isRouter: false });
    wire.isAt();
    wire.receive({ type: 'neighbor-advertisement', ...flags, target, options: [] });
    expect(entry(wire)).toMatchObject({ state: 'reachable', mac: PEER_MAC, isRouter: true });
  });

  test.each([
    ['of a group', Uint8Array.of(0x33, 0x33, 0, 0, 0, 1)],
    ['of nobody', new Uint8Array(6)],
    ['of another length', new Uint8Array(14).fill(2)],
  ])('a MAC %s is none', (_what, address) => {
    const wire = new Wire();
    wire.send(PEER);
    wire.receive({
      type: 'neighbor-advertisement',
      router: false,
      solicited: true,
      override: true,
      target: requireIpv6Address(PEER),
      options: [{ kind: 'target-link-layer-address', address }],
    });
    expect(entry(wire)).toMatchObject({ state: 'incomplete' });
  });

  test('a link-local neighbour is one of this wire', () => {
    const wire = new Wire({ address: 'fe80::2/64' });
    expect(wire.send('fe80::1%1')).toBe(true);
    wire.log();
    wire.receive(
      {
        type: 'neighbor-advertisement',
        router: false,
        solicited: true,
        override: true,
        target: requireIpv6Address('fe80::1'),
        options: [{ kind: 'target-link-layer-address', address: good(parseMac(PEER_MAC)) }],
      },
      'fe80::1',
      'fe80::2',
    );
    expect(wire.log()).toEqual([`0 fe80::2 > fe80::1 a packet → ${PEER_MAC}`]);
  });

  test('a router says that it is one', () => {
    const wire = new Wire(undefined, { duplicateProbes: 0, forward: true });
    wire.asks();
    expect(wire.log()).toEqual([`0 ${US} > ${PEER} ${US} is here RSO → ${PEER_MAC}`]);
  });
});
