import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isIPv6 } from 'node:net';
import {
  ALL_MLDV2_ROUTERS,
  ALL_NODES,
  ALL_ROUTERS,
  formatAddress,
  formatIpv6Address,
  ipv6AddressSum,
  isIpv6,
  isLinkLocal6,
  isLoopback6,
  isLoopbackAddress,
  isMapped,
  isMulticast6,
  isMulticastAddress,
  isUniqueLocal,
  isUnspecified6,
  isUnspecifiedAddress,
  mappedIpv4,
  multicastScope,
  MULTICAST_SCOPE,
  parseAddress,
  parseIpv6Address,
  parseIpv6Prefix,
  parsePrefix,
  pseudoHeaderSum,
  readIpv6Address,
  requireAddress,
  requireIpv6Address,
  solicitedNode,
  sum,
  toMapped,
  withoutZone,
  withZone,
  writeIpv6Address,
  zoneOf,
} from '../../src/wire';
import { ipv6Bits, uint32 } from './arbitraries';
import { hex, join } from './helpers';

const at = requireIpv6Address;

describe('IPv6 addresses as text', () => {
  test.each([
    // RFC 4291 §2.2
    ['ABCD:EF01:2345:6789:ABCD:EF01:2345:6789', 0xabcdef0123456789abcdef0123456789n],
    ['2001:DB8:0:0:8:800:200C:417A', 0x20010db80000000000080800200c417an],
    ['2001:DB8::8:800:200C:417A', 0x20010db80000000000080800200c417an],
    ['FF01::101', 0xff010000000000000000000000000101n],
    ['::1', 1n],
    ['::', 0n],
    ['0:0:0:0:0:0:0:0', 0n],
    ['::13.1.68.3', 0x0d014403n],
    ['0:0:0:0:0:FFFF:129.144.52.38', 0xffff81903426n],
    ['::FFFF:129.144.52.38', 0xffff81903426n],
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
    ['::2:3:4:5:6:7:8', 0x00000002000300040005000600070008n],
    ['1::', 1n << 112n],
    ['64:ff9b::192.0.2.33', 0x0064ff9b0000000000000000c0000221n],
  ])('%s is read', (text, address) => {
    expect(parseIpv6Address(text)).toBe(address);
    expect(parseAddress(text.toLowerCase())).toBe(address);
  });

  test.each([
    ['', ':', ':::', '1', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '1:2:3:4:5:6:7::8', ':1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7:', '12345::', 'g::', '::1 ', ' ::1', '::1\n', '[::1]', '::1/64', '-1::', '0x1::', '::00001'],
    ['::1.2.3', '::1.2.3.256', '::1.2.3.04', '1.2.3.4::', '::1.2.3.4:5', '1:2:3:4:5:6:7:1.2.3.4', '1.2.3.4', '::1%2'],
    ['fe80::1%', 'fe80::1%eth0', 'fe80::1%-1', 'fe80::1%01', 'fe80::1%4294967296', '2001:db8::1%1', 'fe80::1%1%2'],
  ])('%j and the like are not addresses', (...texts) => {
    for (const text of texts) expect([text, parseIpv6Address(text)]).toEqual([text, undefined]);
  });

  test.each([
    // RFC 5952 §4
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AAAA', '2001:db8::aaaa'],
    ['0:0:0:0:0:ffff:c000:201', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:0:c000:201', '::c000:201'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['FE80::1%2', 'fe80::1%2'],
    ['fe80::1%0', 'fe80::1'],
    ['febf::1%4294967295', 'febf::1%4294967295'],
  ])('%s is written as %s', (text, canonical) => {
    expect(formatIpv6Address(at(text))).toBe(canonical);
    expect(formatAddress(at(text))).toBe(canonical);
  });

  test('every address is read as it was written, in one way only, and Node agrees', () => {
    fc.assert(
      fc.property(ipv6Bits, (address) => {
        const text = formatIpv6Address(address);
        expect(parseIpv6Address(text)).toBe(address);
        expect(isIPv6(text)).toBe(true);
        // The one that URLs have is RFC 5952's, but for mapped addresses.
        if (!isMapped(address)) expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
      { numRuns: 500 },
    );
  });

  test('text that looks like an address is read exactly when Node takes it', () => {
    const piece = fc.constantFrom('0', '1', 'ffff', 'a', ':', ':', '::', '1.2.3.4', '12345', '.');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join('')),
        (text) => {
          expect(parseIpv6Address(text) !== undefined).toBe(isIPv6(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('zones stand above the 128 bits', () => {
    const address = at('fe80::1%7');
    expect(address).toBe((7n << 128n) | at('fe80::1'));
    expect(zoneOf(address)).toBe(7);
    expect(zoneOf(at('fe80::1'))).toBe(0);
    expect(withoutZone(address)).toBe(at('fe80::1'));
    expect(withZone(address, 9)).toBe(at('fe80::1%9'));
    expect(withZone(address, 0)).toBe(at('fe80::1'));
  });

  test('requireIpv6Address and requireAddress say what they wanted', () => {
    expect(() => requireIpv6Address('10.0.0.1')).toThrow(/'10.0.0.1' is not an IPv6 address/);
    expect(() => requireAddress('x')).toThrow(/'x' is not an address/);
    expect(requireAddress('10.0.0.1')).toBe(0x0a000001);
  });
});

describe('prefixes', () => {
  test.each([
    ['fd00::2/64', at('fd00::2'), 64, at('ffff:ffff:ffff:ffff::')],
    ['::/0', 0n, 0, 0n],
    ['::1/128', 1n, 128, (1n << 128n) - 1n],
    ['fe80::1%3/10', at('fe80::1%3'), 10, at('ffc0::')],
  ])('%s', (text, address, length, mask) => {
    expect(parseIpv6Prefix(text)).toEqual({ address, length, mask });
    expect(parsePrefix(text)).toEqual({ address, length, mask });
  });

  test('either family is told by its colon', () => {
    expect(parsePrefix('10.9.0.2/24')).toEqual({ address: 0x0a090002, length: 24, mask: 0xffffff00 });
    expect(parsePrefix('10.9.0.2/64')).toBeUndefined();
  });

  test.each(['::', '::/', '::/129', '::/064', '::/-1', '/64', '::/64/1', ':::/64'])('%j is not a prefix', (text) => {
    expect(parseIpv6Prefix(text)).toBeUndefined();
  });
});

describe('kinds of IPv6 addresses', () => {
  const edges = (kind: (address: bigint) => boolean, ...texts: string[]) => texts.map((text) => kind(at(text)));

  test('are told by their edges', () => {
    expect(edges(isLinkLocal6, 'fe7f:ffff::', 'fe80::', 'febf:ffff::', 'fec0::')).toEqual([false, true, true, false]);
    expect(isLinkLocal6(at('fe80::1%4294967295'))).toBe(true);
    expect(edges(isMulticast6, 'feff:ffff::', 'ff00::', 'ffff::')).toEqual([false, true, true]);
    expect(edges(isUniqueLocal, 'fbff:ffff::', 'fc00::', 'fdff::', 'fe00::')).toEqual([false, true, true, false]);
    expect(edges(isLoopback6, '::', '::1', '::2')).toEqual([false, true, false]);
    expect(edges(isUnspecified6, '::', '::1')).toEqual([true, false]);
    expect(edges(isMapped, '::fffe:ffff:ffff', '::ffff:0:0', '::ffff:255.255.255.255', '::1:0:0:0')).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('of either family have one question each', () => {
    expect(['224.0.0.1', '10.0.0.1', 'ff02::1', '::1'].map(requireAddress).map(isMulticastAddress)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(['127.0.0.1', '10.0.0.1', '::1', '::'].map(requireAddress).map(isLoopbackAddress)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(['0.0.0.0', '0.0.0.1', '::', '::1'].map(requireAddress).map(isUnspecifiedAddress)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(['0.0.0.0', '::'].map(requireAddress).map(isIpv6)).toEqual([false, true]);
  });

  test('a multicast address says how far it goes', () => {
    expect(multicastScope(at('ff02::1'))).toBe(MULTICAST_SCOPE.LINK);
    expect(multicastScope(at('ff15::1'))).toBe(MULTICAST_SCOPE.SITE);
    expect(multicastScope(at('ff3e::1'))).toBe(MULTICAST_SCOPE.GLOBAL);
  });

  test('the groups that every host knows', () => {
    expect([ALL_NODES, ALL_ROUTERS, ALL_MLDV2_ROUTERS].map(formatIpv6Address)).toEqual([
      'ff02::1',
      'ff02::2',
      'ff02::16',
    ]);
  });

  test("RFC 4291 §2.7.1's example of a solicited-node address", () => {
    expect(solicitedNode(at('4037::01:800:200e:8c6c'))).toBe(at('FF02::1:FF0E:8C6C'));
    expect(solicitedNode(at('fe80::ffff:ffff%3'))).toBe(at('ff02::1:ffff:ffff'));
  });

  test('mapped addresses go both ways', () => {
    expect(toMapped(0xc0000201)).toBe(at('::ffff:192.0.2.1'));
    expect(mappedIpv4(at('::ffff:192.0.2.1'))).toBe(0xc0000201);
    expect(mappedIpv4(at('::192.0.2.1'))).toBeUndefined();
    fc.assert(
      fc.property(uint32, (address) => {
        expect(mappedIpv4(toMapped(address))).toBe(address);
      }),
    );
  });
});

describe('IPv6 addresses in bytes', () => {
  test('are read as they were written, however many others came between', () => {
    fc.assert(
      fc.property(fc.array(ipv6Bits, { minLength: 1, maxLength: 200 }), (addresses) => {
        for (const address of [...addresses, ...addresses]) {
          const bytes = new Uint8Array(20);
          writeIpv6Address(bytes, 2, address);
          expect(readIpv6Address(bytes, 2)).toBe(address);
          expect(Buffer.from(bytes).toString('hex')).toBe(`0000${address.toString(16).padStart(32, '0')}0000`);
          expect(ipv6AddressSum(address)).toBe(sum(bytes));
        }
      }),
    );
  });

  test('a zone stays out of packets', () => {
    const bytes = new Uint8Array(16);
    writeIpv6Address(bytes, 0, at('fe80::1%5'));
    expect(bytes).toEqual(hex('fe80 0000 0000 0000 0000 0000 0000 0001'));
    expect(readIpv6Address(bytes, 0)).toBe(at('fe80::1'));
    expect(ipv6AddressSum(at('fe80::1%5'))).toBe(0xfe81);
  });

  test('the pseudo-header is that of RFC 8200 §8.1', () => {
    const number = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(ipv6Bits, ipv6Bits, number, fc.nat(200_000), (src, dst, protocol, length) => {
        const bytes = join([new Uint8Array(36), Uint8Array.of(0, 0, 0, protocol)]);
        writeIpv6Address(bytes, 0, src);
        writeIpv6Address(bytes, 16, dst);
        new DataView(bytes.buffer).setUint32(32, length);
        // All zeros and all ones are the same number, and either may come out.
        expect(pseudoHeaderSum(src, dst, protocol, length) % 0xffff).toBe(sum(bytes) % 0xffff);
      }),
    );
  });
});
