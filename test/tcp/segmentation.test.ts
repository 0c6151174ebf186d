import { describe, expect, test } from '@jest/globals';
import { emptyRecordRoute } from '../../src/wire/ipv4-options';
import { ack, causes, data, lossy, MSS, RTT, type LossyOptions } from '../support/lossy';
import { established, MILLISECOND, script, SECOND, type Script, type ScriptOptions } from '../support/script';
import { tooBig } from './pmtu/too-big';

/** A connection over a link that cuts segments. Its window lets 100,000 octets go at once. */
const wide = (options: ScriptOptions & { readonly win?: number } = {}): Script =>
  established({ passive: 80, offload: true, initialWindow: 100, ...options });

describe('segments that the link cuts', () => {
  test('go out in one piece, PSH at its end: a multiple of the MSS, and the tail waits (Nagle)', () => {
    const t = wide();
    t.send(10 * 1460 + 300);
    t.expect('. 1:14601(14600) ack 1').expectNothing();
    expect(t.wire.segmentSize).toBe(1460);
    expect(t.status.inFlight).toBe(14_600);
    t.inject('. 1:1(0) ack 14601').expect('P. 14601:14901(300) ack 1');
    expect(t.wire.segmentSize).toBe(0);
    t.send(5 * 1460);
    t.skip().inject('. 1:1(0) ack 22201');
    t.send(3 * 1460);
    t.expect('P. 22201:26581(4380) ack 1');
  });

  test('the tail goes along where nobody wants it to wait', () => {
    const t = wide({ noDelay: true });
    t.send(14_900);
    t.expect('P. 1:14901(14900) ack 1');
    const closing = wide();
    closing.send(14_600);
    closing.expect('P. 1:14601(14600) ack 1');
    closing.send(300);
    closing.expectNothing().shutdown().expect('FP. 14601:14901(300) ack 1');
  });

  test('a FIN goes with the last piece', () => {
    const t = wide({ win: 1460 });
    t.send(5000);
    t.expect('. 1:1461(1460) ack 1').shutdown().expectNothing();
    t.inject('. 1:1(0) ack 1461').expect('FP. 1461:5001(3540) ack 1').state('FIN-WAIT-1');
    t.inject('. 1:1(0) ack 5002').state('FIN-WAIT-2');
  });

  test('are counted as what they are on the wire', () => {
    const t = wide();
    const before = t.status.segmentsOut;
    t.send(10 * 1460);
    t.skip();
    expect(t.status.segmentsOut - before).toBe(10);
  });

  test('are no longer than an IP packet holds', () => {
    const t = established({ passive: 80, offload: true, initialWindow: 100, win: 65_535, sendBuffer: 1 << 20 });
    t.send(80 * 1460);
    t.expect('. 1:64241(64240) ack 1').expectNothing();
  });

  test("the peer's window bounds them; what is left of it is for no small segment", () => {
    const t = wide({ win: 10_000 });
    t.send(50_000);
    t.expect('. 1:8761(8760) ack 1').expectNothing();
    t.inject('. 1:1(0) ack 8761 win 4000').expect('. 8761:11681(2920) ack 1').expectNothing();
  });

  test('the congestion window bounds them', () => {
    const t = established({ passive: 80, offload: true });
    t.send(50_000);
    t.expect('. 1:14601(14600) ack 1').expectNothing();
    // Slow start: by what is acknowledged.
    t.inject('. 1:1(0) ack 2921').expect('. 14601:20441(5840) ack 1');
  });

  test('of a small MSS too, and timestamps take their room', () => {
    const t = lossy({ offload: true, timestamps: true });
    t.send(10 * MSS);
    t.expect(data(0, { count: 10, flags: 'P.' }));
    expect(t.wire.segmentSize).toBe(MSS);
  });

  test('the path takes less: what is lost of them goes again in smaller ones, and new ones are cut smaller', () => {
    const t = wide();
    t.send(2 * 1460);
    t.expect('P. 1:2921(2920) ack 1').icmp(tooBig(t, 1000));
    t.expect('. 1:961(960) ack 1', '. 961:1921(960) ack 1', '. 1921:2881(960) ack 1', 'P. 2881:2921(40) ack 1');
    t.inject('. 1:1(0) ack 2921');
    t.send(9600);
    t.expect('P. 2921:12521(9600) ack 1');
    expect(t.wire.segmentSize).toBe(960);
  });
});

describe('what is never cut', () => {
  test('urgent data', () => {
    const t = wide();
    t.send(4380, { urgent: true });
    t.expect(
      '.U 1:1461(1460) ack 1 urg 4380',
      '.U 1461:2921(1460) ack 1 urg 2920',
      'P.U 2921:4381(1460) ack 1 urg 1460',
    );
  });

  test('a segment that tells the user timeout; what follows is', () => {
    const t = wide({ userTimeoutOption: true, userTimeout: 300 * SECOND });
    t.send(1456 + 5 * 1460);
    t.expect('. 1:1457(1456) ack 1 <uto 300s>', 'P. 1457:8757(7300) ack 1');
  });

  test('what has options of IP', () => {
    const t = wide({ ipOptions: [emptyRecordRoute(3)] });
    t.send(3 * 1444);
    t.expect('. 1:1445(1444) ack 1', '. 1445:2889(1444) ack 1', 'P. 2889:4333(1444) ack 1');
  });

  test("a probe of the path's MTU; what goes before and behind it is", () => {
    const t = established({ passive: 80, offload: true, mtuProbing: 'always' });
    t.send(1460 + 8 * 1024);
    t.expect('. 1:1461(1460) ack 1');
    expect(t.wire.segmentSize).toBe(1024);
    t.expect('P. 1461:9653(8192) ack 1');
  });
});

/** Twenty segments of 1000 octets in one piece, a round trip ago. */
function flight(options: LossyOptions = {}): Script {
  const t = lossy({ offload: true, initialWindow: 20, ...options });
  t.send(20 * MSS);
  return t.expect(data(0, { count: 20, flags: 'P.' })).after(RTT);
}

describe('what is lost of a segment that was cut', () => {
  test('SACK: only what is missing goes again, segment by segment', () => {
    const t = flight()
      .inject(ack(0, [1, 5], [6, 20]))
      .expect(data(0))
      .expect(data(5))
      .expectNothing();
    expect(t.status).toMatchObject({ bytesLost: 2 * MSS, sacked: 18 * MSS, retransmissions: 2 });
    expect(causes(t, 'retransmission')).toEqual(['fast-retransmit', 'fast-retransmit']);
    t.after(RTT).inject(ack(20));
    expect(t.status).toMatchObject({ inFlight: 0, congestion: { phase: 'open' } });
  });

  test('RACK: what was overtaken is lost after a quarter of a round trip, and no more than that', () => {
    const t = flight()
      .inject(ack(0, [3, 5]))
      .expectNothing();
    t.after(RTT / 4 - 1).expectNothing();
    t.after(1).expect(data(0)).expectNothing();
    expect(t.status.bytesLost).toBe(3 * MSS);
    // The rest as what is delivered makes room (PRR).
    t.inject(ack(0, [3, 9]))
      .expect(data(1))
      .inject(ack(0, [3, 11]))
      .expect(data(2))
      .expectNothing();
  });

  test('without SACK: three duplicate ACKs, and the first segment', () => {
    const t = flight({ sack: false }).inject(ack(3)).inject(ack(3)).inject(ack(3)).inject(ack(3)).expect(data(3));
    expect(t.status.retransmissions).toBe(1);
  });

  test('a time-out sends one segment, then as many as slow start lets', () => {
    const t = lossy({ offload: true, initialWindow: 20, sack: false });
    t.send(20 * MSS);
    t.skip()
      .after(300 * MILLISECOND)
      .expect(data(0))
      .expectNothing();
    t.inject(ack(1)).expect(data(1)).expect(data(2)).expectNothing();
  });

  test('a part of it is acknowledged: the rest is what is in flight', () => {
    const t = flight().inject(ack(7));
    expect(t.status).toMatchObject({ inFlight: 13 * MSS, underWay: 13 * MSS });
    t.inject(`. 1:1(0) ack ${7 * MSS + 501}`);
    expect(t.status.inFlight).toBe(12_500);
  });

  test('the tail loss probe is its last segment', () => {
    const t = lossy({ offload: true, initialWindow: 20 });
    t.send(5 * MSS);
    t.expect(data(0, { count: 5, flags: 'P.' }));
    t.after((t.status.timers.probe ?? 0) - t.wire.start - t.now).expect(data(4, { flags: 'P.' }));
  });

  test('our own link had no room for it: it goes again, and none of it is a retransmission', () => {
    const t = lossy({ offload: true });
    const { link } = t.wire;
    const send = link.send.bind(link);
    link.send = () => false;
    t.send(10 * MSS);
    t.expectNothing();
    link.send = send;
    link.onDrain();
    t.skip().after(RTT).inject(ack(10));
    expect(t.status).toMatchObject({ inFlight: 0, retransmissions: 0, bytesLost: 0 });
  });
});

describe('ECN (RFC 3168)', () => {
  test('CWR goes once, on a piece whose first segment alone will have it', () => {
    const t = script({ passive: 80, ecn: 'passive', offload: true });
    t.inject('SEW 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1').accept();
    t.send(14_600);
    t.expect('P. 1:14601(14600) ack 1 [ect0]').inject('.E 1:1(0) ack 14601');
    t.send(5840);
    t.expect('P.W 14601:20441(5840) ack 1 [ect0]').inject('. 1:1(0) ack 20441');
    t.send(2920);
    t.expect('P. 20441:23361(2920) ack 1 [ect0]');
  });
});

describe('pacing', () => {
  test('bounds them by what may leave in one burst', () => {
    const t = lossy({ offload: true, congestion: 'bbr', win: 65_535 });
    t.send(60 * MSS);
    const lengths: number[] = [];
    const { link } = t.wire;
    const { onPacket } = link;
    link.onPacket = (packet) => {
      lengths.push(packet.length - 40);
      onPacket(packet);
    };
    t.skip().after(RTT).skip().inject(ack(10)).skip().after(RTT).skip();
    expect(lengths.length).toBeGreaterThan(3);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2 * MSS);
    expect(lengths.every((length) => length % MSS === 0)).toBe(true);
  });
});
