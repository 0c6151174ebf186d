import type { Address } from './address';
import { readUint16, requireUint, writeUint16 } from './bytes';
import { sum } from './checksum';
import { truncated, WireError } from './error';
import { PROTOCOL } from './ipv4';
import { pseudoHeaderSum, type PseudoHeader } from './pseudo-header';

/** Bytes of a UDP header. */
export const UDP_HEADER = 8;

/** A UDP datagram in `bytes`, not copied. Made by {@link viewUdp}. */
export class UdpView {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    /** Where the datagram ends in `bytes`, by its own length. */
    readonly end: number,
  ) {}

  get srcPort(): number {
    return readUint16(this.bytes, this.offset);
  }

  get dstPort(): number {
    return readUint16(this.bytes, this.offset + 2);
  }

  /** Header and payload, in bytes. */
  get length(): number {
    return readUint16(this.bytes, this.offset + 4);
  }

  get checksum(): number {
    return readUint16(this.bytes, this.offset + 6);
  }

  get payload(): Uint8Array {
    return this.bytes.subarray(this.offset + UDP_HEADER, this.end);
  }
}

/** A UDP datagram as plain values. */
export interface UdpDatagram {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payload: Uint8Array;
}

/** Looks at the datagram in `bytes[offset..end)` (RFC 768): its length is checked, its checksum is not. */
export function viewUdp(bytes: Uint8Array, offset = 0, end = bytes.length): UdpView | WireError {
  const given = end - offset;
  if (given < UDP_HEADER) return truncated('udp', UDP_HEADER, given);
  const length = readUint16(bytes, offset + 4);
  if (length < UDP_HEADER) {
    return new WireError('udp', 'length', 4, `${length} bytes, fewer than the header's ${UDP_HEADER}`);
  }
  if (length > given) return new WireError('udp', 'length', 4, `${length} bytes, and ${given} are there`);
  return new UdpView(bytes, offset, offset + length);
}

/** The datagram as plain values. The payload is a slice of what was given, not a copy. */
export function parseUdp(datagram: Uint8Array | UdpView): UdpDatagram | WireError {
  const view = datagram instanceof Uint8Array ? viewUdp(datagram) : datagram;
  if (view instanceof WireError) return view;
  return { srcPort: view.srcPort, dstPort: view.dstPort, payload: view.payload };
}

/**
 * The datagram's bytes, with the checksum.
 * @throws RangeError for a port out of range or a datagram over 65,535 bytes
 */
export function emitUdp(datagram: UdpDatagram, pseudo: PseudoHeader): Uint8Array {
  const { srcPort, dstPort, payload } = datagram;
  const length = UDP_HEADER + payload.length;
  requireUint('UDP source port', srcPort, 16);
  requireUint('UDP destination port', dstPort, 16);
  requireUint('UDP length', length, 16);
  const bytes = new Uint8Array(length);
  writeUint16(bytes, 0, srcPort);
  writeUint16(bytes, 2, dstPort);
  writeUint16(bytes, 4, length);
  bytes.set(payload, UDP_HEADER);
  const checksum = ~sum(bytes, pseudoHeaderSum(pseudo.src, pseudo.dst, PROTOCOL.UDP, length)) & 0xffff;
  // RFC 768: a checksum that comes out as zero is sent as all ones; zero says that there is none.
  writeUint16(bytes, 6, checksum === 0 ? 0xffff : checksum);
  return bytes;
}

/**
 * Whether the checksum holds between these addresses. 0 means that the sender made none: as good over IPv4 (RFC 768), not allowed
 * over IPv6 (RFC 8200 §8.1).
 */
export function udpChecksumIsGood(view: UdpView, src: Address, dst: Address): boolean {
  if (view.checksum === 0) return typeof src === 'number';
  const initial = pseudoHeaderSum(src, dst, PROTOCOL.UDP, view.length);
  return sum(view.bytes, initial, view.offset, view.end) === 0xffff;
}
