import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND, type Script } from '../../support/script';

const RST = 'R 1:1(0) win 0';
const closing = (): Script => established().shutdown().expect('F. 1:1(0) ack 1');
const CASES: Readonly<Record<string, readonly [given: () => Script, sends: string | undefined]>> = {
  'SYN-SENT': [() => script({ active: 80 }).skip(), undefined],
  'SYN-RECEIVED': [() => script({ active: 80 }).skip().inject('S 0:0(0) <mss 1460>').skip(), RST],
  ESTABLISHED: [() => established(), RST],
  'FIN-WAIT-1': [closing, 'R 2:2(0) win 0'],
  'FIN-WAIT-2': [() => closing().inject('. 1:1(0) ack 2'), 'R 2:2(0) win 0'],
  'CLOSE-WAIT': [() => established().inject('F. 1:1(0) ack 1').skip(), RST],
  CLOSING: [() => closing().inject('F. 1:1(0) ack 1').skip(), undefined],
  'LAST-ACK': [() => established().inject('F. 1:1(0) ack 1').skip().shutdown().skip(), undefined],
  'TIME-WAIT': [() => closing().inject('F. 1:1(0) ack 2').skip(), undefined],
};

describe('ABORT (RFC 9293 §3.10.5)', () => {
  test.each(Object.keys(CASES))('%s', (state) => {
    const [given, sends] = CASES[state] ?? [established, undefined];
    const t = given();
    t.state(state as 'ESTABLISHED');
    t.events();
    t.abort();
    if (sends !== undefined) t.expect(sends);
    t.expectNothing().state('CLOSED');
    expect(t.events()).toEqual(['closed aborted']);
    expect(t.send('more')).toBe('ECONNABORTED');
    expect(t.call((connection) => connection.receive())).toBe('ECONNABORTED');
    expect(t.wire.stack.tcp.connections()).toEqual([]);
    expect(t.status.timers).toEqual({});
    t.after(1000 * SECOND).expectNothing();
  });

  test('throws away what was not read and what was not sent', () => {
    const t = established({ passive: 80, win: 10 }).inject('P. 1:6(5) ack 1 win 10');
    t.send(100);
    t.expect('. 1:11(10) ack 6').abort().expect('R 11:11(0) win 0');
    expect(t.status.buffered).toEqual({ send: 0, receive: 0, outOfOrder: 0 });
  });
});
