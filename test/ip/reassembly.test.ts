import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIpv4Fragment } from '../../src/ip/fragment-ipv4';
import { PROTOCOL } from '../../src/wire/ipv4';
import { Bench, data, fragment, SECOND, SIX } from './fragment-bench';
import { good } from './harness';

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
        const draw = (): number => Number(random.next().value);
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

  test('when an interface goes, what began to come in there is forgotten, and no timer is left', () => {
    const bench = new Bench();
    bench.add(0, data(8), true);
    bench.reassembly.forget(bench.arrival.interface);
    expect(bench.reassembly.usage).toEqual({ packets: 0, bytes: 0 });
    expect(bench.host.clock.nextDeadline()).toBeUndefined();
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
