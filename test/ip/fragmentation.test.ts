import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reassembleIpv4 } from '../../src/ip/fragment-ipv4';
import { reassembleIpv6 } from '../../src/ip/fragment-ipv6';
import { fragmentIpv4, fragmentIpv6, type FragmentSent } from '../../src/ip/fragmentation';
import { IP_DEFAULTS } from '../../src/ip/host';
import { Reassembly } from '../../src/ip/reassembly';
import { joinFrame } from '../../src/link/link';
import { emitIpv4, IPV4_HEADER, viewIpv4, type Ipv4View } from '../../src/wire/ipv4';
import { emitIpv4Options, parseIpv4Options } from '../../src/wire/ipv4-options';
import { emitIpv6, viewIpv6, type Ipv6View } from '../../src/wire/ipv6';
import { ordinaryPacket } from '../support/packets';
import { good, PEER, TEST_PROTOCOL, TestHost, US } from './harness';

const ARRIVAL = {
  interface: {
    dropIn: (name: string): void => {
      throw new Error(name);
    },
  },
  broadcast: false,
};

function reassembly(): Reassembly {
  return new Reassembly(new TestHost(), IP_DEFAULTS, () => undefined);
}

function data(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + (index >>> 8)) & 0xff);
}

function joined({ header, payload }: FragmentSent): Uint8Array {
  return joinFrame([header, payload]);
}

/** As `toEqual`, in less time. */
function expectSame(one: Uint8Array | undefined, other: Uint8Array): void {
  expect(Buffer.from(good(one)).equals(other)).toBe(true);
}

function whole4(payload: Uint8Array, options: Uint8Array = new Uint8Array(0)): Ipv4View {
  const fields = { identification: 7, dontFragment: false, protocol: TEST_PROTOCOL, src: US, dst: PEER, options };
  return good<Ipv4View>(viewIpv4(emitIpv4(ordinaryPacket({ ...fields, payload }))));
}

function cut4(packet: Ipv4View, mtu: number): Ipv4View[] {
  return fragmentIpv4(packet.header, packet.payload, mtu).map((each) => good<Ipv4View>(viewIpv4(joined(each))));
}

describe('IPv4', () => {
  test('a packet of 3008 bytes over an MTU of 1500: as few as can be, in eights', () => {
    const fragments = cut4(whole4(data(2988)), 1500);
    expect(fragments.map((each) => [each.totalLength, each.fragmentOffset, each.moreFragments])).toEqual([
      [1500, 0, true],
      [1500, 1480, true],
      [48, 2960, false],
    ]);
    for (const each of fragments) {
      expect(each.checksumIsGood()).toBe(true);
      expect(each).toMatchObject({ identification: 7, dontFragment: false, protocol: TEST_PROTOCOL, ttl: 64 });
    }
  });

  test('options go into all fragments by their copied bit (RFC 791 §3.1)', () => {
    const options = emitIpv4Options([
      { kind: 'nop' },
      { kind: 'record-route', pointer: 4, route: ['0.0.0.0'] },
      { kind: 'unknown', type: 0x94, data: Uint8Array.of(0, 0) },
      { kind: 'unknown', type: 0x5e, data: Uint8Array.of(1, 2) },
      { kind: 'unknown', type: 0x82, data: Uint8Array.of(1, 2, 3) },
    ]);
    const [first, ...later] = cut4(whole4(data(200), options), 100);
    expect(first?.options).toEqual(options);
    expect(later.length).toBeGreaterThan(1);
    for (const each of later) {
      expect(each.headerLength).toBe(IPV4_HEADER + 12);
      expect(each.checksumIsGood()).toBe(true);
      expect(parseIpv4Options(each.options)).toEqual([
        { kind: 'unknown', type: 0x94, data: Uint8Array.of(0, 0) },
        { kind: 'unknown', type: 0x82, data: Uint8Array.of(1, 2, 3) },
      ]);
    }
  });

  test('a fragment that is cut again says where its parts are in the whole', () => {
    const [first, middle, last] = cut4(whole4(data(2988)), 1500);
    const again = [middle, last].flatMap((each) => cut4(good(each), 600));
    expect(again.map((each) => [each.fragmentOffset, each.moreFragments])).toEqual([
      [1480, true],
      [2056, true],
      [2632, true],
      [2960, false],
    ]);
    const target = reassembly();
    const wholes = [...again, good(first)].map((each) => reassembleIpv4(target, each, ARRIVAL));
    expect(wholes.at(-1)?.payload).toEqual(data(2988));
  });

  test('what is cut comes together as it was, for any length, MTU and options', () => {
    const optionsOf = fc.constantFrom<Uint8Array[]>(
      new Uint8Array(0),
      emitIpv4Options([{ kind: 'unknown', type: 0x94, data: Uint8Array.of(0, 0) }]),
      emitIpv4Options([{ kind: 'record-route', pointer: 4, route: Array<string>(9).fill('0.0.0.0') }]),
    );
    const length = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(65_455));
    fc.assert(
      fc.property(length, fc.integer({ min: 296, max: 1500 }), optionsOf, (bytes, mtu, options) => {
        const packet = whole4(data(bytes), options);
        const fragments = cut4(packet, mtu);
        expect(Math.max(...fragments.map((each) => each.totalLength))).toBeLessThanOrEqual(mtu);
        if (fragments.length === 1) return;
        const target = reassembly();
        const wholes = fragments.reverse().map((each) => reassembleIpv4(target, each, ARRIVAL));
        expectSame(wholes.at(-1)?.bytes, packet.bytes);
      }),
    );
  });
});

describe('IPv6', () => {
  function whole6(payload: Uint8Array): Ipv6View {
    const [src, dst] = ['fd00::2', 'fd00::1'];
    const fields = { dscp: 3, ecn: 1, flowLabel: 0x12345, ttl: 64, extensions: [], protocol: TEST_PROTOCOL, src, dst };
    return good<Ipv6View>(viewIpv6(emitIpv6({ ...fields, payload })));
  }

  test('each has a fragment header, and fits', () => {
    const packet = whole6(data(3000));
    const fragments = fragmentIpv6(packet.header, packet.payload, 1280, 0x89abcdef).map((each) =>
      good<Ipv6View>(viewIpv6(joined(each))),
    );
    expect(fragments.map((each) => [each.totalLength, each.fragmentOffset, each.moreFragments])).toEqual([
      [1280, 0, true],
      [1280, 1232, true],
      [584, 2464, false],
    ]);
    for (const each of fragments) {
      expect(each).toMatchObject({ identification: 0x89abcdef, protocol: TEST_PROTOCOL, flowLabel: 0x12345, ttl: 64 });
    }
  });

  test('what is cut comes together as it was', () => {
    const length = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(65_535));
    fc.assert(
      fc.property(length, fc.integer({ min: 1280, max: 9000 }), (bytes, mtu) => {
        const packet = whole6(data(bytes));
        const target = reassembly();
        const wholes = fragmentIpv6(packet.header, packet.payload, mtu, 1).map((each) => {
          const view = good<Ipv6View>(viewIpv6(joined(each)));
          expect(view.totalLength).toBeLessThanOrEqual(mtu);
          return reassembleIpv6(target, view, view.src, view.dst, ARRIVAL);
        });
        const whole = good<Ipv6View>(wholes.at(-1));
        expectSame(whole.bytes, packet.bytes);
        expectSame(whole.payload, packet.payload);
      }),
    );
  });

  test('headers before the fragment header stay, and the last of them says what the packet carries', () => {
    const options = { type: 60, data: Uint8Array.of(1, 4, 0, 0, 0, 0) };
    const [src, dst] = ['fd00::2', 'fd00::1'];
    const fields = { dscp: 0, ecn: 0, flowLabel: 0, ttl: 64, protocol: TEST_PROTOCOL, src, dst };
    const target = reassembly();
    const wholes = [
      { at: 0x0001, payload: data(8) },
      { at: 0x0008, payload: data(3) },
    ].map(({ at, payload }) => {
      const fragment = { type: 44, data: Uint8Array.of(0, at, 0, 0, 0, 5) };
      const packet = good<Ipv6View>(viewIpv6(emitIpv6({ ...fields, extensions: [options, fragment], payload })));
      return reassembleIpv6(target, packet, packet.src, packet.dst, ARRIVAL);
    });
    const whole = good<Ipv6View>(wholes[1]);
    expect(whole.bytes).toEqual(
      emitIpv6({ ...fields, extensions: [options], payload: Uint8Array.of(...data(8), ...data(3)) }),
    );
    expect(whole).toMatchObject({ protocol: TEST_PROTOCOL, fragment: 0, payloadOffset: 48 });
  });
});
