import { describe, expect, test } from '@jest/globals';
import { tooBig } from '../../tcp/pmtu/too-big';
import { ack, data, lossy, MSS, segments } from '../../support/lossy';
import { MILLISECOND, script, type Script } from '../../support/script';
import { commentsIn } from './replay';

describe('comments of TCP, by the kind of segment', () => {
  test('a time-out and F-RTO: how far the congestion window came down, and that it was for nothing', () => {
    const t = lossy({ tailLossProbe: false });
    t.send(60 * MSS);
    t.expect(...segments(0, 10))
      .after(300 * MILLISECOND)
      .expect(data(0));
    t.after(1000).inject(ack(1)).expect(data(10), data(11));
    t.after(1000).inject(ack(2)).skip();
    const said = commentsIn(t.wire.trace).slice(-6);
    expect(said[0]).toMatch(
      /: sent retransmission, 1000 bytes, time-out 1; .* \| cwnd 1000 \(was 10000\), ssthresh 5000 \(was none\), /,
    );
    expect(said[1]).toMatch(
      /: received ACK; ACK of 1000 bytes; .* \| cwnd 2000 \(was 1000\), ssthresh 5000, in flight 0, /,
    );
    expect(said[2]).toMatch(/: sent data, 1000 bytes \| cwnd 2000, /);
    expect(said[4]).toMatch(/congestion control: undone.* \| cwnd 11000 \(was 2000\), ssthresh none \(was 5000\), /);
  });

  test('a time-out for nothing, by the timestamp that comes back (Eifel): undone with the ACK that brings it', () => {
    const t = lossy({ timestamps: true, tailLossProbe: false, frto: false });
    t.send(60 * MSS);
    t.skip()
      .after(300 * MILLISECOND)
      .expect(data(0));
    t.after(1000)
      .inject(`${ack(1)} <nop,nop,TS val 500 ecr 100>`)
      .skip();
    const said = commentsIn(t.wire.trace).slice(-4);
    expect(said[0]).toMatch(/: sent retransmission, 1000 bytes, time-out 1; congestion control: no answer came; /);
    expect(said[1]).toMatch(
      /: received ACK; ACK of 1000 bytes; congestion control: undone, nothing was lost; .* \| cwnd 11000 \(was 1000\), ssthresh none \(was 5000\), /,
    );
    expect(said.slice(2).join('\n')).not.toContain('undone');
  });
});

/** The comments' first lines, from the first data on. */
function said(t: Script, from = 3): string[] {
  return commentsIn(t.wire.trace)
    .slice(from)
    .map((each) => each.replace(/ \| .*/, ''));
}

test('the retransmission timer is told of by the segment that sets it: the first in flight', () => {
  const t = lossy({ tailLossProbe: false });
  t.send(3 * MSS);
  t.skip();
  expect(said(t)).toEqual([
    '#2 ESTABLISHED: sent data, 1000 bytes; timer rto 300 ms',
    '#2 ESTABLISHED: sent data, 1000 bytes',
    '#2 ESTABLISHED: sent data, 1000 bytes',
  ]);
});

test('a delayed ACK was delayed', () => {
  const t = lossy();
  t.after(1)
    .inject('. 1:101(100) ack 1')
    .after(40 * MILLISECOND)
    .skip();
  expect(said(t)).toEqual([
    '#2 ESTABLISHED: received data, 100 bytes; timer delayed-ack 40 ms',
    '#2 ESTABLISHED: sent ACK; timer delayed-ack went off',
  ]);
});

test('CLOSE while data waits is told with the FIN, and not with what comes in before', () => {
  const t = lossy({ win: 1000 });
  t.send(1500);
  t.skip()
    .after(1)
    .shutdown()
    .after(1)
    .inject('. 1:6(5) ack 1 win 1000')
    .after(1)
    .inject('. 6:6(0) ack 1001 win 1000')
    .skip();
  expect(
    said(t)
      .slice(1)
      .map((each) => each.replace(/;.*/, '')),
  ).toEqual([
    '#2 FIN-WAIT-1: received data, 5 bytes',
    '#2 FIN-WAIT-1: received ACK',
    '#2 ESTABLISHED -> FIN-WAIT-1 (CLOSE): sent first FIN, 500 bytes',
  ]);
});

test('what could be forged is answered with a challenge ACK', () => {
  const t = lossy();
  t.after(1).inject('S 70:70(0) win 1000').skip();
  expect(said(t)).toEqual([
    expect.stringMatching(/received SYN; .*; dropped tcp.challenge-acks: SYN in ESTABLISHED; answered challenge ACK$/),
    '#2 ESTABLISHED: sent challenge ACK',
  ]);
  t.after(1)
    .inject('. 1:101(100) ack 1')
    .after(40 * MILLISECOND)
    .skip();
  expect(said(t).at(-1)).toMatch(/: sent ACK;/);
});

test('a SYN cookie: nothing is kept of the SYN, and the ACK that brings the cookie opens the connection', () => {
  const t = script({ passive: 80, tcp: { synCookies: 'always' } });
  t.inject('S 0:0(0) <mss 1460>').skip().after(1).inject('. 1:1(0) ack 1');
  t.accept();
  expect(said(t, 0).slice(1)).toEqual([
    'LISTEN: sent SYN-ACK, SYN cookie; "I hear you. do you hear me?"',
    '#2 LISTEN -> ESTABLISHED (rcv SYN, rcv ACK of SYN): received ACK of the handshake, SYN cookie',
  ]);
});

test('what does not fit into our window is not taken, and told: of a probe, and of more than there is room for', () => {
  const t = lossy({ receiveBuffer: 100 });
  t.after(1).inject('. 1:81(80) ack 1').skip();
  t.after(1).inject('. 81:101(20) ack 1').skip();
  t.after(1).inject('. 101:102(1) ack 1').skip();
  expect(said(t).filter((each) => each.includes('received'))).toEqual([
    expect.stringMatching(/: received data, 80 bytes; timer/),
    expect.stringMatching(/: received data, 20 bytes; answered ACK/),
    '#2 ESTABLISHED: received window probe, 1 byte; not taken: 1 byte; answered ACK',
  ]);
});

test('ECN: the handshake asks for it, ECE tells of a congested router, CWR that it was heard', () => {
  const t = script({ passive: 80, ecn: 'passive' });
  t.inject('SEW 0:0(0) <mss 1460>').skip().after(1).inject('. 1:1(0) ack 1');
  t.accept();
  t.send(5000);
  t.skip().after(1).inject('.E 1:1(0) ack 1461').skip();
  t.send(1460);
  t.skip();
  const all = said(t, 0);
  expect(all[0]).toContain('received SYN, ECE, CWR; ');
  expect(all[1]).toContain('sent SYN-ACK, ECE; ');
  expect(all.join('\n')).toMatch(
    /received ACK, ECE; ACK of 1460 bytes; congestion control: a router is congested \(ECN\);[^]*sent data, \d+ bytes, CWR/,
  );
});

test('an ICMP error that ends a connection says so', () => {
  const t = script({ active: 80 }).skip();
  t.after(1).icmp({ type: 'destination-unreachable', code: 3, nextHopMtu: 0, quoted: t.quote() });
  expect(said(t, 0).at(-1)).toMatch(/^received ICMP destination unreachable; ".*"; #1 SYN-SENT -> CLOSED \(ICMP\)$/);
});

test('a router takes smaller packets only: the ICMP message says what it caused, and the segments how large they are now', () => {
  const t = lossy({ tailLossProbe: false });
  t.send(2 * MSS);
  t.skip().after(1).icmp(tooBig(t, 800)).skip();
  const [icmp, again, ...more] = commentsIn(t.wire.trace).slice(5);
  expect(icmp).toMatch(
    /^received ICMP destination unreachable; ".*"; the path takes 800 bytes, and this packet had 1040; answered data again in #2, in smaller segments$/,
  );
  expect(again).toMatch(/: sent retransmission, 760 bytes, smaller, for the path; .*, mss 760 \(was 1000\)$/);
  expect(more).toHaveLength(2);
  expect(more.join()).not.toContain('mss');
  expect(commentsIn(t.wire.trace, 'ko')[5]).toMatch(
    /; 이 경로는 800바이트까지만 지나가는데 보낸 패킷은 1040바이트; 응답: #2의 데이터를 더 작은 세그먼트로 다시 보냄$/,
  );
});
