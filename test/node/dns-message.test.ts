import { describe, expect, test } from '@jest/globals';
import * as dnsPacket from 'dns-packet';
import fc from 'fast-check';
import { type DnsAnswer, decodeAnswer, encodeQuery } from '../../src/node/dns/message';
import { canonicalIPv6, isLocalhost, presentable, reverseName, shortIPv4, wireName } from '../../src/node/dns/names';
import { Records } from '../../src/node/dns/records';

const ID = 4711;
const QUESTION = { name: 'a.test', type: 'ANY' } as const;

/** Reads an answer's records in every way that there is. */
function readAll(answer: DnsAnswer): void {
  const records = new Records(answer);
  records.any();
  records.cname();
  for (const text of [...records.ptr(), ...records.ns(), ...records.mx().map(({ exchange }) => exchange)]) {
    expect(text).toMatch(/^[ -~]*$/);
  }
}

/** A good answer with records of all types that we read, for mutation. */
const GOOD = dnsPacket.encode({
  type: 'response',
  id: ID,
  questions: [{ name: 'a.test', type: 'ANY' as 'A' }],
  answers: [
    { name: 'a.test', type: 'CNAME', data: 'b.test' },
    { name: 'b.test', type: 'A', data: '10.0.0.1' },
    { name: 'b.test', type: 'AAAA', data: 'fd00::1' },
    { name: 'b.test', type: 'MX', data: { preference: 1, exchange: 'mx.test' } },
    { name: 'b.test', type: 'TXT', data: ['some text', 'more'] },
    { name: 'b.test', type: 'SRV', data: { port: 1, target: 'srv.test' } },
    { name: 'b.test', type: 'CAA', data: { tag: 'issue', value: 'ca' } },
    {
      name: 'b.test',
      type: 'NAPTR',
      data: { order: 1, preference: 1, flags: 'S', services: 'x', regexp: 'y', replacement: 'z.test' },
    },
    { name: 'b.test', type: 'SOA', data: { mname: 'ns.test', rname: 'h.test' } },
    { name: 'b.test', type: 'PTR', data: 'ptr.test' },
    { name: 'b.test', type: 'NS', data: 'ns.test' },
  ],
  additionals: [
    {
      name: '.',
      type: 'OPT',
      udpPayloadSize: 1232,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ],
});

describe('messages', () => {
  test('an answer is read: code, EDNS, records', () => {
    const answer = decodeAnswer(GOOD, ID, QUESTION);
    expect(answer).toMatchObject({ name: 'a.test', rcode: 0, edns: true, truncated: false });
    expect(typeof answer === 'object' && answer.records.map(({ type }) => type)).toEqual([
      'CNAME',
      'A',
      'AAAA',
      'MX',
      'TXT',
      'SRV',
      'CAA',
      'NAPTR',
      'SOA',
      'PTR',
      'NS',
    ]);
  });

  test('property: a query is read as it was made', () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
    const names = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
    fc.assert(
      fc.property(fc.nat(65_535), names, fc.constantFrom('A', 'MX', 'ANY'), fc.boolean(), (id, name, type, edns) => {
        const query = dnsPacket.decode(encodeQuery(id, { name, type: type }, edns));
        expect(query).toMatchObject({ id, flag_rd: true, questions: [{ name, type, class: 'IN' }] });
        expect(query.additionals).toHaveLength(edns ? 1 : 0);
      }),
    );
  });

  test('property: no octets make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const answer = decodeAnswer(bytes, ID, QUESTION);
        if (typeof answer === 'object') readAll(answer);
      }),
      { numRuns: 5000 },
    );
  });

  test('property: no change to a good answer makes it throw, neither what reads its records', () => {
    const change = fc.tuple(fc.nat(GOOD.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(GOOD.length), (changes, length) => {
        const bytes = Buffer.from(GOOD);
        // The id and the question stay: what is wrong lies behind them.
        for (const [offset, octet] of changes) if (offset >= 24) bytes[offset] = octet;
        const answer = decodeAnswer(length < 24 ? bytes : bytes.subarray(0, length), ID, QUESTION);
        if (typeof answer === 'object') readAll(answer);
      }),
      { numRuns: 20_000 },
    );
  });

  test('a message cut anywhere is malformed', () => {
    for (let length = 0; length < GOOD.length; length++) {
      expect(decodeAnswer(GOOD.subarray(0, length), ID, QUESTION)).toBe('malformed');
    }
  });

  test('names that point at names that point at names do not take time', () => {
    // A record with 8000 pointers in it, each at the one before it, and then all records that fit, named by the last.
    const bytes = Buffer.alloc(65_535);
    bytes.writeUInt16BE(ID, 0);
    bytes.writeUInt16BE(0x8180, 2);
    const last = 0x3ffe;
    bytes.writeUInt16BE(10, 13); // NULL, the name of the root
    bytes.writeUInt16BE(1, 15);
    bytes.writeUInt16BE(last + 2 - 23, 21);
    for (let offset = 24; offset <= last; offset += 2)
      bytes.writeUInt16BE(0xc000 + (offset === 24 ? 12 : offset - 2), offset);
    let records = 1;
    for (let offset = last + 2; offset + 12 <= bytes.length && records < 4096; offset += 12, records++) {
      bytes.writeUInt16BE(0xc000 + last, offset);
      bytes.writeUInt16BE(10, offset + 2);
      bytes.writeUInt16BE(1, offset + 4);
    }
    bytes.writeUInt16BE(records, 6);
    // Of this process alone, for a busy machine lets others run meanwhile.
    const before = process.cpuUsage();
    expect(decodeAnswer(bytes, ID, QUESTION)).toBe('malformed');
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  });

  test('more records than there can be are malformed', () => {
    const bytes = Buffer.from(GOOD);
    bytes.writeUInt16BE(4097, 6);
    expect(decodeAnswer(bytes, ID, QUESTION)).toBe('malformed');
  });
});

describe('names', () => {
  test.each([
    ['A.Test', 'a.test'],
    ['a.test.', 'a.test'],
    ['', ''],
    ['.', ''],
    ['_a._b.x-y.1', '_a._b.x-y.1'],
    ['bücher.Test', 'xn--bcher-kva.test'],
    ['*.a', '*.a'],
    ['2.0/25.a', '2.0/25.a'],
    ['a..b', undefined],
    ['..', undefined],
    ['a b', undefined],
    ['a\0b', undefined],
    [`${'x'.repeat(63)}.a`, `${'x'.repeat(63)}.a`],
    [`${'x'.repeat(64)}.a`, undefined],
    ['abc.'.repeat(63), 'abc.'.repeat(63).slice(0, -1)],
    ['abc.'.repeat(64), undefined],
    ['a\u3002é b', undefined],
  ])('wireName %j', (name, wire) => {
    expect(wireName(name)).toBe(wire);
  });

  test('property: every wireName can be asked for, and comes back as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const wire = wireName(name);
        if (wire === undefined) return;
        const query = dnsPacket.decode(encodeQuery(1, { name: wire, type: 'A' }, false));
        expect(query.questions?.[0]?.name).toBe(wire === '' ? '.' : wire);
      }),
      { numRuns: 2000 },
    );
  });

  test('reverseName', () => {
    expect(reverseName('1.2.3.4')).toBe('4.3.2.1.in-addr.arpa');
    expect(reverseName('2001:db8::567:89ab')).toBe(
      'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    );
    expect(reverseName('::ffff:1.2.3.4')).toBe(`4.0.3.0.2.0.1.0.f.f.f.f.${'0.'.repeat(20)}ip6.arpa`);
    expect(reverseName('::')).toBe(`${'0.'.repeat(32)}ip6.arpa`);
  });

  test.each([
    ['127.1', '127.0.0.1'],
    ['1.2.3', '1.2.0.3'],
    ['0xff.0377.1', '255.255.0.1'],
    ['4294967295', '255.255.255.255'],
    ['4294967296', undefined],
    ['1.2.3.256', undefined],
    ['256.1', undefined],
    ['1.2.3.4.5', undefined],
    ['08.1', undefined],
    ['1.', undefined],
    ['a', undefined],
    ['', undefined],
  ])('shortIPv4 %j', (text, address) => {
    expect(shortIPv4(text)).toBe(address);
  });

  test('isLocalhost, presentable, canonicalIPv6', () => {
    expect(['localhost', 'LOCALHOST.', 'a.b.localhost', 'localhost.test', 'xlocalhost'].map(isLocalhost)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(presentable('a\nb\u007fé')).toBe('a\\010b\\127\\195\\169');
    expect(canonicalIPv6('FD00:0:0:0::1')).toBe('fd00::1');
  });
});
