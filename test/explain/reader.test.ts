import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EXPLAIN_TEXTS, tell } from '../../src/explain';
import {
  block,
  ethernet,
  fields,
  ipPacket,
  join,
  option,
  pcapFile,
  read,
  records,
  section,
  SHORT_TALK,
  START,
  type Read,
} from './files';

/** It is the short talk, whole. */
function isShortTalk({ report, packets, problem }: Read): void {
  expect(problem).toBeUndefined();
  expect(packets.map(({ frame }) => frame)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(report.conversations).toHaveLength(1);
  expect(report.conversations[0]).toMatchObject({
    client: { port: 5000 },
    server: { port: 80 },
    segments: { client: 5, server: 3 },
    bytes: { client: 27, server: 27 },
    states: { client: 'TIME-WAIT', server: 'CLOSED' },
    protocols: ['HTTP'],
    request: 'GET / HTTP/1.1',
    duration: expect.closeTo(70_000, -1),
  });
  expect(report.conversations[0]?.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
}

const WRAPS: readonly (readonly [name: string, linkType: number, wrap: (ip: Uint8Array) => Uint8Array])[] = [
  ['Ethernet', 1, ethernet],
  ['VLAN', 1, (ip) => join(new Uint8Array(12), fields(false, [2, 0x8100], [2, 5], [2, 0x0800]), ip)],
  [
    'QinQ',
    1,
    (ip) => join(new Uint8Array(12), fields(false, [2, 0x88a8], [2, 5], [2, 0x8100], [2, 7], [2, 0x0800]), ip),
  ],
  [
    'PPPoE',
    1,
    (ip) =>
      join(new Uint8Array(12), fields(false, [2, 0x8864], [2, 0x1100], [2, 9], [2, ip.length + 2], [2, 0x21]), ip),
  ],
  ['MPLS', 1, (ip) => join(new Uint8Array(12), fields(false, [2, 0x8847], [4, 0x1000], [4, 0x2100]), ip)],
  ['raw IP', 101, (ip) => ip],
  ['raw IP of BSD', 12, (ip) => ip],
  ['raw IP of OpenBSD', 14, (ip) => ip],
  ['IPv4', 228, (ip) => ip],
  ['loopback', 0, (ip) => join(fields(true, [4, 2]), ip)],
  ['loopback of OpenBSD', 108, (ip) => join(fields(false, [4, 2]), ip)],
  ['Linux cooked', 113, (ip) => join(new Uint8Array(14), fields(false, [2, 0x0800]), ip)],
  ['Linux cooked 2', 276, (ip) => join(fields(false, [2, 0x0800]), new Uint8Array(18), ip)],
];

describe('pcap', () => {
  test.each(WRAPS)('link type: %s', (_name, linkType, wrap) => {
    isShortTalk(read(pcapFile(records(SHORT_TALK, wrap), { linkType })));
  });

  test('IPv6, as Ethernet and by its own link type', () => {
    isShortTalk(read(pcapFile(records(SHORT_TALK, ethernet, 6))));
    const raw = read(
      pcapFile(
        records(SHORT_TALK, (ip) => ip, 6),
        { linkType: 229 },
      ),
    );
    isShortTalk(raw);
    expect(raw.report.conversations[0]?.client.address).toBe('fd00::1');
  });

  test.each([true, false])(
    'both byte orders, µs and ns, and Kuznetzov’s; in pieces of any size (little-endian: %s)',
    (little) => {
      for (const options of [{}, { nanoseconds: true }, { kuznetzov: true }]) {
        const file = pcapFile(records(SHORT_TALK), { little, ...options });
        for (const piece of [1, 7, 64, file.length]) isShortTalk(read(file, { piece }));
      }
      const [first, second] = [START, START + 0.25].map((time) => ({
        time,
        bytes: ethernet(ipPacket({ from: 'client', flags: 2 })),
      }));
      if (first === undefined || second === undefined) throw new Error();
      const { packets } = read(pcapFile([first, second], { little, nanoseconds: true }));
      expect((packets[1]?.time ?? 0) - (packets[0]?.time ?? 0)).toBeCloseTo(0.25, 1);
    },
  );

  test('packets cut off by a snap length keep their length', () => {
    const cut = records(SHORT_TALK).map(({ time, bytes }) => ({
      time,
      bytes: bytes.subarray(0, 58),
      length: bytes.length,
    }));
    const { report } = read(pcapFile(cut));
    expect(report.capture.truncated).toBe(2);
    expect(report.conversations[0]).toMatchObject({
      bytes: { client: 27, server: 27 },
      states: { client: 'TIME-WAIT' },
    });
  });

  test('what is not understood is told: Wi-Fi, another kind of file, an empty one, one that ends early, one that is damaged', () => {
    const wifi = read(pcapFile(records(SHORT_TALK), { linkType: 127 })).report;
    expect(wifi.findings).toMatchObject([
      { id: 'unknown-link', evidence: { type: 127, name: expect.stringContaining('802.11') } },
    ]);
    expect(read(new TextEncoder().encode('hello, I am a text')).problem).toMatchObject({
      kind: 'not-a-capture',
      damage: { id: 'unknown-format', figures: { magic: '68 65 6c 6c' } },
    });
    expect(read(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 2)).problem?.damage.figures['name']).toBe('zstd');
    expect(read(new Uint8Array(0)).problem).toMatchObject({ kind: 'not-a-capture', damage: { id: 'empty' } });
    const file = pcapFile(records(SHORT_TALK));
    const early = read(file.subarray(0, file.length - 9));
    expect(early.problem).toEqual({
      offset: file.length - 54 - 16,
      kind: 'cut-off',
      damage: { id: 'cut-off', figures: { bytes: 9 } },
    });
    const said = (['en', 'ko'] as const).map((lang) =>
      early.report.findings.map((finding) => tell(finding, EXPLAIN_TEXTS[lang]).what),
    );
    expect(said).toEqual([
      [expect.stringContaining(': the file ends in the middle of a record: 9 bytes of it or more are missing.')],
      [expect.stringContaining('레코드 중간에서 파일이 끝납니다. 적어도 9바이트가 없습니다.')],
    ]);
    expect(early.report.conversations[0]?.segments).toEqual({ client: 4, server: 3 });
    const damaged = file.slice();
    damaged.set([0xff, 0xff, 0xff, 0x7f], 24 + 8);
    expect(read(damaged).problem).toMatchObject({ offset: 24, kind: 'broken' });
  });
});

describe('pcapng', () => {
  const description = (little: boolean, linkType: number, ...options: readonly Uint8Array[]): Uint8Array =>
    block(little, 1, fields(little, [2, linkType], [2, 0], [4, 0]), ...options);
  const enhanced = (
    little: boolean,
    number: number,
    ticks: bigint,
    bytes: Uint8Array,
    comment?: string,
  ): Uint8Array => {
    const padding = new Uint8Array((4 - (bytes.length % 4)) % 4);
    const options =
      comment === undefined
        ? []
        : [option(little, 1, new TextEncoder().encode(comment)), option(little, 0, new Uint8Array(0))];
    return block(
      little,
      6,
      fields(little, [4, number], [4, ticks >> 32n], [4, ticks & 0xffff_ffffn], [4, bytes.length], [4, bytes.length]),
      bytes,
      padding,
      ...options,
    );
  };

  test.each([true, false])(
    'every resolution of time, with an offset; comments; blocks that are skipped (little-endian: %s)',
    (little) => {
      for (const [resolution, unit] of [
        [undefined, 1_000_000n],
        [6, 1_000_000n],
        [9, 1_000_000_000n],
        [3, 1000n],
        [0x80 | 20, 1n << 20n],
      ] as const) {
        const options = [
          ...(resolution === undefined ? [] : [option(little, 9, Uint8Array.of(resolution))]),
          option(little, 14, fields(little, [8, 1000])),
        ];
        const parts = records(SHORT_TALK).map(({ time, bytes }, index) =>
          enhanced(little, 0, (BigInt(time) * unit) / 1_000_000n, bytes, index === 2 ? 'here it is' : undefined),
        );
        const skipped = [
          block(little, 4, new Uint8Array(8)),
          block(little, 10, fields(little, [4, 0], [4, 0])),
          block(little, 0x4000_0bad, new Uint8Array(20)),
        ];
        const done = read(join(section(little), description(little, 1, ...options), ...skipped, ...parts), {
          piece: 33,
        });
        isShortTalk(done);
        expect(done.report.capture.start).toBe(START + 1_000_000_000);
        expect(done.report.conversations[0]?.comments).toEqual([{ frame: 3, text: 'here it is' }]);
      }
    },
  );

  test('sections of both byte orders, several interfaces, old and simple packets, and drops that were counted', () => {
    const [one, two, three, ...others] = records(SHORT_TALK);
    if (one === undefined || two === undefined || three === undefined) throw new Error();
    const old = (little: boolean, { time, bytes }: typeof one): Uint8Array =>
      block(
        little,
        2,
        fields(
          little,
          [2, 0],
          [2, 0],
          [4, BigInt(time) >> 32n],
          [4, BigInt(time) & 0xffff_ffffn],
          [4, bytes.length],
          [4, bytes.length],
        ),
        bytes,
      );
    const file = join(
      section(true),
      description(true, 1),
      old(true, one),
      enhanced(true, 0, BigInt(two.time), two.bytes),
      block(true, 3, fields(true, [4, three.bytes.length]), three.bytes),
      section(false),
      description(false, 101),
      description(false, 1),
      ...others.map(({ time, bytes }, index) =>
        enhanced(false, index % 2, BigInt(time), index % 2 === 1 ? bytes : bytes.subarray(14)),
      ),
      block(false, 5, fields(false, [4, 1], [4, 0], [4, 0]), option(false, 5, fields(false, [8, 12]))),
    );
    const done = read(file);
    isShortTalk(done);
    expect(done.report.findings).toMatchObject([{ id: 'capture-lost-packets', count: 12 }]);
    expect(read(join(section(true), enhanced(true, 3, 0n, one.bytes))).problem).toMatchObject({
      kind: 'broken',
      offset: section(true).length,
    });
  });
});

test('whatever is done to a capture, it is read to its end or to where it cannot be read, and explained', () => {
  const talks = [
    ...SHORT_TALK,
    { from: 'server', seq: 329, ack: 129, flags: 4 } as const,
    ...SHORT_TALK.map((each) => ({
      ...each,
      seq: (each.seq ?? 0) + 5000,
      ack: each.ack === undefined ? 0 : each.ack + 5000,
    })),
  ];
  const files = [
    pcapFile(records(talks)),
    pcapFile(
      records(talks, (ip) => ip, 6),
      { linkType: 101, little: false },
    ),
    join(
      section(true),
      block(true, 1, fields(true, [2, 1], [2, 0], [4, 0])),
      ...records(talks).map(({ bytes }) => block(true, 3, fields(true, [4, bytes.length]), bytes)),
    ),
  ];
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)));
  fc.assert(
    fc.property(
      fc.constantFrom(...files),
      fc.array(change, { maxLength: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 300 }),
      (file, changes, part, piece) => {
        const spoiled = file.slice(0, Math.ceil(file.length * (0.5 + part / 2)));
        // The first bytes say what kind of file it is: what follows is the more interesting part.
        for (const [at, value] of changes) if (spoiled.length > 40) spoiled[32 + (at % (spoiled.length - 32))] = value;
        const { report } = read(spoiled, { piece, maxConversations: 4, maxReports: 3 });
        expect(report.conversations.length).toBeLessThanOrEqual(3);
        for (const { findings, rows } of report.conversations) {
          for (const { frames } of findings)
            for (const frame of frames) expect(frame).toBeLessThanOrEqual(report.capture.packets);
          expect(rows.length).toBeLessThan(500);
        }
      },
    ),
    { numRuns: 300 },
  );
});
