import { describe, expect, test } from '@jest/globals';
import { FastOpenCache, FastOpenCookies, NO_COOKIE } from '../../src/tcp/fast-open';
import type { SipKey } from '../../src/siphash';
import type { Connection } from '../../src/tcp/user';
import { MINUTE, PEER, script, SECOND, US, type Script, type ScriptOptions } from '../support/script';
import type { Peer } from '../support/peer';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const COOKIE = '0123456789abcdef';

/** The Fast Open option's cookie in our last segment, as hexadecimal digits. */
function cookieSent(t: Script): string {
  const sent = t.wire.trace.filter((event) => event.type === 'segment').filter(({ direction }) => direction === 'out');
  const option = sent.at(-1)?.segment.options.find(({ kind }) => kind === 'fast-open');
  if (option?.kind !== 'fast-open') throw new Error('our last segment has no Fast Open option');
  return Buffer.from(option.cookie).toString('hex');
}

describe('Fast Open: the server (RFC 7413 §4.2.2)', () => {
  /** A listener with Fast Open, and the cookie that it gives the peer. */
  function serving(options: ScriptOptions = {}, queue = 256): { t: Script; cookie: string } {
    const t = script({ passive: 80, ...options, tcp: { fastOpen: { queue }, ...options.tcp } });
    const asks = t.another(50_000);
    asks.send('S 0:0(0) <mss 1460,tfo >');
    const cookie = cookieSent(t);
    expect(cookie).toHaveLength(16);
    asks.expect(`S. 0:0(0) ack 1 <mss 1460,tfo ${cookie}>`);
    asks.send('. 1:1(0) ack 1', 'R 1:1(0)');
    t.accept();
    t.events();
    return { t, cookie };
  }

  test('data in the SYN is delivered and answered before the handshake is done', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 6 win 65535 <mss 1460>');
    expect(t.events()).toContain('connection');
    t.accept();
    t.state('SYN-RECEIVED').reads('hello');
    t.send('welcome');
    t.expect('P. 1:8(7) ack 6 "welcome"');
    t.inject('. 6:6(0) ack 8').state('ESTABLISHED');
    expect(t.events()).toContain('connect');
    t.inject('P. 6:9(3) ack 8 "bye"').after(40_000).expect('. 8:8(0) ack 9').reads('bye');
    expect([t.counter('tcp.fast-open-accepted'), t.counter('tcp.fast-open-cookies-sent')]).toEqual([1, 1]);
  });

  test('a good cookie without data makes the connection just as early', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:0(0) <mss 1460,tfo ${cookie}>`).expect('S. 0:0(0) ack 1 <mss 1460>').accept();
    t.state('SYN-RECEIVED');
    t.send('220 hello');
    t.expect('P. 1:10(9) ack 1 "220 hello"').inject('. 1:1(0) ack 10').state('ESTABLISHED');
  });

  test('the answer is lost: SYN,ACK alone is sent again, and the data when the handshake is done', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 6 <mss 1460>').accept();
    t.send('welcome');
    t.expect('P. 1:8(7) ack 6 "welcome"').after(SECOND).expect('S. 0:0(0) ack 6 <mss 1460>');
    t.inject('. 6:6(0) ack 1')
      .state('ESTABLISHED')
      .after(3 * SECOND)
      .expect('P. 1:8(7) ack 6 "welcome"');
    t.inject('. 6:6(0) ack 8');
  });

  test('the SYN comes again: so does its answer, and the data is delivered once', () => {
    const { t, cookie } = serving();
    const syn = `S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`;
    t.inject(syn).expect('S. 0:0(0) ack 6 <mss 1460>').accept();
    t.inject(syn)
      .expect('S. 0:0(0) ack 6 <mss 1460>')
      .inject('S 0:0(0) <mss 1460>')
      .expect('S. 0:0(0) ack 6 <mss 1460>');
    t.reads('hello')
      .inject('P. 1:10(9) ack 1 "hello you"')
      .expect('. 1:1(0) ack 10')
      .state('ESTABLISHED')
      .reads(' you');
  });

  test('a server that closes at once: its FIN follows the handshake', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 6 <mss 1460>').accept();
    t.reads('hello').send('welcome');
    t.expect('P. 1:8(7) ack 6 "welcome"').shutdown().expect('F. 8:8(0) ack 6').state('SYN-RECEIVED');
    t.inject('. 6:6(0) ack 9')
      .state('FIN-WAIT-2')
      .inject('F. 6:6(0) ack 9')
      .expect('. 9:9(0) ack 7')
      .state('TIME-WAIT');
  });

  test('a RST ends it, and who has accepted it hears of that', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 6 <mss 1460>').accept();
    t.events();
    t.inject('R 6:6(0)').state('CLOSED');
    expect(t.events()).toEqual(['error ECONNRESET', 'closed aborted']);
  });

  test('a peer that never was: the SYN,ACKs end with a time-out', () => {
    const { t, cookie } = serving({ synAckRetries: 1 });
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 6 <mss 1460>').accept();
    t.after(SECOND)
      .expect('S. 0:0(0) ack 6 <mss 1460>')
      .after(2 * SECOND)
      .state('CLOSED');
    expect(t.events()).toContain('error ETIMEDOUT');
  });

  test('a bad cookie: an ordinary handshake, and a good one', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`).expect(`S. 0:0(0) ack 1 <mss 1460,tfo ${cookie}>`);
    expect(t.listener?.pending).toBe(0);
    t.inject('P. 1:6(5) ack 1 "hello"').accept();
    t.expect('. 1:1(0) ack 6').reads('hello');
    expect([t.counter('tcp.fast-open-bad-cookies'), t.counter('tcp.fast-open-accepted')]).toEqual([1, 0]);
  });

  test('the key lasts a day; the cookie is good for another one, and replaced', () => {
    const { t, cookie } = serving();
    t.at(DAY).inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`);
    const next = cookieSent(t);
    expect(next).not.toBe(cookie);
    t.expect(`S. 0:0(0) ack 6 <mss 1460,tfo ${next}>`).accept();
    t.inject('. 6:6(0) ack 1').abort().expect('R 1:1(0) win 0');
    const later = t.another(50_001);
    t.at(2 * DAY);
    later.send(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`);
    later.expect(`S. 0:0(0) ack 1 <mss 1460,tfo ${cookieSent(t)}>`);
    expect(t.counter('tcp.fast-open-bad-cookies')).toBe(1);
    later.send('R 1:1(0)');
  });

  test('no more than `queue` of them wait for the end of their handshakes', () => {
    const { t, cookie } = serving({}, 1);
    const [one, two] = [t.another(50_001), t.another(50_002)];
    one.send(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`);
    one.expect('S. 0:0(0) ack 6 <mss 1460>');
    two.send(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`);
    two.expect('S. 0:0(0) ack 1 <mss 1460>');
    expect([t.counter('tcp.fast-open-queue-full'), t.listener?.pending]).toEqual([1, 1]);
    one.send('. 6:6(0) ack 1');
    const three = t.another(50_003);
    three.send(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`);
    three.expect('S. 0:0(0) ack 6 <mss 1460>');
    for (const peer of [two, three]) peer.send(peer === two ? 'R 1:1(0)' : 'R 6:6(0)');
  });

  test('it is off where nobody asked for it, by stack or by listener', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460,tfo >').expect('S. 0:0(0) ack 1 <mss 1460>');
    t.inject('R 1:1(0)').listen(81, { fastOpen: { queue: 1 } });
    const peer = t.another(50_000, 81);
    peer.send('S 0:0(0) <mss 1460,tfo >');
    peer.expect(`S. 0:0(0) ack 1 <mss 1460,tfo ${cookieSent(t)}>`);
    peer.send('R 1:1(0)');
  });

  test('while SYN cookies are sent there is none', () => {
    const { t, cookie } = serving({ tcp: { maxHalfOpen: 1 } });
    t.another(50_001).send('S 0:0(0) <mss 1460>');
    t.skip().inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 1 <mss 1460>');
    expect([t.listener?.pending, t.counter('tcp.syn-cookies-sent')]).toEqual([0, 1]);
  });

  test('the listener closes: what was accepted goes on', () => {
    const { t, cookie } = serving();
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 6 <mss 1460>').accept();
    t.listener?.close();
    t.expectNothing().state('SYN-RECEIVED').inject('. 6:6(0) ack 1').state('ESTABLISHED').reads('hello');
  });

  test('with more data than the buffer holds, what fits is acknowledged', () => {
    const { t, cookie } = serving({ receiveBuffer: 3 });
    t.inject(`S 0:5(5) <mss 1460,tfo ${cookie}> "hello"`).expect('S. 0:0(0) ack 4 win 0 <mss 1460>').accept();
    t.reads('hel').inject('P. 4:6(2) ack 1 "lo"').skip().state('ESTABLISHED');
  });
});

describe('Fast Open: the client (RFC 7413 §4.2.1)', () => {
  const DATA = new TextEncoder().encode('hello');

  /** An active OPEN with Fast Open from another port each time. */
  function call(t: Script, port: number, data: Uint8Array = DATA): { peer: Peer; connection: Connection } {
    const peer = t.another(80, port);
    const remote = { address: PEER, port: 80 };
    const connection = t.open({
      local: { address: US, port },
      remote,
      fastOpen: true,
      data,
    });
    return { peer, connection };
  }

  /** A client that got a cookie from its first connection, and the peer's MSS. */
  function knowing(mss = 1460): Script {
    const t = script({ windowScaling: false });
    const { peer } = call(t, 50_000, new Uint8Array(0));
    peer.expect('S 0:0(0) <mss 1460,tfo >');
    peer.send(`S. 0:0(0) ack 1 <mss ${mss},tfo ${COOKIE}>`);
    peer.expect('. 1:1(0) ack 1');
    return t;
  }

  test('without a cookie it asks for one, and the data goes its usual way', () => {
    const t = script({ windowScaling: false });
    const { peer, connection } = call(t, 50_000);
    peer.expect('S 0:0(0) <mss 1460,tfo >');
    peer.send(`S. 0:0(0) ack 1 <mss 1460,tfo ${COOKIE}>`);
    peer.expect('P. 1:6(5) ack 1 "hello"');
    peer.send('. 1:1(0) ack 6');
    expect(connection.status()).toMatchObject({ state: 'ESTABLISHED', bytesAcked: 5 });
    expect(t.counter('tcp.fast-open-attempts')).toBe(1);
  });

  test('with one the SYN carries the data, and the SYN,ACK acknowledges both', () => {
    const t = knowing();
    const { peer, connection } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    expect(connection.status()).toMatchObject({ state: 'SYN-SENT', inFlight: 6, underWay: 5 });
    t.after(30_000);
    peer.send('S. 0:0(0) ack 6 <mss 1460>');
    peer.expect('. 6:6(0) ack 1');
    expect(connection.status()).toMatchObject({ state: 'ESTABLISHED', bytesAcked: 5, inFlight: 0, srtt: 30_000 });
    expect(connection.send(new TextEncoder().encode('more'))).toBe(4);
    peer.expect('P. 6:10(4) ack 1 "more"');
    peer.send('. 1:1(0) ack 10');
    expect(t.counter('tcp.fast-open-data-acked')).toBe(1);
  });

  test("the server's data comes before its handshake is done", () => {
    const t = knowing();
    const { peer, connection } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    peer.send('S. 0:0(0) ack 6 <mss 1460>', 'P. 1:8(7) ack 6 "welcome"');
    peer.expect('. 6:6(0) ack 8');
    expect(Buffer.from(connection.receive() as Uint8Array).toString()).toBe('welcome');
  });

  test('a server that takes the SYN alone: the data goes again at once', () => {
    const t = knowing();
    const { peer, connection } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    t.after(30_000);
    peer.send('S. 0:0(0) ack 1 <mss 1460,tfo fedcba9876543210>');
    peer.expect('P. 1:6(5) ack 1 "hello"');
    peer.send('. 1:1(0) ack 6');
    expect(connection.status()).toMatchObject({ bytesAcked: 5, inFlight: 0, lost: 0, cwnd: 10 * 1460 });
    expect(t.counter('tcp.fast-open-data-refused')).toBe(1);
    // The new cookie replaces the old one.
    call(t, 50_002).peer.expect('S 0:5(5) <mss 1460,tfo fedcba9876543210> "hello"');
  });

  test('a server that takes a part of it: the rest goes again at once', () => {
    const t = knowing();
    const { peer } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    peer.send('S. 0:0(0) ack 4 <mss 1460>');
    peer.expect('P. 4:6(2) ack 1 "lo"');
    peer.send('. 1:1(0) ack 6');
  });

  test('as much goes with the SYN as the MSS of the last time and our options leave room for', () => {
    const t = knowing(500);
    const { peer } = call(t, 50_001, new Uint8Array(1000).fill(65));
    // 4 octets of MSS and 12 of the cookie.
    peer.expect(`S 0:484(484) <mss 1460,tfo ${COOKIE}> "${'A'.repeat(484)}"`);
    peer.send('S. 0:0(0) ack 485 <mss 500>');
    peer.expect(`. 485:985(500) ack 1 "${'A'.repeat(500)}"`);
    peer.send('. 1:1(0) ack 985');
    peer.expect(`P. 985:1001(16) ack 1 "${'A'.repeat(16)}"`);
    peer.send('. 1:1(0) ack 1001');
  });

  test('the SYN is lost: it goes again without data and cookie, and for an hour so do others to this peer', () => {
    const t = knowing();
    const { peer, connection } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    t.after(SECOND);
    peer.expect('S 0:0(0) <mss 1460>');
    peer.send('S. 0:0(0) ack 1 <mss 1460>');
    peer.expect('P. 1:6(5) ack 1 "hello"');
    peer.send('. 1:1(0) ack 6');
    expect(connection.status()).toMatchObject({ state: 'ESTABLISHED', bytesAcked: 5, inFlight: 0 });
    const second = call(t, 50_002);
    second.peer.expect('S 0:0(0) <mss 1460>');
    second.connection.abort();
    t.after(HOUR);
    call(t, 50_003).peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    expect([t.counter('tcp.fast-open-timeouts'), t.counter('tcp.fast-open-avoided')]).toEqual([1, 1]);
  });

  test('both call at once (RFC 9293 §3.5, Figure 8): the data waits for the handshake', () => {
    const t = knowing();
    const { peer, connection } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    peer.send('S 0:0(0) <mss 1460>');
    peer.expect('S. 0:0(0) ack 1 <mss 1460>');
    peer.send('. 1:1(0) ack 1');
    expect(connection.state).toBe('ESTABLISHED');
    t.after(SECOND);
    peer.expect('P. 1:6(5) ack 1 "hello"');
    peer.send('. 1:1(0) ack 6');
  });

  test('nobody listens there', () => {
    const t = knowing();
    const { peer, connection } = call(t, 50_001);
    peer.expect(`S 0:5(5) <mss 1460,tfo ${COOKIE}> "hello"`);
    peer.send('R. 0:0(0) ack 6');
    expect(connection.status()).toMatchObject({ state: 'CLOSED', error: 'ECONNREFUSED' });
  });

  test('data without Fast Open follows the handshake; more than the buffer holds is refused', () => {
    const t = script({ windowScaling: false });
    const peer = t.another(80, 50_000);
    const remote = { address: PEER, port: 80 };
    t.open({ local: { port: 50_000 }, remote, data: DATA });
    peer.expect('S 0:0(0) <mss 1460>');
    peer.send('S. 0:0(0) ack 1 <mss 1460>');
    peer.expect('P. 1:6(5) ack 1 "hello"');
    peer.send('. 1:1(0) ack 6');
    expect(() => t.open({ remote, data: DATA, sendBuffer: 4 })).toThrow(
      'EINVAL: cannot connect to 10.9.0.1:80: 5 bytes of data do not go into the sendBuffer of 4; send the rest later',
    );
  });
});

describe('Fast Open: what is remembered', () => {
  test('the least recently used peer is forgotten first, and counted', () => {
    let evicted = 0;
    const cache = new FastOpenCache(2, () => (evicted += 1));
    for (const peer of [1, 2]) cache.answered(0, peer, Uint8Array.of(peer, 0, 0, 0), 1460);
    expect(cache.opening(0, 1, 0)).toEqual({ cookie: Uint8Array.of(1, 0, 0, 0), early: false, mss: 1460 });
    cache.answered(0, 3, Uint8Array.of(3, 0, 0, 0), 1460);
    expect(cache.opening(0, 2, 0)).toEqual({ cookie: NO_COOKIE, early: false, mss: 0 });
    expect([cache.size, evicted]).toEqual([2, 1]);
    // Another of our addresses is another client (RFC 7413 §4.1.3).
    expect(cache.opening(9, 1, 0)?.cookie).toBe(NO_COOKIE);
  });

  test('a cookie is good for the two addresses and the key', () => {
    let made = 0;
    const key = (): SipKey => [(made += 1), 2, 3, 4];
    const cookies = new FastOpenCookies(key);
    const cookie = cookies.make(1, 2, 0);
    expect(cookies.check(cookie, 1, 2, 0)).toBe('current');
    expect(cookies.check(cookie, 1, 3, 0)).toBe('bad');
    expect(cookies.check(cookie, 3, 2, 0)).toBe('bad');
    expect(cookies.check(cookie.subarray(0, 4), 1, 2, 0)).toBe('bad');
    expect(cookies.check(NO_COOKIE, 1, 2, 0)).toBe('bad');
    expect(cookies.check(cookie, 1, 2, DAY)).toBe('previous');
    expect(cookies.check(cookie, 1, 2, 2 * DAY)).toBe('bad');
    // Two days with nobody: neither key is used again.
    expect(new FastOpenCookies(key).check(cookie, 1, 2, 2 * DAY)).toBe('bad');
  });
});
