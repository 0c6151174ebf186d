import { describe, expect, test } from '@jest/globals';
import { established, MILLISECOND, script, type Script, type ScriptOptions } from '../../support/script';

function permitted(options: ScriptOptions = {}): Script {
  const t = script({ passive: 80, sack: true, ...options });
  const stamp = options.timestamps === true ? ',TS val 0 ecr 0' : '';
  t.inject(`S 0:0(0) <mss 1460,sackOK${stamp}>`).expect(`S. 0:0(0) ack 1 <mss 1460,sackOK${stamp}>`);
  t.inject(`. 1:1(0) ack 1${options.timestamps === true ? ' <nop,nop,TS val 0 ecr 0>' : ''}`);
  t.accept();
  return t;
}

const piece = (n: number): string => `P. ${n * 10 - 9}:${n * 10 + 1}(10) ack 1`;

describe('SACK: what we report (RFC 2018)', () => {
  test('only where both sides have permitted it (§2)', () => {
    established({ sack: true }).inject(piece(3)).expect('. 1:1(0) ack 1 <>');
    script({ passive: 80 }).inject('S 0:0(0) <mss 1460,sackOK>').expect('S. 0:0(0) ack 1 <mss 1460>');
    script({ active: 80, sack: true }).expect('S 0:0(0) <mss 1460,sackOK,nop,wscale 3>');
    expect(permitted().status.sack).toBe(true);
  });

  test('the block that arrived last comes first, up to four (§4)', () => {
    const t = permitted().inject(piece(3)).expect('. 1:1(0) ack 1 <nop,nop,sack 21:31>');
    t.inject(piece(5)).expect('. 1:1(0) ack 1 <nop,nop,sack 41:51 21:31>');
    t.inject(piece(4)).expect('. 1:1(0) ack 1 <nop,nop,sack 21:51>');
    t.inject(piece(7)).expect('. 1:1(0) ack 1 <nop,nop,sack 61:71 21:51>');
    t.inject(piece(9)).expect('. 1:1(0) ack 1 <nop,nop,sack 81:91 61:71 21:51>');
    t.inject(piece(11)).expect('. 1:1(0) ack 1 <nop,nop,sack 101:111 81:91 61:71 21:51>');
    t.inject(piece(13)).expect('. 1:1(0) ack 1 <nop,nop,sack 121:131 101:111 81:91 61:71>');
    t.inject(piece(1)).expect('. 1:1(0) ack 11 <nop,nop,sack 121:131 101:111 81:91 61:71>');
    t.inject(piece(2)).expect('. 1:1(0) ack 51 <nop,nop,sack 121:131 101:111 81:91 61:71>');
  });

  test('three beside timestamps (§3)', () => {
    const t = permitted({ timestamps: true });
    for (const n of [3, 5, 7]) t.inject(`${piece(n)} <nop,nop,TS val 0 ecr 0>`).skip();
    t.inject(`${piece(9)} <nop,nop,TS val 0 ecr 0>`);
    t.expect('. 1:1(0) ack 1 <nop,nop,TS val 0 ecr 0,nop,nop,sack 81:91 61:71 41:51>');
  });

  test('MUST-16: as many as a path of very small packets carries, with an octet of data behind them', () => {
    const told = (mtu: number, options: string): void => {
      const t = script({ passive: 80, sack: true, mtu, nagle: 'minshall' }).inject('S 0:0(0) <mss 1460,sackOK>').skip();
      t.inject('. 1:1(0) ack 1', piece(3), piece(5), piece(7)).expect(`. 1:1(0) ack 1 <${options}>`).accept();
      t.send(1000);
      expect(t.lastHeader?.payload.length).toBeLessThanOrEqual(mtu - 20);
      t.skip();
    };
    told(68, 'nop,nop,sack 61:71 41:51');
    told(80, 'nop,nop,sack 61:71 41:51 21:31');
    const t = script({ passive: 80, sack: true, timestamps: true, mtu: 68 });
    const stamp = ' <nop,nop,TS val 0 ecr 0>';
    t.inject('S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0>').skip().inject(`. 1:1(0) ack 1${stamp}`);
    t.inject(`${piece(3)}${stamp}`, `${piece(5)}${stamp}`)
      .expect('. 1:1(0) ack 1 <nop,nop,sack 41:51>')
      .accept();
    t.send(10);
    t.expect('. 1:5(4) ack 1 <nop,nop,sack 41:51>').skip();
    expect(t.counter('ip.too-big')).toBe(0);
  });

  test('data has them too, and the hole once filled there is nothing more to tell', () => {
    const t = permitted().inject(piece(2)).skip();
    t.send(10);
    t.expect('P. 1:11(10) ack 1 <nop,nop,sack 11:21>').inject(piece(1)).expect('. 11:11(0) ack 21 <>');
  });
});

describe('DSACK: what came twice (RFC 2883)', () => {
  test('all of it, below the ACK (§4.1.1): told of once', () => {
    const t = permitted().inject(piece(1), piece(2)).expect('. 1:1(0) ack 21 <>');
    t.inject(piece(1)).expect('. 1:1(0) ack 21 <nop,nop,sack 1:11>');
    t.inject(piece(3))
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 31 <>');
  });

  test('with something ahead of its turn beside it (§4.1.2)', () => {
    const t = permitted().inject(piece(1), piece(3)).expect('. 1:1(0) ack 11 <nop,nop,sack 21:31>');
    t.inject(piece(1)).expect('. 1:1(0) ack 11 <nop,nop,sack 1:11 21:31>');
  });

  test('a part of it (§4.2.1)', () => {
    const t = permitted().inject(piece(1), piece(2)).skip();
    t.inject('P. 6:31(25) ack 1').expect('. 1:1(0) ack 31 <nop,nop,sack 6:21>');
  });

  test('ahead of its turn: inside the second block (§4.2.2)', () => {
    const t = permitted().inject(piece(3), piece(5)).skip().inject(piece(3));
    t.expect('. 1:1(0) ack 1 <nop,nop,sack 21:31 21:31 41:51>');
  });

  test('it takes the place of the last of four', () => {
    const t = permitted();
    for (const n of [3, 5, 7, 9]) t.inject(piece(n)).skip();
    t.inject(piece(3)).expect('. 1:1(0) ack 1 <nop,nop,sack 21:31 21:31 81:91 61:71>');
  });

  test('without SACK nothing is said', () => {
    established().inject(piece(1), piece(2)).skip().inject(piece(1)).expect('. 1:1(0) ack 21 <>');
  });
});
