import { findField, leavesOfByte, type Field } from '../../../src/inspect/dissect';

/** What the reader points at: a field, or a byte. */
export type Pointed = { readonly kind: 'field'; readonly id: string } | { readonly kind: 'byte'; readonly at: number };

/** What is lit: fields by their ids, and bits from one up to, not including, another. */
export interface Light {
  readonly fields: ReadonlySet<string>;
  readonly from: number;
  readonly to: number;
}

const DARK: Light = { fields: new Set(), from: 0, to: 0 };

/** What lights when something is pointed at: a field lights its bits, a byte the innermost fields that have a part in it. */
export function lightOf(fields: readonly Field[], pointed: Pointed | undefined): Light {
  if (pointed === undefined) return DARK;
  if (pointed.kind === 'field') {
    const field = findField(fields, pointed.id);
    if (field === undefined) return DARK;
    const inside = leavesOf([field]).map(({ id }) => id);
    return {
      fields: new Set([field.id, ...inside]),
      from: field.bitOffset,
      to: field.bitOffset + field.bitLength,
    };
  }
  const from = pointed.at * 8;
  const lit = leavesOfByte(fields, pointed.at);
  return { fields: new Set(lit.map(({ id }) => id)), from, to: from + 8 };
}

/** The fields that have no parts, in their order on the wire. */
export function leavesOf(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => (field.children.length === 0 ? [field] : leavesOf(field.children)));
}

/** A field as a line of the tree. */
export interface Line {
  readonly field: Field;
  /** From 1. */
  readonly level: number;
  readonly isOpen: boolean;
  /** Its place among its siblings, from 1, and how many those are. */
  readonly position: number;
  readonly siblings: number;
  readonly parent: string | undefined;
}

/** The lines of the tree that are seen: those below a closed field are not. */
export function linesOf(
  fields: readonly Field[],
  isOpen: (field: Field) => boolean,
  level = 1,
  parent?: string,
): Line[] {
  return fields.flatMap((field, at) => {
    const open = field.children.length > 0 && isOpen(field);
    const line = { field, level, isOpen: open, position: at + 1, siblings: fields.length, parent };
    return open ? [line, ...linesOf(field.children, isOpen, level + 1, field.id)] : [line];
  });
}
