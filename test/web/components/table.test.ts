import { describe, expect, test } from '@jest/globals';
import { MANY_ROWS, partsOf, type Part } from '../../../web/components/table/window';

const said = (parts: readonly Part[]): string => {
  const told: string[] = [];
  let run: { from: number; to: number } | undefined;
  const end = (): void => {
    if (run !== undefined) told.push(`${run.from}-${run.to}`);
    run = undefined;
  };
  for (const part of parts) {
    if (part.kind === 'room') {
      end();
      told.push(`room ${part.rows}`);
    } else run = { from: run?.from ?? part.at, to: part.at };
  }
  end();
  return told.join(', ');
};

describe('of a long table', () => {
  const sight = { top: 4000, height: 800, rowHeight: 40 };
  test('rows in sight are drawn, and some above and below; others leave their room', () => {
    expect(said(partsOf(500, sight))).toBe('room 92, 92-127, room 372');
    expect(said(partsOf(500, { ...sight, top: 0 }))).toBe('0-27, room 472');
    expect(said(partsOf(500, { ...sight, top: 1e6 }))).toBe('room 500');
    expect(said(partsOf(500, { ...sight, top: 0, height: Infinity }))).toBe('0-499');
  });
  test('the row with the focus stays, and those beside it, to which the arrow keys go', () => {
    expect(said(partsOf(500, sight, 100))).toBe('room 92, 92-127, room 372');
    expect(said(partsOf(500, sight, 0))).toBe('0-1, room 90, 92-127, room 372');
    expect(said(partsOf(500, sight, 92))).toBe('room 91, 91-127, room 372');
    expect(said(partsOf(500, sight, 499))).toBe('room 92, 92-127, room 370, 498-499');
  });
  test('all rows have their place, whatever is seen', () => {
    for (const held of [-1, 0, 60, 128, 129, 298, 299])
      for (const top of [0, 90, 5000, 11_960]) {
        const parts = partsOf(300, { ...sight, top }, held);
        expect(parts.reduce((sum, part) => sum + (part.kind === 'row' ? 1 : part.rows), 0)).toBe(300);
      }
  });
  test('a short one is drawn whole; a long one that was not measured yet, its beginning', () => {
    expect(said(partsOf(MANY_ROWS, sight))).toBe('0-99');
    expect(said(partsOf(500, { top: 0, height: 0, rowHeight: 0 }))).toBe('0-99, room 400');
    expect(partsOf(0, sight)).toEqual([]);
  });
});
