import { describe, expect, test } from '@jest/globals';
import type { Field } from '../../src/inspect/dissect';
import { piecesOf } from '../../web/components/segment/diagram-layout';
import { leavesOf, lightOf, linesOf } from '../../web/components/segment/light';

function field(id: string, bitOffset: number, bitLength: number, children: Field[] = []): Field {
  return { id, name: id, bitOffset, bitLength, value: '', meaning: 'rest', children };
}

/** Two ports, a byte of eight flags, and twelve bytes of options in two parts. */
const FIELDS = [
  field('source', 0, 16),
  field('destination', 16, 16),
  field('offset', 32, 4),
  field(
    'flags',
    36,
    12,
    Array.from({ length: 12 }, (_, bit) => field(`flag-${bit}`, 36 + bit, 1)),
  ),
  field('window', 48, 16),
  field('options', 64, 96, [field('timestamps', 64, 80), field('padding', 144, 16)]),
];

describe('what lights what', () => {
  test('a field lights its own bits, and with it its parts', () => {
    const light = lightOf(FIELDS, { kind: 'field', id: 'options' });
    expect([light.from, light.to]).toEqual([64, 160]);
    expect([...light.fields]).toEqual(['options', 'timestamps', 'padding']);
    expect([lightOf(FIELDS, { kind: 'field', id: 'flag-3' })]).toEqual([
      { fields: new Set(['flag-3']), from: 39, to: 40 },
    ]);
  });

  test('a byte lights all that have a bit in it', () => {
    expect([...lightOf(FIELDS, { kind: 'byte', at: 1 }).fields]).toEqual(['source']);
    const shared = lightOf(FIELDS, { kind: 'byte', at: 4 });
    expect([...shared.fields]).toEqual(['offset', 'flag-0', 'flag-1', 'flag-2', 'flag-3']);
    expect([shared.from, shared.to]).toEqual([32, 40]);
  });

  test('nothing lights nothing, nor does what is not there', () => {
    for (const pointed of [undefined, { kind: 'field', id: 'gone' } as const]) {
      expect(lightOf(FIELDS, pointed)).toEqual({ fields: new Set(), from: 0, to: 0 });
    }
  });
});

test('the tree has a line for each field that is seen', () => {
  const lines = linesOf(FIELDS, ({ id }) => id === 'options');
  expect(lines.map(({ field: { id }, level }) => `${level} ${id}`)).toEqual([
    '1 source',
    '1 destination',
    '1 offset',
    '1 flags',
    '1 window',
    '1 options',
    '2 timestamps',
    '2 padding',
  ]);
  expect(lines.at(-1)).toMatchObject({ position: 2, siblings: 2, parent: 'options' });
});

test('the picture of the header: 32 bits a line, long fields go on in the next, named where they are widest', () => {
  const pieces = piecesOf(leavesOf(FIELDS));
  const drawn = pieces.map(
    ({ field: { id }, line, column, columns, continues, goesOn, isLabelled }) =>
      `${id} ${line}:${column}+${columns}${continues ? ' continues' : ''}${goesOn ? ' goes on' : ''}${isLabelled ? '' : ' unnamed'}`,
  );
  expect(drawn.slice(0, 4)).toEqual(['source 0:0+16', 'destination 0:16+16', 'offset 1:0+4', 'flag-0 1:4+1']);
  expect(drawn.slice(-4)).toEqual([
    'timestamps 2:0+32 goes on',
    'timestamps 3:0+32 continues goes on unnamed',
    'timestamps 4:0+16 continues unnamed',
    'padding 4:16+16',
  ]);
  // Together they cover every bit once.
  expect(pieces.reduce((sum, { columns }) => sum + columns, 0)).toBe(160);
  expect(piecesOf([field('later', 160, 32)], 160)).toMatchObject([{ line: 0, column: 0, columns: 32 }]);
});
