import { test } from '@jest/globals';
import { established, script } from '../support/script';

test('a buffer smaller than a step of the window scale still opens the window', () => {
  const t = script({ passive: 80, receiveBuffer: 25, receiveBufferMax: 1 << 20 });
  t.inject('S 0:0(0) win 1000 <mss 1460,nop,wscale 0>').expect('S. 0:0(0) ack 1 win 128 <mss 1460,nop,wscale 5>');
  t.inject('. 1:1(0) ack 1 win 1000').accept();
  t.inject('P. 1:129(128) ack 1').after(40_000).expect('. 1:1(0) ack 129 win 0');
  t.reads(128).expect('. 1:1(0) ack 129 win 4');
});

test('and so does one that its user has made smaller later', () => {
  const t = established({ passive: 80 });
  t.set({ receiveBuffer: 1 });
  t.inject('P. 1:2(1) ack 1').after(40_000).expect('. 1:1(0) ack 2').reads(1);
});
