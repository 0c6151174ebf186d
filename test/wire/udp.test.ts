import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emitUdp, parseUdp, udpChecksumIsGood, viewIpv4, viewUdp } from '../../src/wire';
import { pseudo, udpDatagram } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX } from './linux-packets';

const datagram = good(viewIpv4(LINUX.udp, 14)).payload;
const addresses = { src: 0x0a090001, dst: 0x0a090002 };

describe('UDP', () => {
  test("Linux's datagram", () => {
    const view = good(viewUdp(datagram));
    expect(view).toMatchObject({ srcPort: 50943, dstPort: 9999, length: 11, checksum: 0x2a50 });
    expect(view.payload).toEqual(new TextEncoder().encode('odd'));
    expect(udpChecksumIsGood(view, addresses.src, addresses.dst)).toBe(true);
    expect(udpChecksumIsGood(view, addresses.src, addresses.dst + 1)).toBe(false);
    expect(emitUdp(good(parseUdp(view)), addresses)).toEqual(datagram);
  });

  test('parse(emit(x)) is x, and the checksum is good', () => {
    fc.assert(
      fc.property(udpDatagram, pseudo, (value, { src, dst }) => {
        const bytes = emitUdp(value, { src, dst });
        expect(parseUdp(bytes)).toEqual(value);
        expect(udpChecksumIsGood(good(viewUdp(bytes)), src, dst)).toBe(true);
      }),
    );
  });

  test('a checksum that comes out as zero is sent as all ones (RFC 768)', () => {
    const zeros = emitUdp({ srcPort: 0, dstPort: 0, payload: hex('0000') }, { src: 0, dst: 0 });
    const made = good(viewUdp(zeros)).checksum;
    // With the complement of the rest as payload the sum is all ones, and so its complement zero.
    const bytes = emitUdp(
      { srcPort: 0, dstPort: 0, payload: Uint8Array.of(made >>> 8, made & 0xff) },
      { src: 0, dst: 0 },
    );
    expect(good(viewUdp(bytes)).checksum).toBe(0xffff);
    expect(udpChecksumIsGood(good(viewUdp(bytes)), 0, 0)).toBe(true);
  });

  test('checksum 0 means that there is none, and is good', () => {
    expect(udpChecksumIsGood(good(viewUdp(patch(datagram, { 6: 0, 7: 0 }))), 1, 2)).toBe(true);
  });

  test('what lies behind its length is not payload and not summed', () => {
    const view = good(viewUdp(join([datagram, hex('ffee')])));
    expect(view.payload).toHaveLength(3);
    expect(udpChecksumIsGood(view, addresses.src, addresses.dst)).toBe(true);
  });

  test('what is too short, or says a wrong length, is reported', () => {
    expect(bad(viewUdp(datagram.subarray(0, 7)))).toMatchObject({ header: 'udp', field: 'header', offset: 7 });
    expect(bad(viewUdp(patch(datagram, { 5: 7 })))).toMatchObject({ header: 'udp', field: 'length', offset: 4 });
    expect(bad(viewUdp(patch(datagram, { 5: 12 })))).toMatchObject({ header: 'udp', field: 'length', offset: 4 });
  });

  test('emit refuses what a datagram cannot hold', () => {
    const value = { srcPort: 1, dstPort: 2, payload: new Uint8Array(0) };
    expect(() => emitUdp({ ...value, srcPort: 65_536 }, addresses)).toThrow(RangeError);
    expect(() => emitUdp({ ...value, dstPort: -1 }, addresses)).toThrow(RangeError);
    expect(() => emitUdp({ ...value, payload: new Uint8Array(65_528) }, addresses)).toThrow(RangeError);
  });
});
