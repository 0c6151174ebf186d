import { describe, expect, test } from '@jest/globals';
import { announcedWindow, ConnectionRecord, receiveWindow, type SkippedEvent } from '../../../src/inspect';
import type { TransitionEvent } from '../../../src/tcp/trace';
import type { Variables } from '../../../src/tcp/variables';
import { PEER, segment, US } from '../script';

const connection = { id: 1, local: US, remote: PEER };

describe('our window', () => {
  const HANDSHAKE = [
    '< S 0:0(0) win 65535 <mss 1460,wscale 2> | LISTEN → SYN-RECEIVED',
    '> S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 7> | SYN-RECEIVED',
    '< . 1:1(0) ack 1 win 1000 | SYN-RECEIVED → ESTABLISHED',
    '< P. 1:1001(1000) ack 1 win 1000 | ESTABLISHED',
  ];
  /** A connection after those lines, of whose window `kept` bytes are left at `nxt`. */
  function after(lines: readonly string[], nxt: number, kept: number): ConnectionRecord {
    const made = new ConnectionRecord(connection, 1, 0);
    const variables = { snd: {}, rcv: { nxt, wnd: kept, irs: 0 }, buffered: {} } as Variables;
    for (const [at, line] of lines.entries()) made.segment({ ...segment(line, { time: at }), variables });
    return made;
  }

  test('is what the other end was told: 0, while less than a step of the scale is kept', () => {
    const closed = after([...HANDSHAKE, '> . 1:1(0) ack 1001 win 0 | ESTABLISHED'], 1001, 8);
    expect(announcedWindow(closed)).toBe(0);
    expect(receiveWindow(closed)).toMatchObject({ nxt: 1001, wnd: 0, edge: 1001 });
    // Beginning in the middle, nobody knows the scale: nothing is nothing at any.
    expect(announcedWindow(after(['> . 1:1(0) ack 1001 win 0 | ESTABLISHED'], 1001, 8))).toBe(0);
  });

  test('is what is left of it, once data has come', () => {
    const told = [...HANDSHAKE, '> . 1:1(0) ack 1001 win 2 | ESTABLISHED'];
    expect(announcedWindow(after(told, 1001, 256))).toBe(256);
    expect(announcedWindow(after([...told, '< P. 1001:1101(100) ack 1 win 1000 | ESTABLISHED'], 1101, 156))).toBe(156);
  });

  test('is the one that is kept, where what was told last was skipped', () => {
    expect(announcedWindow(after([...HANDSHAKE, '> . 1:1(0) ack 1001 win 0 | ESTABLISHED'], 1001, 4000))).toBe(4000);
  });
});

describe('what was skipped', () => {
  const record = (): ConnectionRecord => {
    const made = new ConnectionRecord(connection, 1, 0, {}, 'ESTABLISHED');
    made.segment(segment('> P. 1:11(10) ack 1 win 1000 | ESTABLISHED', { time: 1000 }));
    return made;
  };
  const closes: TransitionEvent = {
    type: 'transition',
    time: 5000,
    connection,
    from: 'ESTABLISHED',
    to: 'CLOSE-WAIT',
    event: 'rcv FIN',
  };
  const skipped = (since: number): SkippedEvent => ({
    type: 'skipped',
    time: 5000,
    since,
    connection,
    segments: { in: 10, out: 10 },
    bytes: { in: 0, out: 100 },
    variables: undefined,
  });

  test('stands in the state from before the FIN that comes behind it', () => {
    const made = record();
    made.transition(closes);
    made.note(skipped(2000));
    made.segment(segment('< F. 1:1(0) ack 11 win 1000 | CLOSE-WAIT', { time: 5000 }));
    expect([...made.rows].map(({ right }) => right.state)).toEqual([
      'ESTABLISHED',
      'CLOSE-WAIT',
      'ESTABLISHED',
      'CLOSE-WAIT',
    ]);
    made.note({ ...skipped(5500), time: 6000 });
    expect([...made.rows].at(-1)?.right.state).toBe('CLOSE-WAIT');
  });

  test('later, without another segment, stands in the state that has come', () => {
    const made = record();
    made.transition(closes);
    made.note({ ...skipped(5500), time: 6000 });
    expect([...made.rows].at(-1)?.right.state).toBe('CLOSE-WAIT');
  });
});
