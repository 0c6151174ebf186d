import { describe, expect, test } from '@jest/globals';
import { established, RTO, script, SECOND, type Script, type ScriptOptions } from '../support/script';

describe('the user timeout (RFC 9293 §3.10.8)', () => {
  test('data that stays unacknowledged for so long ends the connection', () => {
    const t = established({ passive: 80, userTimeout: SECOND });
    t.send('hello');
    t.skip()
      .at(RTO)
      .skip()
      .at(3 * RTO)
      .skip()
      .at(SECOND - 1)
      .state('ESTABLISHED')
      .at(SECOND)
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
    expect(t.status.buffered.send).toBe(0);
  });

  test('each ACK of new data starts it again, the ACK of all stops it', () => {
    const t = established({ passive: 80, userTimeout: SECOND, noDelay: true });
    t.send(10);
    t.skip();
    t.send(10);
    t.skip()
      .at(RTO)
      .skip()
      .at(0.5 * SECOND)
      .inject('. 1:1(0) ack 11')
      .skip();
    expect(t.status.timers.user).toBe(1.5 * SECOND);
    t.inject('. 1:1(0) ack 21');
    expect(t.status.timers.user).toBeUndefined();
    t.after(10 * SECOND).state('ESTABLISHED');
  });

  test('a SYN counts as well', () => {
    const t = script({ active: 80, userTimeout: 5 * SECOND })
      .skip()
      .at(SECOND)
      .skip()
      .at(3 * SECOND)
      .skip();
    t.at(5 * SECOND - 1)
      .state('SYN-SENT')
      .at(5 * SECOND)
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });

  test('one that is changed while something is in flight counts from when the peer last acknowledged', () => {
    const t = established({ passive: 80, userTimeout: 100 * SECOND });
    t.send('hello');
    t.skip()
      .at(RTO / 2)
      .set({ userTimeout: SECOND });
    expect(t.status.timers.user).toBe(SECOND);
    t.set({ userTimeout: 1 });
    t.after(1).state('CLOSED');
  });

  test('a connection at rest has nothing to fear', () => {
    established({ passive: 80, userTimeout: SECOND })
      .after(100 * SECOND)
      .state('ESTABLISHED');
  });
});

describe('the user timeout option (RFC 5482)', () => {
  const told = (options: ScriptOptions = {}): Script =>
    established({ passive: 80, userTimeout: 300 * SECOND, userTimeoutOption: true, ...options });

  test('it stands on our SYN and on the first segment after it, and then no more (§3.1)', () => {
    const t = script({ active: 80, userTimeout: 300 * SECOND, userTimeoutOption: true });
    t.expect('S 0:0(0) <mss 1460,nop,wscale 3,uto 300s>').inject('S. 0:0(0) ack 1 <mss 1460>');
    t.expect('. 1:1(0) ack 1 <uto 300s>');
    t.send(10);
    t.expect('P. 1:11(10) ack 1 <>');
  });

  test('on the SYN,ACK, whether the peer told of one or not', () => {
    const t = script({ passive: 80, userTimeout: 300 * SECOND, userTimeoutOption: true });
    t.inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460,uto 300s>').inject('. 1:1(0) ack 1').accept();
    t.send(1500);
    t.expect('. 1:1457(1456) ack 1 <uto 300s>').inject('. 1:1(0) ack 1457').expect('P. 1457:1501(44) ack 1 <>');
  });

  test('nobody is told who has not asked for it, or set nothing', () => {
    script({ active: 80, userTimeout: SECOND }).expect('S 0:0(0) <mss 1460,nop,wscale 3>');
    script({ active: 80, userTimeoutOption: true }).expect('S 0:0(0) <mss 1460,nop,wscale 3>');
  });

  test('one that is changed goes out with the next segment, once', () => {
    const t = told();
    t.send(10);
    t.expect('P. 1:11(10) ack 1 <uto 300s>')
      .set({ userTimeout: 20 * SECOND })
      .expectNothing()
      .inject('. 1:1(0) ack 11');
    t.send(10);
    t.expect('P. 11:21(10) ack 1 <uto 20s>')
      .set({ userTimeout: 20 * SECOND })
      .inject('. 1:1(0) ack 21');
    t.send(10);
    t.expect('P. 21:31(10) ack 1 <>').set({ userTimeoutOption: false, userTimeout: SECOND }).inject('. 1:1(0) ack 31');
    t.send(10);
    t.expect('P. 31:41(10) ack 1 <>');
  });

  test('it waits where SACK blocks and timestamps leave no place for it', () => {
    const t = script({ passive: 80, timestamps: true, sack: true, userTimeout: 300 * SECOND, userTimeoutOption: true });
    t.inject('S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0>').skip();
    const piece = (at: number): string => `. ${at}:${at + 1}(1) ack 1 <nop,nop,TS val 0 ecr 0>`;
    t.inject('. 1:1(0) ack 1 <nop,nop,TS val 0 ecr 0>', piece(11), piece(21), piece(31));
    t.expect('. 1:1(0) ack 1 <nop,nop,sack 31:32 21:22 11:12>');
    t.inject(piece(1), piece(2), piece(3), piece(4), piece(5), piece(6), piece(7), piece(8), piece(9), piece(10));
    t.expect('. 1:1(0) ack 12 <nop,nop,sack 31:32 21:22,uto 300s>');
  });

  test.each([
    [1, '1s'],
    [1.5, '2s'],
    [32_767, '32767s'],
    [32_768, '547min'],
    [60 * 32_767, '32767min'],
    [1e9, '32767min'],
  ])('%d s is told as %s (§2)', (seconds, text) => {
    script({ active: 80, userTimeout: seconds * SECOND, userTimeoutOption: true }).expect(
      `S 0:0(0) <mss 1460,nop,wscale 3,uto ${text}>`,
    );
  });

  const adopted = (line: string, options: ScriptOptions = { userTimeoutOption: true }): number | undefined =>
    established({ passive: 80, ...options }).inject(`. 1:1(0) ack 1 <uto ${line}>`).status.userTimeout;

  test("the peer's is adopted, within limits (§3.1: L_LIMIT, U_LIMIT)", () => {
    expect(adopted('300s')).toBe(300 * SECOND);
    expect(adopted('5min')).toBe(300 * SECOND);
    expect(adopted('1s')).toBe(100 * SECOND);
    expect(adopted('32767min')).toBe(924.6 * SECOND);
    // RFC 5482 §2: reserved.
    expect(adopted('0s')).toBeUndefined();
  });

  test('unless it was not asked for, or the user has set one (§3.1: ENABLED, CHANGEABLE)', () => {
    expect(adopted('300s', {})).toBeUndefined();
    expect(adopted('300s', { userTimeoutOption: true, userTimeout: 5 * SECOND })).toBe(5 * SECOND);
  });

  test('from a SYN, too; and a later one takes its place', () => {
    const t = script({ passive: 80, userTimeoutOption: true }).inject('S 0:0(0) <mss 1460,uto 200s>').skip();
    t.inject('. 1:1(0) ack 1');
    expect(t.status.userTimeout).toBe(200 * SECOND);
    t.send(10);
    t.skip();
    expect(t.status.timers.user).toBe(200 * SECOND);
    t.inject('. 1:1(0) ack 1 <uto 400s>').skip();
    expect([t.status.userTimeout, t.status.timers.user]).toEqual([400 * SECOND, 400 * SECOND]);
  });

  test('nobody outside the window has a say in it', () => {
    const t = established({ passive: 80, userTimeoutOption: true })
      .inject('. 500000:500000(0) ack 1 <uto 200s>')
      .skip();
    expect(t.status.userTimeout).toBeUndefined();
  });
});
