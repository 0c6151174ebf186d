import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emitTcpOptions, parseTcpOptions, tcpOptionsLength, type TcpOption } from '../../src/wire';
import { tcpOptions } from './arbitraries';
import { hex, join } from './helpers';

const MSS: TcpOption = { kind: 'mss', mss: 1460 };
const NOP: TcpOption = { kind: 'nop' };

describe('TCP options', () => {
  test('MUST-4: End of Option List, No-Operation and Maximum Segment Size are understood', () => {
    expect(parseTcpOptions(hex('01 02 04 05b4 00 ff ff'))).toEqual({ options: [NOP, MSS] });
  });

  test.each<[string, TcpOption, string]>([
    ['MSS (RFC 9293 §3.2)', MSS, '02 04 05b4'],
    ['window scale (RFC 7323 §2.2)', { kind: 'window-scale', shift: 7 }, '03 03 07'],
    ['SACK-permitted (RFC 2018 §2)', { kind: 'sack-permitted' }, '04 02'],
    ['SACK (RFC 2018 §3)', { kind: 'sack', blocks: [{ left: 5500, right: 7000 }] }, '05 0a 0000157c 00001b58'],
    ['timestamps (RFC 7323 §3.2)', { kind: 'timestamps', value: 0xfffffffe, echo: 1 }, '08 0a fffffffe 00000001'],
    ['user timeout (RFC 5482 §3)', { kind: 'user-timeout', value: 5, unit: 'min' }, '1c 04 8005'],
    ['Fast Open cookie request (RFC 7413 §4.1.1)', { kind: 'fast-open', cookie: hex('') }, '22 02'],
    [
      'Fast Open cookie (RFC 7413 §4.1.1)',
      { kind: 'fast-open', cookie: hex('0102030405060708') },
      '22 0a 0102030405060708',
    ],
    ['an unknown option', { kind: 'unknown', code: 253, data: hex('beef') }, 'fd 04 beef'],
  ])('MUST-68: %s carries its length', (_, option, digits) => {
    const bytes = hex(digits);
    expect(parseTcpOptions(bytes)).toEqual({ options: [option] });
    expect(emitTcpOptions([option]).subarray(0, bytes.length)).toEqual(bytes);
    expect(bytes[1]).toBe(bytes.length);
  });

  test('MUST-6: an unknown option is skipped by its length, and kept for who wants to see it', () => {
    expect(parseTcpOptions(hex('fe 05 020405 02 04 05b4'))).toEqual({
      options: [{ kind: 'unknown', code: 254, data: hex('020405') }, MSS],
    });
  });

  test('MUST-64: options are read at any alignment', () => {
    for (let nops = 0; nops < 8; nops++) {
      const bytes = join([new Uint8Array(nops).fill(1), hex('08 0a 01020304 05060708'), hex('02 04 05b4')]);
      expect(parseTcpOptions(bytes).options.slice(nops)).toEqual([
        { kind: 'timestamps', value: 0x01020304, echo: 0x05060708 },
        MSS,
      ]);
    }
  });

  test.each([
    ['length 0', 'fe 00 0000', 5],
    ['length 1', 'fe 01 0000', 5],
    ['length 0 of a known kind', '02 00 05b4', 5],
    ['a length beyond the options', 'fe 05 0000', 5],
    ['no room for its length', 'fe', 4],
    ['an MSS of 3 bytes', '02 03 05 00', 5],
    ['a window scale of 4 bytes', '03 04 0700', 5],
    ['a SACK-permitted of 3 bytes', '04 03 00 00', 5],
    ['a SACK without blocks', '05 02 0000', 5],
    ['a SACK with a block and a half', '05 0e 00000001 00000002 00000003', 5],
    ['timestamps of 6 bytes', '08 06 00000000', 5],
  ])('MUST-7: %s ends the options there, and those before it are kept', (_, digits, offset) => {
    const { options, error } = parseTcpOptions(join([hex('02 04 05b4'), hex(digits)]));
    expect(options).toEqual([MSS]);
    expect(error).toMatchObject({ header: 'tcp-options', field: 'length', offset });
  });

  test('MUST-7: no bytes at all make the reading throw, loop, or make up options', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const { options, error } = parseTcpOptions(bytes);
        expect(tcpOptionsLength(options)).toBeLessThanOrEqual(Math.ceil(bytes.length / 4) * 4);
        if (error !== undefined) {
          expect(error.offset).toBeGreaterThanOrEqual(0);
          expect(error.offset).toBeLessThan(bytes.length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a Fast Open cookie of a size that RFC 7413 has ignored is skipped, not malformed', () => {
    expect(parseTcpOptions(hex('22 05 010203 02 04 05b4'))).toEqual({
      options: [{ kind: 'unknown', code: 34, data: hex('010203') }, MSS],
    });
  });

  test('MUST-69: the header is padded with zeros to a multiple of four', () => {
    expect(emitTcpOptions([])).toEqual(hex(''));
    expect(emitTcpOptions([{ kind: 'window-scale', shift: 7 }])).toEqual(hex('03 03 07 00'));
    expect(emitTcpOptions([MSS, { kind: 'sack-permitted' }])).toEqual(hex('02 04 05b4 04 02 0000'));
    expect(emitTcpOptions([MSS, NOP])).toEqual(hex('02 04 05b4 01 000000'));
  });

  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(tcpOptions, (options) => {
        const bytes = emitTcpOptions(options);
        expect(bytes).toHaveLength(tcpOptionsLength(options));
        expect(parseTcpOptions(bytes)).toEqual({ options });
      }),
      { numRuns: 500 },
    );
  });

  test('emit(parse(bytes)) is the bytes of a SYN from Linux', () => {
    const bytes = hex('020405b4 0402 080a773fc79300000000 01 03030a');
    const { options, error } = parseTcpOptions(bytes);
    expect(error).toBeUndefined();
    expect(options.map(({ kind }) => kind)).toEqual(['mss', 'sack-permitted', 'timestamps', 'nop', 'window-scale']);
    expect(emitTcpOptions(options)).toEqual(bytes);
  });

  test.each<[string, TcpOption[]]>([
    ['41 bytes', [...Array<TcpOption>(4).fill({ kind: 'timestamps', value: 0, echo: 0 }), NOP]],
    ['an MSS over 16 bits', [{ kind: 'mss', mss: 65_536 }]],
    ['a shift over 8 bits', [{ kind: 'window-scale', shift: 256 }]],
    ['a SACK without blocks', [{ kind: 'sack', blocks: [] }]],
    ['a SACK edge over 32 bits', [{ kind: 'sack', blocks: [{ left: 0, right: 2 ** 32 }] }]],
    ['a negative timestamp', [{ kind: 'timestamps', value: -1, echo: 0 }]],
    ['an odd cookie', [{ kind: 'fast-open', cookie: new Uint8Array(5) }]],
    ['a kind without a length', [{ kind: 'unknown', code: 1, data: new Uint8Array(0) }]],
    ['a kind over 8 bits', [{ kind: 'unknown', code: 256, data: new Uint8Array(0) }]],
  ])('emit refuses %s', (_, options) => {
    expect(() => emitTcpOptions(options)).toThrow(RangeError);
  });

  test('a known kind can be emitted with a wrong length as `unknown`, to test a peer', () => {
    expect(emitTcpOptions([{ kind: 'unknown', code: 2, data: hex('05') }])).toEqual(hex('02 03 05 00'));
  });
});
