/**
 * Messages as JSON: bytes become base64, and what JSON has no number for stays what it was. Text in, text out, in Node and in browsers.
 */

/** An object with this one member stands for something else. */
const BYTES = '$bytes';
const BIGINT = '$bigint';
const NUMBER = '$number';

export function encode(message: unknown): string {
  return JSON.stringify(message, function (this: Record<string, unknown>, key, given: unknown) {
    // A Buffer has turned itself into something else already.
    const value = typeof given === 'object' && given !== null ? this[key] : given;
    if (value instanceof Uint8Array) return { [BYTES]: toBase64(value) };
    if (typeof value === 'bigint') return { [BIGINT]: String(value) };
    if (typeof value === 'number' && !Number.isFinite(value)) return { [NUMBER]: String(value) };
    return given;
  });
}

/** @throws SyntaxError when it is no JSON */
export function decode(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (BYTES in value && typeof value[BYTES] === 'string') return fromBase64(value[BYTES]);
    if (BIGINT in value && typeof value[BIGINT] === 'string') return BigInt(value[BIGINT]);
    if (NUMBER in value) return Number(value[NUMBER]);
    return value;
  });
}

/** So many bytes at a time become text: a call takes no more arguments than there is stack for. */
const CHUNK = 4096;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
