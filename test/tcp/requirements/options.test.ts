import { describe, expect, test } from '@jest/globals';
import { WireError } from '../../../src/wire/error';
import { FLAG, parseTcp } from '../../../src/wire/tcp';
import { established, RTO, script, type Script } from '../../support/script';

const UNKNOWN = 'unknown-253 0102030405';

describe('options (RFC 9293 §3.1)', () => {
  test('MUST-5, MUST-6: an unknown one stands on every segment of a connection, and changes none', () => {
    const t = script({ passive: 80 });
    t.inject(`S 0:0(0) <${UNKNOWN},mss 1000,${UNKNOWN}>`).expect('S. 0:0(0) ack 1 <mss 1460>');
    t.inject(`. 1:1(0) ack 1 <${UNKNOWN}>`).state('ESTABLISHED').accept();
    expect(t.status.mss.send).toBe(1000);
    t.inject(`P. 1:6(5) ack 1 <nop,${UNKNOWN}> "hello"`).reads('hello');
    t.send('world');
    t.expect('P. 1:6(5) ack 6 "world"').inject(`. 6:6(0) ack 6 <${UNKNOWN}>`);
    expect(t.status.inFlight).toBe(0);
    t.inject(`F. 6:6(0) ack 6 <${UNKNOWN}>`).expect('. 6:6(0) ack 7').shutdown().expect('F. 6:6(0) ack 7');
    t.inject(`. 7:7(0) ack 7 <${UNKNOWN}>`).state('CLOSED');
    expect(t.drops).toEqual([]);
  });

  test('MUST-5, MUST-6: nor does one on a SYN,ACK, or on a RST', () => {
    const t = script({ active: 80 }).skip().inject(`S. 0:0(0) ack 1 <${UNKNOWN},nop,mss 1000,${UNKNOWN}>`).skip();
    t.state('ESTABLISHED');
    expect(t.status.mss.send).toBe(1000);
    t.inject(`R. 1:1(0) ack 1 <${UNKNOWN}>`).state('CLOSED');
    expect(t.drops).toEqual([]);
  });

  test('MUST-65: data, what is sent again, ACK, FIN and RST carry no MSS', () => {
    const t = established();
    const kinds = new Set<string>();
    const look = (kind: string): void => {
      const segment = parseTcp(t.lastHeader?.payload ?? new Uint8Array(0));
      if (segment instanceof WireError) throw new Error(segment.message);
      expect(segment.flags & FLAG.SYN).toBe(0);
      expect(segment.options.filter((option) => option.kind === 'mss')).toEqual([]);
      kinds.add(kind);
      t.skip();
    };
    const step = (kind: string, work: (t: Script) => unknown): void => {
      const before = t.status.segmentsOut;
      work(t);
      expect(t.status.segmentsOut).toBe(before + 1);
      look(kind);
    };
    step('data', () => t.send('hello'));
    step('again', () => t.at(RTO));
    step('ack', () => t.inject('P. 1:6(5) ack 6', 'P. 6:11(5) ack 6'));
    t.reads(10);
    step('fin', () => t.shutdown());
    step('reset', () => t.abort());
    expect([...kinds]).toEqual(['data', 'again', 'ack', 'fin', 'reset']);
  });
});
