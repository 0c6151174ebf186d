import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WireError } from '../../src/wire/error';
import { emitIgmp, GROUP_RECORDS, igmpChecksumIsGood, parseIgmp, type IgmpMessage } from '../../src/wire/igmp';
import { formatIpv4Address } from '../../src/wire/address';

const address = fc.nat(0xffffffff).map((number) => formatIpv4Address(number));
const sources = fc.array(address, { maxLength: 5 });
/** What RFC 3376 §4.1.1 can say. */
const time3 = fc.nat(255).map((code) => (code < 128 ? code : ((code & 15) | 16) << (((code >>> 4) & 7) + 3)));

const query1 = fc.constantFrom({ version: 1 as const, maxResponse: 0 });
const query2 = fc.record({ version: fc.constant(2 as const), maxResponse: fc.integer({ min: 1, max: 255 }) });
const old = { suppress: fc.constant(false), robustness: fc.constant(0), interval: fc.constant(0) };
const query = fc.oneof(query1, query2).chain((which) =>
  fc.record({ type: fc.constant('query' as const), group: address, ...old, sources: fc.constant([]) }).map((rest) => ({
    ...rest,
    ...which,
  })),
);
const query3 = fc.record({
  type: fc.constant('query' as const),
  version: fc.constant(3 as const),
  maxResponse: time3,
  group: address,
  suppress: fc.boolean(),
  robustness: fc.nat(7),
  interval: time3,
  sources,
});
const report = fc.record({ type: fc.constant('report' as const), version: fc.constantFrom(1, 2), group: address });
const leave = fc.record({ type: fc.constant('leave' as const), group: address });
const report3 = fc.record({
  type: fc.constant('report-3' as const),
  records: fc.array(fc.record({ kind: fc.constantFrom(...GROUP_RECORDS), group: address, sources }), { maxLength: 5 }),
});
const message = fc.oneof(query, query3, report, leave, report3) as fc.Arbitrary<
  Exclude<IgmpMessage, { type: 'unknown' }>
>;

describe('IGMP on the wire', () => {
  test('what is emitted is read as it was, and its checksum is good', () => {
    fc.assert(
      fc.property(message, (given) => {
        const bytes = emitIgmp(given);
        expect(igmpChecksumIsGood(bytes)).toBe(true);
        expect(parseIgmp(bytes)).toEqual(given);
      }),
    );
  });

  test('any bytes: a message or what is wrong with it, and never a throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(0x11, 0x22, 0x16, 0x99), fc.uint8Array({ maxLength: 60 }), (type, rest) => {
        const read = parseIgmp(Uint8Array.of(type, ...rest));
        if (read instanceof WireError) expect(read.message).toContain('malformed igmp');
      }),
    );
  });

  test.each([
    ['1600 f8fa ef01 0203', { type: 'report', version: 2, group: '239.1.2.3' }],
    ['1700 f7fa ef01 0203', { type: 'leave', group: '239.1.2.3' }],
    [
      '2200 e8f9 0000 0001 0400 0000 ef01 0203',
      { type: 'report-3', records: [{ kind: 'to-exclude', group: '239.1.2.3', sources: [] }] },
    ],
  ] as const)('%s', (hex, read) => {
    const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(igmpChecksumIsGood(bytes)).toBe(true);
    expect(parseIgmp(bytes)).toEqual(read);
    expect(emitIgmp(read)).toEqual(bytes);
  });

  test('a query of version 2 and one of version 3 that asks for more than there is', () => {
    expect(parseIgmp(Uint8Array.of(0x11, 100, 0, 0, 0, 0, 0, 0))).toMatchObject({ version: 2, maxResponse: 100 });
    expect(parseIgmp(Uint8Array.of(0x11, 100, 0, 0, 0, 0, 0, 0, 2))).toBeInstanceOf(WireError);
    expect(parseIgmp(Uint8Array.of(0x11, 0xff, 0, 0, 0, 0, 0, 0, 2, 125, 0, 1))).toMatchObject({
      field: 'numberOfSources',
    });
    expect(parseIgmp(Uint8Array.of(0x11, 0xff, 0, 0, 0, 0, 0, 0, 2, 125, 0, 0))).toMatchObject({
      version: 3,
      maxResponse: 31_744,
      interval: 125,
      robustness: 2,
    });
  });

  test('a time that cannot be said is said as the next smaller one', () => {
    const older = { type: 'query', version: 3, group: '0.0.0.0', suppress: false, robustness: 2, sources: [] } as const;
    const said = (maxResponse: number): unknown => parseIgmp(emitIgmp({ ...older, maxResponse, interval: 125 }));
    expect(said(135)).toMatchObject({ maxResponse: 128 });
    expect(said(1e6)).toMatchObject({ maxResponse: 31_744 });
  });

  test('records of kinds that are not known are passed over, and so is their auxiliary data', () => {
    const unknown = [9, 1, 0, 1, 239, 1, 1, 1, 10, 0, 0, 1, 0xaa, 0xbb, 0xcc, 0xdd];
    const known = [2, 0, 0, 0, 239, 1, 1, 2];
    expect(parseIgmp(Uint8Array.of(0x22, 0, 0, 0, 0, 0, 0, 2, ...unknown, ...known))).toEqual({
      type: 'report-3',
      records: [{ kind: 'is-exclude', group: '239.1.1.2', sources: [] }],
    });
  });
});
