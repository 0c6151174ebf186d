import { describe, expect, test } from '@jest/globals';
import { script } from '../../support/script';

/** Nobody is on port 40000: sequence numbers of ours are as they stand on the wire. */
describe('SEGMENT ARRIVES in CLOSED (RFC 9293 §3.10.7.1)', () => {
  test('without ACK: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>', () => {
    const t = script();
    t.inject('S 0:0(0)').expect('R. 0:0(0) ack 1 win 0');
    t.inject('none 7:7(0)').expect('R. 0:0(0) ack 7 win 0');
    t.inject('P 7:17(10)').expect('R. 0:0(0) ack 17 win 0');
    t.inject('SF 7:17(10)').expect('R. 0:0(0) ack 19 win 0');
    expect(t.counter('tcp.no-listener')).toBe(4);
    expect(t.counter('tcp.resets-sent')).toBe(4);
  });

  test('with ACK: <SEQ=SEG.ACK><CTL=RST>', () => {
    const t = script();
    t.inject('. 7:7(0) ack 77').expect('R 77:77(0) win 0');
    t.inject('S. 7:7(0) ack 4294967295').expect('R 4294967295:4294967295(0) win 0');
    t.inject('FP. 7:17(10) ack 0').expect('R 0:0(0) win 0');
  });

  test('SEG.SEQ+SEG.LEN goes across the wrap', () => {
    const t = script({ isn: { peer: 0xffff_fffe } });
    t.inject('P 0:5(5)').expect('R. 0:0(0) ack 5 win 0');
    expect(t.wire.trace.at(-1)).toMatchObject({ segment: { ack: 3 } });
  });

  test('a reset is never answered', () => {
    const t = script();
    t.inject('R 7:7(0)', 'R. 7:7(0) ack 77', 'SR 7:7(0)', 'RP. 7:17(10) ack 1').expectNothing();
    expect(t.counter('tcp.resets-sent')).toBe(0);
  });
});
