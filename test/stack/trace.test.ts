import { describe, expect, jest, test } from '@jest/globals';
import { drop } from '../../src/tcp/drop';
import type { TraceEvent } from '../../src/trace';
import { machine } from '../support/machine';
import { established, RTO, script } from '../support/script';

describe('the trace', () => {
  test('tells of segments with the states before and after, transitions, timers and retransmissions, in order', () => {
    const t = established();
    t.wire.trace.length = 0;
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"').at(RTO).expect('P. 1:6(5) ack 1 "hello"').inject('F. 1:1(0) ack 6');
    t.expect('. 6:6(0) ack 2');
    const told = t.wire.trace.map((event) => {
      switch (event.type) {
        case 'segment':
          return `${event.direction} ${event.before} → ${event.after} ${event.reason ?? ''}`.trim();
        case 'transition':
          return `${event.from} → ${event.to}: ${event.event}`;
        case 'timer':
          return `${event.timer} ${event.action} ${event.deadline}`;
        case 'retransmission':
          return `${event.cause} ${event.count}`;
        default:
          return event.type;
      }
    });
    expect(told).toEqual([
      'out ESTABLISHED → ESTABLISHED data',
      `retransmission set ${RTO}`,
      `retransmission fired ${RTO}`,
      'congestion',
      `retransmission set ${3 * RTO}`,
      'timeout 1',
      'out ESTABLISHED → ESTABLISHED retransmission',
      `retransmission cleared ${3 * RTO}`,
      'congestion',
      'ESTABLISHED → CLOSE-WAIT: rcv FIN',
      'in ESTABLISHED → CLOSE-WAIT',
      'out CLOSE-WAIT → CLOSE-WAIT ack',
    ]);
  });

  test('a segment that belongs to no connection has the number 0', () => {
    const t = script().inject('S 0:0(0)').expect('R. 0:0(0) ack 1 win 0');
    expect(t.wire.trace.flatMap((event) => (event.type === 'segment' ? [event.connection.id] : []))).toEqual([0, 0]);
  });

  test('goes to everybody who listens, until they do not any more', () => {
    const t = script();
    const [one, two]: [TraceEvent[], TraceEvent[]] = [[], []];
    const stop = t.wire.stack.observe((event) => one.push(event));
    t.wire.stack.observe((event) => two.push(event));
    t.inject('S 0:0(0)').skip();
    stop();
    t.inject('S 0:0(0)').skip();
    expect([one.length, two.length, t.wire.trace.length]).toEqual([2, 4, 4]);
  });

  test('with nobody listening nothing is built: no event, and no words for one', () => {
    const { tcb, host } = machine();
    const detail = jest.fn(() => 'never needed');
    expect(drop(tcb, 'some-reason', detail, 0)).toBe('drop');
    expect(host.calls).toEqual(['tcp.some-reason']);
    expect(detail).not.toHaveBeenCalled();
  });
});
