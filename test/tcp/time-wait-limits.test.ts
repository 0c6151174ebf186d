import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND, type Script, type ScriptOptions } from '../support/script';
import type { Peer } from '../support/peer';

const MSL = SECOND;

/** A connection in TIME-WAIT; with timestamps the peer's last one is 702. */
function waiting(options: ScriptOptions = {}): Script {
  const t = script({ passive: 80, msl: MSL, ...options });
  if (options.timestamps !== true) {
    t.inject('S 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1').accept();
    t.close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2');
    return t.state('TIME-WAIT');
  }
  t.inject('S 0:0(0) <mss 1460,nop,nop,TS val 700 ecr 0>')
    .skip()
    .inject('. 1:1(0) ack 1 <nop,nop,TS val 701 ecr 0>')
    .accept();
  t.close().skip().inject('F. 1:1(0) ack 2 <nop,nop,TS val 702 ecr 0>').skip();
  return t.state('TIME-WAIT');
}

/** Connections of others, each of which ends in TIME-WAIT, or beyond it. */
function endOne(t: Script, port: number): Peer {
  const peer = t.another(port);
  peer.send('S 0:0(0) <mss 1460>');
  peer.expect('S. 0:0(0) ack 1 <mss 1460>');
  peer.send('. 1:1(0) ack 1');
  const connection = t.accept();
  connection.close();
  peer.expect('F. 1:1(0) ack 1');
  peer.send('F. 1:1(0) ack 2');
  peer.expect('. 2:2(0) ack 2');
  return peer;
}

function waits(t: Script): number[] {
  const connections = t.wire.stack.tcp.connections();
  return connections.filter(({ state }) => state === 'TIME-WAIT').map(({ remote }) => remote.port);
}

describe('TIME-WAIT has a bound (maxTimeWaits)', () => {
  test('beyond it a connection acknowledges the FIN and is closed at once, and counted', () => {
    const t = script({ passive: 80, msl: MSL, tcp: { maxTimeWaits: 2 } });
    for (const port of [50_000, 50_001, 50_002]) endOne(t, port);
    t.after(1);
    expect(waits(t)).toEqual([50_000, 50_001]);
    expect(t.wire.stack.tcp.connections()).toHaveLength(2);
    expect(t.counter('tcp.time-wait-overflow')).toBe(1);
    expect(t.transitions.slice(-2).map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'FIN-WAIT-1 → TIME-WAIT',
      'TIME-WAIT → CLOSED',
    ]);
  });

  test('one that ends makes room for the next', () => {
    const t = script({ passive: 80, msl: MSL, tcp: { maxTimeWaits: 1 } });
    endOne(t, 50_000);
    t.after(2 * MSL);
    endOne(t, 50_001);
    t.after(1);
    expect([waits(t), t.counter('tcp.time-wait-overflow')]).toEqual([[50_001], 0]);
  });

  test('so does one that is reopened: a four-tuple has at most one', () => {
    const t = script({ passive: 80, msl: MSL, tcp: { maxTimeWaits: 1 } });
    const peer = endOne(t, 50_000);
    for (let round = 1; round <= 3; round += 1) {
      const seq = 1000 * round;
      peer.send(`S ${seq}:${seq}(0) <mss 1460>`);
      peer.expect(`S. 0:0(0) ack ${seq + 1} <mss 1460>`);
      expect(waits(t)).toEqual([]);
      peer.send(`. ${seq + 1}:${seq + 1}(0) ack 1`);
      t.accept().close();
      peer.expect(`F. 1:1(0) ack ${seq + 1}`);
      peer.send(`F. ${seq + 1}:${seq + 1}(0) ack 2`);
      peer.expect(`. 2:2(0) ack ${seq + 2}`);
      t.after(1);
      expect(waits(t)).toEqual([50_000]);
    }
    expect(t.counter('tcp.time-wait-overflow')).toBe(0);
  });
});

describe('a SYN in TIME-WAIT (RFC 6191 §2)', () => {
  const STAMPED: ScriptOptions = { timestamps: true };

  test('SHLD-4: with timestamps on both connections a newer one opens the next, whatever its number', () => {
    const t = waiting(STAMPED);
    t.inject('S 4000000000:4000000000(0) <mss 1460,nop,nop,TS val 703 ecr 0>').state('SYN-RECEIVED').skip();
    expect(t.counter('tcp.time-wait-reopened')).toBe(1);
  });

  test('SHLD-4: an older timestamp does not, whatever its number', () => {
    const t = waiting(STAMPED).inject('S 1000:1000(0) <mss 1460,nop,nop,TS val 701 ecr 0>').skip().state('TIME-WAIT');
    expect(t.counter('tcp.time-wait-reopened')).toBe(0);
  });

  test('SHLD-4: with equal ones the number decides', () => {
    waiting(STAMPED).inject('S 1:1(0) <mss 1460,nop,nop,TS val 702 ecr 0>').skip().state('TIME-WAIT');
    waiting(STAMPED).inject('S 2:2(0) <mss 1460,nop,nop,TS val 702 ecr 0>').skip().state('TIME-WAIT');
    waiting(STAMPED).inject('S 3:3(0) <mss 1460,nop,nop,TS val 702 ecr 0>').skip().state('SYN-RECEIVED');
  });

  test('MAY-2: the old one had timestamps, the new one has none: the number decides', () => {
    waiting(STAMPED).inject('S 2:2(0) <mss 1460>').skip().state('TIME-WAIT');
    waiting(STAMPED).inject('S 3:3(0) <mss 1460>').skip().state('SYN-RECEIVED');
  });

  test('MAY-2: the new one has timestamps, the old one had none: its PAWS keeps out what is old', () => {
    const t = waiting().set({ timestamps: true });
    t.inject('S 4000000000:4000000000(0) <mss 1460,nop,nop,TS val 1 ecr 0>').skip().state('SYN-RECEIVED');
  });

  test('MAY-2: neither has, or we want none: the number decides', () => {
    waiting().inject('S 2:2(0) <mss 1460>').expect('. 2:2(0) ack 2').state('TIME-WAIT');
    waiting().inject('S 3:3(0) <mss 1460>').skip().state('SYN-RECEIVED');
    const options = '<mss 1460,nop,nop,TS val 703 ecr 0>';
    waiting().inject(`S 2:2(0) ${options}`).expect('. 2:2(0) ack 2').state('TIME-WAIT');
  });

  test('a SYN,ACK, and a SYN with RST, open nothing', () => {
    waiting().inject('S. 1000:1000(0) ack 2 <mss 1460>').expect('. 2:2(0) ack 2').state('TIME-WAIT');
    waiting().inject('SR 1000:1000(0)').skip().state('TIME-WAIT');
  });
});

describe('TIME-WAIT assassination (RFC 1337)', () => {
  test('with rfc1337 a RST does not end it, even one at exactly RCV.NXT; it is counted', () => {
    const t = waiting({ rfc1337: true }).inject('R 2:2(0)').expectNothing().state('TIME-WAIT');
    expect(t.counter('tcp.time-wait-reset')).toBe(1);
    t.after(2 * MSL).state('CLOSED');
  });

  test('without, as in Linux, one at exactly RCV.NXT does, and no other', () => {
    const t = waiting().inject('R 3:3(0)').expect('. 2:2(0) ack 2').inject('R 1:1(0)').expectNothing();
    t.state('TIME-WAIT').inject('R 2:2(0)').state('CLOSED');
  });

  test('hazard H1: an old duplicate of the data is acknowledged, and makes the wait no longer', () => {
    const t = established({ passive: 80, msl: MSL });
    t.inject('P. 1:6(5) ack 1 "hello"').after(40_000).skip().reads('hello');
    t.close().expect('F. 1:1(0) ack 6').inject('F. 6:6(0) ack 2').expect('. 2:2(0) ack 7').state('TIME-WAIT');
    t.after(MSL).inject('P. 1:6(5) ack 1 "hello"').expect('. 2:2(0) ack 7').state('TIME-WAIT');
    t.after(MSL - 1)
      .state('TIME-WAIT')
      .after(1)
      .state('CLOSED');
  });

  test('text beyond the FIN is ignored (RFC 9293 §3.10.7.4, seventh step)', () => {
    const t = waiting().inject('P. 2:7(5) ack 2 "again"').expectNothing().state('TIME-WAIT');
    expect(t.status.buffered.receive).toBe(0);
  });

  test('RFC 7323 §5.3: with an old timestamp it is PAWS that throws it away', () => {
    const t = waiting({ timestamps: true });
    t.inject('P. 2:7(5) ack 2 <nop,nop,TS val 600 ecr 0> "again"').skip().state('TIME-WAIT');
    expect(t.counter('tcp.paws')).toBe(1);
  });
});
