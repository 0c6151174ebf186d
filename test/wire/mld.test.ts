import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitMld,
  icmpv6ChecksumIsGood,
  isMld,
  MLD_RECORD,
  parseMld,
  requireIpv6Address,
  viewIcmpv6,
  viewIpv6,
  type MldMessage,
} from '../../src/wire';
import { mldMessage } from './arbitraries';
import { bad, good, hex, join, patch } from './helpers';
import { LINUX6 } from './linux-packets6';

const at = requireIpv6Address;
const PACKET = { src: at('fe80::1'), dst: at('ff02::1'), ttl: 1, routerAlert: 0 };
const GROUP = at('ff02::123');

const query: MldMessage = {
  type: 'query',
  version: 2,
  maxResponseDelay: 10_000,
  group: 0n,
  suppress: false,
  robustness: 2,
  interval: 125,
  sources: [],
};
const report: MldMessage = {
  type: 'report',
  version: 2,
  records: [
    { kind: MLD_RECORD.CHANGE_TO_EXCLUDE, group: GROUP, sources: [] },
    { kind: MLD_RECORD.MODE_IS_INCLUDE, group: GROUP, sources: [1n, 2n] },
  ],
};

describe('Multicast Listener Discovery', () => {
  test("Linux's report of version 2", () => {
    const packet = good(viewIpv6(LINUX6.mldReport, 14));
    const message = good(parseMld(packet.payload, packet));
    const group = at('ff02::1:ff00:1');
    expect(message).toEqual({
      type: 'report',
      version: 2,
      records: [{ kind: MLD_RECORD.CHANGE_TO_EXCLUDE, group, sources: [] }],
    });
    expect(emitMld(message, packet)).toEqual(packet.payload);
  });

  test('parse(emit(x)) is x, and the checksum is good', () => {
    fc.assert(
      fc.property(mldMessage, (message) => {
        const bytes = emitMld(message, PACKET);
        expect(parseMld(bytes, PACKET)).toEqual(message);
        const view = good(viewIcmpv6(bytes));
        expect(icmpv6ChecksumIsGood(view, PACKET.src, PACKET.dst)).toBe(true);
        expect(isMld(view.type)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('fields are where RFC 3810 §5.1 puts them', () => {
    expect(emitMld({ ...query, suppress: true, sources: [1n] }, PACKET).subarray(4)).toEqual(
      join([hex('2710 0000'), new Uint8Array(16), hex('0a 7d 0001'), new Uint8Array(15), hex('01')]),
    );
  });

  test.each([
    [0, 0, 0],
    [32_767, 32_767, 0x7fff],
    [32_768, 32_768, 0x8000],
    [32_775, 32_768, 0x8000],
    [32_776, 32_776, 0x8001],
    [65_535, 65_528, 0x8fff],
    [65_536, 65_536, 0x9000],
    [8_387_584, 8_387_584, 0xffff],
  ])('RFC 3810 §5.1.3: %i ms are sent as %i', (time, sent, code) => {
    const bytes = emitMld({ ...query, maxResponseDelay: time }, PACKET);
    expect(((bytes[4] ?? 0) << 8) | (bytes[5] ?? 0)).toBe(code);
    expect(parseMld(bytes, PACKET)).toMatchObject({ maxResponseDelay: sent });
  });

  test.each([
    [127, 0x7f],
    [128, 0x80],
    [136, 0x81],
    [31_744, 0xff],
  ])("RFC 3810 §5.1.9: a querier's interval of %i s is sent as %i", (interval, code) => {
    const bytes = emitMld({ ...query, interval }, PACKET);
    expect(bytes[25]).toBe(code);
    expect(parseMld(bytes, PACKET)).toMatchObject({ interval });
  });

  test('RFC 3810 §8.1: the length of a query tells its version', () => {
    const bytes = emitMld(query, PACKET);
    expect(parseMld(bytes.subarray(0, 24), PACKET)).toEqual({
      type: 'query',
      version: 1,
      maxResponseDelay: 10_000,
      group: 0n,
    });
    for (const length of [25, 26, 27]) {
      expect(bad(parseMld(bytes.subarray(0, length), PACKET))).toMatchObject({ header: 'mld', field: 'length' });
    }
    expect(bad(parseMld(bytes.subarray(0, 23), PACKET))).toMatchObject({ field: 'header', offset: 23 });
  });

  test('RFC 3810 §6.2: what comes from beyond the link, or without a router alert, is not taken', () => {
    const bytes = emitMld(query, PACKET);
    const field = (change: object) => bad(parseMld(bytes, { ...PACKET, ...change })).field;
    expect(field({ ttl: 2 })).toBe('hopLimit');
    expect(field({ routerAlert: undefined })).toBe('routerAlert');
    expect(field({ routerAlert: 1 })).toBe('routerAlert');
    expect(field({ src: at('2001:db8::1') })).toBe('source');
    expect(field({ src: 0n })).toBe('source');
    // RFC 3590 §4: a node that has no address yet reports from ::.
    expect(parseMld(emitMld(report, PACKET), { ...PACKET, src: 0n })).toEqual(report);
  });

  test('counts that the message does not hold are reported', () => {
    const asked = emitMld({ ...query, sources: [1n] }, PACKET);
    expect(bad(parseMld(patch(asked, { 27: 2 }), PACKET))).toMatchObject({ field: 'header', offset: 44 });
    const told = emitMld(report, PACKET);
    expect(bad(parseMld(patch(told, { 7: 3 }), PACKET))).toMatchObject({ field: 'header', offset: told.length });
    expect(bad(parseMld(patch(told, { 31: 3 }), PACKET))).toMatchObject({ field: 'header', offset: told.length });
    expect(bad(parseMld(patch(told, { 6: 255, 7: 255 }), PACKET))).toMatchObject({ field: 'header' });
  });

  test('RFC 3810 §5.2.11: auxiliary data is passed over', () => {
    const told = emitMld({ ...report, records: report.records.slice(0, 1) }, PACKET);
    const longer = patch(join([told, hex('aabbccdd')]), { 9: 1 });
    expect(parseMld(longer, PACKET)).toMatchObject({ records: [{ group: GROUP, sources: [] }] });
    expect(bad(parseMld(patch(longer, { 9: 2 }), PACKET))).toMatchObject({ field: 'header' });
  });

  test('what is no group cannot be listened to', () => {
    const one = emitMld({ type: 'report', version: 1, group: GROUP }, PACKET);
    expect(bad(parseMld(patch(one, { 8: 0xfe }), PACKET))).toMatchObject({ field: 'group', offset: 8 });
    expect(bad(parseMld(emitMld({ type: 'done', version: 1, group: 0n }, PACKET), PACKET))).toMatchObject({
      field: 'group',
    });
    expect(bad(parseMld(patch(emitMld(report, PACKET), { 12: 0 }), PACKET))).toMatchObject({
      field: 'group',
      offset: 12,
    });
    expect(bad(parseMld(patch(emitMld(query, PACKET), { 8: 1 }), PACKET))).toMatchObject({ field: 'group' });
  });

  test('other messages are not MLD', () => {
    expect(bad(parseMld(hex('8000 0000 0000 0000'), PACKET))).toMatchObject({ header: 'mld', field: 'type' });
    expect([129, 130, 131, 132, 133, 142, 143, 144].map(isMld)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  test('emit refuses what a message cannot hold', () => {
    const emit = (message: MldMessage) => () => emitMld(message, PACKET);
    expect(emit({ ...query, maxResponseDelay: 8_387_585 + 1023 })).toThrow(/from 0 to 8387584/);
    expect(emit({ ...query, maxResponseDelay: -1 })).toThrow(RangeError);
    expect(emit({ ...query, maxResponseDelay: NaN })).toThrow(RangeError);
    expect(emit({ ...query, interval: 31_745 + 1023 })).toThrow(RangeError);
    expect(emit({ ...query, robustness: 8 })).toThrow(RangeError);
    expect(emit({ type: 'query', version: 1, maxResponseDelay: 65_536, group: 0n })).toThrow(RangeError);
    expect(emit({ type: 'report', version: 2, records: [{ kind: 256, group: GROUP, sources: [] }] })).toThrow(
      RangeError,
    );
  });
});
