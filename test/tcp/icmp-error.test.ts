import { describe, expect, test } from '@jest/globals';
import type { IcmpMessage } from '../../src/wire/icmp';
import { established, RTO, script, SECOND, type Script } from '../support/script';

const unreachable = (t: Script, code: number): IcmpMessage => ({
  type: 'destination-unreachable',
  code,
  nextHopMtu: 0,
  quoted: t.quote(),
});
const calling = (): Script => script({ active: 80 }).skip();
function sending(): Script {
  const t = established();
  t.send('hello');
  return t.skip();
}

describe('ICMP errors (RFC 9293 §3.9.2.2)', () => {
  test.each([
    [0, 'ENETUNREACH'],
    [1, 'EHOSTUNREACH'],
    [5, 'EHOSTUNREACH'],
  ])(
    'MUST-54, MUST-56, SHLD-25, MUST-47: unreachable, code %i: the user is told, and the connection goes on',
    (code, error) => {
      const t = sending();
      t.icmp(unreachable(t, code)).state('ESTABLISHED');
      expect(t.events()).toEqual([`warning ${error}: ICMP destination-unreachable (code ${code}) from 10.9.0.254`]);
      t.at(RTO).expect('P. 1:6(5) ack 1 "hello"').inject('. 1:1(0) ack 6').state('ESTABLISHED');
    },
  );

  test('MUST-56: time exceeded and parameter problem do not end a connection, not even one that is not synchronized', () => {
    for (const t of [sending(), calling()]) {
      const before = t.connection.state;
      t.icmp({ type: 'time-exceeded', code: 0, quoted: t.quote() });
      t.icmp({ type: 'parameter-problem', code: 0, pointer: 1, quoted: t.quote() }).state(before);
      expect(t.events()).toEqual([
        'warning EHOSTUNREACH: ICMP time-exceeded (code 0) from 10.9.0.254',
        'warning EPROTO: ICMP parameter-problem (code 0) from 10.9.0.254',
      ]);
    }
  });

  test('MUST-56: an unreachable network or host does not end a SYN-SENT', () => {
    const t = calling();
    t.icmp(unreachable(t, 0)).icmp(unreachable(t, 1)).icmp(unreachable(t, 5)).state('SYN-SENT');
  });

  test.each([2, 3])('SHLD-26: unreachable, code %i: ends a connection that is not synchronized', (code) => {
    const t = calling();
    t.icmp(unreachable(t, code)).state('CLOSED');
    expect(t.events()).toEqual(['error ECONNREFUSED', 'closed aborted']);
  });

  test.each([2, 3])('SHLD-26 with RFC 5461: unreachable, code %i: leaves one that is', (code) => {
    const t = sending();
    t.icmp(unreachable(t, code)).state('ESTABLISHED');
    expect(t.events()).toHaveLength(1);
  });

  test('a passive SYN-RECEIVED goes back to LISTEN', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip();
    t.icmp(unreachable(t, 3)).state('LISTEN');
    expect(t.events()).toEqual([]);
  });

  test('MUST-55: source quench is silently discarded', () => {
    const t = sending();
    t.icmp({ type: 'source-quench', quoted: t.quote() }).state('ESTABLISHED');
    expect(t.events()).toEqual([]);
  });

  test('an error about what is not in flight was made up, or comes too late (RFC 5927 §4.1)', () => {
    const t = sending();
    const late = unreachable(t, 1);
    t.inject('. 1:1(0) ack 6').icmp(late);
    const early = t.quote();
    early[27] = (early[27] ?? 0) + 20;
    t.icmp({ type: 'destination-unreachable', code: 3, nextHopMtu: 0, quoted: early }).state('ESTABLISHED');
    expect(t.events()).toEqual([]);
    expect(t.counter('tcp.icmp-out-of-window')).toBe(2);
  });

  test('an error about a connection that is not there is counted', () => {
    const t = sending();
    const about = unreachable(t, 1);
    t.abort().skip().icmp(about);
    expect(t.counter('tcp.icmp-for-no-connection')).toBe(1);
  });

  test('MUST-20: a connection that times out names what ICMP has said', () => {
    const t = script({ active: 80, synR2: 2 * SECOND }).skip();
    t.icmp(unreachable(t, 1))
      .at(SECOND)
      .skip()
      .at(3 * SECOND)
      .state('CLOSED');
    expect(t.events().slice(1)).toEqual(['error EHOSTUNREACH', 'closed aborted']);
  });

  test('an ACK of new data takes the word back', () => {
    const t = sending();
    t.icmp(unreachable(t, 1)).inject('. 1:1(0) ack 6').set({ userTimeout: SECOND });
    t.send('more');
    t.skip()
      .at(RTO)
      .skip()
      .at(3 * RTO)
      .skip()
      .at(SECOND)
      .state('CLOSED');
    expect(t.events()).toContain('error ETIMEDOUT');
  });
});
