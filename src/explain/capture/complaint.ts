import { readUint16, readUint32, readUint8 } from '../../wire/bytes';
import type { Complaint } from '../follow/flow';
import { addressOf } from './address-of';
import { IpPacket } from './ip-packet';
import { LINK } from './packet';

const HEADER = 8;
/** Ports and sequence number of the segment that is quoted. */
const QUOTED = 8;

/** What an ICMP error complains of. */
export interface FoundComplaint {
  readonly complaint: Omit<Complaint, 'about'>;
  /** The packet that it quotes; the same object each time. */
  readonly quoted: IpPacket;
}

const QUOTED_PACKET = new IpPacket();

/** The error in an ICMP or ICMPv6 message that quotes a TCP segment; `undefined` for any other message. */
export function complaintOf(ip: IpPacket, frame: number, time: number): FoundComplaint | undefined {
  const { bytes, payload, end, version } = ip;
  if (end - payload < HEADER) return undefined;
  const type = readUint8(bytes, payload);
  const code = readUint8(bytes, payload + 1);
  const meant = version === 4 ? ofIcmp(type, code) : ofIcmpv6(type);
  if (meant === undefined) return undefined;
  const found = QUOTED_PACKET.find({
    frame,
    time,
    linkType: LINK.RAW,
    bytes,
    start: payload + HEADER,
    end,
    length: end - payload - HEADER,
    comment: undefined,
  });
  if (found !== 'tcp' || QUOTED_PACKET.fragmentOffset > 0 || QUOTED_PACKET.end - QUOTED_PACKET.payload < QUOTED)
    return undefined;
  const mtu = meant !== 'too-big' ? 0 : version === 4 ? readUint16(bytes, payload + 6) : readUint32(bytes, payload + 4);
  return {
    complaint: { frame, time, from: addressOf(ip, ip.src), kind: meant, version, code, mtu },
    quoted: QUOTED_PACKET,
  };
}

function ofIcmp(type: number, code: number): Complaint['kind'] | undefined {
  if (type === 3) return code === 4 ? 'too-big' : 'unreachable';
  return type === 11 ? 'time-exceeded' : type === 12 || type === 4 ? 'other' : undefined;
}

function ofIcmpv6(type: number): Complaint['kind'] | undefined {
  return ({ 1: 'unreachable', 2: 'too-big', 3: 'time-exceeded', 4: 'other' } as const)[type];
}
