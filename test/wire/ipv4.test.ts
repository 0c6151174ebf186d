import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitIpv4,
  emitIpv4Options,
  IPV4_HEADER,
  parseIpv4,
  PROTOCOL,
  viewIpv4,
  writeIpv4Header,
  type Ipv4Packet,
} from '../../src/wire';
import { ipv4Options, ipv4Packet, payload, uint32 } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX } from './linux-packets';

const syn = LINUX.syn.subarray(14);
const ipPackets = Object.entries(LINUX)
  .filter(([name]) => !name.startsWith('arp'))
  .map(([name, bytes]) => [name, bytes.subarray(14)] as const);

const packet: Ipv4Packet = {
  dscp: 0,
  ecn: 0,
  identification: 1,
  dontFragment: false,
  moreFragments: false,
  fragmentOffset: 0,
  ttl: 64,
  protocol: PROTOCOL.UDP,
  src: '10.9.0.1',
  dst: '10.9.0.2',
  options: new Uint8Array(0),
  payload: new Uint8Array(0),
};

describe('IPv4', () => {
  test("Linux's packet", () => {
    const view = good(viewIpv4(syn));
    expect(view).toMatchObject({
      headerLength: 20,
      dscp: 0,
      ecn: 0,
      totalLength: 60,
      identification: 14818,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: 64,
      protocol: PROTOCOL.TCP,
      checksum: 0xecc5,
      src: 0x0a090001,
      dst: 0x0a090002,
    });
    expect(view.options).toHaveLength(0);
    expect(view.header).toEqual(syn.subarray(0, 20));
    expect(view.payload).toEqual(syn.subarray(20));
    expect(view.checksumIsGood()).toBe(true);
  });

  test.each(ipPackets)('%s, as Linux sent it: parsed and emitted, it is the same bytes', (_, bytes) => {
    expect(emitIpv4(good(parseIpv4(bytes)))).toEqual(bytes);
  });

  test('parse(emit(x)) is x, and the checksum is good', () => {
    fc.assert(
      fc.property(ipv4Packet, (value) => {
        const bytes = emitIpv4(value);
        expect(parseIpv4(bytes)).toEqual(value);
        expect(good(viewIpv4(bytes)).checksumIsGood()).toBe(true);
      }),
    );
  });

  test('a bit flipped anywhere in the header makes the checksum bad', () => {
    for (let bit = 0; bit < 160; bit++) {
      const at = bit >>> 3;
      const flipped = patch(syn, { [at]: (syn[at] ?? 0) ^ (1 << (bit & 7)) });
      const view = viewIpv4(flipped);
      if ('totalLength' in view) expect(view.checksumIsGood()).toBe(false);
    }
  });

  test('DSCP, ECN and fragment fields sit where RFC 791, 2474 and 3168 put them', () => {
    const bytes = emitIpv4({ ...packet, dscp: 46, ecn: 3, moreFragments: true, fragmentOffset: 1480 });
    expect(bytes[1]).toBe(0xbb);
    expect(bytes.subarray(6, 8)).toEqual(hex('20b9'));
    expect(emitIpv4({ ...packet, dontFragment: true }).subarray(6, 8)).toEqual(hex('4000'));
  });

  test('options are skipped by the header length, and padded to four bytes', () => {
    const options = hex('94040000 01');
    const bytes = emitIpv4({ ...packet, options, payload: hex('aabb') });
    const view = good(viewIpv4(bytes));
    expect(view.headerLength).toBe(28);
    expect(view.options).toEqual(hex('94040000 01000000'));
    expect(view.payload).toEqual(hex('aabb'));
    expect(view.checksumIsGood()).toBe(true);
  });

  test("Ethernet's padding is cut off by the total length", () => {
    const padded = join([emitIpv4({ ...packet, payload: hex('0102') }), new Uint8Array(24)]);
    expect(good(viewIpv4(padded)).payload).toEqual(hex('0102'));
  });

  test.each([
    ['version', 0, { 0: 0x65 }, '6, not 4'],
    ['ihl', 0, { 0: 0x44 }, '16 bytes; 20 is the least'],
    ['totalLength', 2, { 3: 19 }, "19 bytes, fewer than the header's 20"],
    ['totalLength', 2, { 3: 61 }, '61 bytes, and 60 are there'],
  ])('a wrong %s is reported', (field, offset, changes, detail) => {
    const error = bad(viewIpv4(patch(syn, changes)));
    expect(error).toMatchObject({ header: 'ipv4', field, offset });
    expect(error.message).toContain(detail);
  });

  test('what is too short is reported', () => {
    expect(bad(viewIpv4(syn.subarray(0, 19)))).toMatchObject({ field: 'header', offset: 19 });
    expect(bad(viewIpv4(patch(syn.subarray(0, 40), { 0: 0x4f })))).toMatchObject({ field: 'header', offset: 40 });
    expect(bad(viewIpv4(new Uint8Array(0))).message).toBe(
      'malformed ipv4: header at byte 0: the header takes 20 bytes and 0 are there',
    );
  });

  test.each<[string, Partial<Ipv4Packet>]>([
    ['dscp', { dscp: 64 }],
    ['ecn', { ecn: 4 }],
    ['identification', { identification: 1.5 }],
    ['fragment offset', { fragmentOffset: 4 }],
    ['fragment offset', { fragmentOffset: 65_536 }],
    ['ttl', { ttl: 256 }],
    ['protocol', { protocol: -1 }],
    ['address', { src: '10.9.0.256' }],
    ['options', { options: new Uint8Array(41) }],
    ['length', { payload: new Uint8Array(65_516) }],
  ])('emit refuses a wrong %s', (_, wrong) => {
    expect(() => emitIpv4({ ...packet, ...wrong })).toThrow(RangeError);
  });

  test('the longest packet has 65,535 bytes', () => {
    const bytes = emitIpv4({ ...packet, payload: new Uint8Array(65_515) });
    expect(good(viewIpv4(bytes)).totalLength).toBe(65_535);
  });

  test('writeIpv4Header writes what emit does', () => {
    fc.assert(
      fc.property(ipv4Packet, uint32, uint32, payload, (value, src, dst, data) => {
        const into = new Uint8Array(3 + IPV4_HEADER + data.length).fill(0xee);
        into.set(data, 3 + IPV4_HEADER);
        expect(writeIpv4Header(into, 3, { ...value, src, dst, payloadLength: data.length })).toBe(IPV4_HEADER);
        const view = good(viewIpv4(into, 3));
        expect(view.checksumIsGood()).toBe(true);
        expect(view.src).toBe(src);
        expect(view.dst).toBe(dst);
        const written = good(parseIpv4(view));
        expect(emitIpv4(written)).toEqual(into.subarray(3));
        expect(into.subarray(0, 3)).toEqual(hex('eeeeee'));
      }),
    );
    expect(() => writeIpv4Header(new Uint8Array(19), 0, { ...packet, src: 0, dst: 0, payloadLength: 0 })).toThrow(
      RangeError,
    );
  });

  test('writeIpv4Header writes options behind the header, under its checksum', () => {
    fc.assert(
      fc.property(ipv4Packet, ipv4Options, (value, options) => {
        const optionBytes = emitIpv4Options(options);
        const into = new Uint8Array(IPV4_HEADER + optionBytes.length + 5).fill(0xee);
        const length = writeIpv4Header(into, 0, { ...value, src: 1, dst: 2, payloadLength: 5 }, optionBytes);
        expect(length).toBe(IPV4_HEADER + optionBytes.length);
        const view = good(viewIpv4(into));
        expect(view.checksumIsGood()).toBe(true);
        expect(view.options).toEqual(optionBytes);
        expect(view.payload).toEqual(hex('eeeeeeeeee'));
      }),
    );
    const fields = { ...packet, src: 0, dst: 0, payloadLength: 0 };
    expect(() => writeIpv4Header(new Uint8Array(23), 0, fields, new Uint8Array(4))).toThrow(RangeError);
  });
});
