import { expect, test } from '@jest/globals';
import { script } from '../../support/script';

test('MUST-16: SACK blocks are left out where a packet of the path has no room for them beside an octet of data', () => {
  const t = script({ passive: 80, mtu: 68, sack: true });
  t.inject('S 0:0(0) <mss 1460,nop,nop,sackOK>').skip().inject('. 1:1(0) ack 1');
  t.accept();
  for (const start of [11, 31, 51, 71]) t.inject(`. ${start}:${start + 10}(10) ack 1`).skip();
  // Three blocks would take 28 octets, and all that there is.
  expect(t.lastHeader?.payload.length).toBe(20 + 20);
  t.send(100);
  expect(t.lastHeader?.payload.length).toBeLessThanOrEqual(48);
  expect(t.counter('ip.too-big')).toBe(0);
  t.skip();
});
