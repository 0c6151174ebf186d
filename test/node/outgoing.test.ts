import { describe, expect, test } from '@jest/globals';
import { gather } from '../../src/node/outgoing';

describe('the chunks of one write', () => {
  function gathered(...sizes: number[]): { pieces: Buffer[]; chunks: Buffer[] } {
    const chunks = sizes.map((size, i) => Buffer.alloc(size, i + 1));
    const pieces = gather(chunks.map((chunk) => ({ chunk })));
    expect(Buffer.concat(pieces).equals(Buffer.concat(chunks))).toBe(true);
    return { pieces, chunks };
  }

  test('small ones become one piece', () => {
    expect(gathered(4, 64).pieces.map((piece) => piece.length)).toEqual([68]);
  });

  test('large ones stay as they are, by reference, and in order', () => {
    const { pieces, chunks } = gathered(4, 70_000, 2, 5, 80_000);
    expect(pieces.map((piece) => piece.length)).toEqual([4, 70_000, 7, 80_000]);
    expect(pieces[1]).toBe(chunks[1]);
  });

  test('pieces of small ones have a bound', () => {
    const { pieces } = gathered(...Array.from({ length: 100 }, () => 1000));
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(4096);
    expect(pieces.length).toBe(25);
  });

  test('empty ones are nothing; a single small one is not copied', () => {
    const { pieces, chunks } = gathered(0, 3, 0);
    expect(pieces).toEqual([chunks[1]]);
    expect(pieces[0]).toBe(chunks[1]);
    expect(gathered(0, 0).pieces).toEqual([]);
  });
});
