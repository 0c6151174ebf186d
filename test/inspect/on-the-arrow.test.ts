import { describe, expect, test } from '@jest/globals';
import { Conversation } from '../../src/inspect/conversation';
import { UNICODE } from '../../src/inspect/drawing';
import { partsOfSegment } from '../../src/inspect/on-the-arrow';
import { segment } from './script';

/** What stands on the arrow of the last of these segments. */
function arrow(...lines: string[]): string {
  const conversation = new Conversation();
  let parts = '';
  for (const line of lines) {
    const event = segment(`${line} | ESTABLISHED`);
    parts = partsOfSegment(event.segment, conversation.read(event), UNICODE)
      .map(({ text }) => text)
      .join('  ');
  }
  return parts;
}

const SHAKEN = ['< S 100:100(0) win 500', '> S. 300:300(0) ack 101 win 500', '< . 101:101(0) ack 301 win 500'];

describe('what is written on an arrow', () => {
  test('the options of a SYN, the important ones first', () => {
    const syn = arrow('< S 100:100(0) win 500 <sackOK,TS val 1 ecr 0,nop,wscale 7,uto 300s,mss 1460>');
    expect(syn).toBe('SYN  seq 100  mss 1460  wscale 7  uto 300s  sackOK  TS');
  });

  test('timestamps only there, SACK blocks and a user timeout anywhere', () => {
    const ack = '> . 301:301(0) ack 101 win 500 <nop,nop,TS val 1 ecr 0,nop,nop,sack 111:121,uto 5min>';
    expect(arrow(...SHAKEN, ack)).toBe('ACK  ack 1  sack 11:21  uto 5min');
  });

  test('the urgent pointer, and ECN', () => {
    expect(arrow(...SHAKEN, '< PUW. 101:111(10) ack 301 win 500 urg 4')).toBe(
      'PSH-URG-ACK-CWR  seq 1  len 10  ack 1  urg 4',
    );
    expect(arrow(...SHAKEN, '> .E 301:301(0) ack 111 win 500')).toBe('ACK-ECE  ack 11');
  });
});
