import { describe, expect, test } from '@jest/globals';
import { established, MINUTE, RTO, script, SECOND, type Script } from '../support/script';
import type { Peer } from '../support/peer';
import type { Connection } from '../../src/tcp/user';

/** A connection of somebody else's. */
function another(t: Script, port: number): { peer: Peer; connection: Connection } {
  const peer = t.another(port);
  peer.send('S 0:0(0) <mss 1460>');
  peer.expect('S. 0:0(0) ack 1 <mss 1460>');
  peer.send('. 1:1(0) ack 1');
  return { peer, connection: t.accept() };
}

describe('orphans: connections whose users have closed them', () => {
  test('beyond maxOrphans `close` resets, and counts', () => {
    const t = script({ passive: 80, tcp: { maxOrphans: 1 } });
    const [one, two] = [another(t, 50_000), another(t, 50_001)];
    one.connection.close();
    one.peer.expect('F. 1:1(0) ack 1');
    two.connection.close();
    two.peer.expect('R 1:1(0) win 0');
    expect([one, two].map(({ connection }) => connection.state)).toEqual(['FIN-WAIT-1', 'CLOSED']);
    expect(two.connection.error).toBe('ECONNABORTED');
    expect(t.counter('tcp.orphans-overflow')).toBe(1);
    one.connection.abort();
    t.skip();
  });

  test('what has been brought over is an orphan no longer: in TIME-WAIT, and when it is closed', () => {
    const t = script({ passive: 80, msl: SECOND, tcp: { maxOrphans: 1 } });
    const [one, two, three] = [another(t, 50_000), another(t, 50_001), another(t, 50_002)];
    one.connection.close();
    one.peer.expect('F. 1:1(0) ack 1');
    one.peer.send('F. 1:1(0) ack 2');
    one.peer.expect('. 2:2(0) ack 2');
    two.peer.send('F. 1:1(0) ack 1');
    two.peer.expect('. 1:1(0) ack 2');
    two.connection.close();
    two.peer.expect('F. 1:1(0) ack 2');
    expect(two.connection.state).toBe('LAST-ACK');
    two.peer.send('. 2:2(0) ack 2');
    three.connection.close();
    three.peer.expect('F. 1:1(0) ack 1');
    expect([one, two, three].map(({ connection }) => connection.state)).toEqual(['TIME-WAIT', 'CLOSED', 'FIN-WAIT-1']);
    expect(t.counter('tcp.orphans-overflow')).toBe(0);
    three.connection.abort();
    t.skip();
  });

  test('a connection in TIME-WAIT, or one that never was, is none', () => {
    const t = script({ active: 80, msl: SECOND, windowScaling: false, tcp: { maxOrphans: 0 } });
    t.expect('S 0:0(0) <mss 1460>').close().state('CLOSED');
    t.after(SECOND)
      .connect()
      .expect('S 0:0(0) <mss 1460>')
      .inject('S. 0:0(0) ack 1 <mss 1460>')
      .expect('. 1:1(0) ack 1');
    t.shutdown().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2').state('TIME-WAIT');
    t.close().state('TIME-WAIT');
    expect(t.counter('tcp.orphans-overflow')).toBe(0);
  });

  test('who has only said `shutdown` is still there', () => {
    const t = established({ passive: 80, tcp: { maxOrphans: 0 } })
      .shutdown()
      .expect('F. 1:1(0) ack 1')
      .state('FIN-WAIT-1');
    t.close().expect('R 2:2(0) win 0').state('CLOSED');
  });
});

describe('orphanRetries', () => {
  test('an orphan gives up after eight retransmissions in a row, 102.2 s with the shortest time-out', () => {
    const t = established({ passive: 80 }).close().expect('F. 1:1(0) ack 1');
    let wait = RTO;
    for (let count = 1; count <= 8; count += 1) {
      t.after(wait).expect('F. 1:1(0) ack 1');
      wait *= 2;
    }
    t.after(wait - 1)
      .state('FIN-WAIT-1')
      .after(1)
      .state('CLOSED');
    expect(t.now).toBe(511 * RTO);
    expect(t.events()).toEqual([
      'warning ETIMEDOUT: 10.9.0.1:41234 has not answered 3 retransmissions; still trying',
      'error ETIMEDOUT',
      'closed aborted',
    ]);
  });

  test('what the peer acknowledges starts the count again', () => {
    const t = established({ passive: 80, orphanRetries: 2, win: 1000 });
    t.send(2000);
    t.expect('. 1:1001(1000) ack 1')
      .close()
      .after(RTO)
      .expect('. 1:1001(1000) ack 1')
      .after(2 * RTO)
      .expect('. 1:1001(1000) ack 1');
    t.inject('. 1:1(0) ack 1001 win 1000').expect('P. 1001:2001(1000) ack 1').state('FIN-WAIT-1');
    t.after(4 * RTO)
      .expect('P. 1001:2001(1000) ack 1')
      .after(8 * RTO)
      .expect('P. 1001:2001(1000) ack 1');
    t.after(16 * RTO).state('CLOSED');
  });

  test('it holds from `close` on only', () => {
    const t = established({ passive: 80, orphanRetries: 1 }).shutdown().expect('F. 1:1(0) ack 1');
    t.after(RTO)
      .expect('F. 1:1(0) ack 1')
      .after(2 * RTO)
      .expect('F. 1:1(0) ack 1')
      .close()
      .state('FIN-WAIT-1');
    t.after(4 * RTO).state('CLOSED');
  });

  test('MUST-37: a closed window that answers is no reason to give up', () => {
    const t = established({ passive: 80, orphanRetries: 2 });
    t.send(10);
    t.expect('P. 1:11(10) ack 1').inject('. 1:1(0) ack 11 win 0').send(10);
    t.close();
    for (let wait = RTO; t.now < 10 * MINUTE; wait = Math.min(2 * wait, MINUTE)) {
      t.after(wait).expect('. 11:12(1) ack 1').inject('. 1:1(0) ack 11 win 0');
    }
    t.state('FIN-WAIT-1').inject('. 1:1(0) ack 11 win 100').skip();
    t.abort().skip();
  });
});
