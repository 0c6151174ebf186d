import { describe, expect, test } from '@jest/globals';
import { established, script } from '../support/script';

describe('calls from inside events', () => {
  test('send, receive and close from `readable`: what follows is done when inject returns', () => {
    const t = established();
    t.connection.on('readable', () => {
      const data = t.connection.receive();
      if (typeof data === 'string') return;
      expect(t.connection.send(data)).toBe(data.length);
      t.connection.close();
    });
    t.inject('P. 1:6(5) ack 1 "hello"').expect('P. 1:6(5) ack 6 "hello"', 'F. 6:6(0) ack 6').state('FIN-WAIT-1');
  });

  test('abort from `connect`', () => {
    const t = script({ active: 80 }).skip();
    t.connection.on('connect', () => {
      t.connection.abort();
    });
    t.inject('S. 0:0(0) ack 1 <mss 1460>').skip().state('CLOSED');
    expect(t.events()).toEqual(['connect', 'writable', 'closed aborted']);
  });

  test('accept, and an answer at once, from `connection`', () => {
    const t = script({ passive: 80 });
    t.listener?.on('connection', () => {
      t.accept().send(new TextEncoder().encode('welcome'));
    });
    t.inject('S 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1').expect('P. 1:8(7) ack 1 "welcome"');
  });

  test('a new connection from `closed`', () => {
    const t = script({ active: 80 }).skip();
    t.connection.on('closed', () => {
      t.open({ remote: t.peer.remote, local: t.peer.local });
    });
    t.inject('R. 0:0(0) ack 1').skip().state('SYN-SENT');
  });

  test('a listener is closed from its own event', () => {
    const t = script({ passive: 80 });
    t.listener?.on('connection', () => t.listener?.close());
    t.inject('S 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1').expect('R 1:1(0) win 0');
    expect(t.wire.stack.tcp.listeners()).toEqual([]);
  });
});

describe('packets that arrive while packets go out', () => {
  test('inject from inside onPacket: taken up when the turn is done, and before the call returns', () => {
    const t = script({ active: 80 }).skip();
    const { link } = t.wire;
    const take = link.onPacket;
    link.onPacket = (bytes) => {
      take(bytes);
      if (t.wire.last?.payload[13] === 0x18) t.wire.inject(t.peer.packet('P. 1:4(3) ack 6 "you"'));
    };
    t.inject('S. 0:0(0) ack 1 <mss 1460>').expect('. 1:1(0) ack 1');
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"').reads('you');
    expect(t.status).toMatchObject({ inFlight: 0, bytesAcked: 5 });
  });

  test('a handshake and a goodbye with a peer that answers from inside onPacket', () => {
    const t = script({ passive: 80 });
    const answers = ['. 1:1(0) ack 1', '. 1:1(0) ack 2', '. 1:1(0) ack 2'];
    const take = t.wire.link.onPacket;
    t.wire.link.onPacket = (bytes) => {
      take(bytes);
      const next = answers.shift();
      if (next !== undefined) t.wire.inject(t.peer.packet(next));
    };
    t.inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>').state('ESTABLISHED').close();
    t.expect('F. 1:1(0) ack 1').state('FIN-WAIT-2');
  });
});
