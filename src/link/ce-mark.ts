import { readUint16, readUint8, writeUint16 } from '../wire/bytes';
import { updateChecksum } from '../wire/checksum';
import { ETHERTYPE } from '../wire/ethernet';

const NOT_ECT = 0;
const CE = 3;
/** Where the two bits stand in the first 16 of an IPv6 header: behind the version and the six of DSCP. */
const IPV6_SHIFT = 4;

/**
 * Says in an IP packet that there was congestion on its way, as a router does that marks instead of dropping (RFC 3168 §5). Returns
 * false, and changes nothing, for what is not IP or whose sender does not understand marks.
 * @param offset where the IP packet starts in the frame; with an Ethernet header before it its type is looked at
 */
export function markCongestion(frame: Uint8Array, offset: number): boolean {
  const version = readUint8(frame, offset) >>> 4;
  const type = version === 4 ? ETHERTYPE.IPV4 : version === 6 ? ETHERTYPE.IPV6 : undefined;
  if (type === undefined || frame.length < offset + 20) return false;
  if (offset >= 2 && readUint16(frame, offset - 2) !== type) return false;
  const shift = version === 6 ? IPV6_SHIFT : 0;
  const before = readUint16(frame, offset);
  if (((before >>> shift) & CE) === NOT_ECT) return false;
  const after = before | (CE << shift);
  writeUint16(frame, offset, after);
  if (version === 4) writeUint16(frame, offset + 10, updateChecksum(readUint16(frame, offset + 10), before, after));
  return true;
}
