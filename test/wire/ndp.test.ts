import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ALL_NODES,
  emitNdp,
  emitNdpOptions,
  icmpv6ChecksumIsGood,
  isNdp,
  parseNdp,
  parseNdpOptions,
  requireIpv6Address,
  solicitedNode,
  viewIcmpv6,
  viewIpv6,
  WireError,
  type NdpEnvelope,
  type NdpMessage,
  type NdpOption,
} from '../../src/wire';
import { ndpMessage, ndpOption } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX6 } from './linux-packets6';

const at = requireIpv6Address;
const HOST = at('fe80::1');
const MAC = hex('020000000001');
const SOURCE: NdpOption = { kind: 'source-link-layer-address', address: MAC };
const TARGET: NdpOption = { kind: 'target-link-layer-address', address: MAC };

const read = (frame: Uint8Array) => {
  const packet = good(viewIpv6(frame, 14));
  return parseNdp(packet.payload, packet);
};

describe('Neighbor Discovery of Linux', () => {
  test('a solicitation that looks for duplicates, with a nonce', () => {
    const message = good(read(LINUX6.duplicateAddressDetection));
    expect(message).toMatchObject({
      type: 'neighbor-solicitation',
      target: at('fd00::2'),
      options: [{ kind: 'nonce' }],
    });
    expect(message.options[0]).toHaveProperty('nonce.length', 6);
  });

  test('a solicitation and its answer', () => {
    expect(read(LINUX6.neighborSolicitation)).toEqual({
      type: 'neighbor-solicitation',
      target: at('fd00::2'),
      options: [SOURCE],
    });
    expect(read(LINUX6.neighborAdvertisement)).toEqual({
      type: 'neighbor-advertisement',
      router: false,
      solicited: true,
      override: true,
      target: at('fd00::2'),
      options: [{ ...TARGET, address: hex('020000000002') }],
    });
  });

  test('a solicitation for routers', () => {
    expect(read(LINUX6.routerSolicitation)).toEqual({ type: 'router-solicitation', options: [SOURCE] });
  });

  test.each([
    'duplicateAddressDetection',
    'neighborSolicitation',
    'neighborAdvertisement',
    'routerSolicitation',
  ] as const)('emit(parse(%s)) is what Linux sent', (name) => {
    const packet = good(viewIpv6(LINUX6[name], 14));
    expect(emitNdp(good(read(LINUX6[name])), packet)).toEqual(packet.payload);
  });
});

describe('Neighbor Discovery', () => {
  test('parse(emit(x)) is x, and the checksum is good', () => {
    const packet = { src: HOST, dst: at('fe80::2'), ttl: 255 };
    fc.assert(
      fc.property(ndpMessage, (message) => {
        const bytes = emitNdp(message, packet);
        expect(parseNdp(bytes, packet)).toEqual(message);
        const view = good(viewIcmpv6(bytes));
        expect(icmpv6ChecksumIsGood(view, packet.src, packet.dst)).toBe(true);
        expect(isNdp(view.type)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('the fields of a router advertisement are where RFC 4861 §4.2 and RFC 4191 §2.2 put them', () => {
    const message: NdpMessage = {
      type: 'router-advertisement',
      hopLimit: 64,
      managed: true,
      other: false,
      preference: 'high',
      routerLifetime: 1800,
      reachableTime: 30_000,
      retransTimer: 1000,
      options: [],
    };
    const packet = { src: HOST, dst: ALL_NODES, ttl: 255 };
    const bytes = emitNdp(message, packet);
    expect(bytes.subarray(4)).toEqual(hex('40 88 0708 00007530 000003e8'));
    expect(emitNdp({ ...message, managed: false, other: true, preference: 'low' }, packet)[5]).toBe(0x58);
    // The fourth preference is reserved, and counts as the middle one.
    expect(parseNdp(patch(bytes, { 5: 0x90 }), packet)).toMatchObject({ preference: 'medium' });
  });

  const solicitation: NdpMessage = { type: 'neighbor-solicitation', target: at('fe80::2'), options: [SOURCE] };
  const advertisement: NdpMessage = {
    type: 'neighbor-advertisement',
    router: false,
    solicited: false,
    override: true,
    target: HOST,
    options: [TARGET],
  };
  const redirect: NdpMessage = { type: 'redirect', target: at('fe80::9'), destination: at('2001:db8::1'), options: [] };
  const routers: NdpMessage = { type: 'router-solicitation', options: [] };
  const router: NdpMessage = {
    type: 'router-advertisement',
    hopLimit: 0,
    managed: false,
    other: false,
    preference: 'medium',
    routerLifetime: 0,
    reachableTime: 0,
    retransTimer: 0,
    options: [],
  };
  const GROUP = solicitedNode(at('fe80::2'));

  const cases: [string, NdpMessage, Partial<NdpEnvelope>, string | undefined][] = [
    ['§6.1.1: a router solicitation from nobody', routers, { src: 0n }, undefined],
    ['§6.1.1: … with an address to answer to', { ...routers, options: [SOURCE] }, { src: 0n }, 'source'],
    ['§6.1.2: a router advertisement from a link-local address', router, {}, undefined],
    ['§6.1.2: … from another address', router, { src: at('2001:db8::1') }, 'source'],
    ['§7.1.1: a solicitation', solicitation, {}, undefined],
    ['§7.1.1: … of a group', { ...solicitation, target: ALL_NODES }, {}, 'target'],
    [
      '§7.1.1: … from nobody, to the solicited node',
      { ...solicitation, options: [] },
      { src: 0n, dst: GROUP },
      undefined,
    ],
    ['§7.1.1: … from nobody, to another', { ...solicitation, options: [] }, { src: 0n }, 'destination'],
    ['§7.1.1: … from nobody, to all', { ...solicitation, options: [] }, { src: 0n, dst: ALL_NODES }, 'destination'],
    ['§7.1.1: … from nobody, with an address to answer to', solicitation, { src: 0n, dst: GROUP }, 'source'],
    ['§7.1.2: an advertisement to all', advertisement, { dst: ALL_NODES }, undefined],
    ['§7.1.2: … in answer, to all', { ...advertisement, solicited: true }, { dst: ALL_NODES }, 'solicited'],
    ['§7.1.2: … in answer', { ...advertisement, solicited: true }, {}, undefined],
    ['§7.1.2: … of a group', { ...advertisement, target: GROUP }, {}, 'target'],
    ['§8.1: a redirect to a router', redirect, {}, undefined],
    ['§8.1: … to the destination itself', { ...redirect, target: at('2001:db8::1') }, {}, undefined],
    ['§8.1: … to what is neither', { ...redirect, target: at('2001:db8::2') }, {}, 'target'],
    ['§8.1: … of a group', { ...redirect, destination: ALL_NODES }, {}, 'destination'],
    ['§8.1: … from a global address', redirect, { src: at('2001:db8::1') }, 'source'],
  ];

  test.each(cases)('RFC 4861 %s', (_, message, change, field) => {
    const packet = { src: HOST, dst: at('fe80::2'), ttl: 255, ...change };
    const result = parseNdp(emitNdp(message, packet), packet);
    expect(result instanceof WireError ? [result.header, result.field] : result).toEqual(
      field === undefined ? message : ['ndp', field],
    );
  });

  test.each([routers, router, solicitation, advertisement, redirect])(
    'RFC 4861: from beyond the link, with a code, cut short, with an option of no length: $type is not taken',
    (message) => {
      const packet = { src: HOST, dst: at('fe80::2'), ttl: 255 };
      const bare = emitNdp({ ...message, options: [] }, packet);
      expect(bad(parseNdp(bare, { ...packet, ttl: 254 }))).toMatchObject({ header: 'ndp', field: 'hopLimit' });
      expect(bad(parseNdp(patch(bare, { 1: 1 }), packet))).toMatchObject({ header: 'ndp', field: 'code', offset: 1 });
      expect(bad(parseNdp(bare.subarray(0, -1), packet))).toMatchObject({ field: 'header' });
      const long = (option: string) => parseNdp(join([bare, hex(option)]), packet);
      for (const option of ['0500 0000 0000 0000', '05', '0501 0000 0000 00', '0502 0000 0000 0000']) {
        expect(bad(long(option))).toMatchObject({ header: 'ndp', field: 'option', offset: bare.length });
      }
      expect(good(long('0501 0000 000005dc')).options).toEqual([{ kind: 'mtu', mtu: 1500 }]);
    },
  );

  test('other messages are not Neighbor Discovery', () => {
    const packet = { src: HOST, dst: at('fe80::2'), ttl: 255 };
    expect(bad(parseNdp(hex('8000 0000 0000 0000'), packet))).toMatchObject({ header: 'ndp', field: 'type' });
    expect([132, 133, 137, 138].map(isNdp)).toEqual([false, true, true, false]);
  });

  test('emit refuses what a message cannot hold', () => {
    const packet = { src: HOST, dst: ALL_NODES };
    const emit = (message: NdpMessage) => () => emitNdp(message, packet);
    expect(emit({ ...router, hopLimit: 256 })).toThrow(RangeError);
    expect(emit({ ...router, routerLifetime: 65_536 })).toThrow(RangeError);
    expect(emit({ ...router, retransTimer: -1 })).toThrow(RangeError);
  });
});

describe('options of Neighbor Discovery', () => {
  const parse = (text: string) => {
    const bytes = hex(text);
    return good(parseNdpOptions(bytes, 0, bytes.length));
  };

  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(fc.array(ndpOption, { maxLength: 8 }), (options) => {
        const bytes = emitNdpOptions(options);
        expect(bytes.length % 8).toBe(0);
        expect(parseNdpOptions(join([hex('ffff'), bytes]), 2, bytes.length + 2)).toEqual(options);
      }),
      { numRuns: 500 },
    );
  });

  test('are where their RFCs put them', () => {
    const prefix: NdpOption = {
      kind: 'prefix-information',
      length: 64,
      onLink: true,
      autonomous: true,
      validLifetime: 86_400,
      preferredLifetime: 14_400,
      prefix: at('2001:db8::'),
    };
    expect(emitNdpOptions([prefix])).toEqual(
      hex('0304 40c0 00015180 00003840 00000000 20010db8 00000000 00000000 00000000'),
    );
    expect(emitNdpOptions([{ kind: 'rdnss', lifetime: 600, servers: [at('2001:db8::53')] }])).toEqual(
      hex('1903 0000 00000258 20010db8 00000000 00000000 00000053'),
    );
    expect(emitNdpOptions([{ kind: 'dnssl', lifetime: 600, domains: ['a.example', 'b'] }])).toEqual(
      hex('1f03 0000 00000258 0161 076578616d706c65 00 0162 00 0000'),
    );
  });

  test("a prefix's bits behind its length do not count (RFC 4861 §4.6.2)", () => {
    expect(parse('0304 08c0 00000000 00000000 00000000 fdff ffff ffff ffff ffff ffff ffff ffff')).toMatchObject([
      { prefix: at('fd00::'), length: 8 },
    ]);
  });

  test.each([
    ['a prefix of 129 bits', '0304 81c0 00000000 00000000 00000000 fd00 0000 0000 0000 0000 0000 0000 0000'],
    ['a prefix in 8 bytes', '0301 40c0 00000000'],
    ['an MTU in 16 bytes', '0502 0000 00000000 0000000000000000'],
    ['half a DNS server', '1902 0000 00000000 0000000000000000'],
    ['a DNS server and a half', '1904 0000 00000000 0000000000000000 0000000000000001 0000000000000000'],
    ['no DNS server', '1901 0000 00000000'],
    ['no domain', '1f02 0000 00000000 0000000000000000'],
    ['a domain that does not end', '1f02 0000 00000000 0761616161616161'],
    ['a label that reaches beyond', '1f02 0000 00000000 0861616161616161'],
    ['a compressed name', '1f02 0000 00000000 c000000000000000'],
    ['a dot in a label', '1f02 0000 00000000 03612e6100000000'],
  ])('%s is passed over', (_, text) => {
    expect(parse(text)).toEqual([{ kind: 'unknown', type: hex(text)[0], data: hex(text).subarray(2) }]);
  });

  test('emit refuses what an option cannot hold', () => {
    const wrong: NdpOption[] = [
      { kind: 'mtu', mtu: 2 ** 32 },
      { kind: 'unknown', type: 256, data: MAC },
      { kind: 'unknown', type: 200, data: new Uint8Array(2039) },
      { kind: 'rdnss', lifetime: -1, servers: [] },
      { kind: 'dnssl', lifetime: 0, domains: ['a..b'] },
      { kind: 'dnssl', lifetime: 0, domains: ['é.example'] },
      { kind: 'dnssl', lifetime: 0, domains: ['x'.repeat(64)] },
      { kind: 'dnssl', lifetime: 0, domains: [`${'abcdefg.'.repeat(32)}x`] },
    ];
    for (const option of wrong) expect(() => emitNdpOptions([option])).toThrow(RangeError);
  });
});
