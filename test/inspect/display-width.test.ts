import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth, pad, truncate, wrap } from '../../src/inspect/display-width';

describe('displayWidth', () => {
  test.each([
    ['', 0],
    ['hello', 5],
    ['들려?', 5],
    ['잘 들려. 내 말은 들려?', 22],
    ['漢字かな', 8],
    ['│── ▶│ ⏎ … ✗', 12],
    ['e\u0301', 1],
    ['\u1112\u1161\u11ab', 2],
    ['👋', 2],
    ['\u001b[1mbold\u001b[22m', 4],
  ])('%j takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('pad, truncate, wrap', () => {
  test('pad counts columns, not characters', () => {
    expect(pad('들려?', 8)).toBe('들려?   ');
    expect(pad('들려?', 8, 'right')).toBe('   들려?');
    expect(pad('들려?', 8, 'center')).toBe(' 들려?  ');
    expect(pad('too long', 3)).toBe('too long');
  });

  test('truncate never cuts a wide character in two', () => {
    expect(truncate('들려?', 5)).toBe('들려?');
    expect(truncate('들려?', 4)).toBe('들…');
    expect(truncate('hello', 4, '...')).toBe('h...');
    expect(truncate('hello', 2, '...')).toBe('');
  });

  test('wrap breaks at spaces, and within a word only when it must', () => {
    expect(wrap('I hear you. do you hear me?', 12)).toEqual(['I hear you.', 'do you hear', 'me?']);
    expect(wrap('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('나는 다 보냈어.', 8)).toEqual(['나는 다', '보냈어.']);
    expect(wrap('', 4)).toEqual(['']);
  });

  test('nothing is lost and nothing is wider than asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ', '들', '려', '…') }),
        fc.integer({ min: 2, max: 20 }),
        (text, width) => {
          const lines = wrap(text, width);
          expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});
