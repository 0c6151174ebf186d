import { describe, expect, test } from '@jest/globals';
import { established, RTO, SECOND } from '../support/script';

describe("the peer's window shrinks (RFC 9293 §3.8.6)", () => {
  test('MUST-34, SHLD-15: it is borne, and no new data is sent', () => {
    const t = established();
    t.send(3000);
    t.expect('. 1:1461(1460) ack 1', '. 1461:2921(1460) ack 1');
    t.inject('. 1:1(0) ack 1 win 1000').expectNothing().state('ESTABLISHED');
    expect(t.status).toMatchObject({ inFlight: 2920, snd: { wnd: 1000 } });
  });

  test('SHLD-16: what lies within the window is sent again', () => {
    const t = established();
    t.send(2920);
    t.skip().inject('. 1:1(0) ack 1 win 1000').at(RTO).expect('. 1:1001(1000) ack 1');
    t.inject('. 1:1(0) ack 1001 win 1920').expect('. 1001:2461(1460) ack 1', 'P. 2461:2921(460) ack 1');
  });

  test('SHLD-17: data beyond its edge is not why a connection ends', () => {
    const t = established({ passive: 80, r2: SECOND });
    t.send(2920);
    t.skip().inject('. 1:1(0) ack 1461 win 0');
    for (let count = 0; count < 20; count++) {
      t.at(t.status.timers.persist ?? 0)
        .expect('. 1461:1462(1) ack 1')
        .inject('. 1:1(0) ack 1461 win 0');
    }
    t.state('ESTABLISHED');
  });
});

describe('our window', () => {
  test('SHLD-14: its right edge never moves to the left, whatever comes', () => {
    const t = established({ passive: 80, receiveBuffer: 5000 });
    t.inject('P. 1:1001(1000) ack 1', 'P. 1001:2001(1000) ack 1').expect('. 1:1(0) ack 2001 win 3000');
    t.inject('P. 2001:2002(1) ack 1', 'P. 2002:2003(1) ack 1').expect('. 1:1(0) ack 2003 win 2998');
  });

  test('MUST-39: it does not open by small steps: a segment, or half of the buffer', () => {
    const t = established({ passive: 80, receiveBuffer: 5000, delayedAck: 0 });
    t.inject('P. 1:2001(2000) ack 1').expect('. 1:1(0) ack 2001 win 3000');
    t.call((connection) => connection.receive(1459));
    t.inject('P. 2001:2002(1) ack 1').expect('. 1:1(0) ack 2002 win 2999');
    t.call((connection) => connection.receive(1));
    t.inject('P. 2002:2003(1) ack 1').expect('. 1:1(0) ack 2003 win 4458');
  });

  test('MUST-39: the user reads, and the peer hears of it only when the window at least doubles', () => {
    const t = established({ passive: 80, receiveBuffer: 10_000, delayedAck: 0 });
    t.inject('P. 1:4001(4000) ack 1').expect('. 1:1(0) ack 4001 win 6000').reads(4000).expectNothing();
    t.inject('P. 4001:9001(5000) ack 1').expect('. 1:1(0) ack 9001 win 5000').reads(5000);
    t.expect('. 1:1(0) ack 9001 win 10000');
  });

  test('without a scale a larger buffer changes nothing: reading makes no noise', () => {
    const t = established({ passive: 80, receiveBuffer: 1_000_000 });
    t.inject('P. 1:1001(1000) ack 1').reads(1000).expectNothing().at(40_000).expect('. 1:1(0) ack 1001 win 64535');
  });
});
