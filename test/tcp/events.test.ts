import { describe, expect, test } from '@jest/globals';
import { established, script } from '../support/script';

describe('what the user is told, and when', () => {
  test('in this order, when all of it happens at once: connect, readable, writable, error, closed', () => {
    const t = script({ active: 80 }).skip();
    t.inject('S. 0:5(5) ack 1 <mss 1460> "hello"', 'R 6:6(0)').skip();
    expect(t.events()).toEqual(['connect', 'readable', 'writable', 'error ECONNRESET', 'closed aborted']);
    t.reads('hello');
  });

  test('after the stack has done its work: what there is to send has been sent', () => {
    const t = established();
    let sent = -1;
    t.connection.on('readable', () => {
      sent = t.status.segmentsOut;
    });
    t.inject('P. 1:6(5) ack 1', 'P. 6:11(5) ack 1').expect('. 1:1(0) ack 11');
    expect(sent).toBe(t.status.segmentsOut);
  });

  test('several listeners are called in the order in which they came, and not after they were taken off', () => {
    const t = established();
    const calls: string[] = [];
    const one = (): unknown => calls.push('one');
    const two = (): unknown => calls.push('two');
    t.connection.on('readable', one).on('readable', two);
    t.inject('P. 1:6(5) ack 1');
    t.connection.off('readable', one);
    t.inject('P. 6:11(5) ack 1').skip();
    expect(calls).toEqual(['one', 'two', 'two']);
  });

  test("the connection's user is told by one call whatever happens at once, and whether that made the connection", () => {
    const t = script({ active: 80 }).skip();
    const calls: boolean[] = [];
    t.connection.user = { connectionChanged: (connected) => calls.push(connected) };
    t.inject('S. 0:5(5) ack 1 <mss 1460> "hello"').skip();
    t.inject('P. 6:11(5) ack 1 "world"', 'R 11:11(0)').skip();
    expect(calls).toEqual([true, false]);
    t.reads('helloworld');
  });

  test('an error in a listener comes out of the call that led there, and harms nobody else', () => {
    const t = script({ passive: 80 });
    const [one, two] = [t.another(50_000), t.another(50_001)];
    for (const peer of [one, two]) {
      peer.send('S 0:0(0) <mss 1460>');
      peer.expect('S. 0:0(0) ack 1 <mss 1460>');
      peer.send('. 1:1(0) ack 1');
    }
    const [first, second] = [t.accept(), t.accept()];
    let heard = 0;
    first.on('readable', () => {
      throw new Error('mine');
    });
    second.on('readable', () => {
      heard += 1;
    });
    const payloads = [one.packet('P. 1:6(5) ack 1'), two.packet('P. 1:6(5) ack 1')];
    expect(() => {
      t.wire.inject(...payloads);
    }).toThrow('mine');
    expect(heard).toBe(1);
    expect([first.readable, second.readable]).toEqual([true, true]);
    t.after(40_000);
    one.expect('. 1:1(0) ack 6');
    two.expect('. 1:1(0) ack 6');
  });
});
