import { describe, test } from '@jest/globals';
import { established, RTO } from '../../support/script';

describe('PUSH and segmentation (RFC 9293 §3.9.1.2, §3.8.6.2)', () => {
  test('MAY-16, SHLD-28: small SENDs that are not pushed become full segments', () => {
    const t = established();
    t.send(100, { push: false });
    t.expect('P. 1:101(100) ack 1');
    for (let count = 0; count < 4; count++) t.send(292, { push: false });
    t.expectNothing().send(292, { push: false });
    t.expect('P. 101:1561(1460) ack 1').send(1000, { push: false });
    t.expectNothing().inject('. 1:1(0) ack 1561').expect('P. 1561:2561(1000) ack 1');
  });

  test('SHLD-27: of the pushes that wait the last one counts', () => {
    const t = established({ passive: 80, win: 1000 });
    t.send(1000);
    t.expect('P. 1:1001(1000) ack 1');
    for (let count = 0; count < 4; count++) t.send(500);
    t.send(3840, { push: false });
    t.inject('. 1:1(0) ack 1001 win 4000');
    // The last push stands at 3001.
    t.expect('. 1001:2461(1460) ack 1', 'P. 2461:3921(1460) ack 1');
    t.inject('. 1:1(0) ack 3921 win 4000').expect('. 3921:5381(1460) ack 1', 'P. 5381:6841(1460) ack 1');
  });

  test('MUST-61: what is sent again is pushed where it was the last', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(2000);
    t.expect('. 1:1461(1460) ack 1', 'P. 1461:2001(540) ack 1');
    t.inject('. 1:1(0) ack 1461').at(RTO).expect('P. 1461:2001(540) ack 1');
  });

  test('MUST-60: what is not pushed goes as soon as nothing is in flight, and with a full segment at once', () => {
    const t = established();
    t.send(1, { push: false });
    t.expect('P. 1:2(1) ack 1');
    t.send(1459, { push: false });
    t.expectNothing();
    t.send(1, { push: false });
    t.expect('P. 2:1462(1460) ack 1').send(3, { push: false });
    t.expectNothing().inject('. 1:1(0) ack 1462').expect('P. 1462:1465(3) ack 1');
  });
});
