import { describe, expect, test } from '@jest/globals';
import { established, RTO, SECOND, type Script } from '../../support/script';

/** Something is sent, and so many retransmission time-outs pass. */
function timeouts(t: Script, count: number): Script {
  t.skip();
  for (let backoff = 0; backoff < count; backoff += 1) t.after(RTO * 2 ** backoff).skip();
  return t;
}

describe('black holes: large packets vanish, and no router says why (RFC 4821 §7.7)', () => {
  test('after three time-outs of a full segment smaller ones are tried, and larger ones looked for from there', () => {
    const t = established({ passive: 80, mtuProbing: 'black-hole' });
    t.send(2920);
    t.expect('. 1:1461(1460) ack 1', 'P. 1461:2921(1460) ack 1');
    t.after(RTO).expect('. 1:1461(1460) ack 1');
    t.after(2 * RTO).expect('. 1:1461(1460) ack 1');
    t.after(4 * RTO).expect('. 1:1025(1024) ack 1');
    expect(t.status).toMatchObject({
      pmtu: 1064,
      mss: { send: 1024 },
      mtuProbing: { on: true, low: 1064, blackHoles: 1 },
    });
    expect(t.counter('tcp.mtu-black-holes')).toBe(1);
    t.inject('. 1:1(0) ack 1025').expect('. 1025:2049(1024) ack 1', 'P. 2049:2921(872) ack 1');
    t.inject('. 1:1(0) ack 2921');
    // It was not the size, or no longer is. The window after the time-out must first grow to what a probe needs.
    for (let round = 0; t.status.mtuProbing.sent === 0; round += 1) {
      t.send(12_000);
      expect(round).toBeLessThan(10);
      const { nxt, iss } = t.skip().status.snd;
      t.inject(`. 1:1(0) ack ${nxt - iss}`).skip();
    }
    expect(t.status.mtuProbing).toMatchObject({ underWay: 1500 });
    const { nxt, iss } = t.status.snd;
    t.inject(`. 1:1(0) ack ${nxt - iss}`).skip();
    expect(t.status).toMatchObject({ pmtu: 1500, mss: { send: 1460 } });
  });

  test('from there to the half, again and again, down to 48 octets', () => {
    const t = established({ passive: 80, mtuProbing: 'black-hole', mss: 1460 });
    t.send(1460);
    const sizes: number[] = [];
    timeouts(t, 2);
    for (let backoff = 2; backoff < 9; backoff += 1) {
      t.after(Math.min(60 * SECOND, RTO * 2 ** backoff)).skip();
      sizes.push(t.status.mss.send);
    }
    expect(sizes).toEqual([1024, 512, 256, 128, 64, 48, 48]);
  });

  test('baseMss says where it starts', () => {
    const t = established({ passive: 80, mtuProbing: 'black-hole', baseMss: 1200 });
    t.send(1460);
    timeouts(t, 3);
    expect(t.status.mss.send).toBe(1200);
  });

  test('two time-outs are congestion as ever', () => {
    const t = established({ passive: 80, mtuProbing: 'black-hole' });
    t.send(1460);
    timeouts(t, 2);
    expect(t.status).toMatchObject({ pmtu: 1500, mtuProbing: { on: false } });
  });

  test('small segments that vanish say nothing of large ones', () => {
    const t = established({ passive: 80, mtuProbing: 'black-hole' });
    t.send(1459);
    timeouts(t, 4);
    expect(t.status).toMatchObject({ pmtu: 1500, mtuProbing: { blackHoles: 0 } });
  });

  test.each([{ mtuProbing: 'off' }, { mtuProbing: 'black-hole', pmtuDiscovery: false }] as const)(
    'not with %p: nobody asked, or routers fragment',
    (options) => {
      const t = established({ passive: 80, ...options });
      t.send(1460);
      timeouts(t, 4);
      expect(t.status.pmtu).toBe(1500);
    },
  );

  test('a larger path is probed for, not believed, when an estimate has become old', () => {
    const t = established({ passive: 80, mtuProbing: 'black-hole' });
    t.send(1460);
    t.skip();
    t.icmp({ type: 'destination-unreachable', code: 4, nextHopMtu: 1000, quoted: t.quote() }).skip();
    t.inject('. 1:1(0) ack 1461').after(600 * SECOND);
    t.send(5000);
    expect(t.status.pmtu).toBe(1000);
    t.expect('. 1461:2421(960) ack 1').skip();
    t.skip().inject('. 1:1(0) ack 6261').skip().inject('. 1:1(0) ack 6461').skip();
    t.send(10_000);
    expect(t.status).toMatchObject({ pmtu: 1000, mtuProbing: { on: true, underWay: 1500 } });
    t.skip();
  });
});
