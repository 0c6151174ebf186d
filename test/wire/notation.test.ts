import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FLAG, formatSegment, parseSegment, type TcpSegment } from '../../src/wire';
import { tcpSegment } from './arbitraries';
import { hex } from './helpers';

const segment: TcpSegment = {
  srcPort: 53356,
  dstPort: 7777,
  seq: 1000,
  ack: 0,
  flags: FLAG.SYN,
  window: 65535,
  urgent: 0,
  options: [],
  payload: new Uint8Array(0),
};

describe('formatSegment', () => {
  test.each<[string, Partial<TcpSegment>]>([
    ['S 1000:1000(0) win 65535', {}],
    [
      'S 1000:1000(0) win 65535 <mss 1460,sackOK>',
      { options: [{ kind: 'mss', mss: 1460 }, { kind: 'sack-permitted' }] },
    ],
    ['. 1:1461(1460) ack 1 win 512', { flags: FLAG.ACK, seq: 1, ack: 1, window: 512, payload: new Uint8Array(1460) }],
    ['R 1000:1000(0) win 0', { flags: FLAG.RST, window: 0 }],
    [
      '.U 7:8(1) ack 2 win 5 urg 1',
      { flags: FLAG.ACK | FLAG.URG, seq: 7, ack: 2, window: 5, urgent: 1, payload: new Uint8Array(1) },
    ],
    ['P 4294967295:1(2) win 65535', { flags: FLAG.PSH, seq: 0xffffffff, payload: new Uint8Array(2) }],
    [
      '. 1000:1000(0) ack 0 win 65535 <nop,nop,sack 5500:7000 7500:8000>',
      {
        flags: FLAG.ACK,
        options: [
          { kind: 'nop' },
          { kind: 'nop' },
          {
            kind: 'sack',
            blocks: [
              { left: 5500, right: 7000 },
              { left: 7500, right: 8000 },
            ],
          },
        ],
      },
    ],
    [
      'S 1000:1000(0) win 65535 <TS val 9 ecr 8,wscale 7,tfo 0102ab0d,tfo,unknown-253 beef,unknown-254>',
      {
        options: [
          { kind: 'timestamps', value: 9, echo: 8 },
          { kind: 'window-scale', shift: 7 },
          { kind: 'fast-open', cookie: hex('0102ab0d') },
          { kind: 'fast-open', cookie: hex('') },
          { kind: 'unknown', code: 253, data: hex('beef') },
          { kind: 'unknown', code: 254, data: hex('') },
        ],
      },
    ],
  ])('%s', (text, fields) => {
    expect(formatSegment({ ...segment, ...fields })).toBe(text);
  });

  test('counts from where it is told to, across the wrap', () => {
    const data = { ...segment, flags: FLAG.ACK, seq: 4, ack: 1, payload: new Uint8Array(6) };
    expect(formatSegment(data, { seq: 0xfffffffe, ack: 0xffffffff })).toBe('. 6:12(6) ack 2 win 65535');
  });
});

describe('parseSegment', () => {
  test('leaves open what the text leaves open', () => {
    expect(parseSegment('. 1:1461(1460)')).toEqual({ flags: FLAG.ACK, seq: 1, length: 1460 });
    expect(parseSegment('S. 300:300(0) ack 101')).toEqual({
      flags: FLAG.SYN | FLAG.ACK,
      seq: 300,
      length: 0,
      ack: 101,
    });
    expect(parseSegment('S 1:1(0) <>')).toEqual({ flags: FLAG.SYN, seq: 1, length: 0, options: [] });
  });

  test('reads what formatSegment wrote', () => {
    fc.assert(
      fc.property(tcpSegment, (value) => {
        const { flags, seq, ack, window, urgent, options, payload } = value;
        const read = parseSegment(formatSegment(value));
        expect({ ack: 0, urgent: 0, options: [], ...read }).toEqual({
          flags,
          seq,
          ack: (flags & FLAG.ACK) !== 0 ? ack : 0,
          length: payload.length,
          window,
          urgent,
          options,
        });
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['', 0],
    ['?', 0],
    ['X 1:1(0)', 0],
    ['S', 1],
    ['S 1:1', 2],
    ['S 1:5(3)', 2],
    ['S 4294967296:4294967296(0)', 2],
    ['S 1:1(0) ack 1', 8],
    ['. 1:1(0) ack 4294967296', 8],
    ['. 1:1(0) win 65536', 8],
    ['. 1:1(0) win', 9],
    ['. 1:1(0) win 5 ack 5', 15],
    ['. 1:1(0) win 5 nonsense', 15],
    ['S 1:1(0) <mss>', 10],
    ['S 1:1(0) <mss 70000>', 10],
    ['S 1:1(0) <nop,mss 1 2>', 14],
    ['S 1:1(0) <nop', 13],
    ['S 1:1(0) <nop,>', 14],
    ['S 1:1(0) <nop 5>', 10],
    ['S 1:1(0) <sackOK 5>', 10],
    ['S 1:1(0) <wscale 256>', 10],
    ['S 1:1(0) <sack>', 10],
    ['S 1:1(0) <sack 1>', 10],
    ['S 1:1(0) <sack 1:2:3>', 10],
    ['S 1:1(0) <TS val 1>', 10],
    ['S 1:1(0) <TS val 1 ecr 4294967296>', 10],
    ['S 1:1(0) <tfo 123>', 10],
    ['S 1:1(0) <unknown-256 00>', 10],
    ['S 1:1(0) <unknown-2x 00>', 10],
    ['S 1:1(0) <what>', 10],
  ])('%j is refused, with the position', (text, position) => {
    expect(() => parseSegment(text)).toThrow(SyntaxError);
    expect(() => parseSegment(text)).toThrow(`position ${position} of '${text}'`);
  });

  test('no text makes it do anything but read or throw a SyntaxError', () => {
    const characters = fc.constantFrom(...'SFRP.UEWe 0123456789:(),<>acknwiurgmstoOKTvalh-x'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 40 }), (text) => {
        try {
          parseSegment(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
