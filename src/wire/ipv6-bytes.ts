import { readUint32, writeUint32 } from './bytes';

/**
 * IPv6 addresses in packets. Making a bigint costs far more than reading its bytes, and the same few addresses come again and again,
 * so those that came last are remembered, a fixed number of them: a stranger's address costs a new bigint, and nothing else.
 */

/** A power of two. A slot is chosen by the address, and what stood there is forgotten. */
const SLOTS = 64;

/** The four words of the address that each slot remembers; at first `::`, whose value is right for every slot. */
const readWords = new Uint32Array(4 * SLOTS);
const readValues = new Array<bigint>(SLOTS).fill(0n);

/** Its bytes on the wire as four words, and their sum as checksums count it. */
interface Written {
  readonly address: bigint;
  readonly words: readonly [number, number, number, number];
  readonly sum: number;
}

const UNSPECIFIED: Written = { address: 0n, words: [0, 0, 0, 0], sum: 0 };
const written = new Array<Written>(SLOTS).fill(UNSPECIFIED);
/** The two that were looked for last, but for these. */
let [latest, previous] = [UNSPECIFIED, UNSPECIFIED];

/** The address at `offset`, without a zone. Beyond the end of `bytes` there are zeros. */
export function readIpv6Address(bytes: Uint8Array, offset: number): bigint {
  const a = readUint32(bytes, offset);
  const b = readUint32(bytes, offset + 4);
  const c = readUint32(bytes, offset + 8);
  const d = readUint32(bytes, offset + 12);
  const slot = slotOf(a ^ b ^ c ^ d);
  const at = 4 * slot;
  if (readWords[at] === a && readWords[at + 1] === b && readWords[at + 2] === c && readWords[at + 3] === d) {
    return readValues[slot] ?? 0n;
  }
  const value = (((BigInt(a) << 32n) | BigInt(b)) << 64n) | (BigInt(c) << 32n) | BigInt(d);
  readWords[at] = a;
  readWords[at + 1] = b;
  readWords[at + 2] = c;
  readWords[at + 3] = d;
  readValues[slot] = value;
  return value;
}

/** Writes the address's 16 bytes; a zone is left out. */
export function writeIpv6Address(into: Uint8Array, offset: number, address: bigint): void {
  const [a, b, c, d] = lookUp(address).words;
  writeUint32(into, offset, a);
  writeUint32(into, offset + 4, b);
  writeUint32(into, offset + 8, c);
  writeUint32(into, offset + 12, d);
}

/** The Internet checksum's sum of the address's 16 bytes, folded, not complemented; a zone does not count. */
export function ipv6AddressSum(address: bigint): number {
  return lookUp(address).sum;
}

function lookUp(address: bigint): Written {
  // Comparing bigints is cheap beside finding the slot, and most packets go between the same two addresses.
  if (address === latest.address) return latest;
  if (address === previous.address) return previous;
  const slot = slotOf(Number(BigInt.asUintN(32, address)));
  let found = written[slot];
  if (found?.address !== address) written[slot] = found = makeWritten(address);
  previous = latest;
  latest = found;
  return found;
}

function makeWritten(address: bigint): Written {
  const word = (shift: bigint) => Number(BigInt.asUintN(32, address >> shift));
  const words = [word(96n), word(64n), word(32n), word(0n)] as const;
  let sum = 0;
  for (const value of words) sum += (value >>> 16) + (value & 0xffff);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return { address, words, sum };
}

/** Neighbours on a link differ in their last bits, or, with addresses made from MACs or at random, anywhere in the last word. */
function slotOf(word: number): number {
  return (word ^ (word >>> 6) ^ (word >>> 16)) & (SLOTS - 1);
}
