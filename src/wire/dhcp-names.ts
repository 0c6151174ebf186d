import { readUint8 } from './bytes';

/** Bounds of RFC 1035 §2.3.4, without the dot at the end. */
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;
/** Names that are read: a pointer takes two octets and may stand for 253. glibc takes 32 domains. */
const MOST_NAMES = 64;

const LABEL = /^[A-Za-z0-9_-]{1,63}$/;
const POINTER = 0xc0;

/**
 * The domain names in an option (RFC 3397): DNS's own form, in which a name may end with a pointer back into the option.
 * @returns `undefined` when they cannot be read: cut off, a label of other characters than names of hosts have, a pointer that does not
 *   lead back, more than 64 names
 */
export function readDomainNames(data: Uint8Array): string[] | undefined {
  const names: string[] = [];
  for (let at = 0; at < data.length;) {
    const read = readName(data, at);
    if (read === undefined || names.length === MOST_NAMES) return undefined;
    names.push(read.name);
    at = read.end;
  }
  return names.length > 0 ? names : undefined;
}

/** The name at `start`, and where what follows it begins. */
function readName(data: Uint8Array, start: number): { name: string; end: number } | undefined {
  const labels: string[] = [];
  let end: number | undefined;
  let length = -1;
  // A pointer has to lead before the place where the labels that it ends began: so it comes to an end.
  let began = start;
  for (let at = start; at < data.length;) {
    const first = readUint8(data, at);
    if (first === 0) {
      if (labels.length === 0) return undefined;
      return { name: labels.join('.'), end: end ?? at + 1 };
    }
    if (first >= POINTER) {
      if (at + 2 > data.length) return undefined;
      end ??= at + 2;
      const to = ((first & 0x3f) << 8) | readUint8(data, at + 1);
      if (to >= began) return undefined;
      at = began = to;
      continue;
    }
    if (first > LONGEST_LABEL || at + 1 + first > data.length) return undefined;
    const label = String.fromCharCode(...data.subarray(at + 1, at + 1 + first));
    length += 1 + first;
    if (!LABEL.test(label) || length > LONGEST_NAME) return undefined;
    labels.push(label);
    at += 1 + first;
  }
  return undefined;
}

/**
 * The names in DNS's form, without pointers.
 * @throws RangeError for what is no name
 */
export function writeDomainNames(names: readonly string[]): Uint8Array {
  return Uint8Array.from(
    names.flatMap((name) => {
      const labels = name.split('.');
      if (name.length > LONGEST_NAME || !labels.every((label) => LABEL.test(label))) {
        throw new RangeError(`'${name}' is not a domain name`);
      }
      const octets = labels.flatMap((label) => [
        label.length,
        ...Array.from(label, (character) => character.charCodeAt(0)),
      ]);
      return [...octets, 0];
    }),
  );
}
