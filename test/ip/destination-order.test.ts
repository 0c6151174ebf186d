import { describe, expect, test } from '@jest/globals';
import { compareDestinations } from '../../src/ip/destination-order';
import { requireAddress } from '../../src/wire/address';

/** Addresses, best first; each with the one that it would be called from, `-` for no way there. */
function ordered(
  ...candidates: readonly (readonly [address: string, source: string, deprecated?: 'deprecated'])[]
): string[] {
  return candidates
    .map(([address, source, state]) => ({
      text: address,
      address: requireAddress(address),
      source: source === '-' ? undefined : { address: requireAddress(source), length: 64, state },
    }))
    .sort(compareDestinations)
    .map(({ text }) => text);
}

describe('the order of destination addresses (RFC 6724 §6)', () => {
  // The examples of §10.2, with its addresses.
  test.each([
    [
      'scope: global before what has only a link-local source',
      [
        ['198.51.100.121', '169.254.13.78'],
        ['2001:db8:1::1', '2001:db8:1::2'],
      ],
      ['2001:db8:1::1', '198.51.100.121'],
    ],
    [
      'scope: IPv4 before IPv6 that has only a link-local source',
      [
        ['2001:db8:1::1', 'fe80::1'],
        ['198.51.100.121', '198.51.100.117'],
      ],
      ['198.51.100.121', '2001:db8:1::1'],
    ],
    [
      'precedence: IPv6 before private IPv4',
      [
        ['10.1.2.3', '10.1.2.4'],
        ['2001:db8:1::1', '2001:db8:1::2'],
      ],
      ['2001:db8:1::1', '10.1.2.3'],
    ],
    [
      'scope: the smaller one',
      [
        ['2001:db8:1::1', '2001:db8:1::2'],
        ['fe80::1', 'fe80::2'],
      ],
      ['fe80::1', '2001:db8:1::1'],
    ],
    [
      'label: 6to4 from 6to4, before what it does not match',
      [
        ['2001:db8:1::1', '2002:c633:6401::2'],
        ['2002:c633:6401::1', '2002:c633:6401::2'],
      ],
      ['2002:c633:6401::1', '2001:db8:1::1'],
    ],
    [
      'precedence: native before 6to4',
      [
        ['2002:c633:6401::1', '2002:c633:6401::2'],
        ['2001:db8:1::1', '2001:db8:1::2'],
      ],
      ['2001:db8:1::1', '2002:c633:6401::1'],
    ],
  ] as const)('%s', (_, candidates, order) => {
    expect(ordered(...candidates)).toEqual(order);
    expect(ordered(...[...candidates].reverse())).toEqual(order);
  });

  test('rule 1: what cannot be reached comes last; rule 3: what has a deprecated source does, too', () => {
    expect(ordered(['2001:db8::1', '-'], ['10.0.0.1', '10.0.0.2'])).toEqual(['10.0.0.1', '2001:db8::1']);
    expect(ordered(['2001:db8::1', '2001:db8::2', 'deprecated'], ['10.0.0.1', '10.0.0.2'])).toEqual([
      '10.0.0.1',
      '2001:db8::1',
    ]);
  });

  test('rule 9: the longest prefix in common, of IPv6; else the order stays', () => {
    expect(ordered(['2001:db8:2::1', '2001:db8:1::9'], ['2001:db8:1::1', '2001:db8:1::9'])).toEqual([
      '2001:db8:1::1',
      '2001:db8:2::1',
    ]);
    expect(ordered(['10.9.9.9', '10.0.0.2'], ['10.0.0.1', '10.0.0.2'])).toEqual(['10.9.9.9', '10.0.0.1']);
  });

  test('loopback: ::1 before 127.0.0.1', () => {
    expect(ordered(['127.0.0.1', '127.0.0.1'], ['::1', '::1'])).toEqual(['::1', '127.0.0.1']);
  });
});
