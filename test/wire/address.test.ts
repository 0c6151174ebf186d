import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatIpv4Address,
  formatMac,
  isLimitedBroadcast,
  isLoopback,
  isMulticast,
  isUnspecified,
  parseIpv4Address,
  parseIpv4Prefix,
  parseMac,
  withPort,
} from '../../src/wire';
import { uint32 } from './arbitraries';
import { hex } from './helpers';

describe('IPv4 addresses', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.9.0.2', 0x0a090002],
    ['192.0.2.1', 0xc0000201],
    ['255.255.255.255', 0xffffffff],
  ])('%s is read and written', (text, address) => {
    expect(parseIpv4Address(text)).toBe(address);
    expect(formatIpv4Address(address)).toBe(text);
  });

  test.each(['', '1', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.04', ' 1.2.3.4', '1.2.3.4 ', '1.2.3.4\n'])(
    '%j is not an address',
    (text) => {
      expect(parseIpv4Address(text)).toBeUndefined();
    },
  );

  test.each(['1.2.3.-4', '1.2.3.+4', '1.2.3.0x4', '1..3.4', '1.2.3.4/24', '::1', '1.2.3.1000', 'a.b.c.d', '1,2,3,4'])(
    '%j is not an address',
    (text) => {
      expect(parseIpv4Address(text)).toBeUndefined();
    },
  );

  test('every address is read as it was written', () => {
    fc.assert(
      fc.property(uint32, (address) => {
        expect(parseIpv4Address(formatIpv4Address(address))).toBe(address);
      }),
    );
  });

  test('the blocks that RFC 1122 §3.2.1.3 sets apart are told by their edges', () => {
    const at = (text: string) => parseIpv4Address(text) ?? NaN;
    expect(['223.255.255.255', '224.0.0.0', '239.255.255.255', '240.0.0.0'].map(at).map(isMulticast)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(['126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'].map(at).map(isLoopback)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(['255.255.255.254', '255.255.255.255'].map(at).map(isLimitedBroadcast)).toEqual([false, true]);
    expect(['0.0.0.0', '0.0.0.1'].map(at).map(isUnspecified)).toEqual([true, false]);
  });
});

test('with a port, IPv6 stands in brackets', () => {
  expect(withPort('10.0.0.1', 80)).toBe('10.0.0.1:80');
  expect(withPort('fd00::1', 80)).toBe('[fd00::1]:80');
  expect(withPort('fe80::1%eth0', '*')).toBe('[fe80::1%eth0]:*');
});

describe('prefixes', () => {
  test.each([
    ['10.9.0.2/24', 0x0a090002, 24, 0xffffff00],
    ['0.0.0.0/0', 0, 0, 0],
    ['10.0.0.1/32', 0x0a000001, 32, 0xffffffff],
    ['10.0.0.1/1', 0x0a000001, 1, 0x80000000],
  ])('%s', (text, address, length, mask) => {
    expect(parseIpv4Prefix(text)).toEqual({ address, length, mask });
  });

  test.each([
    '10.9.0.2',
    '10.9.0.2/',
    '10.9.0.2/33',
    '10.9.0.2/024',
    '10.9.0.2/-1',
    '10.9.0/24',
    '/24',
    '10.9.0.2/24/1',
  ])('%j is not a prefix', (text) => {
    expect(parseIpv4Prefix(text)).toBeUndefined();
  });
});

describe('MAC addresses', () => {
  test('are read in either case and written in lower case', () => {
    expect(parseMac('02:00:5E:00:ab:Ff')).toEqual(hex('02005e00abff'));
    expect(formatMac(hex('02005e00abff'))).toBe('02:00:5e:00:ab:ff');
  });

  test('are written from any offset', () => {
    expect(formatMac(hex('ffff02005e000001ff'), 2)).toBe('02:00:5e:00:00:01');
  });

  test.each(['', '02:00:5e:00:00', '02:00:5e:00:00:01:02', '2:0:5e:0:0:1', '02-00-5e-00-00-01', '02:00:5g:00:00:01'])(
    '%j is not a MAC address',
    (text) => {
      expect(parseMac(text)).toBeUndefined();
    },
  );
});
