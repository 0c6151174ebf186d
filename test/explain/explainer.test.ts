import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EXPLAIN_TEXTS, renderText, tell, type Finding } from '../../src/explain';
import { CAUSES, FINDINGS } from '../../src/explain/findings/finding';
import { FLAG } from '../../src/wire';
import { pcapFile, read, records, SHORT_TALK, START, type Segment } from './files';

const BULK: readonly Segment[] = [
  ...SHORT_TALK.slice(0, 3),
  ...Array.from({ length: 20_000 }, (_, index): Segment[] => [
    {
      from: 'server',
      time: 30_000 + index * 100,
      seq: 301 + index * 100,
      ack: 101,
      flags: FLAG.ACK,
      payload: 100,
      id: (index + 1) & 0xffff,
    },
    {
      from: 'client',
      time: 30_050 + index * 100,
      seq: 101,
      ack: 401 + index * 100,
      flags: FLAG.ACK,
      id: (index + 1) & 0xffff,
    },
  ]).flat(),
];

describe('limits', () => {
  test('a long transfer leaves few rows, and all segments are in them or counted', () => {
    const { report } = read(pcapFile(records(BULK)));
    const [talk] = report.conversations;
    expect(talk?.segments).toEqual({ client: 20_002, server: 20_001 });
    const counted = talk?.rows.reduce((sum, { row }) => {
      if (row.kind === 'segment') return sum + 1;
      return row.event.type === 'skipped' ? sum + row.event.segments.in + row.event.segments.out : sum;
    }, 0);
    expect(talk?.rows.length).toBeLessThan(60);
    expect(counted).toBe(40_003);
    expect(talk?.rows.map(({ row }) => row.index)).toEqual(talk?.rows.map((_, index) => index));
  });

  test('where more than 1,000 are over, a late repeat finds its conversation for a second', () => {
    const talk = records(SHORT_TALK);
    const fin = talk.length - 3;
    /** What was sent, from another port of the client, and `start` µs later. */
    const of = (port: number, start: number, at: number) => {
      const bytes = (talk[at]?.bytes ?? new Uint8Array(0)).slice();
      const isFromClient = SHORT_TALK[at]?.from === 'client';
      new DataView(bytes.buffer).setUint16(14 + (isFromClient ? 20 : 22), port);
      return { time: START + start + at, bytes };
    };
    // 2,048 of eight packets: those that are over are looked for every 16,384 packets.
    const many = Array.from({ length: 2048 }, (_, index) =>
      talk.map((_each, at) => of(10_000 + index, index * 1000, at)),
    );
    const late = [of(10_000, 2_050_000, fin), of(10_000 + 1200, 2_050_000, fin)];
    expect(read(pcapFile(many.flat())).report.totalConversations).toBe(2048);
    expect(read(pcapFile([...many.flat(), ...late])).report.totalConversations).toBe(2049);
  });

  test('conversations beyond the limits are judged early, counted, and not told of', () => {
    const calls = records(SHORT_TALK.slice(0, 1));
    const many = Array.from({ length: 40 }, (_, index) => {
      const bytes = (calls[0]?.bytes ?? new Uint8Array(0)).slice();
      bytes[14 + 21] = index;
      return { time: 1_000_000 * (index + 1), bytes };
    });
    const { report } = read(pcapFile(many), { maxConversations: 10, maxReports: 5 });
    expect(report).toMatchObject({ totalConversations: 40, omitted: 35 });
    expect(report.conversations).toHaveLength(5);
    expect(report.totals).toMatchObject({ 'not-followed': 1 });
    const told = Object.entries(report.totals).reduce(
      (sum, [id, count]) => (id === 'not-followed' ? sum : sum + count),
      0,
    );
    expect(told).toBeGreaterThanOrEqual(40);
    expect(read(pcapFile(many), { only: ({ number }) => number === 7 }).report).toMatchObject({
      totalConversations: 1,
      unwanted: 39,
    });
  });
});

describe('rows', () => {
  const LOSS: readonly Segment[] = [
    ...SHORT_TALK.slice(0, 3).map((segment) => ({
      ...segment,
      options: [...(segment.options ?? []), ...(segment.flags & FLAG.SYN ? [{ kind: 'sack-permitted' } as const] : [])],
    })),
    ...[0, 1, 2].map((index): Segment => ({
      from: 'server',
      seq: 301 + index * 100,
      ack: 101,
      flags: FLAG.ACK,
      payload: 100,
      id: index + 1,
    })),
    ...[501, 601].map((right): Segment => ({
      from: 'client',
      seq: 101,
      ack: 301,
      flags: FLAG.ACK,
      options: [{ kind: 'sack', blocks: [{ left: 401, right }] }],
      id: right,
    })),
    { from: 'server', seq: 301, ack: 101, flags: FLAG.ACK, payload: 100, id: 9 },
  ];

  test('what SACK says has arrived is marked, and what was sent again is lost', () => {
    const { report } = read(pcapFile(records(LOSS)));
    const marks = report.conversations[0]?.rows.map(({ row }) => (row.kind === 'segment' ? [...row.marks] : []));
    expect(marks).toEqual([[], [], [], ['lost'], ['sacked'], ['sacked'], [], [], ['retransmission']]);
    expect(report.conversations[0]?.counts).toMatchObject({
      server: { fastRetransmits: 1, timeouts: 0 },
      client: { duplicateAcks: 2 },
    });
  });

  test('a row has the beginning of its packet, as long as there is room', () => {
    const file = records(LOSS);
    const all = read(pcapFile(file)).report.conversations[0]?.rows ?? [];
    expect(all.map(({ packet }) => packet?.length)).toEqual(file.map(({ bytes }) => bytes.length));
    expect(all.map(({ packet }) => packet?.bytes)).toEqual(file.map(({ bytes }) => bytes));
    const few = read(pcapFile(file), { maxPacketBytes: 200 }).report.conversations[0]?.rows ?? [];
    expect(few.map(({ packet }) => packet !== undefined)).toEqual([true, true, true, ...Array<boolean>(6).fill(false)]);
    // The rows that go make room for those that come.
    const long = read(pcapFile(records(BULK)), { maxPacketBytes: 9000, rows: { head: 3, middle: 0, tail: 3 } });
    expect(
      long.report.conversations[0]?.rows.every(({ frame, packet }) => (frame === undefined) === (packet === undefined)),
    ).toBe(true);
  });
});

test('a RST that breaks in: the lost bytes, the states, and the row that shows it', () => {
  const { report } = read(
    pcapFile(records([...SHORT_TALK.slice(0, 4), { from: 'server', seq: 301, ack: 128, flags: FLAG.RST | FLAG.ACK }])),
  );
  expect(report.conversations[0]).toMatchObject({
    states: { client: 'CLOSED', server: 'CLOSED' },
    findings: [{ id: 'reset', severity: 'failure', side: 'server', frames: [4, 5], evidence: { lost: 27 } }, {}, {}],
  });
});

test('docs/explain.md has a line for everything that can be found, and for nothing else', () => {
  const text = readFileSync(join(__dirname, '../../docs/explain.md'), 'utf8');
  const table = text.slice(text.indexOf('## What it finds'), text.indexOf('## JSON'));
  const lines = [...table.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\|/gm)].map(([, id, title]) => [id, title]);
  expect(lines.map(([id]) => id).sort()).toEqual([...FINDINGS].sort());
  expect(lines.filter(([, title]) => title === '')).toEqual([]);
});

describe('words', () => {
  test.each(['en', 'ko'] as const)('every finding and cause can be told (%s), and nothing in it is missing', (lang) => {
    const texts = EXPLAIN_TEXTS[lang];
    for (const id of FINDINGS) {
      for (const side of ['client', 'server', undefined] as const) {
        const finding: Finding = {
          id,
          severity: 'trouble',
          conversation: 1,
          side,
          frames: [1],
          count: 3,
          from: 0,
          to: 1,
          evidence: {},
          causes: CAUSES.map((cause) => ({ id: cause, likelihood: 'likely' })),
        };
        const { title, what, causes, terms } = tell(finding, texts);
        const all = [title, what, ...causes.map(({ text }) => text), ...terms.map((term) => texts.terms[term])];
        for (const text of all) expect(text).not.toMatch(/undefined|NaN|Infinity|\[object|^$/);
      }
    }
  });

  test('the text fits its width, has the packets’ numbers, and only ASCII where that is asked for', () => {
    const { report } = read(pcapFile(records(BULK)));
    for (const [lang, ascii] of [
      ['en', true],
      ['ko', false],
    ] as const) {
      const text = renderText(report, {
        lang,
        ascii,
        width: 90,
        color: false,
        name: 'talk.pcap',
        conversations: 5,
        findingsOnly: false,
      });
      if (ascii) expect(text).toMatch(/^[\n -~]*$/);
      expect(text).toMatch(/\n +1 +0\.000000 +SYN-SENT/);
      for (const line of text.split('\n')) if (lang === 'en') expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});
