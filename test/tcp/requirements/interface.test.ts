import { describe, expect, test } from '@jest/globals';
import type { SoftError } from '../../../src/tcp/user';
import { established, RTO, script, type Script } from '../../support/script';

const hostUnreachable = (t: Script): Script =>
  t.icmp({ type: 'destination-unreachable', code: 1, nextHopMtu: 0, quoted: t.quote() });

describe('error reports (RFC 9293 §3.9.1.8)', () => {
  test('MUST-47, SHLD-20: they come by themselves, and can be turned off and on again', () => {
    const t = established();
    t.send('hello');
    t.skip();
    const heard: string[] = [];
    const listener = ({ code }: SoftError): unknown => heard.push(code);
    t.connection.on('warning', listener);
    hostUnreachable(t);
    expect(heard).toEqual(['EHOSTUNREACH']);
    t.connection.off('warning', listener);
    hostUnreachable(t);
    expect(heard).toHaveLength(1);
    t.connection.on('warning', listener);
    hostUnreachable(t);
    expect(heard).toHaveLength(2);
  });

  test('MUST-12: the peer closes: the end of the data; the peer resets: an error', () => {
    const receive = (t: Script): unknown => t.call((connection) => connection.receive());
    const closed = established().inject('F. 1:1(0) ack 1').skip();
    expect(receive(closed)).toBe('EOF');
    closed.close().skip().inject('. 2:2(0) ack 2').state('CLOSED');
    expect([closed.events(), closed.connection.error]).toEqual([['readable', 'closed closed'], undefined]);
    const aborted = established().inject('R 1:1(0)');
    expect(receive(aborted)).toBe('ECONNRESET');
    expect([aborted.events(), aborted.connection.error]).toEqual([
      ['error ECONNRESET', 'closed aborted'],
      'ECONNRESET',
    ]);
  });
});

describe("the IP header's fields (RFC 9293 §3.9.1.6, §3.9.2)", () => {
  const fields = { ttl: 7, dscp: 46 };
  const marked = (t: Script, ttl = 7, dscp = 46): void => {
    expect(t.lastHeader).toMatchObject({ ttl, dscp, ecn: 0 });
    t.skip();
  };

  test('MUST-48, MUST-49, SHLD-22: stand on each segment, from the SYN,ACK to the RST', () => {
    const t = script({ passive: 80, ...fields }).inject('S 0:0(0) <mss 1460>');
    marked(t);
    t.inject('. 1:1(0) ack 1').accept();
    t.send('hello');
    marked(t);
    t.at(RTO);
    marked(t);
    t.inject('P. 1:6(5) ack 6', 'P. 6:11(5) ack 6');
    marked(t);
    t.reads(10).shutdown();
    marked(t);
    t.abort();
    marked(t);
    expect(t.status.segmentsOut).toBe(6);
  });

  test('MUST-48, MUST-49: on the SYN of an active OPEN, and in TIME-WAIT', () => {
    const t = script({ active: 80, ...fields });
    marked(t);
    t.inject('S. 0:0(0) ack 1 <mss 1460>');
    marked(t);
    t.close();
    marked(t);
    t.inject('F. 1:1(0) ack 2').state('TIME-WAIT');
    marked(t);
  });

  test('SHLD-21: what is sent again has the value of now, not of when it was sent first', () => {
    const t = established({ passive: 80, ...fields });
    t.send('hello');
    marked(t);
    t.set({ dscp: 10 }).at(RTO);
    marked(t, 7, 10);
  });

  test.each([0, 63])('SHLD-22: all six bits pass unchanged: %i', (dscp) => {
    const t = script({ active: 80, dscp });
    marked(t, 64, dscp);
  });
});
