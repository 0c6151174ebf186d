import { readUint16, readUint32, writeUint16, writeUint32 } from '../../../wire/bytes';
import { addSums } from '../../../wire/checksum';
import { KIND, type Kind } from './session';

/** Which of a packet's two endpoints. */
export type Side = 'source' | 'destination';

/** Where things are in the headers, by kind: the ports, and the checksum. Echo has one identifier for both sides. */
const PORT: Readonly<Record<Side, readonly [number, number, number]>> = { source: [0, 0, 4], destination: [2, 2, 4] };
const CHECKSUM: readonly [number, number, number] = [16, 6, 2];
const ADDRESS: Readonly<Record<Side, number>> = { source: 12, destination: 16 };
const IP_CHECKSUM = 10;

/**
 * Writes another address and port into an IPv4 packet, and brings its two checksums along without looking at the rest (RFC 1624, equation
 * 3): one that was wrong stays wrong. UDP without a checksum stays so (RFC 768).
 * @param offset where the IPv4 header starts in `bytes`, `payload` where the transport's does; `end`: what is behind it may be missing, as
 *   in the quotation of an ICMP error
 * @param filled false: the transport's checksum is not there yet, and is left alone
 */
export function rewrite(
  bytes: Uint8Array,
  offset: number,
  payload: number,
  end: number,
  kind: Kind,
  side: Side,
  address: number,
  port: number,
  filled: boolean,
): void {
  const ofAddress = rewriteAddress(bytes, offset, side, address);
  const portAt = payload + PORT[side][kind];
  const ofPort = addSums(~readUint16(bytes, portAt) & 0xffff, port);
  writeUint16(bytes, portAt, port);
  const checksumAt = payload + CHECKSUM[kind];
  if (!filled || checksumAt + 2 > end) return;
  const checksum = readUint16(bytes, checksumAt);
  if (kind === KIND.UDP && checksum === 0) return;
  // No pseudo-header is under ICMP's.
  const after = adjust(checksum, kind === KIND.ICMP ? ofPort : addSums(ofAddress, ofPort));
  writeUint16(bytes, checksumAt, kind === KIND.UDP && after === 0 ? 0xffff : after);
}

/**
 * Writes another address into an IPv4 header, with its checksum.
 * @returns what that adds to a sum over the address, for a checksum with a pseudo-header
 */
export function rewriteAddress(bytes: Uint8Array, offset: number, side: Side, address: number): number {
  const at = offset + ADDRESS[side];
  const before = readUint32(bytes, at);
  const change = addSums(
    addSums(~(before >>> 16) & 0xffff, ~before & 0xffff),
    addSums(address >>> 16, address & 0xffff),
  );
  writeUint32(bytes, at, address);
  writeUint16(bytes, offset + IP_CHECKSUM, adjust(readUint16(bytes, offset + IP_CHECKSUM), change));
  return change;
}

/** HC' = ~(~HC + change) */
function adjust(checksum: number, change: number): number {
  return ~addSums(~checksum & 0xffff, change) & 0xffff;
}
