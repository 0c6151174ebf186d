import { describe, expect, test } from '@jest/globals';
import { Recorder, type ConnectionRecord, type RecorderOptions } from '../../../src/inspect';
import { bytesOfSegment, dissectRow, findField, numbersOf } from '../../../src/inspect/dissect';
import type { TraceEvent } from '../../../src/trace';
import { MILLISECOND } from '../../support/simulation';
import { helloFromNc, PEER, segment, US } from '../script';
import { RecordedWorld, segments, transfer } from './worlds';

function recorded(events: readonly TraceEvent[], options: RecorderOptions = {}): Recorder {
  const recorder = new Recorder(options);
  for (const event of events) recorder.event(event);
  return recorder;
}

const all = (recorder: Recorder): ConnectionRecord[] => [...recorder.connections.values()];
const CONNECTION = { id: 1, local: US, remote: PEER };

describe('which record an event goes to', () => {
  test('a refused call: SYN and RST of no connection are one record; the next call from there is another', () => {
    const call = (isn: number, time: number): TraceEvent[] => [
      segment(`< S ${isn}:${isn}(0) | CLOSED`, { id: 0, time }),
      segment(`> R. 0:0(0) ack ${isn + 1} | CLOSED`, { id: 0, time }),
    ];
    const recorder = recorded([...call(5, 0), ...call(5, 1000), ...call(99, 2000)]);
    expect(all(recorder).map(({ rows, ends }) => [rows.length, ends.left.state])).toEqual([
      [4, 'CLOSED'],
      [2, 'CLOSED'],
    ]);
  });

  test('what a forgotten connection still says goes to its record; a new one between the same ports has its own', () => {
    const late = segment('< F. 3812905119:3812905119(0) ack 1390217 win 502 | CLOSED', { id: 0, time: 2000 });
    const recorder = recorded([...helloFromNc(), late, ...helloFromNc({ id: 2, time: 5000 })]);
    expect(all(recorder).map(({ id, rows, state }) => [id.id, rows.length, state])).toEqual([
      [1, 12, 'CLOSED'],
      [2, 11, 'CLOSED'],
    ]);
    expect(recorder.known(CONNECTION)?.path.right.map(({ to }) => to)).toEqual([
      'SYN-RECEIVED',
      'ESTABLISHED',
      'CLOSE-WAIT',
      'LAST-ACK',
      'CLOSED',
    ]);
  });

  test('a handshake that is reset goes back to LISTEN, and that is the end of its way', () => {
    const [syn, answer] = helloFromNc();
    const back: TraceEvent = {
      ...{ type: 'transition', time: 150, connection: CONNECTION },
      ...{ from: 'SYN-RECEIVED', to: 'LISTEN', event: 'rcv RST' },
    };
    const recorder = recorded([syn, answer].filter((event) => event !== undefined).concat(back));
    expect(recorder.known(CONNECTION)?.path.right.map(({ to, event }) => [to, event])).toEqual([
      ['SYN-RECEIVED', undefined],
      ['LISTEN', 'rcv RST'],
    ]);
  });

  test('a handshake by SYN cookie is the beginning of the connection that comes of it', () => {
    const [syn, answer, ...rest] = helloFromNc();
    const nobody = [syn, answer].map((event) => ({ ...event, connection: { ...CONNECTION, id: 0 } }) as TraceEvent);
    const recorder = recorded([...nobody, ...rest]);
    expect(all(recorder).map(({ id, rows }) => [id.id, rows.length])).toEqual([[1, 11]]);
  });

  test('after a real SYN cookie the windows are scaled, in the record and in the segment opened', () => {
    const world = new RecordedWorld({ seed: 1, stack: { tcp: { synCookies: 'always' } } });
    const { a, b, clock } = world;
    b.stack.tcp.open({ passive: true, local: { port: 80 } });
    const call = a.stack.tcp.open({ remote: { address: b.address, port: 80 } });
    clock.advanceBy(MILLISECOND);
    call.send(new Uint8Array(100));
    clock.advanceBy(1000 * MILLISECOND);
    const record = world.only('b');
    const rows = segments(record.rows);
    expect(rows.slice(0, 3).map(({ event }) => event.connection.id > 0)).toEqual([false, false, true]);
    const last = rows.filter(({ from }) => from === 'right').at(-1);
    const scaled = { field: 1023, factor: 128, bytes: 130_944 };
    expect(last?.reading.window).toBe(scaled.bytes);
    expect(record.flows.left.window).toBe(scaled.bytes);
    if (last === undefined) throw new Error('b said nothing');
    const opened = dissectRow(record, last);
    expect(findField(opened?.fields ?? [], 'tcp.window')?.facts).toEqual(scaled);
    // As whoever has the octets of the wire opens it.
    expect(numbersOf(record, 'right')).toEqual({ isn: { seq: expect.any(Number), ack: expect.any(Number) }, shift: 7 });
  });

  test('a page that is opened late begins in the middle', () => {
    const [record] = all(recorded(helloFromNc().slice(3)));
    expect(record?.path.right.map(({ from, to }) => [from, to]).slice(0, 2)).toEqual([
      [undefined, 'ESTABLISHED'],
      ['ESTABLISHED', 'CLOSE-WAIT'],
    ]);
    const [first] = segments(record?.rows ?? []);
    expect([first?.reading.seq, first?.marks.size]).toEqual([1, 0]);
  });

  test('a drop comes before its segment: that row is marked, and no other', () => {
    const drop: TraceEvent = {
      type: 'drop',
      layer: 'tcp',
      time: 250,
      reason: 'paws',
      detail: '',
      connection: CONNECTION,
    };
    const events = helloFromNc();
    events.splice(3, 0, drop, segment('< . 3812905113:3812905114(1) ack 1390211 | ESTABLISHED', { time: 250 }));
    const [record] = all(recorded(events));
    const rows = segments(record?.rows ?? []);
    expect(rows.filter(({ marks }) => marks.has('dropped')).map(({ time }) => time)).toEqual([250]);
    // What was dropped has not come: the same octets later are no duplicate.
    expect(rows.filter(({ marks }) => marks.has('duplicate'))).toEqual([]);
  });

  test('over a bad network: each segment that a stack dropped is marked', () => {
    let drops = 0;
    const world = transfer(
      {
        seed: 3,
        network: { out: { loss: 0.02, duplicate: 0.05, delay: 5 * MILLISECOND }, in: { delay: 5 * MILLISECOND } },
      },
      { bytes: 300_000 },
    );
    const rows = segments(world.only('b').rows);
    for (const row of world.only('b').rows) if (row.kind === 'note' && row.event.type === 'drop') drops += 1;
    expect(drops).toBeGreaterThan(0);
    expect(rows.filter(({ marks }) => marks.has('dropped'))).toHaveLength(drops);
    // The trace's segments are made anew bit by bit: the checksum that a dissector finds is right.
    const record = world.only('a');
    for (const row of segments(record.rows)) {
      const dissection = dissectRow(record, row);
      expect(findField(dissection?.fields ?? [], 'tcp.checksum')?.facts).toEqual({ good: true });
    }
  });
});

describe('limits', () => {
  test('payloads: the oldest go when the budget is used up, and rows stay', () => {
    const recorder = new Recorder({ maxPayloadBytes: 100_000 });
    let seq = 1;
    for (let n = 0; n < 1000; n++) {
      recorder.event(segment(`< . ${seq}:${seq + 1000}(1000) ack 1 | ESTABLISHED`, { id: 1 + (n % 10), time: n }));
      if (n % 10 === 9) seq += 1000;
    }
    const kept = all(recorder).flatMap(({ rows }) => segments(rows));
    expect(kept).toHaveLength(1000);
    const held = kept.reduce((sum, { event }) => sum + event.segment.payload.length, 0);
    expect([held > 80_000, held <= 100_000, recorder.payloads.released > 0]).toEqual([true, true, true]);
    const [oldest] = kept;
    const made = oldest === undefined ? undefined : bytesOfSegment(oldest.event);
    expect([oldest?.reading.length, made?.bytes.length, made?.whole]).toEqual([1000, 20, false]);
  });

  test('connections: those that are over go first; rows of all together; events of nobody', () => {
    const many = (count: number): TraceEvent[] =>
      Array.from({ length: count }, (_, n) =>
        segment(`< . 1:2(1) ack 1 | ESTABLISHED`, { id: 100 + n, peer: { ...PEER, port: 1000 + n } }),
      );
    const recorder = recorded([many(1)[0] ?? [], helloFromNc(), many(3).slice(1)].flat(), { maxConnections: 3 });
    expect(all(recorder).map(({ id }) => id.id)).toEqual([100, 101, 102]);
    expect(recorder.forgotten).toBe(1);

    const rows = recorded(
      Array.from({ length: 500 }, (_, n) => segment(`< . ${n + 1}:${n + 2}(1) ack 1 | ESTABLISHED`, { time: n })),
      { maxTotalRows: 100 },
    );
    expect([rows.counters.rows + (all(rows)[0]?.rows.length ?? 0), (all(rows)[0]?.rows.length ?? 0) <= 100]).toEqual([
      500,
      true,
    ]);

    const drop: TraceEvent = { type: 'drop', layer: 'ip', time: 1, reason: 'not-ours', detail: '' };
    const others = recorded(
      Array.from({ length: 100 }, () => drop),
      { maxOthers: 10 },
    );
    expect([others.others.length < 25, others.others.end, others.connections.size]).toEqual([true, 100, 0]);
  });
});

test('the next event of note, and the one before', () => {
  const [record] = all(recorded(helloFromNc()));
  const found: string[] = [];
  for (let at = record?.notable(-1, 'next'); at !== undefined; at = record?.notable(at.index, 'next'))
    found.push(`${at.index} ${at.reason}`);
  expect(found).toEqual(['0 syn', '1 syn-ack', '6 fin', '8 fin']);
  expect(record?.notable(6, 'previous')).toEqual({ index: 1, reason: 'syn-ack' });
  expect(record?.notable(0, 'previous')).toBeUndefined();
});
