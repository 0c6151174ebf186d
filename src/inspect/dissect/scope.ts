import { readUint8 } from '../../wire/bytes';
import type { Field } from './field';
import type { Facts, MeaningKey, WrongKey } from './lang';

/** What is said of a field beside its place. */
export interface Said {
  readonly value: string;
  readonly facts?: Facts | undefined;
  readonly wrong?: WrongKey | undefined;
  /** In place of the one that was given at first. */
  readonly name?: string | undefined;
  readonly meaning?: MeaningKey | undefined;
}

/** What is known of a field before it is read. */
export interface Known {
  readonly id: string;
  readonly name: string;
  readonly meaning: MeaningKey;
  readonly rfc?: string | undefined;
}

/** Groups in groups; beyond that a packet is not opened any further. */
const DEEPEST = 24;

/**
 * Reads a packet's bits from the front to the back, and makes a field of each piece: what is read cannot overlap, and what is not there
 * becomes a field that says so. It never throws.
 */
export class Scope {
  readonly fields: Field[] = [];

  /**
   * @param at the first bit
   * @param end the bit after the last
   */
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
    private readonly depth = 0,
  ) {}

  /** Bits that are left. */
  get left(): number {
    return this.end - this.at;
  }

  /** Octets that are left, whole ones. */
  get octets(): number {
    return this.left >>> 3;
  }

  /** Where the cursor is, in octets. */
  get offset(): number {
    return this.at >>> 3;
  }

  /** A number of up to 32 bits; what it says is worked out from it. `undefined` when it is not there. */
  uint(bits: number, known: Known, say: (value: number) => Said | string = String): number | undefined {
    if (!this.isThere(bits, known)) return undefined;
    let value = 0;
    for (let bit = this.at; bit < this.at + bits; bit++)
      value = value * 2 + ((readUint8(this.bytes, bit >>> 3) >>> (7 - (bit & 7))) & 1);
    this.leaf(bits, known, say(value));
    return value;
  }

  /** So many octets. */
  take(octets: number, known: Known, say: (bytes: Uint8Array) => Said | string): Uint8Array | undefined {
    if (octets <= 0 || !this.isThere(octets * 8, known)) return undefined;
    const bytes = this.bytes.subarray(this.offset, this.offset + octets);
    this.leaf(octets * 8, known, say(bytes));
    return bytes;
  }

  /** All that is left. */
  rest(known: Known, say: (bytes: Uint8Array) => Said | string): void {
    if (this.left > 0) this.take(this.octets, known, say);
  }

  /**
   * A field of fields. `read` reads them, and says what there is to say of all of them.
   * @param octets where it ends; without it, where `read` stops. What is left before its end becomes a leaf `rest`
   */
  group(known: Known, read: (scope: Scope) => Said | string, octets?: number): void {
    if (this.left <= 0) return;
    const end = octets === undefined ? this.end : Math.min(this.end, this.at + octets * 8);
    const inner = new Scope(this.bytes, this.at, end, this.depth + 1);
    const said = this.depth < DEEPEST ? toSaid(read(inner)) : { value: '' };
    if (octets !== undefined || this.depth >= DEEPEST)
      inner.rest({ id: `${known.id}.rest`, name: 'Rest', meaning: 'rest' }, hex);
    const bitLength = inner.at - this.at;
    if (bitLength === 0) return;
    this.push(bitLength, known, said, inner.fields);
    this.at = inner.at;
  }

  private leaf(bits: number, known: Known, said: Said | string): void {
    this.push(bits, known, toSaid(said), []);
    this.at += bits;
  }

  private push(bitLength: number, known: Known, said: Said, children: readonly Field[]): void {
    this.fields.push({
      id: known.id,
      name: said.name ?? known.name,
      bitOffset: this.at,
      bitLength,
      value: said.value,
      meaning: said.meaning ?? known.meaning,
      ...(said.facts !== undefined && { facts: said.facts }),
      ...(known.rfc !== undefined && { rfc: known.rfc }),
      ...(said.wrong !== undefined && { wrong: said.wrong }),
      children,
    });
  }

  /** When less than that is left, it becomes a field that is cut off, and all of what follows is not there. */
  private isThere(bits: number, known: Known): boolean {
    if (this.left >= bits) return true;
    if (this.left > 0) this.leaf(this.left, known, { value: '…', wrong: 'truncated', meaning: 'cut-off' });
    return false;
  }
}

function toSaid(said: Said | string): Said {
  return typeof said === 'string' ? { value: said } : said;
}

/** The first octets in hexadecimal. */
export function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return bytes.length > 16 ? `${shown} …` : shown;
}

export function hexNumber(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
