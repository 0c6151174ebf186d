import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { initialSequenceNumber } from '../../src/tcp/isn';
import { diff } from '../../src/tcp/sequence';
import type { SipKey } from '../../src/siphash';
import { script } from '../support/script';

const KEY: SipKey = [1, 2, 3, 4];
const TUPLE = [0x0a090002, 0x0a090001, 0x9c400050];
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('initial sequence numbers (RFC 6528)', () => {
  test('MUST-8: they go up by one every 4 µs, and start again after 2³² of them', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 2 ** 30 }), (now, ticks) => {
        const before = initialSequenceNumber(KEY, TUPLE, now);
        expect(diff(initialSequenceNumber(KEY, TUPLE, now + 4 * ticks), before)).toBe(ticks);
        expect(initialSequenceNumber(KEY, TUPLE, now + 4 * 2 ** 32)).toBe(before);
      }),
    );
    const first = initialSequenceNumber(KEY, TUPLE, 0);
    expect([1, 2, 3, 4].map((now) => diff(initialSequenceNumber(KEY, TUPLE, now), first))).toEqual([0, 0, 0, 1]);
  });

  test('SHLD-1: each four-tuple counts from a place of its own', () => {
    const places = new Set<number>();
    for (let port = 0; port < 1000; port++) places.add(initialSequenceNumber(KEY, [1, 2, port], 0));
    expect(places.size).toBe(1000);
  });

  test('MUST-9: without the key nothing is known: another key gives another place', () => {
    fc.assert(
      fc.property(fc.tuple(uint32, uint32, uint32, uint32), (key) => {
        fc.pre(key.some((word, index) => word !== KEY[index]));
        expect(initialSequenceNumber(key, TUPLE, 0)).not.toBe(initialSequenceNumber(KEY, TUPLE, 0));
      }),
    );
  });

  test('MUST-8: what a connection sends is this number, at the time of its SYN', () => {
    const t = script({ isn: { ours: 0xfffffffe } });
    const { tcp } = t.wire.stack;
    const tuple = { local: t.peer.local, remote: t.peer.remote };
    tcp.open(tuple).abort();
    t.skip().after(12);
    expect(tcp.open(tuple).status().snd.iss).toBe(1);
    t.skip();
  });
});
