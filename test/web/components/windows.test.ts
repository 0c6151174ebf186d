import { describe, expect, test } from '@jest/globals';
import type { ReceiveWindow, SendWindow } from '../../../src/inspect/record/windows';
import { limitOf, roomOf } from '../../../web/components/windows/limit';
import { WINDOW_TEXTS } from '../../../web/components/windows/texts';
import { isCut, marksOf, piecesOf, totals, viewOf } from '../../../web/components/windows/view';

const send = (changes: Partial<SendWindow> = {}): SendWindow => ({
  isn: 1000,
  una: 1001,
  nxt: 5001,
  wnd: 20_000,
  edge: 21_001,
  cwnd: 10_000,
  ssthresh: undefined,
  underWay: 4000,
  cwndTo: 11_001,
  sendableTo: 11_001,
  queuedTo: 5001,
  limit: 'data',
  spans: [
    { from: 0, to: 1001, kind: 'acked' },
    { from: 1001, to: 5001, kind: 'in-flight' },
    { from: 5001, to: 11_001, kind: 'sendable' },
    { from: 11_001, to: 22_000, kind: 'beyond' },
  ],
  ...changes,
});

const receive = (changes: Partial<ReceiveWindow> = {}): ReceiveWindow => ({
  isn: 1,
  nxt: 3001,
  wnd: 6_000_000,
  edge: 6_003_001,
  takenTo: 2001,
  spans: [
    { from: 0, to: 2001, kind: 'taken' },
    { from: 2001, to: 3001, kind: 'unread' },
    { from: 3001, to: 4461, kind: 'hole' },
    { from: 4461, to: 5921, kind: 'out-of-order' },
    { from: 5921, to: 6_003_001, kind: 'free' },
    { from: 6_003_001, to: 6_100_000, kind: 'beyond' },
  ],
  ...changes,
});

describe('what holds the sender back', () => {
  test.each([
    ['all is sent', send(), 'nothing'],
    ['the congestion window is smaller', send({ queuedTo: 90_000 }), 'congestion'],
    ["the peer's window is smaller", send({ queuedTo: 90_000, wnd: 4000, edge: 5001, sendableTo: 5001 }), 'window'],
    ['the window is closed', send({ queuedTo: 90_000, wnd: 0, edge: 1001, sendableTo: 1001 }), 'closed'],
    ['a small rest that both windows would let go: Nagle, perhaps', send({ queuedTo: 5101 }), 'free'],
    ['the other end, of which nobody tells', send({ queuedTo: undefined, cwnd: undefined }), 'unknown'],
    ['the other end, which we have stopped', send({ queuedTo: undefined, cwnd: undefined, wnd: 0 }), 'closed'],
  ] as const)('%s', (_, model, limit) => {
    expect(limitOf(model)).toBe(limit);
  });
});

test('what is not read holds the other end back where hardly any room is left beside it', () => {
  const rooms = [
    receive(),
    receive({ wnd: 8, nxt: 133_057 }),
    receive({ wnd: 0, takenTo: 3001 }),
    receive({ wnd: 0, takenTo: undefined }),
  ];
  expect(rooms.map(roomOf)).toEqual(['room', 'full', 'room', 'unknown']);
});

test('while a loss is mended cwnd stands where it ends: what is SACKed is not under way', () => {
  const cwndOf = (model: SendWindow): unknown =>
    marksOf({ direction: 'send', model }).find(({ name }) => name.includes('cwnd'));
  expect(cwndOf(send())).toEqual({ name: 'SND.UNA+cwnd', position: 11_001 });
  expect(cwndOf(send({ underWay: 1000, cwndTo: 14_001 }))).toEqual({ name: 'cwnd', position: 14_001 });
});

test('every limit, kind and mark has its words in both languages', () => {
  for (const texts of Object.values(WINDOW_TEXTS)) {
    expect(Object.values(texts.limits).every((text) => text.length > 5)).toBe(true);
    for (const { kind } of send().spans) expect(texts.kinds.send[kind]).toBeDefined();
    for (const { kind } of receive().spans) expect(texts.kinds.receive[kind]).toBeDefined();
    for (const { name } of [
      ...marksOf({ direction: 'send', model: send() }),
      ...marksOf({ direction: 'receive', model: receive() }),
    ])
      expect(texts.explain[name]).toBeDefined();
  }
  for (const part of ['send', 'receive'] as const)
    expect(Object.keys(WINDOW_TEXTS.ko.kinds[part])).toEqual(Object.keys(WINDOW_TEXTS.en.kinds[part]));
});

describe('the part that is shown', () => {
  test('has all borders of a window that is used', () => {
    const shown = { direction: 'send', model: send({ nxt: 15_001 }) } as const;
    const view = viewOf(shown);
    for (const { position } of marksOf(shown)) {
      expect(position).toBeGreaterThan(view.from);
      expect(position).toBeLessThan(view.to);
    }
    expect(isCut(shown)).toBe(false);
  });

  test('is near where things happen when the window is far larger, and whole when asked', () => {
    const shown = { direction: 'receive', model: receive() } as const;
    expect(viewOf(shown).to).toBeLessThan(20_000);
    expect(isCut(shown)).toBe(true);
    expect(viewOf(shown, 'window').to).toBeGreaterThan(6_003_001);
  });

  test('slides with the window, and keeps its scale', () => {
    const a = viewOf({ direction: 'send', model: send() });
    const b = viewOf({
      direction: 'send',
      model: send({ una: 1501, nxt: 5501, edge: 21_501, cwndTo: 11_501, sendableTo: 11_501, queuedTo: 5501 }),
    });
    expect(b.to - b.from).toBe(a.to - a.from);
    expect(b.from - a.from).toBe(500);
  });
});

describe('the pieces of the bar', () => {
  test('fill it without a gap, and know their bytes', () => {
    const shown = { direction: 'send', model: send() } as const;
    const pieces = piecesOf(shown.model.spans, viewOf(shown), 800);
    expect(pieces.map(({ kind }) => kind)).toEqual(['acked', 'in-flight', 'sendable', 'beyond']);
    // Before position 0 there is nothing.
    let x = pieces[0]?.x ?? 0;
    expect(x).toBeGreaterThan(0);
    for (const piece of pieces) {
      expect(piece.x).toBeCloseTo(x);
      x += piece.width;
    }
    expect(x).toBeCloseTo(800);
    expect(pieces[1]).toMatchObject({ from: 1001, to: 5001 });
  });

  test('no more of them than pixels', () => {
    const spans = Array.from({ length: 5000 }, (_, index) => ({
      from: index * 10,
      to: index * 10 + 10,
      kind: index % 2 === 0 ? ('sacked' as const) : ('in-flight' as const),
    }));
    const pieces = piecesOf(spans, { from: 0, to: 50_000 }, 300);
    expect(pieces.length).toBeLessThan(450);
  });

  test('are summed by kind', () => {
    expect(totals(receive().spans).get('hole')).toBe(1460);
  });
});
