import { describe, expect, test } from '@jest/globals';
import { Backlog } from '../../src/inspector/backlog';
import { decode, encode } from '../../src/inspector/encoding';
import { Feed, type FedEvent, type FeedOptions } from '../../src/inspector/feed';
import { Recorder } from '../../src/inspect';
import type { TimerEvent, TransitionEvent } from '../../src/tcp/trace';
import { PEER, segment, US, helloFromNc } from '../inspect/script';
import { twoStacks } from './two-stacks';

const connection = { id: 1, local: US, remote: PEER };
const timer = (action: TimerEvent['action'], time: number): TimerEvent => ({
  type: 'timer',
  time,
  connection,
  timer: 'retransmission',
  action,
  deadline: time + 100,
});
const transition: TransitionEvent = {
  type: 'transition',
  time: 1,
  connection,
  from: 'ESTABLISHED',
  to: 'CLOSE-WAIT',
  event: 'rcv FIN',
};

function feeding(options: Partial<FeedOptions> = {}) {
  const feed = new Feed({ now: () => 0, ...options });
  return { feed, types: () => feed.take().events.map(({ type }) => type) };
}

describe('a batch', () => {
  test('has a copy of the beginning of each payload, and how long it was', () => {
    const { feed } = feeding({ payload: 4, more: 0 });
    const memory = Buffer.from('hello world');
    feed.event(segment('> P. 1:12(11) ack 1 | ESTABLISHED', { data: memory }));
    memory.fill(0);
    const [event] = feed.take().events;
    expect(event).toMatchObject({ length: 11, segment: { payload: new Uint8Array(Buffer.from('hell')), seq: 1 } });
    expect(feed.take().events).toEqual([]);
  });

  test('has whole segments as long as few speak, and the beginnings of more', () => {
    const { feed } = feeding({ payload: 256, wholePayload: 1460, more: 2000 });
    const sizes = (): number[] =>
      feed.take().events.map((event) => (event.type === 'segment' ? event.segment.payload.length : -1));
    const send = (bytes: number): void => {
      feed.event(segment(`> P. 1:${bytes + 1}(${bytes}) ack 1 | ESTABLISHED`, { data: Buffer.alloc(bytes) }));
    };
    for (const bytes of [1400, 100, 60_000, 1400, 20]) send(bytes);
    expect(sizes()).toEqual([1400, 100, 1112, 256, 20]);
    send(60_000);
    expect(sizes()).toEqual([1460]);
  });

  test("a browser's call for a WebSocket is longer than a beginning, and what follows it is understood", () => {
    const { feed } = feeding();
    const head = (first: string, fields: string): Buffer =>
      Buffer.from(
        `${first}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${fields}${'Cookie: x=y\r\n'.repeat(40)}\r\n`,
      );
    const call = head('GET /chat HTTP/1.1', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n');
    const answer = head('HTTP/1.1 101 Switching Protocols', '');
    const [c, a] = [call.length + 1, answer.length + 1];
    feed.event(segment(`< P. 1:${c}(${call.length}) ack 1 | ESTABLISHED`, { data: call }));
    feed.event(segment(`> P. 1:${a}(${answer.length}) ack ${c} | ESTABLISHED`, { data: answer }));
    const hello = Buffer.from([0x81, 5, ...Buffer.from('hello')]);
    feed.event(segment(`> P. ${a}:${a + 7}(7) ack ${c} | ESTABLISHED`, { data: hello }));
    const recorder = new Recorder();
    for (const event of feed.take().events) recorder.event(event);
    const [record] = recorder.connections.values();
    const told = [...(record?.rows ?? [])].flatMap((row) => (row.kind === 'segment' ? row.told.items : []));
    expect(told.map(({ kind }) => kind)).toEqual(['request', 'response', 'frame']);
  });

  test('has the last word on each timer, at its end, and that one has gone off where it happened', () => {
    const { feed, types } = feeding();
    feed.event(timer('set', 1));
    feed.event(timer('set', 2));
    feed.event(transition);
    expect(feed.take().events).toEqual([transition, timer('set', 2)]);
    feed.event(timer('set', 3));
    feed.event(timer('fired', 4));
    feed.event(transition);
    expect(types()).toEqual(['timer', 'transition']);
  });

  test('has bounds for all that it holds, and counts what is beyond', () => {
    const { feed, types } = feeding({ events: 3, timers: 1 });
    for (let i = 0; i < 10; i++) feed.event(transition);
    for (const id of [1, 2, 3]) feed.event({ ...timer('set', 1), connection: { ...connection, id } });
    expect(types()).toHaveLength(4);
    expect(feed.dropped).toBe(9);
  });

  test("has nothing of the inspector's own connections", () => {
    const { feed, types } = feeding({ isOwn: ({ local }) => local.port === US.port });
    expect(feed.sampler('in', connection, 16, 0, undefined, undefined, 1, 1000)).toBe(false);
    feed.event(transition);
    feed.event(timer('set', 1));
    expect(types()).toEqual([]);
    expect(feed.skipped).toBe(0);
  });
});

describe('from a stack', () => {
  test('the recorder at the other end has the whole way of a connection, though most of its segments were skipped', () => {
    const { talk, near, clock } = twoStacks();
    const feed = new Feed({ now: () => clock.now(), segments: 5, notable: 100 });
    const stop = near.observe(feed.event, { sampler: feed.sampler });
    const recorder = new Recorder();
    let told = 0;
    let kilobytes = 0;
    const take = (): void => {
      const { events, period } = feed.take();
      told += period.told;
      const text = encode(events);
      kilobytes += text.length / 1000;
      for (const event of decode(text) as FedEvent[]) recorder.event(event);
    };
    const { length } = talk(5_000_000, take);
    take();
    stop();
    const [record] = recorder.connections.values();
    expect(record?.path.right.map(({ to }) => to)).toEqual([
      'SYN-RECEIVED',
      'ESTABLISHED',
      'CLOSE-WAIT',
      'LAST-ACK',
      'CLOSED',
    ]);
    // Nothing that was skipped is missing in what is counted.
    expect(record?.counters.bytes.in).toBe(length);
    expect(feed.skipped).toBeGreaterThan(1000);
    expect(record?.counters.skipped).toBe(feed.skipped);
    expect(record?.variables?.rcv.nxt).toBeDefined();
    expect(told).toBeLessThan(feed.skipped / 4);
    // What is told behind what was skipped came for the first time, and no row is earlier than the one above it.
    const rows = [...(record?.rows.slice() ?? [])];
    expect(rows.filter((row) => row.kind === 'segment' && row.marks.size > 0)).toEqual([]);
    expect(rows.filter(({ time }, index) => time < (rows[index - 1]?.time ?? 0))).toEqual([]);
    expect(kilobytes).toBeLessThan(2000);
  });
});

describe('a page that is too slow', () => {
  test('hears what is notable later, and of the rest how much it was', () => {
    const backlog = new Backlog(3);
    const events = helloFromNc();
    backlog.add(events);
    backlog.add([
      segment('> . 7:107(100) ack 7 | ESTABLISHED', { time: 5 }),
      segment('> . 107:207(100) ack 7 | ESTABLISHED', { time: 6 }),
    ]);
    const taken = backlog.take();
    const skipped = taken.filter((event) => event.type === 'skipped');
    expect(taken.length - skipped.length).toBe(3);
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toMatchObject({ bytes: { out: 206 } });
    expect(backlog.dropped).toBeGreaterThan(0);
    expect(backlog.isEmpty).toBe(true);
  });
});

test('what JSON has no words for comes through it, also bytes in a Buffer', () => {
  const message = { a: 5n, b: Infinity, c: new Uint8Array([1, 2, 255]), d: [undefined, 'x'] };
  expect(decode(encode(message))).toEqual({ ...message, d: [null, 'x'] });
  expect(decode(encode({ c: Buffer.from([1, 2, 255]) }))).toEqual({ c: new Uint8Array([1, 2, 255]) });
});
