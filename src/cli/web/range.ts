/**
 * A `Range` header in the form in which sirv understands it, `bytes=first-last`; `undefined` where the whole file is to be sent, which a
 * server may always do (RFC 9110 §14.2): for several ranges, and for what is no range.
 * @param size of the file, bytes
 */
export function plainRange(header: string | undefined, size: number): string | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  // The last so many bytes.
  if (first === '') return Number(last) === 0 ? `bytes=${size}-` : `bytes=${Math.max(0, size - Number(last))}-`;
  if (last === '') return `bytes=${first}-`;
  // sirv takes a last byte 0 for none.
  return Number(last) < Number(first) || Number(last) === 0 ? undefined : `bytes=${first}-${last}`;
}
