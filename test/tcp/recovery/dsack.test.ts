import { describe, expect, test } from '@jest/globals';
import { ack, lossy, MSS } from '../../support/lossy';

function piece(from: number, to: number): string {
  return `. ${from * MSS + 1}:${to * MSS + 1}(${(to - from) * MSS}) ack 1`;
}

describe('a receiver tells of duplicates (RFC 2883 §4)', () => {
  test('of a segment that was acknowledged: its first block lies below the ACK (§4.1.1)', () => {
    const t = lossy({ quickAcks: 10 })
      .inject(piece(0, 1))
      .expect(ack(1))
      .inject(piece(0, 1))
      .expect(ack(1, [0, 1]));
    t.inject(piece(1, 2))
      .expect(ack(2))
      .reads(2 * MSS);
  });

  test('of a segment that waits: the second block is the one that it is in (§4.1.2)', () => {
    const t = lossy()
      .inject(piece(2, 4))
      .expect(ack(0, [2, 4]))
      .inject(piece(6, 7))
      .expect(ack(0, [6, 7], [2, 4]));
    t.inject(piece(3, 4))
      .expect(ack(0, [3, 4], [2, 4], [6, 7]))
      .inject(piece(4, 5))
      .expect(ack(0, [2, 5], [6, 7]));
  });

  test('of the part of a segment that was acknowledged (§4.2.1)', () => {
    const t = lossy({ quickAcks: 10 }).inject(piece(0, 1)).expect(ack(1)).inject(piece(0.5, 1.5));
    t.expect(ack(1.5, [0.5, 1])).reads(1.5 * MSS);
  });

  test('of the part of a segment that waits already (§4.2.2)', () => {
    const t = lossy()
      .inject(piece(2, 3))
      .expect(ack(0, [2, 3]))
      .inject(piece(2.5, 3.5))
      .expect(ack(0, [2.5, 3], [2, 3.5]));
    expect(t.status.buffered.outOfOrder).toBe(1.5 * MSS);
  });

  test('beside a full list of blocks: it takes the place of the last', () => {
    const t = lossy();
    for (const at of [2, 4, 6, 8]) t.skip().inject(piece(at, at + 1));
    t.skip()
      .inject(piece(2, 3))
      .expect(ack(0, [2, 3], [2, 3], [8, 9], [6, 7]));
  });

  test('once: the next ACK is as usual', () => {
    const t = lossy()
      .inject(piece(1, 2))
      .skip()
      .inject(piece(1, 2))
      .expect(ack(0, [1, 2], [1, 2]));
    t.inject(piece(2, 3)).expect(ack(0, [1, 3]));
  });

  test('not to a peer without SACK', () => {
    lossy({ sack: false, quickAcks: 10 }).inject(piece(0, 1)).expect(ack(1)).inject(piece(0, 1)).expect(ack(1));
  });
});

describe('a sender hears of duplicates (RFC 2883 §5)', () => {
  test('counts them, and they are no blocks', () => {
    const t = lossy();
    t.send(4 * MSS);
    t.skip()
      .inject(ack(1))
      .inject(ack(1, [0, 1]))
      .expectNothing()
      .inject(ack(1, [2.5, 3], [2, 4]))
      .skip();
    expect(t.status).toMatchObject({ duplicatesReported: 2, sacked: 2 * MSS });
    expect(t.counter('tcp.bad-sack')).toBe(0);
  });

  test('also when nothing is in flight any more', () => {
    const t = lossy();
    t.send(MSS);
    t.skip()
      .inject(ack(1))
      .inject(ack(1, [0, 1]));
    expect(t.status.duplicatesReported).toBe(1);
  });

  test('not of what was never sent, nor of what is longer ago than a window', () => {
    const t = lossy({ win: 4 * MSS });
    for (let at = 0; at < 8; at += 1) {
      t.send(MSS);
      t.skip().inject(`${ack(at + 1)} win 4000`);
    }
    t.inject(ack(8, [0, 1]).replace(' <', ' win 4000 <')).inject(ack(8, [9, 10]).replace(' <', ' win 4000 <'));
    expect(t.status.duplicatesReported).toBe(0);
    t.inject(ack(8, [5, 6]).replace(' <', ' win 4000 <'));
    expect(t.status.duplicatesReported).toBe(1);
  });
});
