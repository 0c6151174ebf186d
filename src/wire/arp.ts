import { formatIpv4Address, formatMac, requireIpv4Address, requireMac } from './address';
import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { truncated, WireError } from './error';
import { ETHERTYPE } from './ethernet';

/** "Who has?" and "is at" (RFC 826, `ares_op$REQUEST` and `ares_op$REPLY`). */
export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;

const ARP_LENGTH = 28;
const HARDWARE_ETHERNET = 1;

/** An ARP packet for IPv4 over Ethernet in `bytes`, not copied. Made by {@link viewArp}. */
export class ArpView {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
  ) {}

  get operation(): number {
    return readUint16(this.bytes, this.offset + 6);
  }

  get senderMac(): Uint8Array {
    return this.bytes.subarray(this.offset + 8, this.offset + 14);
  }

  get senderAddress(): number {
    return readUint32(this.bytes, this.offset + 14);
  }

  get targetMac(): Uint8Array {
    return this.bytes.subarray(this.offset + 18, this.offset + 24);
  }

  get targetAddress(): number {
    return readUint32(this.bytes, this.offset + 24);
  }
}

/** An ARP packet for IPv4 over Ethernet as plain values. */
export interface ArpPacket {
  readonly operation: number;
  readonly senderMac: string;
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
}

/**
 * Looks at the packet in `bytes[offset..end)` (RFC 826, "Packet format"). Only IPv4 over Ethernet is read; any operation is, and
 * what comes behind the packet is Ethernet's padding.
 */
export function viewArp(bytes: Uint8Array, offset = 0, end = bytes.length): ArpView | WireError {
  if (end - offset < ARP_LENGTH) return truncated('arp', ARP_LENGTH, end - offset);
  const hardware = readUint16(bytes, offset);
  if (hardware !== HARDWARE_ETHERNET) return unsupported('hardwareType', 0, hardware, 'Ethernet is 1');
  const protocol = readUint16(bytes, offset + 2);
  if (protocol !== ETHERTYPE.IPV4) return unsupported('protocolType', 2, protocol, 'IPv4 is 2048');
  const hardwareLength = readUint8(bytes, offset + 4);
  if (hardwareLength !== 6) return unsupported('hardwareLength', 4, hardwareLength, 'a MAC address has 6 bytes');
  const protocolLength = readUint8(bytes, offset + 5);
  if (protocolLength !== 4) return unsupported('protocolLength', 5, protocolLength, 'an IPv4 address has 4 bytes');
  return new ArpView(bytes, offset);
}

/** The packet as plain values. */
export function parseArp(packet: Uint8Array | ArpView): ArpPacket | WireError {
  const view = packet instanceof Uint8Array ? viewArp(packet) : packet;
  if (view instanceof WireError) return view;
  return {
    operation: view.operation,
    senderMac: formatMac(view.senderMac),
    senderAddress: formatIpv4Address(view.senderAddress),
    targetMac: formatMac(view.targetMac),
    targetAddress: formatIpv4Address(view.targetAddress),
  };
}

/**
 * The packet's 28 bytes.
 * @throws RangeError for an operation out of range, or an address that is none
 */
export function emitArp(packet: ArpPacket): Uint8Array {
  requireUint('ARP operation', packet.operation, 16);
  const bytes = new Uint8Array(ARP_LENGTH);
  writeUint16(bytes, 0, HARDWARE_ETHERNET);
  writeUint16(bytes, 2, ETHERTYPE.IPV4);
  bytes[4] = 6;
  bytes[5] = 4;
  writeUint16(bytes, 6, packet.operation);
  bytes.set(requireMac(packet.senderMac), 8);
  writeUint32(bytes, 14, requireIpv4Address(packet.senderAddress));
  bytes.set(requireMac(packet.targetMac), 18);
  writeUint32(bytes, 24, requireIpv4Address(packet.targetAddress));
  return bytes;
}

function unsupported(field: string, offset: number, found: number, expected: string): WireError {
  return new WireError('arp', field, offset, `${found} is not supported: ${expected}`);
}
