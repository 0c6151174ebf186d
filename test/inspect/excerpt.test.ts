import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { displayWidth } from '../../src/inspect/display-width';
import { excerpt } from '../../src/inspect/excerpt';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('excerpt', () => {
  test.each([
    ['hello\n', 'hello⏎'],
    ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'GET / HTTP/1.1⏎Host: a⏎⏎'],
    ['a\tb', 'a⇥b'],
    ['들려?\n', '들려?⏎'],
    ['', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(excerpt(bytes(text), 60)).toBe(shown);
  });

  test('long text is shortened', () => {
    expect(excerpt(bytes('the quick brown fox'), 10)).toBe('the quick…');
    expect(excerpt(bytes('the quick brown fox'), 10, true)).toBe('the qui...');
  });

  test('in ASCII line ends are escapes and other characters question marks', () => {
    expect(excerpt(bytes('들려?\n'), 60, true)).toBe('???\\n');
  });

  test('what is no text is not shown', () => {
    expect(excerpt(Uint8Array.of(0xff, 0xfe, 0x00), 60)).toBeUndefined();
    expect(excerpt(Uint8Array.of(0x68, 0x69, 0xc3, 0x28), 60)).toBeUndefined();
    expect(excerpt(new Uint8Array(1460), 60)).toBeUndefined();
  });

  test('a character that is cut off at the end is left out', () => {
    expect(excerpt(bytes('들려').subarray(0, 4), 60)).toBe('들');
  });

  test('nothing in it moves a cursor, changes a colour or turns the text around', () => {
    const text = 'a long enough line of text \u001b[2J\u202e and more of it';
    expect(excerpt(bytes(text), 80)).toBe('a long enough line of text ·[2J· and more of it');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: 3, max: 60 }),
        fc.boolean(),
        (payload, columns, ascii) => {
          const shown = excerpt(payload, columns, ascii);
          if (shown === undefined) return;
          expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(displayWidth(shown)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
