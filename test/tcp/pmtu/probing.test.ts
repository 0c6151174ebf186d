import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND, type Script, type ScriptOptions } from '../../support/script';
import { tooBig } from './too-big';

/** Segments of 1024 octets that we have sent, from `first` up to `end`. */
const segments = (first: number, end: number, push = false): string[] =>
  Array.from({ length: (end - first) / 1024 }, (_, index) => {
    const start = first + 1024 * index;
    return `${push && start + 1024 === end ? 'P' : ''}. ${start}:${start + 1024}(1024) ack 1`;
  });

/** A connection that looks for a larger MTU, with so much to send, and its first probe under way. */
function probing(options: ScriptOptions = {}, bytes = 1460 + 8 * 1024): Script {
  const t = established({ passive: 80, mtuProbing: 'always', ...options });
  t.send(bytes);
  return t;
}

/** The probe is lost, and the data behind it brings three duplicate ACKs. */
function duplicates(t: Script, ack: number, count = 3): Script {
  return t.inject(...Array<string>(count).fill(`. 1:1(0) ack ${ack}`));
}

describe('probing for the path MTU with data (RFC 4821)', () => {
  test('starts with segments of baseMss, and tries what our link and the peer take first', () => {
    const t = probing();
    t.expect('. 1:1461(1460) ack 1', ...segments(1461, 1461 + 8 * 1024, true));
    expect(t.lastHeader?.dontFragment).toBe(true);
    expect(t.status).toMatchObject({
      pmtu: 1064,
      mss: { send: 1024 },
      mtuProbing: { on: true, underWay: 1500, sent: 1 },
    });
    t.inject('. 1:1(0) ack 1461');
    expect(t.status).toMatchObject({
      pmtu: 1500,
      mss: { send: 1460 },
      mtuProbing: { on: true, low: 1500, underWay: 0, arrived: 1, tooBig: 0 },
    });
    t.inject(`. 1:1(0) ack ${1461 + 8 * 1024}`);
    t.send(2920);
    t.expect('. 9653:11113(1460) ack 1', 'P. 11113:12573(1460) ack 1');
  });

  test('a probe alone that is lost is no congestion: it goes again at once in smaller segments (§7.6.2)', () => {
    const t = probing();
    t.expect('. 1:1461(1460) ack 1', ...segments(1461, 9653, true));
    const { cwnd, ssthresh } = t.status;
    duplicates(t, 1).expect('. 1:1025(1024) ack 1', '. 1025:1461(436) ack 1');
    expect(t.status).toMatchObject({ cwnd, ssthresh, congestion: { phase: 'open' }, bytesLost: 0, pmtu: 1064 });
    expect(t.status.mtuProbing).toMatchObject({ tooBig: 1, high: 1499, underWay: 0 });
    expect(t.counter('tcp.mtu-probes-lost')).toBe(1);
    // The data behind the probe brings more of them.
    duplicates(t, 1, 5).expectNothing();
    t.inject('. 1:1(0) ack 9653');
    expect(t.status).toMatchObject({ ssthresh, congestion: { phase: 'open' } });
    expect(t.status.cwnd).toBeGreaterThanOrEqual(cwnd);
  });

  test('with SACK and RACK too', () => {
    const t = script({ passive: 80, mtuProbing: 'always', sack: true, isn: { ours: 0 } });
    t.inject('S 0:0(0) <mss 1460,nop,nop,sackOK>').skip().inject('. 1:1(0) ack 1');
    t.accept();
    t.send(1460 + 8 * 1024);
    t.expect('. 1:1461(1460) ack 1', ...segments(1461, 9653, true));
    const { cwnd } = t.status;
    t.inject('. 1:1(0) ack 1 <nop,nop,sack 1461:4533>').expect('. 1:1025(1024) ack 1', '. 1025:1461(436) ack 1');
    expect(t.status).toMatchObject({ cwnd, congestion: { phase: 'open', lossDetection: 'rack' }, bytesLost: 0 });
    expect(t.status.mtuProbing).toMatchObject({ tooBig: 1 });
    t.inject('. 1:1(0) ack 9653');
    expect(t.status.congestion.phase).toBe('open');
  });

  test('ten minutes after the search has ended larger sizes are tried again (§7.7)', () => {
    const t = established({ passive: 80, mtuProbing: 'always', baseMss: 1452 });
    const acknowledgeAll = (): void => {
      for (let { snd } = t.skip().status; snd.una !== snd.nxt; { snd } = t.skip().status) {
        t.inject(`. 1:1(0) ack ${snd.nxt - snd.iss}`);
      }
    };
    const sendAll = (): number => {
      t.send(10_000);
      const { underWay } = t.status.mtuProbing;
      acknowledgeAll();
      return underWay;
    };
    t.send(10_000);
    expect(t.status.mtuProbing.underWay).toBe(1500);
    duplicates(t.skip(), 1).skip();
    acknowledgeAll();
    // Seven octets are left to be found out, and are not worth a loss.
    expect([sendAll(), t.status.pmtu, t.status.mtuProbing.high]).toEqual([0, 1492, 1499]);
    t.after(600 * SECOND - 1);
    expect(sendAll()).toBe(0);
    t.after(1);
    expect(sendAll()).toBe(1500);
    expect(t.status.pmtu).toBe(1500);
  });

  test('no probe without the data that must follow it, the window for it, or the congestion window', () => {
    const few = probing({}, 1460 + 4 * 1024 - 1);
    few.expect(...segments(1, 4097), '. 4097:5121(1024) ack 1');
    few.skip();
    const narrow = established({ passive: 80, mtuProbing: 'always', win: 1460 + 4 * 1024 - 1 });
    narrow.send(20_000);
    narrow.expect(...segments(1, 5121)).skip();
    const slow = probing({ initialWindow: 5 });
    slow.expect(...segments(1, 5121));
    for (const t of [few, narrow, slow]) expect(t.status.mtuProbing.sent).toBe(0);
  });

  test('other data waits until the probe fits into the congestion window', () => {
    const t = established({ passive: 80, mtuProbing: 'always' });
    t.send(1024);
    t.expect('P. 1:1025(1024) ack 1');
    t.send(20 * 1024);
    t.expect('. 1025:2485(1460) ack 1').skip();
    // The first one was too big; the next may go when all that was in flight then is acknowledged.
    duplicates(t.inject('. 1:1(0) ack 1025').skip(), 1025).skip();
    const { nxt, iss } = t.status.snd;
    const end = nxt - iss;
    t.inject(`. 1:1(0) ack ${end}`)
      .expect(`. ${end}:${end + 1242}(1242) ack 1`)
      .skip();
  });

  test('while another loss is being mended there is none, and a probe that is lost with others says nothing of its size', () => {
    const t = established({ passive: 80, mtuProbing: 'always', lossRecovery: 'sack' });
    t.send(1460 + 8 * 1024);
    t.skip().after(SECOND);
    expect(t.status.mtuProbing).toMatchObject({ underWay: 0, tooBig: 0, sent: 1 });
    expect(t.counter('tcp.mtu-probes-inconclusive')).toBe(1);
    t.skip();
  });

  test("a router's word about a probe ends it before its loss is noticed, and bounds the search", () => {
    const t = probing();
    t.expect('. 1:1461(1460) ack 1', ...segments(1461, 9653, true));
    t.icmp(tooBig(t, 1300, 9653 - 1024 - 1)).expect('. 1:1025(1024) ack 1', '. 1025:1461(436) ack 1');
    expect(t.status).toMatchObject({ pmtu: 1064, bytesLost: 0, congestion: { phase: 'open' } });
    t.inject('. 1:1(0) ack 9653');
    t.send(10_000);
    expect(t.status.mtuProbing).toMatchObject({ underWay: 1300, high: 1300 });
    t.skip().inject(`. 1:1(0) ack ${9653 + 1260}`);
    expect(t.status.pmtu).toBe(1300);
    t.skip();
  });

  test('what the peer takes bounds it too', () => {
    const t = established({ passive: 80, mtuProbing: 'always', mtu: 9000 });
    t.send(20_000);
    t.expect('. 1:1461(1460) ack 1').skip();
  });

  test('a probe carries DF where other segments do not', () => {
    const t = established({ passive: 80, mtuProbing: 'always', pmtuDiscovery: false });
    t.send(100);
    t.skip().inject('. 1:1(0) ack 101');
    expect(t.lastHeader?.dontFragment).toBe(false);
    const seen: boolean[] = [];
    const { link } = t.wire;
    const { onPacket } = link;
    link.onPacket = (bytes) => {
      onPacket(bytes);
      seen.push(t.lastHeader?.dontFragment ?? false);
    };
    t.send(1460 + 4 * 1024);
    t.skip();
    expect(seen).toEqual([true, false, false, false, false]);
  });

  test('it can be turned on, and off again', () => {
    const t = established();
    t.send(1460);
    t.expect('P. 1:1461(1460) ack 1').inject('. 1:1(0) ack 1461').set({ mtuProbing: 'always', baseMss: 500 });
    expect(t.status.mss.send).toBe(500);
    t.set({ mtuProbing: 'off' });
    expect(t.status).toMatchObject({ mss: { send: 1460 }, mtuProbing: { on: false } });
  });
});
