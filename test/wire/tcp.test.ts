import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitTcp,
  emitTcpOptions,
  FLAG,
  formatFlags,
  parseFlags,
  parseTcp,
  pseudoHeaderSum,
  sumSlices,
  tcpChecksumIsGood,
  viewIpv4,
  viewTcp,
  writeTcpHeader,
  type TcpSegment,
} from '../../src/wire';
import { pseudo, tcpOptionBytes, tcpSegment } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX } from './linux-packets';

const tcpOf = (frame: Uint8Array) => good(viewIpv4(frame, 14)).payload;
const fromClient = { src: 0x0a090001, dst: 0x0a090002 };
const fromServer = { src: 0x0a090002, dst: 0x0a090001 };
const fromLinux = [
  ['syn', tcpOf(LINUX.syn), fromClient],
  ['synAck', tcpOf(LINUX.synAck), fromServer],
  ['ack', tcpOf(LINUX.ack), fromClient],
  ['data', tcpOf(LINUX.data), fromClient],
  ['finAck', tcpOf(LINUX.finAck), fromClient],
  ['reset', tcpOf(LINUX.reset), fromServer],
] as const;

const segment: TcpSegment = {
  srcPort: 1,
  dstPort: 2,
  seq: 0,
  ack: 0,
  flags: 0,
  window: 0,
  urgent: 0,
  options: [],
  payload: new Uint8Array(0),
};

describe('TCP', () => {
  test("Linux's SYN", () => {
    expect(parseTcp(tcpOf(LINUX.syn))).toEqual({
      srcPort: 53356,
      dstPort: 7777,
      seq: 1943369925,
      ack: 0,
      flags: FLAG.SYN,
      window: 64240,
      urgent: 0,
      options: [
        { kind: 'mss', mss: 1460 },
        { kind: 'sack-permitted' },
        { kind: 'timestamps', value: 2000668563, echo: 0 },
        { kind: 'nop' },
        { kind: 'window-scale', shift: 10 },
      ],
      payload: new Uint8Array(0),
    });
  });

  test("Linux's data segment, as a view", () => {
    const view = good(viewTcp(LINUX.data, 34));
    expect(view).toMatchObject({
      srcPort: 53356,
      dstPort: 7777,
      seq: 1943369926,
      ack: 2849238902,
      headerLength: 32,
      reserved: 0,
      flags: FLAG.PSH | FLAG.ACK,
      window: 63,
      checksum: 0xe488,
      urgent: 0,
      payloadOffset: 66,
      payloadLength: 5,
    });
    expect(view.optionBytes).toEqual(hex('0101080a773fc793b888cdf1'));
    expect(view.payload).toEqual(new TextEncoder().encode('hello'));
  });

  test('MUST-5: options are read in any segment, not in SYNs only', () => {
    fc.assert(
      fc.property(tcpSegment, (value) => {
        expect(good(parseTcp(emitTcp(value))).options).toEqual(value.options);
      }),
    );
  });

  test.each(fromLinux)('%s, as Linux sent it: parsed and emitted, it is the same bytes', (_, bytes, addresses) => {
    expect(emitTcp(good(parseTcp(bytes)), addresses)).toEqual(bytes);
  });

  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(tcpSegment, (value) => {
        expect(parseTcp(emitTcp(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  test('MUST-2: an emitted segment has the checksum of its bytes and its pseudo-header', () => {
    fc.assert(
      fc.property(tcpSegment, pseudo, (value, { src, dst }) => {
        const bytes = emitTcp(value, { src, dst });
        expect(sumSlices([bytes], pseudoHeaderSum(src, dst, 6, bytes.length))).toBe(0xffff);
        expect(good(viewTcp(emitTcp(value))).checksum).toBe(0);
      }),
    );
  });

  test.each(fromLinux)(
    "MUST-3: the checksum of Linux's %s is good, and bad with any one bit changed",
    (_, bytes, { src, dst }) => {
      expect(tcpChecksumIsGood(bytes, src, dst)).toBe(true);
      expect(tcpChecksumIsGood(good(viewTcp(bytes)), src, dst)).toBe(true);
      expect(tcpChecksumIsGood(bytes, src, dst + 1)).toBe(false);
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const at = bit >>> 3;
        expect(tcpChecksumIsGood(patch(bytes, { [at]: (bytes[at] ?? 0) ^ (1 << (bit & 7)) }), src, dst)).toBe(false);
      }
    },
  );

  test('a view in the middle of a frame is summed from where it starts to where it ends', () => {
    const frame = join([LINUX.data, hex('ffff')]);
    expect(tcpChecksumIsGood(good(viewTcp(frame, 34, frame.length - 2)), fromClient.src, fromClient.dst)).toBe(true);
  });

  test('MUST-7: behind malformed options the segment is still read', () => {
    const bytes = patch(tcpOf(LINUX.syn), { 25: 0 });
    expect(good(parseTcp(bytes)).options).toEqual([{ kind: 'mss', mss: 1460 }]);
  });

  test('the reserved bits and AE sit where RFC 9293 §3.1 and RFC 9768 put them', () => {
    expect(emitTcp({ ...segment, reserved: 5, flags: FLAG.AE | FLAG.CWR }).subarray(12, 14)).toEqual(hex('5b80'));
  });

  test.each([
    [0x40, 'a header of 16 bytes; 20 is the least'],
    [0x00, 'a header of 0 bytes; 20 is the least'],
    [0xf0, 'a header of 60 bytes, and 40 are there'],
  ])('a Data Offset of 0x%s is reported', (value, detail) => {
    const error = bad(viewTcp(patch(tcpOf(LINUX.syn), { 12: value })));
    expect(error).toMatchObject({ header: 'tcp', field: 'dataOffset', offset: 12, detail });
  });

  test('what is too short is reported', () => {
    expect(bad(parseTcp(tcpOf(LINUX.syn).subarray(0, 19)))).toMatchObject({
      header: 'tcp',
      field: 'header',
      offset: 19,
    });
  });

  test.each<[string, Partial<TcpSegment>]>([
    ['port', { srcPort: 65_536 }],
    ['port', { dstPort: -1 }],
    ['sequence number', { seq: 2 ** 32 }],
    ['acknowledgment number', { ack: -1 }],
    ['control bit', { flags: 512 }],
    ['reserved bit', { reserved: 8 }],
    ['window', { window: 65_536 }],
    ['urgent pointer', { urgent: NaN }],
  ])('emit refuses a wrong %s', (_, wrong) => {
    expect(() => emitTcp({ ...segment, ...wrong })).toThrow(RangeError);
  });

  test('writeTcpHeader writes what emit does, where it is told', () => {
    fc.assert(
      fc.property(tcpSegment, tcpOptionBytes, (value, optionBytes) => {
        const into = new Uint8Array(2 + 60).fill(0xee);
        const written = writeTcpHeader(into, 2, value, optionBytes);
        expect(written).toBe(20 + optionBytes.length);
        const whole = emitTcp({ ...value, options: [], payload: new Uint8Array(0) });
        whole[12] = ((written / 4) << 4) | ((whole[12] ?? 0) & 0xf);
        expect(into).toEqual(join([hex('eeee'), whole, optionBytes, new Uint8Array(60 - written).fill(0xee)]));
      }),
    );
  });

  test('writeTcpHeader refuses what does not fit', () => {
    expect(() => writeTcpHeader(new Uint8Array(19), 0, segment, hex(''))).toThrow(RangeError);
    expect(() => writeTcpHeader(new Uint8Array(60), 0, segment, hex('010101'))).toThrow(RangeError);
    expect(() => writeTcpHeader(new Uint8Array(80), 0, segment, new Uint8Array(44))).toThrow(RangeError);
    expect(writeTcpHeader(new Uint8Array(60), 0, segment, new Uint8Array(40))).toBe(60);
  });

  test('emitTcp with every option there is fills the header to its 60 bytes', () => {
    const options = good(parseTcp(tcpOf(LINUX.syn))).options;
    const bytes = emitTcp({ ...segment, options: [...options, ...options] });
    expect(good(viewTcp(bytes)).headerLength).toBe(60);
    expect(emitTcpOptions([...options, ...options])).toHaveLength(40);
  });
});

describe('control bits', () => {
  test.each([
    [FLAG.SYN, 'S'],
    [FLAG.SYN | FLAG.ACK, 'S.'],
    [FLAG.ACK, '.'],
    [FLAG.PSH | FLAG.ACK, 'P.'],
    [FLAG.FIN | FLAG.PSH | FLAG.ACK, 'FP.'],
    [FLAG.RST, 'R'],
    [FLAG.RST | FLAG.ACK, 'R.'],
    [FLAG.ACK | FLAG.URG, '.U'],
    [FLAG.SYN | FLAG.ECE | FLAG.CWR, 'SEW'],
    [FLAG.SYN | FLAG.ECE | FLAG.CWR | FLAG.AE, 'SEWe'],
    [0, 'none'],
  ])('%i is written %s', (flags, text) => {
    expect(formatFlags(flags)).toBe(text);
  });

  test('every combination is read as it was written', () => {
    for (let flags = 0; flags < 512; flags++) expect(parseFlags(formatFlags(flags))).toBe(flags);
    expect(parseFlags('X')).toBeUndefined();
    expect(parseFlags('')).toBeUndefined();
  });
});
