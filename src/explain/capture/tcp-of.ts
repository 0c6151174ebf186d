import { addSums, sum } from '../../wire/checksum';
import { FLAG, parseTcp, viewTcp } from '../../wire/tcp';
import { readUint16, readUint8 } from '../../wire/bytes';
import { WireError } from '../../wire/error';
import type { Seen } from '../follow/seen';
import type { IpPacket } from './ip-packet';
import type { CapturedPacket } from './packet';

const TCP = 6;
const LEAST_HEADER = 20;
const CONGESTION_EXPERIENCED = 3;

/** The segment in a packet, with what its IP header tells; `undefined` when there is too little of it, or it is malformed. */
export function tcpSegmentOf(ip: IpPacket, packet: CapturedPacket, time: number): Seen | undefined {
  const { bytes, payload, length } = ip;
  const headerLength = (readUint8(bytes, payload + 12) >>> 4) * 4;
  // A capture may have cut off options: what is left of them is read, and the data begins where it would.
  const end = Math.max(payload, ip.end);
  if (end - payload < LEAST_HEADER || headerLength < LEAST_HEADER || headerLength > length) return undefined;
  const cut = headerLength > end - payload;
  const view = viewTcp(
    cut ? withoutOptions(bytes.subarray(payload, payload + LEAST_HEADER)) : bytes,
    cut ? 0 : payload,
    cut ? LEAST_HEADER : end,
  );
  if (view instanceof WireError) return undefined;
  const segment = parseTcp(view);
  if (segment instanceof WireError) return undefined;
  let timestamp: number | undefined;
  let echoed: number | undefined;
  let sack: Seen['sack'];
  for (const option of segment.options) {
    if (option.kind === 'timestamps') {
      timestamp = option.value;
      echoed = option.echo;
    } else if (option.kind === 'sack') sack = option.blocks;
  }
  return {
    frame: packet.frame,
    time,
    segment,
    flags: segment.flags,
    seq: segment.seq,
    ack: segment.flags & FLAG.ACK ? segment.ack : 0,
    length: length - headerLength,
    ttl: ip.ttl,
    identification: ip.identification,
    timestamp,
    echoed,
    sack,
    optionsCut: cut,
    congestionExperienced: ip.ecn === CONGESTION_EXPERIENCED,
    checksum: checksumOf(ip),
  };
}

function withoutOptions(header: Uint8Array): Uint8Array {
  const copy = header.slice();
  copy[12] = (5 << 4) | (readUint8(copy, 12) & 0xf);
  return copy;
}

/** Whether the checksum of the TCP segment in a packet is right. */
export function checksumOf({ bytes, payload, end, length, src, dst, addressLength }: IpPacket): Seen['checksum'] {
  if (end - payload < length) return 'unknown';
  const addresses = addSums(sum(bytes, 0, src, src + addressLength), sum(bytes, 0, dst, dst + addressLength));
  const pseudo = fold(addresses + TCP + (length & 0xffff) + (length >>> 16));
  if (sum(bytes, pseudo, payload, end) === 0xffff) return 'good';
  // Captured before the card has filled it in: it holds the sum over the pseudo-header, or nothing; of what the card will cut, without a length.
  const field = readUint16(bytes, payload + 16);
  if (field === pseudo || field === fold(addresses + TCP) || field === 0) return 'unfilled';
  return 'bad';
}

function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
