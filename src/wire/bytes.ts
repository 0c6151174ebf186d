/**
 * Big-endian ("network order", RFC 791 appendix B) integers in bytes.
 *
 * The readers want an `offset` that their caller has checked. Beyond the end they read zeros; they never throw.
 */

/** The byte at `offset`. */
export function readUint8(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}

/** The 16 bits at `offset`. */
export function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** The 32 bits at `offset`, as a number from 0 to 2³² − 1. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return ((readUint16(bytes, offset) << 16) | readUint16(bytes, offset + 2)) >>> 0;
}

/** Writes the low 16 bits of `value`. */
export function writeUint16(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >>> 8;
  into[offset + 1] = value;
}

/** Writes the low 32 bits of `value`. */
export function writeUint32(into: Uint8Array, offset: number, value: number): void {
  into[offset] = value >>> 24;
  into[offset + 1] = value >>> 16;
  into[offset + 2] = value >>> 8;
  into[offset + 3] = value;
}

/**
 * For emitters: `value` must be a whole number that fits in `bits` bits.
 * @throws RangeError naming `what`
 */
export function requireUint(what: string, value: number, bits: number): void {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return;
  throw new RangeError(`${what} is ${value}; it must be a whole number from 0 to ${2 ** bits - 1}`);
}

/**
 * For writers: `length` bytes must fit into `into` at `offset`.
 * @throws RangeError naming `what`
 */
export function requireRoom(what: string, into: Uint8Array, offset: number, length: number): void {
  if (offset >= 0 && offset + length <= into.length) return;
  throw new RangeError(`${what} of ${length} bytes does not fit at byte ${offset} of ${into.length}`);
}
