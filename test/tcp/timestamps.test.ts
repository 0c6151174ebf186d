import { describe, expect, test } from '@jest/globals';
import { established, MILLISECOND, RTO, script, SECOND, type Script, type ScriptOptions } from '../support/script';

const DAY = 24 * 3600 * SECOND;
const SYN = 'S 0:0(0) <mss 1460,nop,nop,TS val 0 ecr 0>';
const SYN_ACK = 'S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 0 ecr 0>';
const OURS = 'S 0:0(0) <mss 1460,nop,nop,TS val 0 ecr 0,nop,wscale 3>';
const ts = (val: number, ecr: number): string => `<nop,nop,TS val ${val} ecr ${ecr}>`;

/** Both sides have timestamps, both clocks stand at 0. */
function stamped(options: ScriptOptions = {}, peersFirst?: number): Script {
  const t = script({ passive: 80, timestamps: true, ...options });
  if (peersFirst !== undefined) t.peer.timestampBase = peersFirst;
  t.inject(SYN)
    .expect(SYN_ACK)
    .inject(`. 1:1(0) ack 1 ${ts(0, 0)}`);
  t.accept();
  t.events();
  return t;
}

describe('timestamps: both sides offer them in their SYNs (RFC 7323 §3.2)', () => {
  test('passive: what is offered is taken', () => {
    const t = stamped();
    expect(t.status.timestamps).toBe(true);
    t.send('hello');
    t.expect(`P. 1:6(5) ack 1 ${ts(0, 0)} "hello"`);
  });

  test('passive: a peer without them gets none', () => {
    const t = established({ timestamps: true });
    expect(t.status.timestamps).toBe(false);
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 <> "hello"');
    // Nor does one that comes all the same mean anything.
    t.inject(`P. 1:6(5) ack 6 ${ts(9, 0)}`)
      .inject(`P. 6:11(5) ack 6 ${ts(1, 0)}`)
      .expect('. 6:6(0) ack 11')
      .reads(10);
  });

  test('passive: whoever turns them off takes none', () => {
    const t = script({ passive: 80 }).inject(SYN).expect('S. 0:0(0) ack 1 <mss 1460>');
    t.inject(`. 1:1(0) ack 1 ${ts(0, 0)}`);
    expect(t.status).toMatchObject({ timestamps: false, mss: { send: 1460 } });
  });

  test('active: offered and taken', () => {
    const t = script({ active: 80, timestamps: true })
      .expect(OURS)
      .after(5 * MILLISECOND)
      .inject(SYN_ACK);
    t.expect(`. 1:1(0) ack 1 ${ts(5, 0)}`);
    expect(t.status.timestamps).toBe(true);
  });

  test('active: offered and refused', () => {
    const t = script({ active: 80, timestamps: true }).expect(OURS).inject('S. 0:0(0) ack 1 <mss 1460>');
    t.expect('. 1:1(0) ack 1 <>');
    expect(t.status).toMatchObject({ timestamps: false, mss: { send: 1460 } });
  });

  test('active: a SYN,ACK that brings one we did not ask for', () => {
    const t = script({ active: 80 })
      .expect('S 0:0(0) <mss 1460,nop,wscale 3>')
      .inject(SYN_ACK)
      .expect('. 1:1(0) ack 1 <>');
    expect(t.status).toMatchObject({ timestamps: false, mss: { send: 1460 } });
  });

  test('simultaneous open: each SYN offers, each SYN,ACK takes', () => {
    const t = script({ active: 80, timestamps: true })
      .expect(OURS)
      .after(3 * MILLISECOND)
      .inject(SYN);
    t.expect('S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 3 ecr 0>').inject(SYN_ACK.replace('val 0', 'val 4'));
    t.state('ESTABLISHED')
      .inject(`P. 1:2(1) ack 1 ${ts(5, 3)}`)
      .shutdown()
      .expect(`F. 1:1(0) ack 2 ${ts(3, 5)}`);
  });

  test('from then on every segment has one, the reset too', () => {
    const t = stamped({ keepAlive: { idle: SECOND } });
    t.send(1);
    t.expect(`P. 1:2(1) ack 1 ${ts(0, 0)}`)
      .at(RTO)
      .expect(`P. 1:2(1) ack 1 ${ts(200, 0)}`);
    t.inject(`. 1:1(0) ack 2 win 0 ${ts(201, 200)}`);
    t.send(1);
    t.after(RTO)
      .expect(`. 2:3(1) ack 1 ${ts(400, 201)}`.replace('.', 'P.'))
      .inject(`. 1:1(0) ack 3 ${ts(400, 400)}`);
    t.after(SECOND)
      .expect(`. 2:2(0) ack 1 ${ts(1400, 400)}`)
      .inject(`. 1:1(0) ack 3 ${ts(1400, 1400)}`);
    t.inject(`P. 1:2(1) ack 3 ${ts(1400, 1400)}`)
      .shutdown()
      .expect(`F. 3:3(0) ack 2 ${ts(1400, 1400)}`);
    t.abort().expect(`R 4:4(0) win 0 ${ts(1400, 0)}`);
  });

  test('the clock ticks every millisecond, from another number for each peer (§7.1)', () => {
    const first = (port: number): number => {
      const t = script({ passive: 80, timestamps: true });
      const peer = t.another(port);
      peer.send(SYN);
      const { payload = new Uint8Array(0) } = t.lastHeader ?? {};
      t.skip();
      return new DataView(payload.buffer, payload.byteOffset).getUint32(28);
    };
    expect(new Set([1, 2, 3, 4].map(first)).size).toBe(4);
    const t = stamped({ delayedAck: 0 })
      .at(1999)
      .inject(`P. 1:2(1) ack 1 ${ts(0, 0)}`)
      .expect(`. 1:1(0) ack 2 ${ts(1, 0)}`);
    t.at(2000)
      .inject(`P. 2:3(1) ack 1 ${ts(0, 0)}`)
      .expect(`. 1:1(0) ack 3 ${ts(2, 0)}`);
  });

  test('MUST-16: they take twelve octets of each segment, and SACK blocks what they take', () => {
    const t = stamped();
    expect(t.status.mss).toEqual({ send: 1448, receive: 1460 });
    t.send(3000);
    t.expect('. 1:1449(1448) ack 1', '. 1449:2897(1448) ack 1').inject(`. 1:1(0) ack 2897 ${ts(1, 0)}`);
    t.expect('P. 2897:3001(104) ack 1');
    const s = script({ passive: 80, timestamps: true, sack: true, nagle: 'minshall' });
    s.inject('S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0>').expect('S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 0 ecr 0>');
    s.inject(`. 1:1(0) ack 1 ${ts(0, 0)}`).inject(`. 11:21(10) ack 1 ${ts(0, 0)}`);
    s.expect('. 1:1(0) ack 1 <nop,nop,TS val 0 ecr 0,nop,nop,sack 11:21>').accept();
    s.send(1500);
    s.expect('. 1:1437(1436) ack 1 <nop,nop,sack 11:21>', 'P. 1437:1501(64) ack 1 <nop,nop,sack 11:21>');
  });
});

describe('which timestamp is echoed (RFC 7323 §4.3)', () => {
  test('one ACK for several segments: that of the earliest', () => {
    const t = stamped()
      .inject(`P. 1:101(100) ack 1 ${ts(10, 0)}`)
      .inject(`P. 101:201(100) ack 1 ${ts(20, 0)}`);
    t.expect(`. 1:1(0) ack 201 ${ts(0, 10)}`);
    t.inject(`P. 201:301(100) ack 1 ${ts(30, 0)}`)
      .after(40 * MILLISECOND)
      .expect(`. 1:1(0) ack 301 ${ts(40, 30)}`);
  });

  test('with holes: that of the last segment that moved the edge', () => {
    const t = stamped({ delayedAck: 0 });
    const piece = (n: number): string => `P. ${n * 100 - 99}:${n * 100 + 1}(100) ack 1 ${ts(n, 0)}`;
    t.inject(piece(1)).expect(`. 1:1(0) ack 101 ${ts(0, 1)}`);
    t.inject(piece(3)).expect(`. 1:1(0) ack 101 ${ts(0, 1)}`);
    t.inject(piece(2)).expect(`. 1:1(0) ack 301 ${ts(0, 2)}`);
    t.inject(piece(5)).expect(`. 1:1(0) ack 301 ${ts(0, 2)}`);
    t.inject(piece(4)).expect(`. 1:1(0) ack 501 ${ts(0, 4)}`);
  });

  test('what comes partly again reaches down to what we have acknowledged: its own', () => {
    const t = stamped({ delayedAck: 0 })
      .inject(`P. 1:101(100) ack 1 ${ts(10, 0)}`)
      .expect(`. 1:1(0) ack 101 ${ts(0, 10)}`);
    t.inject(`P. 51:151(100) ack 1 ${ts(30, 0)}`).expect(`. 1:1(0) ack 151 ${ts(0, 30)}`);
  });

  test('that counts from where the segment begins, though a delayed ACK is owed for its beginning', () => {
    const t = stamped()
      .inject(`P. 1:101(100) ack 1 ${ts(10, 0)}`)
      .inject(`P. 1:151(150) ack 1 ${ts(30, 0)}`);
    t.expect(`. 1:1(0) ack 151 ${ts(0, 30)}`);
  });

  test('a probe of our closed window: its own, though its octet is not taken', () => {
    const t = stamped({ receiveBuffer: 100, delayedAck: 0 }).inject(`P. 1:101(100) ack 1 ${ts(1, 0)}`);
    t.expect(`. 1:1(0) ack 101 win 0 ${ts(0, 1)}`).inject(`P. 101:102(1) ack 1 ${ts(500, 0)}`);
    t.expect(`. 1:1(0) ack 101 win 0 ${ts(0, 500)}`);
  });
});

describe('the round trip by timestamps (RFC 7323 §4.1)', () => {
  const lost = (options: ScriptOptions = {}): Script => {
    const t = stamped(options);
    t.send(5);
    return t
      .skip()
      .at(RTO)
      .expect(`P. 1:6(5) ack 1 ${ts(200, 0)}`)
      .at(250 * MILLISECOND);
  };

  test('after a retransmission too: the echo tells which one is acknowledged', () => {
    expect(lost().inject(`. 1:1(0) ack 6 ${ts(250, 200)}`).status).toMatchObject({ srtt: 50_000 / 8, backoff: 0 });
    expect(lost().inject(`. 1:1(0) ack 6 ${ts(250, 0)}`).status).toMatchObject({ srtt: 250_000 / 8, backoff: 0 });
  });

  test('an ACK without one: nobody knows (MUST-18: Karn)', () => {
    expect(lost().inject('. 1:1(0) ack 6').status.srtt).toBe(0);
  });

  test('an echo from the future is none', () => {
    expect(lost().inject(`. 1:1(0) ack 6 ${ts(250, 300)}`).status.srtt).toBe(0);
  });

  test('the SYN that was sent twice', () => {
    const t = script({ active: 80, timestamps: true })
      .expect(OURS)
      .at(SECOND)
      .skip()
      .at(1.07 * SECOND);
    t.inject('S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 0 ecr 1000>').skip();
    expect(t.status.srtt).toBe(70_000);
  });
});

describe('PAWS (RFC 7323 §5)', () => {
  test('what is older than what came before is dropped, and answered', () => {
    const t = stamped()
      .inject(`P. 1:101(100) ack 1 ${ts(10, 0)}`)
      .skip()
      .after(40 * MILLISECOND)
      .skip();
    t.inject(`P. 101:201(100) ack 1 ${ts(9, 0)}`)
      .expect(`. 1:1(0) ack 101 ${ts(40, 10)}`)
      .reads(100);
    expect(t.counter('tcp.paws')).toBe(1);
    expect(t.drops).toEqual(['paws']);
    t.inject(`P. 101:201(100) ack 1 ${ts(10, 0)}`)
      .reads(100)
      .after(40 * MILLISECOND)
      .skip();
  });

  test('an old ACK is not taken either', () => {
    const t = stamped().inject(`. 1:1(0) ack 1 ${ts(50, 0)}`);
    t.send('hello');
    t.skip()
      .inject(`. 1:1(0) ack 6 ${ts(49, 0)}`)
      .expect('. 6:6(0) ack 1');
    expect(t.status.inFlight).toBe(5);
  });

  test('a reset is exempt (§5.2)', () => {
    stamped()
      .inject(`. 1:1(0) ack 1 ${ts(50, 0)}`)
      .inject(`R 1:1(0) ${ts(1, 0)}`)
      .state('CLOSED');
  });

  test('nothing is learned from a reset that is not believed (§5.2)', () => {
    const t = stamped({ rfc1337: true })
      .shutdown()
      .skip()
      .inject(`F. 1:1(0) ack 2 ${ts(5, 0)}`)
      .expect(`. 2:2(0) ack 2 ${ts(0, 5)}`);
    t.state('TIME-WAIT')
      .inject(`R 2:2(0) ${ts(1000, 0)}`)
      .inject(`F. 1:1(0) ack 2 ${ts(6, 0)}`);
    t.expect(`. 2:2(0) ack 2 ${ts(0, 5)}`);
    expect(t.drops).not.toContain('paws');
  });

  test("the peer's clock wraps", () => {
    const t = stamped({ delayedAck: 0 }, 2 ** 32 - 5)
      .inject(`P. 1:101(100) ack 1 ${ts(4, 0)}`)
      .expect(`. 1:1(0) ack 101 ${ts(0, 4)}`);
    t.inject(`P. 101:201(100) ack 1 ${ts(10, 0)}`).expect(`. 1:1(0) ack 201 ${ts(0, 10)}`);
    t.inject(`P. 201:301(100) ack 1 ${ts(4, 0)}`)
      .expect(`. 1:1(0) ack 201 ${ts(0, 10)}`)
      .reads(200);
    expect(t.counter('tcp.paws')).toBe(1);
  });

  test('ours wraps', () => {
    const t = stamped({ delayedAck: 0 }).at(2 ** 32 * MILLISECOND + 7 * MILLISECOND);
    t.inject(`P. 1:101(100) ack 1 ${ts(7, 0)}`).expect(`. 1:1(0) ack 101 ${ts(7, 7)}`);
  });

  test('a connection that was idle for so long that the clock cannot tell goes on (§5.5)', () => {
    for (const days of [1, 23, 24.5, 25, 30, 49, 100]) {
      const t = stamped({ delayedAck: 0 }).at(days * DAY);
      const tick = (days * 86_400_000) % 2 ** 32;
      t.inject(`P. 1:101(100) ack 1 ${ts(tick, 0)}`)
        .expect(`. 1:1(0) ack 101 ${ts(tick, tick)}`)
        .reads(100);
      // And from here on old ones are known again.
      t.inject(`P. 101:201(100) ack 1 ${ts(tick - 1, 0)}`).expect(`. 1:1(0) ack 101 ${ts(tick, tick)}`);
      expect(t.counter('tcp.paws')).toBe(1);
    }
  });

  test('one that was idle for less is protected', () => {
    stamped()
      .at(20 * DAY)
      .inject(`P. 1:101(100) ack 1 ${ts(2 ** 32 - 1, 0)}`)
      .expect('. 1:1(0) ack 1')
      .reads('');
  });

  test('a peer that stops sending them half-way is heard all the same', () => {
    const t = stamped({ delayedAck: 0 })
      .inject(`P. 1:101(100) ack 1 ${ts(10, 0)}`)
      .skip();
    t.inject('P. 101:201(100) ack 1')
      .expect(`. 1:1(0) ack 201 ${ts(0, 10)}`)
      .reads(200);
    t.send(5);
    t.expect(`P. 1:6(5) ack 201 ${ts(0, 10)}`)
      .after(30 * MILLISECOND)
      .inject('. 201:201(0) ack 6');
    expect(t.status).toMatchObject({ inFlight: 0, srtt: 30_000 / 8 });
    t.inject(`P. 201:301(100) ack 6 ${ts(11, 0)}`).expect(`. 6:6(0) ack 301 ${ts(30, 11)}`);
  });
});

describe('ACKs that others have overtaken', () => {
  /** We send, the peer acknowledges, and nothing else comes from it. */
  function sending(): Script {
    const t = script({ passive: 80, timestamps: true, sack: true, noDelay: true, tailLossProbe: false });
    t.inject('S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0>')
      .skip()
      .inject(`. 1:1(0) ack 1 ${ts(0, 0)}`);
    t.accept();
    t.send(3000);
    t.skip().after(100 * MILLISECOND);
    return t;
  }

  test('are taken, and not answered: on a path that reorders the answers would never end', () => {
    const t = sending();
    t.inject(`. 1:1(0) ack 1449 ${ts(100, 0)}`).skip();
    t.inject('. 1:1(0) ack 1 <nop,nop,TS val 90 ecr 0,nop,nop,sack 2897:3001>');
    // What it SACKs is news.
    t.expect('. 1449:2897(1448) ack 1').expectNothing();
    expect(t.drops).toEqual([]);
    expect(t.status.sacked).toBe(104);
    // Nor is their timestamp the one that we echo.
    t.inject(`P. 1:2(1) ack 1449 ${ts(100, 0)}`)
      .after(40 * MILLISECOND)
      .expect(`. 3001:3001(0) ack 2 ${ts(140, 100)}`);
  });

  test('but not when they are older than a time-out: those may be of another connection', () => {
    const t = sending();
    t.inject(`. 1:1(0) ack 1449 ${ts(1000, 0)}`).skip();
    t.inject(`. 1:1(0) ack 1449 ${ts(700, 0)}`).skip();
    expect(t.drops).toEqual(['paws']);
  });
});
