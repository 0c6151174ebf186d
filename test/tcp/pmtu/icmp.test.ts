import { describe, expect, test } from '@jest/globals';
import { established, PEER, RTO, script, SECOND } from '../../support/script';
import { tooBig } from './too-big';

describe('path MTU discovery (RFC 1191)', () => {
  test('what was too big goes again at once in smaller segments, and the congestion window stays', () => {
    const t = established();
    t.send(100);
    t.skip().inject('. 1:1(0) ack 101');
    t.send(2920);
    t.expect('. 101:1561(1460) ack 1', 'P. 1561:3021(1460) ack 1');
    const { cwnd, ssthresh } = t.status;
    t.icmp(tooBig(t, 1400, 1460));
    t.expect('. 101:1461(1360) ack 1', '. 1461:2821(1360) ack 1', 'P. 2821:3021(200) ack 1');
    expect(t.status).toMatchObject({ pmtu: 1400, cwnd, ssthresh, congestion: { phase: 'open' } });
    t.inject('. 1:1(0) ack 3021');
  });

  test('the first flight meets a smaller link: one round trip is lost, not a time-out', () => {
    const t = established();
    t.send(2920);
    t.expect('. 1:1461(1460) ack 1', 'P. 1461:2921(1460) ack 1');
    const { ssthresh } = t.status;
    t.icmp(tooBig(t, 1000, 1460));
    t.expect('. 1:961(960) ack 1', '. 961:1921(960) ack 1', '. 1921:2881(960) ack 1', 'P. 2881:2921(40) ack 1');
    expect(t.status).toMatchObject({ pmtu: 1000, mss: { send: 960, receive: 1460 }, retransmissions: 4, bytesLost: 0 });
    expect(t.status).toMatchObject({ ssthresh, congestion: { phase: 'open' }, lost: 0, underWay: 2920 });
    // The initial window is in segments (RFC 3390 §4, RFC 6928 §2).
    expect(t.status.cwnd).toBe(9600);
    // The second packet's router says the same, and that moves nothing any more.
    t.icmp(tooBig(t, 1000)).expectNothing();
    expect(t.counter('tcp.too-big-rejected')).toBe(1);
    t.inject('. 1:1(0) ack 2921');
    t.send(1920);
    t.expect('. 2921:3881(960) ack 1', 'P. 3881:4841(960) ack 1');
    expect(t.wire.trace.flatMap((event) => (event.type === 'retransmission' ? [event.cause] : []))).toEqual(
      Array(4).fill('path-mtu'),
    );
  });

  test('what is sent again has its whole time-out', () => {
    const t = established();
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1');
    t.after(RTO - 1).icmp(tooBig(t, 1400));
    t.expect('. 1:1361(1360) ack 1', 'P. 1361:1461(100) ack 1');
    t.after(RTO - 1)
      .expectNothing()
      .after(1)
      .expect('. 1:1361(1360) ack 1');
  });

  test('what is small enough is not sent again', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1').after(1000);
    t.send(100);
    t.expect('P. 1461:1561(100) ack 1');
    t.icmp(tooBig(t, 1000, 1460)).expect('. 1:961(960) ack 1', '. 961:1461(500) ack 1');
    expect(t.status.underWay).toBe(1560);
  });

  test('a FIN behind it follows', () => {
    const t = established();
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1').shutdown().expect('F. 1461:1461(0) ack 1');
    t.icmp(tooBig(t, 1000, 1460)).expect('. 1:961(960) ack 1', 'FP. 961:1461(500) ack 1');
    t.inject('. 1:1(0) ack 1462').state('FIN-WAIT-2');
  });

  test('with a smaller link behind the smaller one: twice', () => {
    const t = established();
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1').icmp(tooBig(t, 1400));
    t.expect('. 1:1361(1360) ack 1', 'P. 1361:1461(100) ack 1').icmp(tooBig(t, 1000, 1360));
    t.expect('. 1:961(960) ack 1', '. 961:1361(400) ack 1');
    expect(t.status.pmtu).toBe(1000);
  });

  test('its duplicate ACKs are no congestion', () => {
    const t = established();
    t.send(5 * 1460);
    t.skip()
      .icmp(tooBig(t, 1492, 4 * 1460))
      .skip();
    for (let each = 0; each < 4; each += 1) t.inject('. 1:1(0) ack 1');
    expect(t.status).toMatchObject({ congestion: { phase: 'open' }, retransmissions: 6 });
    t.expectNothing();
  });

  test.each([
    [1500, 1492],
    [1492, 1006],
    [1006, 552],
  ])(
    'a router that does not say what its link takes: from %i to the next plateau, %i (RFC 1191 §5, §7.1)',
    (mtu, next) => {
      const t = established({ passive: 80, mtu });
      t.send(mtu - 40);
      t.skip().icmp(tooBig(t, 0)).skip();
      expect(t.status.pmtu).toBe(next);
    },
  );

  test('a full packet of 1500 is cut to 1492', () => {
    const t = established();
    t.send(1460);
    t.skip().icmp(tooBig(t, 0)).expect('. 1:1453(1452) ack 1', 'P. 1453:1461(8) ack 1');
  });

  test('nobody is believed that the path takes less than minPathMtu: there routers may fragment', () => {
    const t = established();
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1');
    expect(t.lastHeader?.dontFragment).toBe(true);
    t.icmp(tooBig(t, 100)).expect('. 1:513(512) ack 1', '. 513:1025(512) ack 1', 'P. 1025:1461(436) ack 1');
    expect(t.status.pmtu).toBe(552);
    expect(t.lastHeader?.dontFragment).toBe(false);
  });

  test('other connections to the same host follow when they next send', () => {
    const t = established();
    t.listen(81);
    const other = t.another(41_235, 81);
    other.send('S 0:0(0) <mss 1460>');
    t.skip();
    other.send('. 1:1(0) ack 1');
    const second = t.accept();
    second.send(new Uint8Array(1460));
    t.skip().icmp(tooBig(t, 1000)).skip();
    const [first] = t.wire.stack.tcp.connections();
    expect(first?.remote.port).toBe(41_234);
    expect(first?.status().pmtu).toBe(1500);
    first?.send(new Uint8Array(1460));
    expect(first?.status()).toMatchObject({ pmtu: 1000, mss: { send: 960 } });
    expect([t.lastHeader?.dst, t.lastHeader?.payload.length]).toEqual([PEER, 20 + 960]);
    t.skip();
  });

  test('a new connection starts with what is known, and announces what our interface takes', () => {
    const t = established();
    t.send(1460);
    t.skip().icmp(tooBig(t, 1000)).skip();
    t.listen(81);
    const other = t.another(41_235, 81);
    other.send('S 0:0(0) <mss 1460>');
    other.expect('S. 0:0(0) ack 1 <mss 1460>');
    other.send('. 1:1(0) ack 1');
    expect(t.accept().status()).toMatchObject({ pmtu: 1000, mss: { send: 960, receive: 1460 } });
  });

  test('after ten minutes the larger size is tried again (RFC 1191 §6.3)', () => {
    const t = established();
    t.send(1460);
    t.skip()
      .icmp(tooBig(t, 1000))
      .skip()
      .inject('. 1:1(0) ack 1461')
      .after(600 * SECOND);
    t.send(1460);
    t.expect('P. 1461:2921(1460) ack 1');
  });

  test('without it packets carry no DF, and nobody is believed', () => {
    const t = established({ passive: 80, pmtuDiscovery: false });
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1');
    expect(t.lastHeader?.dontFragment).toBe(false);
    t.icmp(tooBig(t, 1000)).expectNothing();
    expect([t.status.pmtu, t.counter('tcp.too-big-rejected')]).toEqual([1500, 1]);
  });

  test.each([true, false])('pmtuDiscovery %s: SYNs, ACKs and resets alike', (pmtuDiscovery) => {
    const t = script({ active: 80, pmtuDiscovery });
    const df = (): void => {
      expect(t.lastHeader?.dontFragment).toBe(pmtuDiscovery);
      t.skip();
    };
    df();
    t.inject('S. 0:0(0) ack 1 <mss 1460>');
    df();
    t.abort();
    df();
  });
});

describe('MUST-54, MUST-56, SHLD-25: "fragmentation needed" is news of the path', () => {
  test('it ends nothing, and the user is not warned', () => {
    const t = established();
    t.send(1460);
    t.skip().icmp(tooBig(t, 1000)).skip().state('ESTABLISHED');
    expect(t.events()).toEqual([]);
    const calling = script({ active: 80 }).skip();
    calling.icmp(tooBig(calling, 1000)).state('SYN-SENT');
    expect([calling.events(), calling.status.pmtu, calling.counter('tcp.too-big-rejected')]).toEqual([[], 1500, 1]);
  });
});

describe('who says "too big" without cause (RFC 5927 §7)', () => {
  test('about what is not in flight: ignored', () => {
    const t = established();
    t.send(1460);
    const late = tooBig(t, 1000);
    t.skip();
    for (const back of [-1460, 1, 100_000]) t.icmp(tooBig(t, 1000, back));
    t.inject('. 1:1(0) ack 1461').icmp(late).expectNothing();
    expect([t.status.pmtu, t.counter('tcp.icmp-out-of-window')]).toEqual([1500, 4]);
  });

  test.each([1500, 1501, 65_535])('nothing that large was sent: %i', (mtu) => {
    const t = established();
    t.send(1460);
    t.skip().icmp(tooBig(t, mtu)).expectNothing();
    expect([t.status.pmtu, t.counter('tcp.too-big-rejected')]).toEqual([1500, 1]);
  });

  test('nor when all that was sent is small', () => {
    const t = established();
    t.send(100);
    t.skip().icmp(tooBig(t, 600)).expectNothing();
    expect(t.status.pmtu).toBe(1500);
  });

  test('what contradicts an ACK is doubted, and forgotten when the segment is acknowledged', () => {
    const t = established();
    t.send(1460);
    t.skip().inject('. 1:1(0) ack 1461');
    t.send(1460);
    t.skip().icmp(tooBig(t, 1000)).expectNothing();
    expect([t.status.pmtu, t.counter('tcp.too-big-doubted')]).toEqual([1500, 1]);
    t.inject('. 1:1(0) ack 2921');
    t.send(1460);
    t.expect('P. 2921:4381(1460) ack 1').after(RTO).expect('P. 2921:4381(1460) ack 1');
    expect(t.status.pmtu).toBe(1500);
  });

  test('the path did change: when the segment times out the doubted word is believed', () => {
    const t = established();
    t.send(1460);
    t.skip().inject('. 1:1(0) ack 1461');
    t.send(2920);
    t.skip()
      .icmp(tooBig(t, 1000, 1460))
      .icmp(tooBig(t, 1000))
      .after(RTO);
    t.expect('. 1461:2421(960) ack 1');
    expect(t.status).toMatchObject({ pmtu: 1000, congestion: { phase: 'loss' } });
    // And from then on it is known what gets through.
    t.inject('. 1:1(0) ack 2421').skip();
  });

  test('a doubted word about a later segment does not count for the first', () => {
    const t = established();
    t.send(1460);
    t.skip().inject('. 1:1(0) ack 1461');
    t.send(2920);
    t.skip().icmp(tooBig(t, 1000)).after(RTO).expect('. 1461:2921(1460) ack 1');
    expect(t.status.pmtu).toBe(1500);
  });

  test('a size that only partly contradicts is believed', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(900);
    t.skip().inject('. 1:1(0) ack 901');
    t.send(1460);
    t.skip()
      .icmp(tooBig(t, 940))
      .expectNothing()
      .icmp(tooBig(t, 941))
      .expect('. 901:1802(901) ack 1', 'P. 1802:2361(559) ack 1');
  });
});
