import type { Facts, MeaningKey, WrongKey } from './lang';

/** A part of a packet, from one bit up to another, and what it says. */
export interface Field {
  /** Where it is in the tree: `tcp.window`, `tcp.flags.syn`, `tcp.options.2.mss`. Unique in a packet. */
  readonly id: string;
  /** As its RFC writes it: `Sequence Number`. */
  readonly name: string;
  /** From the first bit of what was dissected; in bits. */
  readonly bitOffset: number;
  readonly bitLength: number;
  /** What stands in it, for a person: `80`, `10.0.0.1`, `SYN, ACK`. Empty where there is nothing to say. */
  readonly value: string;
  /** Which text explains it: see `meaningOf`. */
  readonly meaning: MeaningKey;
  /** What that text speaks of: numbers and names. */
  readonly facts?: Facts;
  /** `RFC 9293 §3.1` */
  readonly rfc?: string;
  /** Something is wrong with it: see `wrongOf`. */
  readonly wrong?: WrongKey;
  /** In order, without gaps, over all of the field; empty: it is a leaf. */
  readonly children: readonly Field[];
}

/** A dissected packet. Each of its bits is in exactly one leaf. */
export interface Dissection {
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
}

/** The fields that a bit is in, from the outermost to the leaf; empty: there is no such bit. */
export function fieldsAtBit(fields: readonly Field[], bit: number): readonly Field[] {
  const found = fields.find(({ bitOffset, bitLength }) => bit >= bitOffset && bit < bitOffset + bitLength);
  return found === undefined ? [] : [found, ...fieldsAtBit(found.children, bit)];
}

/** The leaves that have a bit in an octet, in order. */
export function leavesOfByte(fields: readonly Field[], byte: number): readonly Field[] {
  const [from, to] = [byte * 8, byte * 8 + 8];
  return fields.flatMap((field) => {
    if (field.bitOffset >= to || field.bitOffset + field.bitLength <= from) return [];
    return field.children.length === 0 ? [field] : leavesOfByte(field.children, byte);
  });
}

/** The octets that a field has a bit in: from `from` up to, not including, `to`. */
export function bytesOfField({ bitOffset, bitLength }: Field): { readonly from: number; readonly to: number } {
  return { from: bitOffset >>> 3, to: (bitOffset + bitLength + 7) >>> 3 };
}

/** A field by its id. */
export function findField(fields: readonly Field[], id: string): Field | undefined {
  for (const field of fields) {
    const found = field.id === id ? field : findField(field.children, id);
    if (found !== undefined) return found;
  }
  return undefined;
}
