import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PIECE_COST } from '../../src/ip/fragment-pieces';
import { PROTOCOL } from '../../src/wire/ipv4';
import { Bench, data, SECOND } from './fragment-bench';

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
      const { packets, bytes } = bench.reassembly.usage;
      if (packets > 64 || bytes > 20_000) throw new Error(`${packets} packets, ${bytes} bytes`);
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
