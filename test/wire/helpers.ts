import { WireError } from '../../src/wire';

/** Bytes from hexadecimal digits; spaces do not count. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.replaceAll(' ', '').match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** What was read. Fails the test when that is a WireError. */
export function good<T>(result: T | WireError): T {
  if (result instanceof WireError) throw new Error(result.message);
  return result;
}

/** The WireError. Fails the test when the bytes could be read. */
export function bad(result: unknown): WireError {
  if (result instanceof WireError) return result;
  throw new Error('expected a WireError, but the bytes were read');
}

/** A copy with some bytes changed: `patch(bytes, { 12: 0x40 })`. */
export function patch(bytes: Uint8Array, changes: Readonly<Record<number, number>>): Uint8Array {
  const copy = bytes.slice();
  for (const [offset, value] of Object.entries(changes)) copy[Number(offset)] = value;
  return copy;
}

/** The slices in one piece. */
export function join(slices: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(slices.flatMap((slice) => [...slice]));
}
