import { describe, expect, test } from '@jest/globals';
import { Log } from '../../src/inspect/log';
import type { TraceEvent } from '../../src/trace';
import { daytime, helloFromNc, PEER, segment, US } from './script';

function log(events: readonly TraceEvent[]): string {
  let text = '\n';
  const lines = new Log({ write: (more) => (text += more) });
  for (const event of events) lines.event(event);
  return text;
}

describe('the log', () => {
  test('a conversation, one line an event, as tcpdump writes it', () => {
    expect(log(helloFromNc({ time: 5_000_000 }))).toBe(`
0.000000 #1 10.9.0.1:41234 > 10.9.0.2:7: S 3812905112:3812905112(0) win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>  LISTEN → SYN-RECEIVED
0.000100 #1 10.9.0.2:7 > 10.9.0.1:41234: S. 1390210:1390210(0) ack 3812905113 win 65535 <mss 1460,wscale 2>  SYN-RECEIVED
0.000200 #1 10.9.0.1:41234 > 10.9.0.2:7: . 1:1(0) ack 1 win 502  SYN-RECEIVED → ESTABLISHED
0.000300 #1 10.9.0.1:41234 > 10.9.0.2:7: P. 1:7(6) ack 1 win 502  ESTABLISHED
0.000400 #1 10.9.0.2:7 > 10.9.0.1:41234: P. 1:7(6) ack 7 win 65535  ESTABLISHED
0.000500 #1 10.9.0.1:41234 > 10.9.0.2:7: . 7:7(0) ack 7 win 502  ESTABLISHED
0.000600 #1 10.9.0.1:41234 > 10.9.0.2:7: F. 7:7(0) ack 7 win 502  ESTABLISHED → CLOSE-WAIT
0.000700 #1 10.9.0.2:7 > 10.9.0.1:41234: . 7:7(0) ack 8 win 65535  CLOSE-WAIT
0.000800 #1 10.9.0.2:7 > 10.9.0.1:41234: F. 7:7(0) ack 8 win 65535  LAST-ACK (fin)
0.000900 #1 10.9.0.1:41234 > 10.9.0.2:7: . 8:8(0) ack 8 win 502  LAST-ACK → CLOSED
0.000900 #1 LAST-ACK → CLOSED (rcv ACK of FIN)
`);
  });

  test('timers', () => {
    expect(log(daytime().slice(5))).toBe(`
0.000000 #2 timer time-wait set for 60 s
0.000100 #2 10.9.0.2:13 > 10.9.0.1:50222: . 1:1(0) ack 1 win 65535  TIME-WAIT
60.000000 #2 TIME-WAIT → CLOSED (2MSL timeout)
`);
  });

  test('everything else', () => {
    const connection = { id: 1, local: US, remote: PEER };
    const link = 'tap0';
    const time = 0;
    const packet = {
      operation: 1,
      senderMac: '02:00:00:00:00:01',
      senderAddress: '10.9.0.1',
      targetMac: '00:00:00:00:00:00',
      targetAddress: '10.9.0.2',
    };
    const icmp = { type: 'icmp', time, direction: 'in', link, version: 4, src: '10.9.0.1', dst: '10.9.0.2' } as const;
    const quoted = new Uint8Array();
    expect(
      log([
        { type: 'arp', time, direction: 'in', link, packet },
        { type: 'arp', time, direction: 'out', link, packet: { ...packet, operation: 2 } },
        { type: 'neighbour', time, link, address: '10.9.0.1', state: 'reachable', mac: '02:00:00:00:00:01' },
        { type: 'neighbour', time, link, address: '10.9.0.9', state: 'failed' },
        { ...icmp, message: { type: 'echo-request', identifier: 5, sequence: 1, data: new Uint8Array(56) } },
        { ...icmp, message: { type: 'destination-unreachable', code: 3, nextHopMtu: 0, quoted } },
        { ...icmp, message: { type: 'source-quench', quoted } },
        { ...icmp, message: { type: 'unknown', icmpType: 13, code: 0, body: quoted } },
        { type: 'udp', time, direction: 'in', local: US, remote: PEER, length: 12 },
        { type: 'udp', time, direction: 'out', local: US, remote: PEER, length: 12 },
        { type: 'drop', time, layer: 'ip', reason: 'not-ours', detail: 'for 10.9.0.77' },
        { type: 'drop', time, layer: 'tcp', reason: 'bad-checksum', detail: '0x1 is not 0x2', connection },
        segment('> S 4294967295:4294967295(0) | SYN-SENT', { time, reason: 'handshake' }),
        { type: 'retransmission', time, connection, seq: 0, length: 10, count: 2, rto: 400_000, cause: 'timeout' },
        { type: 'congestion', time, connection, cause: 'timeout', cwnd: 1460, ssthresh: 2920 },
        { type: 'timer', time, connection, timer: 'retransmission', action: 'cleared', deadline: 9 },
        segment('< S 77:77(0) | CLOSED', { id: 0, time }),
      ])
        .trimEnd()
        .split('\n0.000000 '),
    ).toEqual([
      '',
      'tap0 in ARP who-has 10.9.0.2 tell 10.9.0.1',
      'tap0 out ARP reply 10.9.0.1 is-at 02:00:00:00:00:01',
      'tap0 neighbour 10.9.0.1 reachable 02:00:00:00:00:01',
      'tap0 neighbour 10.9.0.9 failed',
      'tap0 10.9.0.1 > 10.9.0.2: ICMP echo-request id 5 seq 1 length 56',
      'tap0 10.9.0.1 > 10.9.0.2: ICMP destination-unreachable code 3',
      'tap0 10.9.0.1 > 10.9.0.2: ICMP source-quench',
      'tap0 10.9.0.1 > 10.9.0.2: ICMP type 13 code 0',
      '10.9.0.1:41234 > 10.9.0.2:7: UDP 12',
      '10.9.0.2:7 > 10.9.0.1:41234: UDP 12',
      'drop ip.not-ours: for 10.9.0.77',
      '#1 drop tcp.bad-checksum: 0x1 is not 0x2',
      '#1 10.9.0.2:7 > 10.9.0.1:41234: S 4294967295:4294967295(0) win 65535  SYN-SENT (handshake)',
      '#1 retransmission 2 of 1:11 (timeout), RTO 0.4 s',
      '#1 congestion timeout: cwnd 1460 ssthresh 2920',
      '#1 timer retransmission cleared',
      '10.9.0.1:41234 > 10.9.0.2:7: S 77:77(0) win 65535  CLOSED',
    ]);
  });
});
