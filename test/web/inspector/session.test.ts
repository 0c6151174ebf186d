import { describe, expect, test } from '@jest/globals';
import type { InspectedSocket, InspectedStack, ServerMessage } from '../../../src/inspector/protocol';
import type { State } from '../../../src/tcp/states';
import type { Variables } from '../../../src/tcp/variables';
import type { TraceEvent } from '../../../src/trace';
import type { TcpReport } from '../../../src/control/tcp-report';
import { SS_STATES } from '../../../src/control/report-form';
import { fact, options } from '../../../web/inspector/facts';
import { listItems, type Item } from '../../../web/inspector/items';
import { endingOf, troubleOf } from '../../../web/inspector/remarks';
import { segment } from '../../inspect/script';
import { Live, Lost, type SocketEvents, type Standing } from '../../../web/inspector/live';
import { reasonOf } from '../../../web/components/controls/problem';
import { Session } from '../../../web/inspector/session';

const connection = (id: number) => ({
  id,
  local: { address: '10.9.0.2', port: 7 },
  remote: { address: '10.9.0.1', port: 40_000 + id },
});

const transition = (id: number, from: State, to: State, time: number): TraceEvent => ({
  type: 'transition',
  time,
  connection: connection(id),
  from,
  to,
  event: 'rcv SYN',
});

const arp = (time: number): TraceEvent =>
  ({ type: 'neighbour', time, link: 'tap0', address: '10.9.0.1', state: 'failed' }) satisfies TraceEvent;

const hello = (pid: number): ServerMessage => ({
  type: 'hello',
  version: 1,
  program: 'synack serve echo',
  pid,
  now: 5_000_000,
  epoch: 1_000_000_000_000_000,
  self: false,
  controls: { impair: true, connections: true },
});

const socket = (id: number, state: InspectedSocket['state']): InspectedSocket => ({
  netid: 'tcp',
  id,
  state,
  recv_q: 0,
  send_q: 511,
  local: { address: state === 'LISTEN' ? '::' : '10.9.0.2', port: 7 },
  peer: state === 'LISTEN' ? null : { address: '10.9.0.1', port: 40_000 + id },
  timer: null,
});

/** What is read of a connection that is well. */
const WELL = { backoff: 0, snd_wnd: 65_535, rcv_wnd: 65_535, advmss: 1448 } as TcpReport;

const VARIABLES: Variables = {
  snd: { una: 1, nxt: 1, wnd: 65_535, iss: 0 },
  rcv: { nxt: 101, wnd: 65_535, irs: 0 },
  mss: 1448,
  cwnd: 14_480,
  ssthresh: Infinity,
  phase: 'open',
  srtt: undefined,
  rttvar: undefined,
  rto: 1_000_000,
  backoff: 0,
  underWay: 0,
  sacked: 0,
  lost: 0,
  buffered: { send: 0, receive: 0, outOfOrder: 0 },
};

const stack = (sockets: readonly InspectedSocket[], omitted = 0): InspectedStack => ({
  version: 1,
  pid: 1,
  program: 'x',
  sockets,
  omitted,
  neighbours: [],
  interfaces: [],
  counters: {},
});

const snapshot = (now: number, of: InspectedStack): ServerMessage => ({
  type: 'snapshot',
  now,
  stack: of,
  inspector: { clients: 1, clientsRefused: 0, requestsRefused: 0, segmentsSkipped: 0, eventsDropped: 0 },
});

describe('the session', () => {
  test('holds the picture while it is paused: what happens waits, and is there afterwards', () => {
    let clock = 0;
    const session = new Session(() => clock);
    session.take(hello(1));
    session.take({ type: 'events', events: [transition(1, 'LISTEN', 'SYN-RECEIVED', 10)] });
    session.pause(true);
    const { version } = session.recorder;
    session.take({ type: 'events', events: [transition(1, 'SYN-RECEIVED', 'ESTABLISHED', 20), arp(21)] });
    clock = 1_000_000;
    expect([session.waits, session.recorder.version, session.now]).toEqual([2, version, 5_000_000]);
    session.pause(false);
    expect([session.waits, session.now]).toEqual([0, 6_000_000]);
    expect(session.recorder.connections.get(1)?.state).toBe('ESTABLISHED');
    expect(session.recorder.others.length).toBe(1);
  });

  test('of more than may wait the oldest are recorded, and none is lost', () => {
    const session = new Session(() => 0, { maxWaiting: 10 });
    session.pause(true);
    session.take({ type: 'events', events: Array.from({ length: 35 }, (_, index) => arp(index)) });
    expect([session.waits, session.recorder.others.length]).toEqual([10, 25]);
    session.pause(false);
    expect(session.recorder.others.slice().map(({ time }) => time)).toEqual(Array.from({ length: 35 }, (_, at) => at));
  });

  test('another process is another stack: nothing of the last one stays; the same one goes on', () => {
    const session = new Session(() => 0);
    session.take(hello(1));
    session.take({ type: 'events', events: [transition(1, 'LISTEN', 'SYN-RECEIVED', 10)] });
    session.take(hello(1));
    expect(session.recorder.connections.size).toBe(1);
    session.take(hello(2));
    expect(session.recorder.connections.size).toBe(0);
  });

  test('an event that makes no sense is counted, and the others are taken', () => {
    const session = new Session(() => 0);
    const broken = { type: 'segment', time: 1 } as unknown as TraceEvent;
    session.take({ type: 'events', events: [broken, transition(1, 'LISTEN', 'SYN-RECEIVED', 10)] });
    expect([session.nonsense, session.recorder.connections.size]).toEqual([1, 1]);
  });

  test('what the last snapshot said of a connection stays when that is over, as long as it is recorded', () => {
    const session = new Session(() => 0);
    session.take(hello(1));
    session.take({ type: 'events', events: [transition(1, 'SYN-RECEIVED', 'ESTABLISHED', 10)] });
    const tcp = { ...WELL, pmtu: 1400, ttl: 63, minrtt: 2.5, delivery_rate: 8e6, bytes_received: 5000 } as TcpReport;
    session.take(snapshot(20, stack([{ ...socket(1, 'ESTAB'), tcp }, socket(2, 'ESTAB')])));
    session.take({ type: 'events', events: [transition(1, 'LAST-ACK', 'CLOSED', 30)] });
    session.take(snapshot(40, stack([])));
    session.take(snapshot(50, stack([])));
    const [item, ...others] = listItems(session.recorder, session.stack, session.snapshotTime, session.lasts);
    if (item === undefined) throw new Error('it is not listed');
    const told = (['pmtu', 'ttl', 'minrtt', 'delivery', 'bytesIn'] as const).map((id) => fact(id, item)?.text);
    expect([item.state, ...told.map((text) => text?.replaceAll('\u00a0', ' '))]).toEqual([
      'CLOSED',
      '1.4 kB',
      '63',
      '2.5 ms',
      '8 Mbit/s',
      '5 kB',
    ]);
    expect([others.length, session.lasts.size]).toEqual([0, 1]);
    session.clear();
    session.take(snapshot(60, stack([])));
    expect(session.lasts.size).toBe(0);
  });

  test('what waits to be read is the newer of what the trace and the snapshot say', () => {
    const session = new Session(() => 0);
    session.take(hello(1));
    const told = segment('< P. 1:101(100) ack 1 | ESTABLISHED', { time: 10 });
    const buffered = { send: 0, receive: 100, outOfOrder: 0 };
    const event = { ...told, connection: connection(1), variables: { ...VARIABLES, buffered } };
    session.take({ type: 'events', events: [event] });
    const record = session.recorder.connections.get(1);
    session.take(snapshot(9, stack([{ ...socket(1, 'ESTAB'), send_q: 0, recv_q: 50 }])));
    expect(record?.variables?.buffered).toEqual(buffered);
    session.take(snapshot(20, stack([{ ...socket(1, 'ESTAB'), send_q: 7, recv_q: 0 }])));
    expect(record?.variables?.buffered).toEqual({ send: 7, receive: 0, outOfOrder: 0 });
  });

  test('a program that says nothing for long, not even a snapshot, is told from one that has nothing to say', () => {
    let clock = 0;
    const session = new Session(() => clock);
    session.take(hello(1));
    clock = 4_900_000;
    expect(session.silent).toBe(false);
    clock = 5_100_000;
    expect(session.silent).toBe(true);
    session.take(snapshot(5_100_000, stack([])));
    expect(session.silent).toBe(false);
  });

  test('a snapshot waits, too, and sets the clock', () => {
    const session = new Session(() => 0);
    session.pause(true);
    session.take(snapshot(7_000_000, stack([])));
    expect(session.stack).toBeUndefined();
    session.pause(false);
    expect([session.stack?.sockets, session.now]).toEqual([[], 7_000_000]);
  });

  test('clearing forgets what is over, and keeps the rest', () => {
    const session = new Session(() => 0);
    const events = [
      transition(1, 'LISTEN', 'SYN-RECEIVED', 10),
      transition(2, 'LISTEN', 'SYN-RECEIVED', 11),
      transition(1, 'SYN-RECEIVED', 'CLOSED', 12),
      arp(13),
    ];
    session.take({ type: 'events', events });
    session.clear();
    expect([...session.recorder.connections.values()].map(({ id }) => id.id)).toEqual([2]);
    expect(session.recorder.others.length).toBe(0);
  });
});

describe('the list', () => {
  const items = (of: InspectedStack | undefined, events: readonly TraceEvent[], snapshotTime = 100) => {
    const session = new Session(() => 0);
    session.take({ type: 'events', events });
    return listItems(session.recorder, of, snapshotTime).map(({ key, state }) => `${key} ${state ?? '?'}`);
  };
  const open = [transition(1, 'LISTEN', 'SYN-RECEIVED', 10), transition(1, 'SYN-RECEIVED', 'ESTABLISHED', 20)];

  test('has listeners, what was recorded, and what is older than the page, each once', () => {
    expect(items(stack([socket(0, 'LISTEN'), socket(1, 'ESTAB'), socket(9, 'CLOSE-WAIT')]), open)).toEqual([
      'l:::7 LISTEN',
      '1 ESTABLISHED',
      '9 CLOSE-WAIT',
    ]);
  });
  test('has few listeners above the connections, many below them', () => {
    const listeners = (count: number): InspectedSocket[] =>
      Array.from({ length: count }, (_, port) => ({ ...socket(0, 'LISTEN'), local: { address: '::', port } }));
    const order = (count: number): string[] => items(stack([...listeners(count), socket(1, 'ESTAB')]), open);
    expect(order(8).indexOf('1 ESTABLISHED')).toBe(8);
    expect(order(9).indexOf('1 ESTABLISHED')).toBe(0);
  });
  test('what the stack has no more is over, unless not all was told, or it is younger than the snapshot', () => {
    expect(items(stack([]), open)).toEqual(['1 CLOSED']);
    expect(items(stack([], 3), open)).toEqual(['1 ESTABLISHED']);
    expect(items(stack([]), open, 15)).toEqual(['1 ESTABLISHED']);
  });
});

describe('what is remarked', () => {
  /** Of the only connection, once these have happened. */
  function item(steps: readonly TraceEvent[], of: readonly InspectedSocket[] = [], now = 100): Item {
    const session = new Session(() => 0);
    session.take({ type: 'events', events: steps });
    const [only] = listItems(session.recorder, stack(of), now);
    if (only === undefined) throw new Error('there is none');
    return only;
  }
  const step = (from: State, to: State, event: string, time = 10): TraceEvent =>
    ({ ...transition(1, from, to, time), event }) as TraceEvent;
  const ended = (from: State, event: string, to: State = 'CLOSED'): unknown => {
    const { state, ...all } = item([step('CLOSED', from, 'x'), step(from, to, event, 20)]);
    return [state, endingOf({ state, ...all })];
  };

  test('how a connection ended, where that was not by FIN', () => {
    expect(ended('SYN-SENT', 'rcv RST')).toEqual(['CLOSED', 'refused']);
    expect(ended('ESTABLISHED', 'rcv RST')).toEqual(['CLOSED', 'reset']);
    // A port scanner's call: the port listens on, the connection is over.
    expect(ended('SYN-RECEIVED', 'rcv RST', 'LISTEN')).toEqual(['CLOSED', 'reset']);
    expect(ended('ESTABLISHED', 'ABORT')).toEqual(['CLOSED', 'aborted']);
    expect(ended('SYN-SENT', 'user timeout')).toEqual(['CLOSED', 'unanswered']);
    expect(ended('SYN-SENT', 'CLOSE')).toEqual(['CLOSED', 'withdrawn']);
    for (const [from, event] of [
      ['LAST-ACK', 'rcv ACK of FIN'],
      ['TIME-WAIT', '2MSL timeout'],
      ['TIME-WAIT', 'rcv RST'],
    ] as const)
      expect(ended(from, event)).toEqual(['CLOSED', undefined]);
    expect(endingOf(item([step('CLOSED', 'ESTABLISHED', 'x')], [socket(1, 'ESTAB')]))).toBeUndefined();
  });

  test('what is stuck, and on what', () => {
    const stuck = (over: Partial<TcpReport>, queues: Partial<InspectedSocket> = {}, state: State = 'ESTABLISHED') =>
      troubleOf(
        item(
          [step('CLOSED', state, 'x')],
          [{ ...socket(1, SS_STATES[state]), send_q: 0, ...queues, tcp: { ...WELL, ...over } }],
        ),
        100,
      );
    expect(stuck({})).toBeUndefined();
    expect(stuck({ backoff: 1 })).toBeUndefined();
    expect(stuck({ backoff: 3 })).toEqual({ kind: 'silent', times: 3 });
    expect(stuck({ backoff: 1 }, {}, 'SYN-SENT')).toEqual({ kind: 'calling', times: 1 });
    expect(stuck({ snd_wnd: 0, backoff: 3 }, { send_q: 7 })).toEqual({ kind: 'theirs' });
    expect(stuck({ snd_wnd: 0 })).toBeUndefined();
    expect(stuck({ rcv_wnd: 8 }, { recv_q: 131_056 })).toEqual({ kind: 'ours', bytes: 131_056 });
    expect(stuck({ rcv_wnd: 8 }, { recv_q: 131_056 }, 'CLOSE-WAIT')).toBeUndefined();
    const hungUp = item([step('ESTABLISHED', 'CLOSE-WAIT', 'rcv FIN')], [socket(1, 'CLOSE-WAIT')]);
    expect([troubleOf(hungUp, 20_000_000), troubleOf(hungUp, 31_000_000)]).toEqual([undefined, { kind: 'unclosed' }]);
    const listener = (recv_q: number): unknown => troubleOf(item([], [{ ...socket(0, 'LISTEN'), recv_q }]), 100);
    expect([listener(510), listener(511)]).toEqual([undefined, { kind: 'backlog' }]);
  });

  test('what the handshake agreed on, also when the stack has forgotten the connection', () => {
    const events = [
      segment('< SEW 9:9(0) win 65535 <mss 1460,sackOK,TS val 1 ecr 0,wscale 7> | LISTEN → SYN-RECEIVED'),
      segment('> S.E 5:5(0) ack 10 win 65535 <mss 1460,sackOK,wscale 10> | SYN-RECEIVED', { time: 1 }),
    ];
    const known = item(events);
    expect(known.socket).toBeUndefined();
    expect(options(known)).toEqual(['SACK', 'wscale 7/10', 'ECN']);
    expect(options(item(events.slice(0, 1)))).toBeUndefined();
  });
});

describe('the line to synack', () => {
  function line() {
    const opened: SocketEvents[] = [];
    const sent: string[] = [];
    const standings: Standing[] = [];
    const waits: number[] = [];
    let next: () => void = () => undefined;
    let refused = false;
    const live = new Live({
      open: (events) => {
        opened.push(events);
        return { send: (text) => sent.push(text), close: () => opened.at(-1)?.closed() };
      },
      onMessage: () => undefined,
      onStanding: (standing) => standings.push(standing),
      isRefused: () => Promise.resolve(refused),
      after: (ms, act) => {
        waits.push(ms);
        next = act;
      },
    });
    const again = async (): Promise<void> => {
      next();
      await Promise.resolve();
      await Promise.resolve();
    };
    return { live, opened, sent, standings, waits, again, refuse: () => (refused = true) };
  }
  const helloText = JSON.stringify(hello(1));

  test('tries again, later each time, and from the beginning once it was there', async () => {
    const { opened, standings, waits, again } = line();
    opened.at(-1)?.message(helloText);
    for (let time = 0; time < 7; time++) {
      opened.at(-1)?.closed();
      await again();
    }
    opened.at(-1)?.message(helloText);
    opened.at(-1)?.closed();
    expect(waits).toEqual([250, 500, 1000, 2000, 5000, 5000, 5000, 250]);
    expect(standings).toEqual(['open', 'lost', 'open', 'lost']);
  });

  test('does not try again when the page is turned away, or speaks another version', async () => {
    const away = line();
    away.refuse();
    away.opened.at(-1)?.closed();
    await away.again();
    expect([away.opened.length, away.live.standing]).toEqual([1, 'refused']);
    const other = line();
    other.opened.at(-1)?.message('{"type":"hello","version":2}');
    expect([other.live.standing, other.waits]).toEqual(['wrong-version', []]);
  });

  test('brings each answer to its request, in words when it failed, and fails all when it is lost', async () => {
    const { live, opened, sent } = line();
    await expect(live.request({ type: 'close', connection: 1 })).rejects.toBeInstanceOf(Lost);
    opened.at(-1)?.message(helloText);
    const [first, second, third] = [1, 2, 3].map((each) => live.request({ type: 'close', connection: each }));
    expect(sent.map((each) => JSON.parse(each) as unknown)).toMatchObject([
      { request: 1 },
      { request: 2 },
      { request: 3 },
    ]);
    opened.at(-1)?.message('{"type":"failed","request":2,"reason":"it is closed already"}');
    opened.at(-1)?.message('{"type":"done","request":1}');
    await expect(second).rejects.toThrow('it is closed already');
    const fourth = live.request({ type: 'abort', connection: 4 });
    opened
      .at(-1)
      ?.message('{"type":"failed","request":4,"reason":"in English","code":"fin-sent","facts":{"state":"CLOSING"}}');
    const why: unknown = await fourth.catch((error: unknown) => error);
    expect(reasonOf(why, 'ko')).toContain('CLOSING입니다');
    expect(reasonOf(why, 'en')).toContain('(FIN): the connection is in CLOSING');
    const fifth = live.request({ type: 'abort', connection: 5 });
    opened.at(-1)?.message('{"type":"failed","request":5,"reason":"new","code":"constructor","facts":null}');
    expect(reasonOf(await fifth.catch((error: unknown) => error), 'ko')).toBe('new');
    expect(reasonOf(new Lost(), 'ko')).toBeUndefined();
    await expect(first).resolves.toBeUndefined();
    opened.at(-1)?.closed();
    await expect(third).rejects.toBeInstanceOf(Lost);
  });

  test('what makes no sense is counted', () => {
    const { live, opened } = line();
    opened.at(-1)?.message('{');
    expect([live.nonsense, live.standing]).toEqual([1, 'connecting']);
  });
});
