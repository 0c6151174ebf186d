import { describe, expect, test } from '@jest/globals';
import { interfaceAddress6, type AddressState } from '../../src/ip/address';
import { commonPrefix, policyOf, scopeOf, selectSource } from '../../src/ip/source-address';
import { formatAddress, requireIpv6Address } from '../../src/wire/address';

/** Candidates as `2001:db8::1/64 deprecated`; `preferred` where nothing is said. */
function chosen(destination: string, ...candidates: readonly string[]): string | undefined {
  const own = candidates.map((text) => {
    const [cidr = '', state = 'preferred'] = text.split(' ');
    return { ...interfaceAddress6(cidr, 0, 'a test'), state: state as AddressState };
  });
  const best = selectSource(own, requireIpv6Address(destination));
  return best && formatAddress(best.address);
}

/** Whichever comes first in the list. */
function wins(destination: string, best: string, other: string): void {
  const [address = ''] = best.split('/');
  expect(chosen(destination, best, other)).toBe(address);
  expect(chosen(destination, other, best)).toBe(address);
}

describe('the source of a packet (RFC 6724 §5)', () => {
  // The examples of §10.1, with its addresses.
  test.each([
    ['rule 2: scope', '2001:db8:1::1', '2001:db8:3::1/64', 'fe80::1/64'],
    ['rule 2: scope of a group of the site', 'ff05::1', '2001:db8:3::1/64', 'fe80::1/64'],
    ['rule 2: scope of a group of the link', 'ff02::1', 'fe80::1/64', '2001:db8:3::1/64'],
    ['rule 2: scope of a neighbour', 'fe80::9', 'fe80::1/64', '2001:db8:3::1/64'],
    ['rule 2: what reaches farther, where nothing reaches far enough', '2001:db8::1', 'fec0::1/64', 'fe80::1/64'],
    ['rule 1: the same address', '2001:db8:1::1', '2001:db8:1::1/64 deprecated', '2001:db8:2::1/64'],
    ['rule 1: the same address, of a small scope', 'fe80::1', 'fe80::1/64 deprecated', '2001:db8:2::1/64'],
    ['rule 3: not a deprecated one', '2001:db8:1::1', '2001:db8:2::1/64', '2001:db8:1::2/64 deprecated'],
    ['rule 3: nor one that is still looked for', '2001:db8:1::1', '2001:db8:2::1/64', '2001:db8:1::2/64 optimistic'],
    ['rule 6: label of 6to4', '2002:c633:6401::1', '2002:c633:6401:0:d5e3:7953:13eb:22e8/64', '2001:db8:1::2/64'],
    ['rule 6: label of unique local addresses', 'fd12::1', 'fd99::2/64', '2001:db8:1::2/64'],
    ['rule 6: label of Teredo', '2001::1', '2001::2/64', '2001:db8:1::2/64'],
    ['rule 8: the longest prefix', '2001:db8:1::1', '2001:db8:1::2/64', '2001:db8:3::2/64'],
    ['rule 2 before rule 3', '2001:db8:1::1', '2001:db8:3::1/64 deprecated', 'fe80::1/64'],
    ['rule 3 before rule 6', 'fd12::1', '2001:db8:1::2/64', 'fd99::2/64 deprecated'],
    ['rule 6 before rule 8', '2001:db8:1::1', '2001:db8:fff::2/64', '2001::2/128'],
  ])('%s', (_rule, destination, best, other) => {
    wins(destination, best, other);
  });

  test('beyond its own prefix an address has nothing in common with others (§2.2)', () => {
    expect(chosen('2001:db8:1::1:1', '2001:db8:1::2:9/64', '2001:db8:1::1:9/64')).toBe('2001:db8:1::2:9');
    wins('2001:db8:1::1:1', '2001:db8:1::1:9/128', '2001:db8:1::2:9/64');
  });

  test('where nothing decides, the first one', () => {
    expect(chosen('2001:db8:9::1', '2001:db8:1::1/64', '2001:db8:1::2/64', '2001:db8:1::3/64')).toBe('2001:db8:1::1');
  });

  test('one that is tentative is nobody’s yet (RFC 4862 §5.4)', () => {
    expect(chosen('2001:db8:1::1', '2001:db8:1::2/64 tentative')).toBeUndefined();
    expect(chosen('2001:db8:1::1', '2001:db8:1::2/64 tentative', 'fe80::1/64')).toBe('fe80::1');
    expect(chosen('2001:db8:1::1')).toBeUndefined();
  });
});

test.each([
  ['::1', 50, 0],
  ['::', 1, 3],
  ['::2', 1, 3],
  ['::ffff:192.0.2.1', 35, 4],
  ['2002:c000:201::1', 30, 2],
  ['2001::1', 5, 5],
  ['2001:1::1', 40, 1],
  ['fc00::1', 3, 13],
  ['fdff::1', 3, 13],
  ['fe00::1', 40, 1],
  ['fec0::1', 1, 11],
  ['feff::1', 1, 11],
  ['3ffe::1', 1, 12],
  ['3fff::1', 40, 1],
  ['2001:db8::1', 40, 1],
  ['fe80::1', 40, 1],
])('%s has precedence %i and label %i (RFC 6724 §2.1)', (address, precedence, label) => {
  expect(policyOf(requireIpv6Address(address))).toMatchObject({ precedence, label });
});

test.each([
  ['ff01::1', 1],
  ['ff02::1', 2],
  ['ff05::1', 5],
  ['ff3e::1', 14],
  ['fe80::1%3', 2],
  ['febf::1', 2],
  ['::1', 2],
  ['fec0::1', 5],
  ['fd00::1', 14],
  ['2001:db8::1', 14],
])('%s has scope %i (RFC 6724 §3.1)', (address, scope) => {
  expect(scopeOf(requireIpv6Address(address))).toBe(scope);
});

test.each([
  ['2001:db8::1', '2001:db8::1', 64, 64],
  ['2001:db8::1', '2001:db9::1', 64, 31],
  ['2001:db8::1', '2001:db8:0:1::1', 64, 63],
  ['2001:db8::1', '2001:db8::2', 64, 64],
  ['2001:db8::1', '2001:db8::2', 128, 126],
  ['fe80::1%1', 'fe80::1%2', 64, 64],
  ['8000::', '::', 64, 0],
])('%s and %s have of %i bits %i in common (RFC 6724 §2.2)', (one, other, most, common) => {
  expect(commonPrefix(requireIpv6Address(one), requireIpv6Address(other), most)).toBe(common);
});
