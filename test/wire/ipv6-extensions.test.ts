import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitIpv6,
  EXTENSION,
  PARAMETER_PROBLEM,
  parseIpv6,
  viewIpv6,
  writeFragmentHeader,
  writeRouterAlert,
  type Ipv6Extension,
  type Ipv6Packet,
} from '../../src/wire';
import { bad, good, hex, patch } from './helpers';

const { HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION_OPTIONS, NO_NEXT_HEADER } = EXTENSION;

const packet: Ipv6Packet = {
  dscp: 0,
  ecn: 0,
  flowLabel: 0,
  ttl: 64,
  extensions: [],
  protocol: 17,
  src: 'fd00::1',
  dst: 'fd00::2',
  payload: new Uint8Array(16),
};

const extension = (type: number, data: string): Ipv6Extension => ({ type, data: hex(data) });
const padding = (type: number) => extension(type, '01 04 00000000');

const fragment = (offset: number, more: boolean): Ipv6Extension => {
  const bytes = new Uint8Array(8);
  writeFragmentHeader(bytes, 0, {
    protocol: 0,
    fragmentOffset: offset,
    moreFragments: more,
    identification: 0xdeadbeef,
  });
  return { type: FRAGMENT, data: bytes.subarray(2) };
};

const view = (extensions: Ipv6Extension[], change: Partial<Ipv6Packet> = {}) =>
  good(viewIpv6(emitIpv6({ ...packet, extensions, ...change })));

describe('extension headers', () => {
  test('are walked to the upper layer', () => {
    const all = [
      padding(HOP_BY_HOP),
      padding(DESTINATION_OPTIONS),
      extension(ROUTING, '02 00 00000000'),
      fragment(0, false),
    ];
    const seen = view([...all, padding(DESTINATION_OPTIONS)]);
    expect(seen).toMatchObject({ protocol: 17, payloadOffset: 80, protocolPointer: 72, problem: undefined });
    expect(seen.payload).toHaveLength(16);
  });

  test('end at what is not one: no next header, ESP, AH, and numbers that nobody knows', () => {
    for (const protocol of [NO_NEXT_HEADER, EXTENSION.ESP, EXTENSION.AH, 135, 253]) {
      expect(view([padding(DESTINATION_OPTIONS)], { protocol })).toMatchObject({
        protocol,
        payloadOffset: 48,
        protocolPointer: 40,
      });
    }
  });

  test('may be 8 and not more', () => {
    expect(view(Array.from({ length: 8 }, () => padding(DESTINATION_OPTIONS)))).toMatchObject({ payloadOffset: 104 });
    const nine = emitIpv6({ ...packet, extensions: Array.from({ length: 9 }, () => padding(DESTINATION_OPTIONS)) });
    expect(bad(viewIpv6(nine))).toMatchObject({ header: 'ipv6', field: 'extensions', offset: 104 });
  });

  test('that reach beyond the packet are reported', () => {
    const bytes = emitIpv6({ ...packet, extensions: [padding(DESTINATION_OPTIONS)], payload: new Uint8Array(0) });
    expect(bad(viewIpv6(patch(bytes, { 41: 1 })))).toMatchObject({ field: 'header', offset: 48 });
    expect(bad(viewIpv6(patch(bytes, { 40: ROUTING })))).toMatchObject({ field: 'header', offset: 48 });
  });

  test('hop-by-hop options come first or not at all (RFC 8200 §4.1)', () => {
    expect(view([padding(DESTINATION_OPTIONS), padding(HOP_BY_HOP)]).problem).toMatchObject({
      code: PARAMETER_PROBLEM.UNKNOWN_NEXT_HEADER,
      pointer: 40,
      report: 'unicast',
      everyNode: false,
    });
  });

  test.each([0, 2, 3, 4, 200])(
    'RFC 5095 §3, RFC 8200 §4.4: a routing header of type %i is passed over once it is used up',
    (type) => {
      const header = (left: number) => ({ type: ROUTING, data: Uint8Array.of(type, left, 0, 0, 0, 0) });
      expect(view([header(0)])).toMatchObject({ protocol: 17, problem: undefined });
      expect(view([padding(DESTINATION_OPTIONS), header(1)]).problem).toMatchObject({
        code: PARAMETER_PROBLEM.ERRONEOUS_FIELD,
        pointer: 50,
      });
    },
  );
});

describe('options', () => {
  test.each([
    [0x1e, undefined],
    [0x5e, 'never'],
    [0x9e, 'always'],
    [0xde, 'unicast'],
    [0xc2, 'unicast'],
  ])('RFC 8200 §4.2: option %i, which is not known, is acted on as its first two bits say', (type, report) => {
    for (const header of [HOP_BY_HOP, DESTINATION_OPTIONS]) {
      const data = Uint8Array.of(0, type, 2, 0, 0, 0);
      expect(view([{ type: header, data }]).problem).toEqual(
        report === undefined
          ? undefined
          : { code: 2, pointer: 43, report, everyNode: header === HOP_BY_HOP, reason: `option ${type}` },
      );
    }
  });

  test('may end where their header does, and not behind it', () => {
    expect(view([extension(DESTINATION_OPTIONS, '1e 04 01020304')]).problem).toBeUndefined();
    for (const data of ['1e 05 01020304', '0000000000 1e', '00000000 01 01', '01 ff 00000000']) {
      const bytes = emitIpv6({ ...packet, extensions: [extension(DESTINATION_OPTIONS, data)] });
      expect(bad(viewIpv6(bytes))).toMatchObject({ header: 'ipv6', field: 'option' });
    }
  });

  test('a router alert counts in the hop-by-hop options alone (RFC 2711)', () => {
    const alert = (type: number, data = '05 02 0000 01 00') => view([extension(type, data)]).routerAlert;
    expect(alert(HOP_BY_HOP)).toBe(0);
    expect(alert(HOP_BY_HOP, '0502 0102 0100')).toBe(0x102);
    expect(alert(DESTINATION_OPTIONS)).toBeUndefined();
    expect(alert(HOP_BY_HOP, '0503 000000 00')).toBeUndefined();
  });

  test('writeRouterAlert writes what Linux does', () => {
    const bytes = new Uint8Array(10);
    expect(writeRouterAlert(bytes, 1, 58)).toBe(8);
    expect(bytes).toEqual(hex('00 3a00 0502 0000 0100 00'));
    expect(() => writeRouterAlert(bytes, 3, 58)).toThrow(RangeError);
  });
});

describe('fragments', () => {
  test('show their header, and what stands behind it', () => {
    const first = view([padding(HOP_BY_HOP), fragment(0, true)]);
    expect(first).toMatchObject({ fragment: 48, moreFragments: true, fragmentOffset: 0, identification: 0xdeadbeef });
    expect(first).toMatchObject({ protocol: 17, payloadOffset: 56, problem: undefined });
    const last = view([fragment(1448, false), padding(DESTINATION_OPTIONS)]);
    expect(last).toMatchObject({ fragment: 40, moreFragments: false, fragmentOffset: 1448, protocol: 60 });
    expect(last).toMatchObject({ payloadOffset: 48, problem: undefined });
    expect(parseIpv6(last)).toMatchObject({ extensions: [fragment(1448, false)], protocol: 60 });
  });

  test('what is behind the header in one is not looked at before the packet is whole', () => {
    const unknown = extension(DESTINATION_OPTIONS, 'de 04 00000000');
    expect(view([fragment(0, true), unknown]).problem).toBeUndefined();
    expect(view([fragment(0, false), unknown]).problem).toMatchObject({ code: 2 });
  });

  test('RFC 6946: a fragment header in a packet that is whole changes nothing', () => {
    expect(view([fragment(0, false), padding(DESTINATION_OPTIONS)])).toMatchObject({
      fragment: 40,
      moreFragments: false,
      fragmentOffset: 0,
      protocol: 17,
      payloadOffset: 56,
    });
  });

  test('RFC 8200 §4.5: all but the last have a multiple of 8 bytes', () => {
    expect(view([fragment(8, true)], { payload: new Uint8Array(13) }).problem).toMatchObject({ code: 0, pointer: 4 });
    expect(view([fragment(8, false)], { payload: new Uint8Array(13) }).problem).toBeUndefined();
  });

  test('RFC 8200 §4.5: none reaches beyond 65,535 bytes of payload', () => {
    expect(view([fragment(65_528, false)], { payload: new Uint8Array(7) }).problem).toBeUndefined();
    expect(view([fragment(65_528, false)], { payload: new Uint8Array(8) }).problem).toMatchObject({
      code: 0,
      pointer: 42,
    });
    expect(view([padding(HOP_BY_HOP), fragment(65_528, false)], { payload: new Uint8Array(7) }).problem).toMatchObject({
      code: 0,
      pointer: 50,
    });
  });

  test.each([
    [17, [], 8, true],
    [17, [], 0, false],
    [6, [], 24, true],
    [6, [], 16, false],
    [58, [], 8, true],
    [60, [], 8, false],
    [253, [padding(DESTINATION_OPTIONS)], 0, false],
    [59, [padding(DESTINATION_OPTIONS)], 0, true],
    [6, [padding(DESTINATION_OPTIONS)], 24, true],
    [6, [padding(DESTINATION_OPTIONS)], 16, false],
  ])('RFC 7112 §5: the first has all headers (%i behind %j, %i bytes: %j)', (protocol, rest, length, whole) => {
    // A destination options header of 16 bytes, of which 8 are there.
    const payload = new Uint8Array(length).fill(1);
    const { problem } = view([fragment(0, true), ...rest], { protocol, payload });
    expect(problem).toEqual(whole ? undefined : expect.objectContaining({ code: 3, pointer: 0, report: 'unicast' }));
    expect(view([fragment(8, true), ...rest], { protocol, payload }).problem).toBeUndefined();
  });

  test('writeFragmentHeader is read as it was written', () => {
    const fields = fc.record({
      protocol: fc.integer({ min: 0, max: 255 }),
      fragmentOffset: fc.integer({ min: 1, max: 8191 }).map((units) => units * 8),
      moreFragments: fc.boolean(),
      identification: fc.integer({ min: 0, max: 0xffffffff }),
    });
    fc.assert(
      fc.property(fields, (header) => {
        const bytes = emitIpv6({ ...packet, protocol: FRAGMENT, payload: new Uint8Array(16) });
        expect(writeFragmentHeader(bytes, 40, header)).toBe(8);
        expect(good(viewIpv6(bytes))).toMatchObject({ ...header, fragment: 40, payloadOffset: 48 });
      }),
    );
    expect(() =>
      writeFragmentHeader(new Uint8Array(9), 2, {
        protocol: 0,
        fragmentOffset: 0,
        moreFragments: true,
        identification: 0,
      }),
    ).toThrow(RangeError);
  });
});
