import type { Field } from '../../../src/inspect/dissect';

/** Bits in a line of the header's picture (RFC 9293 Figure 1). */
export const BITS = 32;

/** A part of a field in one line of the picture. */
export interface Piece {
  readonly field: Field;
  /** From 0. */
  readonly line: number;
  readonly column: number;
  readonly columns: number;
  /** The field goes on from the line above, or below. */
  readonly continues: boolean;
  readonly goesOn: boolean;
  /** The widest part of the field: its name and value stand here. */
  readonly isLabelled: boolean;
}

/** Cuts fields into pieces of lines of 32 bits; `start` is the bit at which the first line begins. */
export function piecesOf(fields: readonly Field[], start = 0): Piece[] {
  return fields.flatMap((field) => {
    const pieces: Omit<Piece, 'isLabelled'>[] = [];
    const end = field.bitOffset + field.bitLength - start;
    for (let at = field.bitOffset - start; at < end;) {
      const column = at % BITS;
      const columns = Math.min(BITS - column, end - at);
      pieces.push({
        field,
        line: Math.floor(at / BITS),
        column,
        columns,
        continues: pieces.length > 0,
        goesOn: at + columns < end,
      });
      at += columns;
    }
    const widest = Math.max(...pieces.map(({ columns }) => columns));
    const labelled = pieces.findIndex(({ columns }) => columns === widest);
    return pieces.map((piece, index) => ({ ...piece, isLabelled: index === labelled }));
  });
}
