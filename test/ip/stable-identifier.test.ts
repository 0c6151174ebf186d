import { describe, expect, test } from '@jest/globals';
import { isReserved, stableIdentifier, stableKey } from '../../src/ip/ndp/identifier';
import { parseMac } from '../../src/wire/address';
import { good, OUR_MAC } from './harness';

describe('identifiers (RFC 7217)', () => {
  const [prefix, mac] = [0xfd00_0009n << 96n, good(parseMac(OUR_MAC))];
  const host = (...words: number[]) => ({ random32: () => words.shift() ?? 0 });
  const key = stableKey(host(), 'a secret');

  test('are of the secret, the network, the interface and the count', () => {
    const one = stableIdentifier(key, prefix, mac, 0);
    expect(stableIdentifier(stableKey(host(), 'a secret'), prefix, mac, 0)).toBe(one);
    expect(stableIdentifier(stableKey(host(), 'b secret'), prefix, mac, 0)).not.toBe(one);
    expect(stableIdentifier(key, prefix + (1n << 64n), mac, 0)).not.toBe(one);
    expect(stableIdentifier(key, prefix, mac, 1)).not.toBe(one);
    for (let at = 0; at < 6; at++) {
      const other = Uint8Array.from(mac, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(stableIdentifier(key, prefix, other, 0)).not.toBe(one);
    }
  });

  test('without a secret nobody knows them beforehand', () => {
    expect(stableKey(host(1, 2, 3, 4), '')).toEqual([1, 2, 3, 4]);
    expect(stableKey(host(1, 2, 3, 4), 'a')).toEqual(stableKey(host(5, 6, 7, 8), 'a'));
  });

  test.each([
    [0n, true],
    [1n, false],
    [0x02005efffe000000n, true],
    [0x02005efffeffffffn, true],
    [0x02005effff000000n, false],
    [0x02005efffdffffffn, false],
    [0xfdffffffffffff80n, true],
    [0xfdffffffffffffffn, true],
    [0xfdffffffffffff7fn, false],
    [0xfe00000000000000n, false],
  ])('0x%s is reserved (RFC 5453 §3): %s', (identifier, reserved) => {
    expect(isReserved(identifier)).toBe(reserved);
  });
});
