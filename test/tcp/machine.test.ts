import { describe, expect, test } from '@jest/globals';
import { send } from '../../src/tcp/calls/send';
import { add } from '../../src/tcp/sequence';
import { timeout } from '../../src/tcp/timeouts';
import { transition } from '../../src/tcp/transition';
import { FLAG } from '../../src/wire/tcp';
import { arrives, machine } from '../support/machine';

describe('the machine without a stack', () => {
  test('MUST-20: after R1 retransmissions IP is advised, once; an ACK of new data tells it that all is well', () => {
    const { tcb, host } = machine();
    send(tcb, new Uint8Array(10), {}, 0);
    for (let count = 0; count < 5; count++) timeout(tcb, 'retransmission', 100 * count);
    expect(host.calls.filter((call) => call === 'advise')).toHaveLength(1);
    expect(host.calls).not.toContain('confirm');
    arrives(tcb, { ack: tcb.snd.nxt }, 1000);
    expect(host.calls).toContain('confirm');
  });

  test('a transition that RFC 9293 does not have is a bug, and says so', () => {
    const { tcb } = machine();
    expect(() => {
      transition(tcb, 'SYN-SENT', 'nonsense', 0);
    }).toThrow('connection 1 cannot go from ESTABLISHED to SYN-SENT (nonsense): RFC 9293 has no such transition');
  });

  test('a timer that is not set does nothing when it goes off', () => {
    const { tcb, host } = machine();
    timeout(tcb, 'retransmission', 100);
    timeout(tcb, 'time-wait', 100);
    expect([tcb.state, host.sent]).toEqual(['ESTABLISHED', []]);
  });
});

/** A stream that has gone on for long: sequence numbers come by the same places again. */
describe('after many gigabytes', () => {
  test('SND.UNA stands on ISS again, and that is no SYN', () => {
    const { tcb, host } = machine();
    tcb.snd.iss = tcb.snd.una;
    send(tcb, new Uint8Array(10), {}, 0);
    timeout(tcb, 'retransmission', 1_000_000);
    expect(host.sent.map(({ flags, data }) => [flags & FLAG.SYN, data[0]?.length])).toEqual([
      [0, 10],
      [0, 10],
    ]);
    arrives(tcb, { ack: add(tcb.snd.una, 10) }, 1_000_000);
    expect([tcb.counters.bytesAcked, tcb.sendQueue.length, tcb.inFlight.size]).toEqual([10, 0, 0]);
  });

  test('fast retransmit still knows an old loss from a new one', () => {
    const { tcb, host } = machine();
    // The last loss is almost 2³¹ octets ago, and with the second ACK it is more.
    tcb.recovery.point = add(tcb.snd.una, -(2 ** 31) + 30);
    for (let count = 0; count < 2; count++) {
      send(tcb, new Uint8Array(20), {}, 0);
      arrives(tcb, { ack: add(tcb.snd.una, 20) }, 0);
    }
    send(tcb, new Uint8Array(14_600), {}, 0);
    host.sent.length = 0;
    for (let count = 0; count < 3; count++) arrives(tcb, {}, 0);
    expect(host.sent.map(({ seq, reason }) => [seq, reason])).toContainEqual([tcb.snd.una, 'retransmission']);
  });
});
