import { describe, expect, test } from '@jest/globals';
import { ConnectionRecord, Recorder, type Mark } from '../../../src/inspect';
import { segmentLength } from '../../../src/tcp/trace';
import { MILLISECOND, seeds, withSeed } from '../../support/simulation';
import { segment } from '../script';
import { segments, transfer } from './worlds';

/** Each row that has marks: its sequence number, and them. */
function marked(record: ConnectionRecord): string[] {
  return segments(record.rows).flatMap(({ marks, reading }) =>
    marks.size === 0 ? [] : [`${reading.seq} ${[...marks].sort().join(' ')}`],
  );
}

function record(
  lines: readonly string[],
  options: ConstructorParameters<typeof ConnectionRecord>[3] = {},
): ConnectionRecord {
  let made: ConnectionRecord | undefined;
  lines.forEach((line, index) => {
    const again = line.includes('again ');
    const event = segment(`${line.replace('again ', '')} | ESTABLISHED`, {
      time: index * 1000,
      ...(again && { reason: 'retransmission' as const }),
    });
    made ??= new ConnectionRecord(event.connection, 1, event.time, options, undefined);
    made.segment(event);
  });
  if (made === undefined) throw new Error('no lines');
  return made;
}

const HANDSHAKE = [
  '< S 0:0(0) win 65535 <mss 1000,sackOK,wscale 2>',
  '> S. 0:0(0) ack 1 win 65535 <mss 1000,sackOK,wscale 2>',
  '< . 1:1(0) ack 1 win 65535',
];
const data = (n: number, again = ''): string => `> ${again}. ${n * 1000 + 1}:${n * 1000 + 1001}(1000) ack 1`;

describe('marks over a bad network, compared with what the other end saw', () => {
  test.each(seeds(6))('seed %i: as many are marked lost as were lost', (seed) => {
    withSeed(seed, () => {
      const world = transfer(
        { seed, network: { out: { loss: 0.05, delay: 10 * MILLISECOND }, in: { delay: 10 * MILLISECOND } } },
        { bytes: 600_000 },
      );
      const sent = segments(world.only('a').rows).filter(
        ({ from, event }) => from === 'right' && segmentLength(event) > 0,
      );
      const came = segments(world.only('b').rows).filter(
        ({ from, event }) => from === 'left' && segmentLength(event) > 0,
      );
      const count = (rows: typeof sent, mark: Mark): number => rows.filter(({ marks }) => marks.has(mark)).length;
      expect(count(sent, 'lost')).toBeGreaterThan(5);
      expect(count(sent, 'lost')).toBe(sent.length - came.length);
      // What came for nothing was sent for nothing, and each hole was told of by SACK and filled.
      expect(count(sent, 'spurious')).toBe(count(came, 'duplicate'));
      expect(count(sent, 'sacked')).toBeGreaterThan(0);
      expect(count(came, 'fills')).toBeGreaterThan(0);
      expect(count(sent, 'retransmission')).toBe(count(sent, 'lost') + count(sent, 'spurious'));
      expect(count(came, 'lost') + count(came, 'dropped')).toBe(0);
    });
  });

  test('what is only late is spurious, not lost, as far as DSACK tells', () => {
    const world = transfer(
      {
        seed: 4,
        network: {
          delay: 10 * MILLISECOND,
          out: { reorder: 0.05, reorderDelay: 60 * MILLISECOND, delay: 10 * MILLISECOND },
        },
      },
      { bytes: 400_000 },
    );
    const rows = segments(world.only('a').rows);
    // An ACK has room for one DSACK: of two segments that came twice at once, one is told of, and the other stays lost for who sent it.
    const twice = segments(world.only('b').rows).filter(({ marks }) => marks.has('duplicate'));
    const isDsack = ([first]: readonly (readonly [number, number])[], ack = 0): boolean =>
      first !== undefined && first[1] <= ack;
    const told = rows.filter(({ from, reading }) => from === 'left' && isDsack(reading.sack, reading.ack));
    expect(told.length).toBeGreaterThan(10);
    expect(rows.filter(({ marks }) => marks.has('spurious'))).toHaveLength(told.length);
    expect(rows.filter(({ marks }) => marks.has('lost'))).toHaveLength(twice.length - told.length);
    expect(segments(world.only('b').rows).some(({ marks }) => marks.has('out-of-order'))).toBe(true);
  });
});

describe('marks, one by one', () => {
  test('lost and retransmission; a second time; in smaller pieces', () => {
    expect(marked(record([...HANDSHAKE, data(0), data(1), data(0, 'again '), data(0, 'again ')]))).toEqual([
      '1 lost',
      '1 lost retransmission',
      '1 retransmission',
    ]);
    expect(
      marked(record([...HANDSHAKE, data(0), '> again . 1:501(500) ack 1', '> again . 501:1001(500) ack 1'])),
    ).toEqual(['1 lost', '1 retransmission', '501 retransmission']);
  });

  test('SACK: what the other end has was not lost when it is sent again', () => {
    const sack = '< . 1:1(0) ack 1 win 65535 <nop,nop,sack 1001:2001>';
    expect(marked(record([...HANDSHAKE, data(0), data(1), sack, data(0, 'again '), data(1, 'again ')]))).toEqual([
      '1 lost',
      '1001 sacked',
      '1 retransmission',
      '1001 retransmission',
    ]);
    // A part of a segment is not all of it.
    const parts = ['1001:1501', '1501:2001'].map((block) => `< . 1:1(0) ack 1 win 65535 <nop,nop,sack ${block}>`);
    expect(marked(record([...HANDSHAKE, data(0), data(1), ...parts.slice(0, 1)]))).toEqual([]);
    expect(marked(record([...HANDSHAKE, data(0), data(1), ...parts]))).toEqual(['1001 sacked']);
  });

  test('DSACK takes the loss back, the last retransmission first (RFC 2883)', () => {
    const dsack = '< . 1:1(0) ack 2001 win 65535 <nop,nop,sack 1:1001>';
    expect(marked(record([...HANDSHAKE, data(0), data(1), data(0, 'again '), dsack]))).toEqual([
      '1 retransmission spurious',
    ]);
    expect(marked(record([...HANDSHAKE, data(0), data(1), data(0, 'again '), data(0, 'again '), dsack]))).toEqual([
      '1 lost',
      '1 retransmission',
      '1 retransmission spurious',
    ]);
    // Beyond a gap: in the second block.
    const inside = '< . 1:1(0) ack 1 win 65535 <nop,nop,sack 1001:2001 1001:3001>';
    expect(marked(record([...HANDSHAKE, data(0), data(1), data(2), data(1, 'again '), inside]))).toEqual([
      '2001 sacked',
      '1001 retransmission sacked spurious',
    ]);
  });

  test('a SYN, a FIN and a reset', () => {
    const syn = '> S 0:0(0) win 65535';
    expect(marked(record([syn, `> again ${syn.slice(2)}`, '< R. 0:0(0) ack 1']))).toEqual([
      '0 lost',
      '0 retransmission',
    ]);
    const fin = 'F. 1:1(0) ack 1';
    expect(marked(record([...HANDSHAKE, `> ${fin}`, `> again ${fin}`]))).toEqual(['1 lost', '1 retransmission']);
  });

  test('what comes in: late, filling, double', () => {
    const from = (n: number): string => `< . ${n * 1000 + 1}:${n * 1000 + 1001}(1000) ack 1`;
    expect(marked(record([...HANDSHAKE, from(0), from(2), from(3), from(1), from(2)]))).toEqual([
      '2001 out-of-order',
      '3001 out-of-order',
      '1001 fills',
      '2001 duplicate retransmission',
    ]);
  });

  test('a zero window that is said again, and a probe, are no retransmissions', () => {
    const closed = '> . 1:1(0) ack 1001 win 0';
    expect(marked(record([...HANDSHAKE, '< . 1:1001(1000) ack 1', closed, '< . 1000:1001(1) ack 1', closed]))).toEqual(
      [],
    );
  });

  test('sequence numbers that wrap', () => {
    const lines = [
      '< S 7:7(0) win 65535 <mss 1000,sackOK>',
      '> S. 4294966795:4294966795(0) ack 8 <mss 1000,sackOK>',
      '< . 8:8(0) ack 4294966796',
      '> . 4294966796:500(1000) ack 8',
      '> . 500:1500(1000) ack 8',
      '< . 8:8(0) ack 4294966796 <nop,nop,sack 500:1500>',
      '> again . 4294966796:500(1000) ack 8',
    ];
    expect(marked(record(lines))).toEqual(['1 lost', '1001 sacked', '1 retransmission']);
  });
});

describe('what it costs', () => {
  test('10,000 segments under way, every second one lost, SACK for each', () => {
    const recorder = new Recorder();
    const events = HANDSHAKE.map((line) => segment(`${line} | ESTABLISHED`));
    for (let n = 0; n < 10_000; n++) events.push(segment(`${data(n)} | ESTABLISHED`, { time: n }));
    for (let n = 1; n < 10_000; n += 2) {
      const block = (k: number): string => `${k * 1000 + 1}:${k * 1000 + 1001}`;
      const blocks = [block(n), ...(n > 2 ? [block(n - 2)] : []), ...(n > 4 ? [block(n - 4)] : [])].join(' ');
      events.push(segment(`< . 1:1(0) ack 1 win 65535 <nop,nop,sack ${blocks}> | ESTABLISHED`, { time: 10_000 + n }));
    }
    for (let n = 0; n < 10_000; n += 2)
      events.push(segment(`${data(n)} | ESTABLISHED`, { time: 30_000 + n, reason: 'retransmission' }));
    // What others run meanwhile is not counted.
    const start = process.cpuUsage();
    for (const event of events) recorder.event(event);
    const took = process.cpuUsage(start).user / 1000;
    const [only] = recorder.connections.values();
    const rows = segments(only?.rows ?? []);
    expect(rows.filter(({ marks }) => marks.has('sacked'))).toHaveLength(5000);
    expect(rows.filter(({ marks }) => marks.has('lost'))).toHaveLength(5000);
    // 0.4 s on an idle machine; looking at every row for each ACK would take minutes.
    expect(took).toBeLessThan(20_000);
  });
});
