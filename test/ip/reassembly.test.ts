import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIpv4Fragment, reassembleIpv4 } from '../../src/ip/fragment-ipv4';
import { PIECE_COST } from '../../src/ip/fragment-pieces';
import { Reassembly, type Fragment, type ReassemblySettings, type WholePacket } from '../../src/ip/reassembly';
import { emitIpv4, PROTOCOL, viewIpv4, type Ipv4Packet, type Ipv4View } from '../../src/wire/ipv4';
import { ordinaryPacket } from '../support/packets';
import { good, PEER, TEST_PROTOCOL, TestHost, US } from './harness';

const SECOND = 1_000_000;
const SETTINGS: ReassemblySettings = {
  reassemblyTimeout: 30 * SECOND,
  reassemblyBytes: 4 << 20,
  reassemblies: 1024,
  reassemblyFragments: 256,
  reassemblyShare: 0.25,
};

/** Reassembly alone: fragments go in, whole packets, counters and expired first fragments come out. */
class Bench {
  readonly host = new TestHost();
  readonly expired: Uint8Array[] = [];
  readonly reassembly: Reassembly;
  readonly arrival = {
    interface: { dropIn: (name: string): void => void this.host.count(name) },
    broadcast: false,
  };

  constructor(settings: Partial<ReassemblySettings> = {}) {
    this.reassembly = new Reassembly(this.host, { ...SETTINGS, ...settings }, (first) => this.expired.push(first));
  }

  /** A fragment of IPv4: where it begins, its payload, whether more follow. */
  add(
    fragmentOffset: number,
    payload: Uint8Array,
    moreFragments: boolean,
    of: Partial<Ipv4Packet> = {},
  ): Ipv4View | undefined {
    const packet = fragment({ fragmentOffset, payload, moreFragments, ...of });
    const view = good<Ipv4View>(viewIpv4(packet));
    expect(isIpv4Fragment(view)).toBe(true);
    const whole = reassembleIpv4(this.reassembly, view, this.arrival);
    // The link's memory is used again: nothing of it may be kept.
    packet.fill(0xee);
    return whole;
  }

  /** A fragment of IPv6. */
  add6(of: Partial<Fragment> & { readonly text: string }): WholePacket | undefined {
    const payload = new TextEncoder().encode(of.text);
    const bytes = new Uint8Array(48 + payload.length);
    bytes.set(payload, 48);
    return this.reassembly.add(
      {
        src: SIX,
        dst: SIX + 1n,
        protocol: PROTOCOL.UDP,
        identification: 0x12345678,
        fragmentOffset: 0,
        moreFragments: false,
        ecn: 0,
        bytes,
        offset: 0,
        headersEnd: 40,
        payload: 48,
        end: bytes.length,
        ...of,
      },
      this.arrival,
    );
  }

  get counters(): Readonly<Record<string, number>> {
    return this.host.counters;
  }
}

const SIX = 0x20010db8_00000000_00000000_00000001n;

function fragment(packet: Partial<Ipv4Packet>): Uint8Array {
  return emitIpv4(
    ordinaryPacket({ identification: 7, dontFragment: false, protocol: TEST_PROTOCOL, src: PEER, dst: US, ...packet }),
  );
}

/** Bytes of which each says where it is. */
function data(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => ((from + index) * 7 + ((from + index) >>> 8)) & 0xff);
}

describe('a packet in fragments', () => {
  test('comes out whole, with a header as if it had never been cut', () => {
    const bench = new Bench();
    expect(bench.add(0, data(16), true, { dontFragment: true, ttl: 9, dscp: 5 })).toBeUndefined();
    const whole = good(bench.add(16, data(5, 16), false, { ttl: 33 }));
    expect(whole.payload).toEqual(data(21));
    expect(whole.checksumIsGood()).toBe(true);
    expect(isIpv4Fragment(whole)).toBe(false);
    expect(whole).toMatchObject({ totalLength: 41, identification: 7, dontFragment: false, ttl: 9, dscp: 5 });
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
    expect(bench.host.clock.nextDeadline()).toBeUndefined();
    expect(bench.counters).toEqual({});
  });

  test("has the first fragment's options, whichever comes first", () => {
    const bench = new Bench();
    bench.add(8, data(8, 8), false);
    const options = Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 0);
    const whole = good(bench.add(0, data(8), true, { options }));
    expect(whole.options).toEqual(options);
    expect(whole.payload).toEqual(data(16));
    expect(whole.checksumIsGood()).toBe(true);
  });

  test('of any length comes together in any order, with copies among them (RFC 815)', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1, max: 500 }), fc.infiniteStream(fc.nat()), (at, tail, random) => {
        const bench = new Bench();
        const edges = [0, ...at.sort((a, b) => a - b).map((eights) => eights * 8)];
        const length = (edges.at(-1) ?? 0) + tail;
        const pieces = edges.map((start, index) => ({ start, end: edges[index + 1] ?? length }));
        if (pieces.length === 1) return;
        const draw = (): number => random.next().value;
        const order = [...pieces, ...pieces.filter(() => draw() % 3 === 0)];
        for (let left = order.length - 1; left > 0; left--) {
          const other = draw() % (left + 1);
          [order[left], order[other]] = [order[other] ?? order[0], order[left] ?? order[0]] as [never, never];
        }
        const wholes = order.flatMap(({ start, end }) => {
          const whole = bench.add(start, data(end - start, start), end < length);
          return whole === undefined ? [] : [whole];
        });
        // Copies that come late begin a packet anew, and may even be all of it.
        expect(wholes.length).toBeGreaterThan(0);
        for (const whole of wholes) expect(whole.payload).toEqual(data(length));
        bench.host.clock.advanceTo(60 * SECOND);
        expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
        expect(bench.host.clock.nextDeadline()).toBeUndefined();
      }),
    );
  });

  test.each([
    ['the source', { src: '10.9.0.77' }],
    ['the destination', { dst: '10.9.0.255' }],
    ['the protocol', { protocol: PROTOCOL.UDP }],
    ['the identification', { identification: 8 }],
  ])('is told from others by %s', (_, other) => {
    const bench = new Bench();
    bench.add(0, data(8), true);
    expect(bench.add(8, data(8, 8), false, other)).toBeUndefined();
    expect(bench.reassembly.usage.packets).toBe(2);
    expect(bench.add(8, data(8, 8), false)?.payload).toEqual(data(16));
  });

  test('65,535 bytes are the most that there can be, and they come together', () => {
    const bench = new Bench();
    for (let at = 0; at < 65_512; at += 1480) {
      const length = Math.min(1480, 65_515 - at);
      const whole = bench.add(at, data(length, at), at + length < 65_515);
      if (at + length === 65_515) expect(whole?.totalLength).toBe(65_535);
      else expect(whole).toBeUndefined();
    }
    expect(bench.counters).toEqual({});
  });
});

describe('time', () => {
  test('what is not whole in time is forgotten, and the sender is told when the first fragment is there (RFC 1122 §3.3.2)', () => {
    const bench = new Bench();
    bench.add(0, data(16), true);
    bench.host.clock.advanceTo(10 * SECOND);
    bench.add(16, data(16, 16), true);
    bench.add(8, data(16, 8), true, { identification: 8 });
    bench.host.clock.advanceTo(30 * SECOND - 1);
    expect(bench.counters).toEqual({});
    bench.host.clock.advanceTo(30 * SECOND);
    expect(bench.expired).toEqual([fragment({ payload: data(16), moreFragments: true })]);
    expect(bench.counters).toEqual({ 'ip.fragment-timeout': 1 });
    bench.host.clock.advanceTo(40 * SECOND);
    expect(bench.expired).toHaveLength(1);
    expect(bench.counters).toEqual({ 'ip.fragment-timeout': 2 });
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
    expect(bench.host.clock.nextDeadline()).toBeUndefined();
  });

  test('a later fragment does not make it longer, and one after the end begins anew', () => {
    const bench = new Bench();
    bench.add(0, data(8), true);
    bench.host.clock.advanceTo(31 * SECOND);
    expect(bench.add(8, data(8, 8), false)).toBeUndefined();
    expect(bench.reassembly.usage.packets).toBe(1);
  });

  test('clear forgets all, and leaves no timer', () => {
    const bench = new Bench();
    bench.add(0, data(8), true);
    bench.reassembly.clear();
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
    expect(bench.host.clock.nextDeadline()).toBeUndefined();
  });
});

describe('attacks', () => {
  test('teardrop: a second fragment inside the first. Nothing of the packet is taken, and nothing that still comes of it', () => {
    const bench = new Bench();
    bench.add(0, data(48), true);
    bench.add(24, data(4), false);
    expect(bench.counters).toEqual({ 'ip.fragment-overlap': 1 });
    bench.add(48, data(8, 48), false);
    expect(bench.counters).toEqual({ 'ip.fragment-overlap': 1, 'ip.fragment-refused': 1 });
    bench.host.clock.advanceTo(30 * SECOND);
    expect(bench.expired).toEqual([]);
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
  });

  test.each([
    ['begins inside another', 8, data(24, 8), true],
    ['covers another', 8, data(32, 8), true],
    ['lies inside another', 16, data(8, 16), true],
    ['is as another is, with other bytes', 16, data(16, 17), true],
    ['is as another is, and shorter', 16, data(8, 16), true],
  ])('overlapping fragment (RFC 5722): one that %s', (_, at, payload, more) => {
    const bench = new Bench();
    bench.add(16, data(16, 16), true);
    expect(bench.add(at, payload, more)).toBeUndefined();
    expect(bench.counters).toEqual({ 'ip.fragment-overlap': 1 });
    expect(bench.add(0, data(16), true)).toBeUndefined();
    expect(bench.add(32, data(8, 32), false)).toBeUndefined();
    expect(bench.counters).toEqual({ 'ip.fragment-overlap': 1, 'ip.fragment-refused': 2 });
  });

  test('an exact copy is passed over, the last one too', () => {
    const bench = new Bench();
    bench.add(8, data(5, 8), false);
    bench.add(8, data(5, 8), false);
    expect(bench.counters).toEqual({ 'ip.fragment-duplicate': 1 });
    expect(bench.add(0, data(8), true)?.payload).toEqual(data(13));
  });

  test('RFC 1858, tiny fragment: the flags of TCP in the second one', () => {
    const bench = new Bench();
    bench.add(0, data(8), true, { protocol: PROTOCOL.TCP });
    bench.add(8, data(24, 8), false, { protocol: PROTOCOL.TCP });
    expect(bench.counters).toEqual({ 'ip.fragment-tiny': 2 });
    expect(bench.reassembly.usage.packets).toBe(0);
  });

  test('RFC 1858, overlapping fragment: the second one writes new flags over the first', () => {
    const bench = new Bench();
    bench.add(0, data(24), true, { protocol: PROTOCOL.TCP });
    bench.add(8, data(24), false, { protocol: PROTOCOL.TCP });
    expect(bench.counters).toEqual({ 'ip.fragment-tiny': 1 });
    expect(bench.add(24, data(8, 24), false, { protocol: PROTOCOL.TCP })?.payload).toEqual(data(32));
  });

  test('RFC 3128: two first fragments, a harmless one and a tiny one that is written over it', () => {
    const bench = new Bench();
    const tcp = { protocol: PROTOCOL.TCP };
    bench.add(0, data(24), true, tcp);
    bench.add(0, data(8, 99), true, tcp);
    expect(bench.counters).toEqual({ 'ip.fragment-tiny': 1 });
    bench.add(0, data(16, 99), true, tcp);
    expect(bench.counters).toEqual({ 'ip.fragment-tiny': 1, 'ip.fragment-overlap': 1 });
    expect(bench.add(24, data(8, 24), false, tcp)).toBeUndefined();
  });

  test('ping of death: an end beyond 65,535', () => {
    const bench = new Bench();
    bench.add(65_512, data(8), false);
    bench.add(65_528, data(1), false);
    expect(bench.counters).toEqual({ 'ip.fragment-too-big': 2 });
    expect(bench.reassembly.usage.packets).toBe(0);
  });

  test("ping of death by the first fragment's options: together they are too long", () => {
    const bench = new Bench();
    for (let at = 1480; at < 65_515; at += 1480) {
      const length = Math.min(1480, 65_515 - at);
      bench.add(at, data(length, at), at + length < 65_515);
    }
    expect(bench.add(0, data(1480), true, { options: new Uint8Array(4).fill(1) })).toBeUndefined();
    expect(bench.counters).toEqual({ 'ip.fragment-too-big': 1 });
    expect(bench.reassembly.usage.packets).toBe(0);
  });

  test('Rose attack: fragments at far ends cost what they have and a constant, not 64 KiB', () => {
    const bench = new Bench();
    for (let identification = 0; identification < 100; identification++) {
      bench.add(0, data(8), true, { identification });
      bench.add(65_000, data(8), true, { identification });
    }
    expect(bench.reassembly.usage.packets).toBe(100);
    expect(bench.reassembly.usage.bytes).toBeLessThan(100 * 1000);
  });

  test.each([
    ['a second last one that ends earlier', 64, data(8), false],
    ['a second last one that ends later', 96, data(8), false],
    ['one that is not the last and ends where the last does', 80, data(8), true],
    ['one beyond the last', 88, data(8), true],
  ])('contradictory ends: %s', (_, at, payload, more) => {
    const bench = new Bench();
    bench.add(72, data(16), false);
    bench.add(at, payload, more);
    expect(bench.counters).toEqual({ 'ip.fragment-contradiction': 1 });
  });

  test('contradictory ends: a last one before another that is there', () => {
    const bench = new Bench();
    bench.add(80, data(8), true);
    bench.add(16, data(8), false);
    expect(bench.counters).toEqual({ 'ip.fragment-contradiction': 1 });
  });

  test.each([
    ['no multiple of 8 bytes, and not the last', 0, 15, true],
    ['nothing, at the start', 0, 0, true],
    ['nothing, in the middle', 64, 0, true],
    ['nothing, at the end', 64, 0, false],
  ])('a fragment of %s', (_, at, length, more) => {
    const bench = new Bench();
    bench.add(at, data(length), more);
    expect(bench.counters).toEqual({ 'ip.fragment-bad-length': 1 });
    expect(bench.reassembly.usage.packets).toBe(0);
  });
});

describe('IPv6', () => {
  test('the protocol of the first fragment counts; the others may say what they like', () => {
    const bench = new Bench();
    bench.add6({ text: 'later', fragmentOffset: 8, protocol: 99 });
    const whole = bench.add6({ text: 'sooner, ', moreFragments: true });
    expect(new TextDecoder().decode(whole?.bytes.subarray(whole.payload))).toBe('sooner, later');
    expect(whole).toMatchObject({ payload: 40 });
    expect(whole?.first).toHaveLength(56);
  });

  test('atomic fragments (RFC 6946) are whole by themselves, and disturb no others of the same identification', () => {
    const bench = new Bench();
    bench.add6({ text: 'sooner, ', moreFragments: true });
    const alone = bench.add6({ text: 'alone' });
    expect(new TextDecoder().decode(alone?.bytes.subarray(40))).toBe('alone');
    expect(bench.add6({ text: 'later', fragmentOffset: 8 })).toBeDefined();
    expect(bench.counters).toEqual({});
  });

  test('65,535 bytes behind the header are the most', () => {
    const bench = new Bench();
    bench.add6({ text: '1234567', fragmentOffset: 65_528 });
    expect(bench.counters).toEqual({});
    bench.add6({ text: '12345678', fragmentOffset: 65_528 });
    expect(bench.counters).toEqual({ 'ip.fragment-too-big': 1 });
  });

  test('all addresses of one network are one source', () => {
    const bench = new Bench({ reassemblies: 8 });
    for (let host = 0n; host < 8n; host++) bench.add6({ text: 'sooner, ', moreFragments: true, src: SIX + host });
    expect(bench.reassembly.usage.packets).toBe(2);
    expect(bench.counters).toEqual({ 'ip.fragment-evicted': 6 });
  });
});

describe('ECN (RFC 3168 §5.3)', () => {
  test.each([
    [[0, 0], 0],
    [[1, 1], 1],
    [[2, 2], 2],
    [[3, 2], 3],
    [[1, 3], 3],
    [[3, 3], 3],
    [[1, 2], 2],
  ])('of %j comes %i', ([first = 0, second = 0], ecn) => {
    const bench = new Bench();
    bench.add(0, data(8), true, { ecn: first });
    const whole = good(bench.add(8, data(8, 8), false, { ecn: second }));
    expect(whole.ecn).toBe(ecn);
    expect(whole.checksumIsGood()).toBe(true);
  });

  test.each([
    [0, 3],
    [3, 0],
    [0, 2],
    [1, 0],
  ])('%i and %i cannot be of one packet', (first, second) => {
    const bench = new Bench();
    bench.add(0, data(8), true, { ecn: first });
    expect(bench.add(8, data(8, 8), false, { ecn: second })).toBeUndefined();
    expect(bench.counters).toEqual({ 'ip.fragment-ecn': 1 });
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
  });
});

describe('bounds', () => {
  test('a packet has so many fragments at the most', () => {
    const bench = new Bench({ reassemblyFragments: 3 });
    for (const at of [0, 8, 16, 24]) bench.add(at, data(8, at), true);
    expect(bench.counters).toEqual({ 'ip.fragment-too-many': 1 });
    bench.add(32, data(8), false);
    expect(bench.counters).toEqual({ 'ip.fragment-too-many': 1, 'ip.fragment-refused': 1 });
  });

  test('one source has its share of the packets: its own oldest goes, and those of others stay', () => {
    const bench = new Bench({ reassemblies: 16 });
    bench.add(0, data(8), true, { src: '10.9.0.50' });
    for (let identification = 0; identification < 1000; identification++) {
      bench.add(0, data(8), true, { identification });
    }
    expect(bench.reassembly.usage.packets).toBe(5);
    expect(bench.counters).toEqual({ 'ip.fragment-evicted': 996 });
    expect(bench.add(8, data(8, 8), false, { src: '10.9.0.50' })?.payload).toEqual(data(16));
    // Its newest are there.
    expect(bench.add(8, data(8, 8), false, { identification: 999 })?.payload).toEqual(data(16));
    expect(bench.add(8, data(8, 8), false, { identification: 995 })).toBeUndefined();
  });

  test('one source has its share of the bytes', () => {
    const bench = new Bench({ reassemblyBytes: 40_000 });
    bench.add(0, data(800), true, { src: '10.9.0.50' });
    for (let identification = 0; identification < 100; identification++) {
      bench.add(0, data(1480), true, { identification });
    }
    expect(bench.reassembly.usage.bytes).toBeLessThanOrEqual(10_000 + 800 + 20 + 256 + PIECE_COST);
    expect(bench.add(800, data(8, 800), false, { src: '10.9.0.50' })).toBeDefined();
  });

  test('a packet that alone takes more than the share is given up', () => {
    const bench = new Bench({ reassemblyBytes: 8000 });
    bench.add(0, data(1480), true);
    bench.add(1480, data(1480), true);
    expect(bench.counters).toEqual({ 'ip.fragment-no-room': 1 });
    expect(bench.reassembly.usage.bytes).toBe(256);
  });

  test('many sources together keep within the bounds: the oldest goes', () => {
    const bench = new Bench({ reassemblies: 64, reassemblyBytes: 20_000 });
    for (let host = 0; host < 5000; host++) {
      bench.add(0, data(8), true, { src: `10.8.${host >>> 8}.${host & 255}` });
      expect(bench.reassembly.usage.packets).toBeLessThanOrEqual(64);
      expect(bench.reassembly.usage.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(bench.add(8, data(8, 8), false, { src: '10.8.19.135' })?.payload).toEqual(data(16));
    bench.host.clock.advanceTo(60 * SECOND);
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
  });

  test('any fragments at all: never a throw, never more than the bounds, never a timer left', () => {
    const one = fc.record({
      src: fc.constantFrom('10.9.0.1', '10.9.0.5', '10.9.0.6'),
      identification: fc.nat(3),
      fragmentOffset: fc.oneof(fc.nat(6), fc.nat(8191)).map((eights) => eights * 8),
      moreFragments: fc.boolean(),
      ecn: fc.nat(3),
      payload: fc.nat(40).map((length) => data(length)),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), (fragments) => {
        const bench = new Bench({ reassemblies: 5, reassemblyBytes: 4000, reassemblyFragments: 4 });
        for (const { fragmentOffset, payload, moreFragments, ...of } of fragments) {
          if (!moreFragments && fragmentOffset === 0) continue;
          if (20 + fragmentOffset + payload.length > 70_000) continue;
          bench.add(fragmentOffset, payload, moreFragments, of);
          expect(bench.reassembly.usage.packets).toBeLessThanOrEqual(5);
          expect(bench.reassembly.usage.bytes).toBeLessThanOrEqual(4000);
        }
        bench.host.clock.advanceTo(100 * SECOND);
        expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
        expect(bench.host.clock.nextDeadline()).toBeUndefined();
      }),
    );
  });
});
