import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emitIpv4Options,
  emptyRecordRoute,
  emptyTimestamp,
  ipv4OptionsLength,
  isSourceRoute,
  parseIpv4Options,
  recordedRoute,
  stampTimestamp,
  WireError,
  type Ipv4Option,
  type RecordRouteOption,
  type TimestampOption,
} from '../../src/wire';
import { ipv4Options } from './arbitraries';
import { bad, good, hex, join } from './helpers';

const NOP: Ipv4Option = { kind: 'nop' };
const RECORD_ROUTE: RecordRouteOption = {
  kind: 'record-route',
  pointer: 8,
  route: ['10.9.0.1', '0.0.0.0'],
};
const ROUTE = ['10.9.0.1', '192.0.2.7'];

describe('IPv4 options', () => {
  test('End of Option List ends them, No Operation lies between them', () => {
    expect(parseIpv4Options(hex('01 94 04 0000 00 ff ff'))).toEqual([
      NOP,
      { kind: 'unknown', type: 148, data: hex('0000') },
    ]);
    expect(parseIpv4Options(hex(''))).toEqual([]);
  });

  test.each<[string, Ipv4Option, string]>([
    ['MAY-11: record route', RECORD_ROUTE, '07 0b 08 0a090001 00000000'],
    ['record route without room', { kind: 'record-route', pointer: 4, route: [] }, '07 03 04'],
    [
      'MUST-51: loose source route',
      { kind: 'loose-source-route', pointer: 4, route: ROUTE },
      '83 0b 04 0a090001 c0000207',
    ],
    [
      'MUST-51: strict source route, all used up',
      { kind: 'strict-source-route', pointer: 12, route: ROUTE },
      '89 0b 0c 0a090001 c0000207',
    ],
    [
      'MAY-10: timestamps alone',
      { kind: 'timestamp', pointer: 9, overflow: 2, flag: 0, entries: [{ time: 0x01020304 }, { time: 0 }] },
      '44 0c 09 20 01020304 00000000',
    ],
    [
      'MAY-10: timestamps with addresses',
      { kind: 'timestamp', pointer: 13, overflow: 0, flag: 1, entries: [{ address: '10.9.0.1', time: 0xffffffff }] },
      '44 0c 0d 01 0a090001 ffffffff',
    ],
    [
      'MAY-10: timestamps of hosts that the sender names',
      { kind: 'timestamp', pointer: 5, overflow: 15, flag: 3, entries: [{ address: '192.0.2.7', time: 0 }] },
      '44 0c 05 f3 c0000207 00000000',
    ],
    ['an unknown one', { kind: 'unknown', type: 0x99, data: hex('0102') }, '99 04 0102'],
    ['an unknown one without data', { kind: 'unknown', type: 0x99, data: hex('') }, '99 02'],
    ['timestamps with a flag that RFC 791 lacks', { kind: 'unknown', type: 68, data: hex('05 02') }, '44 04 05 02'],
  ])('%s', (_, option, digits) => {
    const bytes = hex(digits);
    expect(parseIpv4Options(bytes)).toEqual([option]);
    const emitted = emitIpv4Options([option]);
    expect(emitted.subarray(0, bytes.length)).toEqual(bytes);
    expect(emitted.subarray(bytes.length)).toEqual(new Uint8Array(-bytes.length & 3));
  });

  test('MUST-50: one that is not known is skipped by its length', () => {
    expect(parseIpv4Options(hex('fe 05 830304 07 03 04 01'))).toEqual([
      { kind: 'unknown', type: 254, data: hex('830304') },
      { kind: 'record-route', pointer: 4, route: [] },
      NOP,
    ]);
  });

  test.each([
    ['length 0', 'fe 00 0000', 'length', 2],
    ['length 1', 'fe 01 0000', 'length', 2],
    ['a length beyond the options', 'fe 05 0000', 'length', 2],
    ['no room for its length', 'fe', 'length', 1],
    ['a record route of 2 bytes', '07 02', 'length', 2],
    ['a record route with an address and a half', '07 09 04 0a090001 0a09', 'length', 2],
    ['a pointer before the route', '83 07 03 0a090001', 'pointer', 3],
    ['a pointer into an address', '83 07 06 0a090001', 'pointer', 3],
    ["a pointer to an address's last byte", '83 07 07 0a090001', 'pointer', 3],
    ['a timestamp option of 3 bytes', '44 03 05', 'length', 2],
    ['a timestamp and a half', '44 0a 05 00 00000000 0000', 'length', 2],
    ['an address without its timestamp', '44 08 05 01 0a090001', 'length', 2],
    ['a pointer before the timestamps', '44 08 04 00 00000000', 'pointer', 3],
    ["a pointer to an entry's time", '44 0c 09 01 0a090001 00000000', 'pointer', 3],
  ])('%s is reported', (_, digits, field, offset) => {
    const error = bad(parseIpv4Options(join([hex('01'), hex(digits)])));
    expect(error).toMatchObject({ header: 'ipv4-options', field, offset });
    expect(error.message).toContain(`malformed ipv4-options: ${field} at byte ${offset}`);
  });

  test('parse(emit(x)) is x', () => {
    fc.assert(
      fc.property(ipv4Options, (options) => {
        const bytes = emitIpv4Options(options);
        expect(bytes).toHaveLength(ipv4OptionsLength(options));
        expect(parseIpv4Options(bytes)).toEqual(options);
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes are read or reported, and emit(parse(bytes)) is the bytes but for the padding', () => {
    const type = fc.constantFrom(0, 1, 7, 68, 131, 137, 148);
    const soup = fc.array(fc.oneof(type, fc.integer({ min: 0, max: 12 }), fc.nat(255)), { maxLength: 40 });
    const tampered = fc.tuple(ipv4Options.map(emitIpv4Options), fc.nat(39), fc.nat(255)).map(([bytes, at, value]) => {
      const copy = bytes.slice();
      if (copy.length > 0) copy[at % copy.length] = value;
      return copy;
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(soup.map(Uint8Array.from.bind(Uint8Array)), tampered), (bytes) => {
        const options = parseIpv4Options(bytes);
        if (options instanceof WireError) {
          expect(options.offset).toBeLessThan(bytes.length);
          return;
        }
        read += 1;
        const emitted = emitIpv4Options(options);
        const used = join(options.map((option) => exact(option))).length;
        expect(emitted.subarray(0, used)).toEqual(bytes.subarray(0, used));
        expect(emitted.subarray(used)).toEqual(new Uint8Array(emitted.length - used));
        expect(bytes[used] ?? 0).toBe(0);
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(100);
  });

  test.each<[string, Ipv4Option[]]>([
    ['44 bytes', [emptyRecordRoute(10)]],
    ['an address that is none', [{ kind: 'record-route', pointer: 4, route: ['10.9.0'] }]],
    ['a pointer over 8 bits', [{ kind: 'loose-source-route', pointer: 256, route: [] }]],
    ['an overflow over 4 bits', [{ kind: 'timestamp', pointer: 5, overflow: 16, flag: 0, entries: [] }]],
    ['a time over 32 bits', [{ kind: 'timestamp', pointer: 5, overflow: 0, flag: 0, entries: [{ time: 2 ** 32 }] }]],
    ['a type without a length', [{ kind: 'unknown', type: 1, data: hex('') }]],
    ['a type over 8 bits', [{ kind: 'unknown', type: 256, data: hex('') }]],
  ])('emit refuses %s', (_, options) => {
    expect(() => emitIpv4Options(options)).toThrow(RangeError);
  });
});

/** An option's own bytes, without padding. */
function exact(option: Ipv4Option): Uint8Array {
  const bytes = emitIpv4Options([option]);
  return option.kind === 'nop' ? bytes.subarray(0, 1) : bytes.subarray(0, bytes[1]);
}

describe('routes and times', () => {
  test('MAY-11: the recorded route is what stands before the pointer', () => {
    expect(emptyRecordRoute(9)).toMatchObject({ pointer: 4, route: { length: 9 } });
    expect(recordedRoute(emptyRecordRoute(9))).toEqual([]);
    expect(recordedRoute(RECORD_ROUTE)).toEqual(['10.9.0.1']);
    expect(recordedRoute({ ...RECORD_ROUTE, pointer: 255 })).toEqual(RECORD_ROUTE.route);
    expect(
      [NOP, RECORD_ROUTE, { kind: 'strict-source-route', pointer: 4, route: [] } as const].map(isSourceRoute),
    ).toEqual([false, false, true]);
  });

  test('MAY-10: each host writes its time behind the last, and is counted when there is no room', () => {
    const one = stampTimestamp(emptyTimestamp(2, 0), '10.9.0.2', 77);
    expect(one).toEqual({ kind: 'timestamp', pointer: 9, overflow: 0, flag: 0, entries: [{ time: 77 }, { time: 0 }] });
    const two = stampTimestamp(one, '10.9.0.1', 78);
    expect(two).toMatchObject({ pointer: 13, overflow: 0, entries: [{ time: 77 }, { time: 78 }] });
    const three = stampTimestamp(two, '10.9.0.1', 79);
    expect(three).toEqual({ ...two, overflow: 1 });
    expect(stampTimestamp({ ...two, overflow: 15 }, '10.9.0.1', 79)).toEqual({ ...two, overflow: 15 });
    expect(good(parseIpv4Options(emitIpv4Options([three])))).toEqual([three]);
  });

  test('MAY-10: with its address where it is asked for', () => {
    expect(stampTimestamp(emptyTimestamp(2, 1), '10.9.0.2', 77)).toEqual({
      kind: 'timestamp',
      pointer: 13,
      overflow: 0,
      flag: 1,
      entries: [
        { address: '10.9.0.2', time: 77 },
        { address: '0.0.0.0', time: 0 },
      ],
    });
  });

  test('MAY-10: with flag 3 only who is named writes', () => {
    const asked: TimestampOption = {
      kind: 'timestamp',
      pointer: 5,
      overflow: 0,
      flag: 3,
      entries: [{ address: '10.9.0.2', time: 0 }],
    };
    expect(stampTimestamp(asked, '10.9.0.1', 77)).toEqual(asked);
    const done = { ...asked, pointer: 13, entries: [{ address: '10.9.0.2', time: 77 }] };
    expect(stampTimestamp(asked, '10.9.0.2', 77)).toEqual(done);
    expect(stampTimestamp(done, '10.9.0.2', 78)).toEqual(done);
  });
});
