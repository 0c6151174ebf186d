/** The content of a stream, unless a test says otherwise: each octet tells its place, so that none can be missing or doubled. */
export function octets(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (from + index) % 251);
}
