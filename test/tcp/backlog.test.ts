import { describe, expect, test } from '@jest/globals';
import { script, SECOND, type Script } from '../support/script';
import type { Peer } from '../support/peer';

const SYN = 'S 0:0(0) <mss 1460>';
const SYN_ACK = 'S. 0:0(0) ack 1 <mss 1460>';

/** So many peers call. */
function callers(t: Script, count: number): Peer[] {
  const peers = Array.from({ length: count }, (_, index) => t.another(50_000 + index));
  for (const peer of peers) peer.send(SYN);
  return peers;
}

describe('the accept queue', () => {
  test('connections are accepted in the order in which their handshakes were done', () => {
    const t = script({ passive: 80 });
    const [one, two, three] = callers(t, 3);
    for (const peer of [one, two, three]) peer?.expect(SYN_ACK);
    for (const peer of [two, three, one]) peer?.send('. 1:1(0) ack 1');
    expect(t.listener?.pending).toBe(3);
    expect(t.events()).toEqual(['connection', 'connection', 'connection']);
    expect([t.accept(), t.accept(), t.accept()].map(({ remote }) => remote.port)).toEqual([50_001, 50_002, 50_000]);
    expect(t.listener?.accept()).toBe('EAGAIN');
  });

  test('when it is full, SYNs are dropped, and counted', () => {
    const t = script({ passive: 80, backlog: 1 });
    const [one, two] = callers(t, 1).concat(t.another(60_000));
    one?.expect(SYN_ACK);
    one?.send('. 1:1(0) ack 1');
    two?.send(SYN);
    t.expectNothing();
    expect(t.counter('tcp.backlog-full')).toBe(1);
    t.accept();
    two?.send(SYN);
    two?.expect(SYN_ACK);
  });

  test('when it is full, a handshake that comes to its end has to wait: its ACK is as good as lost', () => {
    const t = script({ passive: 80, backlog: 1 });
    const [one, two] = callers(t, 2);
    one?.expect(SYN_ACK);
    two?.expect(SYN_ACK);
    one?.send('. 1:1(0) ack 1');
    two?.send('P. 1:6(5) ack 1 "hello"');
    expect([t.listener?.pending, t.counter('tcp.accept-queue-full')]).toEqual([1, 1]);
    t.accept();
    t.at(SECOND);
    two?.expect(SYN_ACK);
    two?.send('P. 1:6(5) ack 1 "hello"');
    t.accept();
    t.reads('hello');
  });

  test('handshakes in progress have a bound of their own, which a finished or failed one frees', () => {
    const t = script({ passive: 80, tcp: { maxHalfOpen: 2, synCookies: false } });
    const [one, two, three] = callers(t, 3);
    one?.expect(SYN_ACK);
    two?.expect(SYN_ACK);
    t.expectNothing();
    expect(t.counter('tcp.backlog-full')).toBe(1);
    one?.send('. 1:1(0) ack 1');
    three?.send(SYN);
    three?.expect(SYN_ACK);
    two?.send('R 1:1(0)');
    const four = t.another(60_000);
    four.send(SYN);
    four.expect(SYN_ACK);
  });

  test('the bound of all connections holds for SYNs as well', () => {
    const t = script({ passive: 80, tcp: { maxConnections: 1 } });
    callers(t, 2)[0]?.expect(SYN_ACK);
    t.expectNothing();
    expect(t.counter('tcp.backlog-full')).toBe(1);
  });

  test('a connection that ended while it waited is accepted all the same, and says so', () => {
    const t = script({ passive: 80 });
    const [peer] = callers(t, 1);
    peer?.expect(SYN_ACK);
    peer?.send('. 1:1(0) ack 1');
    peer?.send('P. 1:6(5) ack 1 "hello"', 'R 6:6(0)');
    const connection = t.accept();
    expect(connection.state).toBe('CLOSED');
    t.reads('hello');
    expect(connection.receive()).toBe('ECONNRESET');
  });

  test('a listener that is closed resets what nobody has accepted, finished or not; the accepted go on', () => {
    const t = script({ passive: 80 });
    const [one, two, three] = callers(t, 3);
    for (const peer of [one, two, three]) peer?.expect(SYN_ACK);
    one?.send('. 1:1(0) ack 1');
    const connection = t.accept();
    two?.send('. 1:1(0) ack 1');
    t.listener?.close();
    three?.expect('R 1:1(0) win 0');
    two?.expect('R 1:1(0) win 0');
    expect(connection.state).toBe('ESTABLISHED');
    one?.send('P. 1:6(5) ack 1 "hello"');
    t.reads('hello');
    const late = t.another(60_000);
    late.send(SYN);
    t.skip();
    expect(t.counter('tcp.no-listener')).toBe(1);
  });
});
