import { readUint8, writeUint16, writeUint32 } from '../../wire/bytes';
import { sum } from '../../wire/checksum';
import { IPV4_HEADER, type Ipv4View } from '../../wire/ipv4';

const END = 0;
const NOP = 1;
const RECORD_ROUTE = 7;

/**
 * Writes our address into a record route option with room (RFC 1812 §5.3.13.4), in place, and the header's checksum anew. The options are
 * sound: they have been parsed.
 */
export function recordRoute({ bytes, offset, payloadOffset }: Ipv4View, address: number): void {
  for (let at = offset + IPV4_HEADER; at < payloadOffset;) {
    const type = readUint8(bytes, at);
    if (type === END) return;
    if (type === NOP) {
      at++;
      continue;
    }
    const length = readUint8(bytes, at + 1);
    const pointer = readUint8(bytes, at + 2);
    if (type === RECORD_ROUTE && pointer + 3 <= length) {
      writeUint32(bytes, at + pointer - 1, address);
      bytes[at + 2] = pointer + 4;
      writeUint16(bytes, offset + 10, 0);
      writeUint16(bytes, offset + 10, ~sum(bytes, 0, offset, payloadOffset) & 0xffff);
      return;
    }
    at += Math.max(2, length);
  }
}
