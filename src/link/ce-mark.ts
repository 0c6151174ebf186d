import { readUint16, readUint8, writeUint16 } from '../wire/bytes';
import { updateChecksum } from '../wire/checksum';

const ETHERTYPE_IPV4 = 0x0800;
const NOT_ECT = 0;
const CE = 3;

/**
 * Says in an IPv4 packet that there was congestion on its way, as a router does that marks instead of dropping (RFC 3168 §5). Returns
 * false, and changes nothing, for what is not IPv4 or whose sender does not understand marks.
 * @param offset where the IP packet starts in the frame; with an Ethernet header before it its type is looked at
 */
export function markCongestion(frame: Uint8Array, offset: number): boolean {
  if (frame.length < offset + 20) return false;
  if (offset >= 2 && readUint16(frame, offset - 2) !== ETHERTYPE_IPV4) return false;
  if (readUint8(frame, offset) >>> 4 !== 4) return false;
  const before = readUint16(frame, offset);
  if ((before & CE) === NOT_ECT) return false;
  writeUint16(frame, offset, before | CE);
  writeUint16(frame, offset + 10, updateChecksum(readUint16(frame, offset + 10), before, before | CE));
  return true;
}
