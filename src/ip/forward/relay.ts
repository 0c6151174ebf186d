import { finishSent, linkHeader } from '../../link/finish';
import { segmentSizeOf, UNFILLED, type FrameInfo, type FrameWork, type Frame } from '../../link/link';
import { readUint8, writeUint16 } from '../../wire/bytes';
import { ETHERNET_HEADER, ETHERTYPE, writeEthernetHeader } from '../../wire/ethernet';
import { PROTOCOL, viewIpv4 } from '../../wire/ipv4';
import { viewIpv6 } from '../../wire/ipv6';
import type { Address } from '../../wire/address';
import { pseudoHeaderSum } from '../../wire/pseudo-header';
import { TCP_CHECKSUM } from '../../wire/tcp';
import { WireError } from '../../wire/error';
import type { Interface } from '../interface';
import type { IpView } from '../protocol';

/** Where a packet goes from here. */
export interface Exit {
  readonly interface: Interface;
  readonly nextHop: Address;
}

/** Cuts a packet of IPv4 into fragments for this MTU, each with a header of its own. */
export type Fragmenter = (
  header: Uint8Array,
  payload: Uint8Array,
  mtu: number,
) => readonly { readonly header: Uint8Array; readonly payload: Uint8Array }[];

/** Room for all headers of a packet: Ethernet, IP and TCP with options. */
const HEADERS = 160;
/** Below this a copy into the link's memory is cheaper than a second slice. */
const SPLIT_ABOVE = HEADERS + 2048;
const UDP_CHECKSUM = 6;

/** Sends packets on that came in elsewhere, in the frames in which they came. They are ours (`FrameBatch`), so headers are written in place. */
export class Relay {
  readonly #fragment: Fragmenter;
  /** What the link is to do with the present frame: used again, since nobody keeps it. */
  readonly #work = { segmentSize: 0, checksumStart: 0, checksumOffset: 0 };

  constructor(fragment: Fragmenter) {
    this.#fragment = fragment;
  }

  /**
   * Sends a packet whose header is as it shall be. What is too long is cut, into segments where it was put together from such, into
   * fragments otherwise.
   * @param info what the link said of the frame: a checksum that is not there yet is the next link's to fill in, or ours
   * @returns false when a link had no room for all of it, which was counted
   */
  send(exit: Exit, packet: IpView, info: FrameInfo): boolean {
    const { bytes, offset, end } = packet;
    const checksumOffset = info === 0 ? 0 : checksumPlace(packet);
    if (checksumOffset === 0 || (segmentSizeOf(info) === 0 && (info & UNFILLED) === 0)) {
      return end - offset > exit.interface.mtu ? this.#cut(exit, packet) : transmit(exit, bytes, offset, end);
    }
    const work = this.#workFor(exit, packet, info, checksumOffset);
    if (work !== undefined) {
      const { payloadOffset, src, dst, protocol } = packet;
      // Whoever fills it in wants the pseudo-header's sum there: over the whole length, and over the addresses of now.
      const sum = pseudoHeaderSum(src, dst, protocol, end - payloadOffset);
      writeUint16(bytes, payloadOffset + checksumOffset, sum);
      return transmit(exit, bytes, offset, end, work);
    }
    return this.#finish(exit, packet, info, checksumOffset);
  }

  /** What the link is to do, if it can. */
  #workFor({ interface: out }: Exit, packet: IpView, info: FrameInfo, checksumOffset: number): FrameWork | undefined {
    const { offload, medium } = out.link;
    const { offset, payloadOffset, end } = packet;
    const segmentSize = packet.protocol === PROTOCOL.TCP ? segmentSizeOf(info) : 0;
    const canCut = segmentSize === 0 || end - payloadOffset <= offload.segmentation;
    if (!offload.checksum || !canCut || sizeOnWire(packet, info) > out.mtu) return undefined;
    const work = this.#work;
    work.segmentSize = segmentSize;
    work.checksumStart = linkHeader(medium) + payloadOffset - offset;
    work.checksumOffset = checksumOffset;
    return work;
  }

  /** Does a network card's work here. */
  #finish(exit: Exit, packet: IpView, info: FrameInfo, checksumOffset: number): boolean {
    const { bytes, offset, payloadOffset, end } = packet;
    const checksumStart = payloadOffset - offset;
    const work = { segmentSize: segmentSizeOf(info), checksumStart, checksumOffset };
    let taken = true;
    for (const piece of finishSent([bytes.subarray(offset, end)], work, 'ip')) {
      const view = packet.version === 6 ? viewIpv6(piece) : viewIpv4(piece);
      if (view instanceof WireError) continue;
      if (!this.send(exit, view, 0)) taken = false;
    }
    return taken;
  }

  #cut(exit: Exit, packet: IpView): boolean {
    let taken = true;
    for (const { header, payload } of this.#fragment(packet.header, packet.payload, exit.interface.mtu)) {
      const bytes = new Uint8Array(ETHERNET_HEADER + header.length + payload.length);
      bytes.set(header, ETHERNET_HEADER);
      bytes.set(payload, ETHERNET_HEADER + header.length);
      if (!transmit(exit, bytes, ETHERNET_HEADER, bytes.length)) taken = false;
    }
    return taken;
  }
}

/** The size of the largest packet that a wire would carry for this frame. */
export function sizeOnWire(packet: IpView, info: FrameInfo): number {
  const { bytes, offset, payloadOffset, end } = packet;
  const segmentSize = segmentSizeOf(info);
  if (segmentSize === 0 || packet.protocol !== PROTOCOL.TCP) return end - offset;
  const headers = payloadOffset - offset + (readUint8(bytes, payloadOffset + 12) >>> 4) * 4;
  return Math.min(end - offset, headers + segmentSize);
}

/** Where the checksum stands in the payload, 0 where there is none that a device could fill in. */
function checksumPlace(packet: IpView): number {
  if (packet.moreFragments || packet.fragmentOffset > 0) return 0;
  const { protocol } = packet;
  return protocol === PROTOCOL.TCP ? TCP_CHECKSUM : protocol === PROTOCOL.UDP ? UDP_CHECKSUM : 0;
}

/** Hands `bytes[offset..end)` to a link, behind an Ethernet header in place of the one with which it came. */
function transmit(
  { interface: out, nextHop }: Exit,
  bytes: Uint8Array,
  offset: number,
  end: number,
  work?: FrameWork,
): boolean {
  const { ethernet } = out;
  if (ethernet === undefined) return out.transmit(sliced(bytes, offset, end), work);
  const neighbours = ethernet.neighboursOf(nextHop);
  const to = neighbours.resolve(nextHop);
  if (to === undefined) {
    for (const packet of finishSent([bytes.subarray(offset, end)], work, 'ip')) neighbours.hold(nextHop, packet);
    return true;
  }
  const type = typeof nextHop === 'number' ? ETHERTYPE.IPV4 : ETHERTYPE.IPV6;
  if (offset >= ETHERNET_HEADER) {
    writeEthernetHeader(bytes, offset - ETHERNET_HEADER, to, ethernet.mac, type);
    return out.transmit(sliced(bytes, offset - ETHERNET_HEADER, end), work);
  }
  const headers = Math.min(HEADERS, end - offset);
  const first = new Uint8Array(ETHERNET_HEADER + headers);
  writeEthernetHeader(first, 0, to, ethernet.mac, type);
  first.set(bytes.subarray(offset, offset + headers), ETHERNET_HEADER);
  return out.transmit(offset + headers < end ? [first, bytes.subarray(offset + headers, end)] : [first], work);
}

/** A frame's slices: a long one in two, so that the link need not copy what is behind the headers. */
function sliced(bytes: Uint8Array, start: number, end: number): Frame {
  if (end - start > SPLIT_ABOVE) return [bytes.subarray(start, start + HEADERS), bytes.subarray(start + HEADERS, end)];
  return [start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)];
}
