import type { IpPacket } from './ip-packet';

/** Packets of which pieces are waited for; beyond that the oldest is given up. */
const MOST_PACKETS = 256;
/** Of the first piece this much is kept: enough for the headers and what a request begins with. */
const KEPT = 2048;

interface Pieces {
  /** The first piece's payload. */
  first: Uint8Array | undefined;
  ttl: number;
  /** Bytes that have come, and how many there are, once the last piece was seen. */
  come: number;
  total: number | undefined;
}

/**
 * Puts fragmented packets together, as far as it takes to read the segment in them: its beginning, and how long it is. What
 * overlaps is not looked at.
 */
export class Fragments {
  /** Pieces seen, and packets that were never whole. */
  count = 0;
  givenUp = 0;
  private readonly packets = new Map<string, Pieces>();

  get waiting(): number {
    return this.packets.size;
  }

  /**
   * Takes a piece in. When it was the last one that was missing, `ip` becomes the whole packet.
   * @returns whether it did
   */
  add(ip: IpPacket): boolean {
    this.count += 1;
    const key = keyOf(ip);
    let pieces = this.packets.get(key);
    if (pieces === undefined) {
      if (this.packets.size >= MOST_PACKETS) {
        const oldest = this.packets.keys().next();
        if (oldest.done !== true) this.packets.delete(oldest.value);
        this.givenUp += 1;
      }
      pieces = { first: undefined, ttl: ip.ttl, come: 0, total: undefined };
      this.packets.set(key, pieces);
    }
    pieces.come += ip.length;
    if (ip.fragmentOffset === 0) pieces.first = ip.bytes.slice(ip.header, Math.min(ip.end, ip.payload + KEPT));
    if (!ip.moreFragments) pieces.total = ip.fragmentOffset + ip.length;
    const { first, total } = pieces;
    if (first === undefined || total === undefined || pieces.come < total) return false;
    this.packets.delete(key);
    const [header, payload, src, dst] = [ip.header, ip.payload, ip.src, ip.dst];
    ip.bytes = first;
    ip.header = 0;
    ip.src = src - header;
    ip.dst = dst - header;
    ip.payload = payload - header;
    ip.end = first.length;
    ip.length = total;
    ip.fragmentOffset = 0;
    ip.moreFragments = false;
    return true;
  }
}

function keyOf(ip: IpPacket): string {
  const { bytes, src, dst, addressLength, protocol, fragmentId } = ip;
  const addresses = [...bytes.subarray(src, src + addressLength), ...bytes.subarray(dst, dst + addressLength)];
  return `${addresses.join('.')} ${protocol} ${fragmentId}`;
}
