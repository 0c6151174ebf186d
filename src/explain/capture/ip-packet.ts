import { readUint16, readUint32, readUint8 } from '../../wire/bytes';
import { ETHERTYPE } from '../../wire/ethernet';
import { LINK, type CapturedPacket } from './packet';

const ICMP = 1;
const IPV4_IN_IP = 4;
const TCP = 6;
const UDP = 17;
const IPV6_IN_IP = 41;
const ICMPV6 = 58;
const EXTENSION = { HOP_BY_HOP: 0, ROUTING: 43, FRAGMENT: 44, AUTHENTICATION: 51, DESTINATION: 60 } as const;
const MOST_EXTENSIONS = 8;
/** VLAN tags, MPLS labels and tunnels within each other that are looked through. */
const DEEPEST = 4;
const PPPOE_SESSION = 0x8864;
const MPLS = 0x8847;

export type Found = 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'other-ip' | 'arp' | 'not-ip' | 'malformed' | 'unknown-link';

/** The IP packet in a captured one. One object for all; it says where things are in `bytes`. */
export class IpPacket {
  version: 4 | 6 = 4;
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the IP header stands, the addresses, and how long an address is. */
  header = 0;
  src = 0;
  dst = 0;
  ttl = 0;
  /** IPv4's identification; 0 in IPv6. */
  identification = 0;
  /** The two ECN bits (RFC 3168): 3 is "congestion experienced". */
  ecn = 0;
  dontFragment = false;
  /** In bytes, and whether more follow; a packet that is whole has 0 and `false`. */
  fragmentOffset = 0;
  moreFragments = false;
  /** Tells the fragments of one packet from those of others. */
  fragmentId = 0;
  protocol = 0;
  /** What the packet carries is `bytes[payload..end)`, and was `length` bytes long. */
  payload = 0;
  end = 0;
  length = 0;

  get isFragment(): boolean {
    return this.fragmentOffset > 0 || this.moreFragments;
  }

  get addressLength(): number {
    return this.version === 4 ? 4 : 16;
  }

  /** Finds the IP packet in what was captured, and says what it carries. */
  find(packet: CapturedPacket): Found {
    const { bytes, start, end, length } = packet;
    this.bytes = bytes;
    // How much was cut off behind the end.
    const cut = length - (end - start);
    switch (packet.linkType) {
      case LINK.ETHERNET:
        return this.ethertype(readUint16(bytes, start + 12), start + 14, end, cut, 0);
      case LINK.RAW:
      case LINK.RAW_12:
      case LINK.RAW_14:
      case LINK.IPV4:
      case LINK.IPV6:
        return this.ip(start, end, cut, 0);
      case LINK.NULL:
      case LINK.LOOP:
        // The family's number differs between systems; what follows says itself what it is.
        return this.ip(start + 4, end, cut, 0);
      case LINK.LINUX_COOKED:
        return this.ethertype(readUint16(bytes, start + 14), start + 16, end, cut, 0);
      case LINK.LINUX_COOKED_2:
        return this.ethertype(readUint16(bytes, start), start + 20, end, cut, 0);
      default:
        return 'unknown-link';
    }
  }

  private ethertype(type: number, at: number, end: number, cut: number, depth: number): Found {
    if (at > end) return 'malformed';
    switch (type) {
      case ETHERTYPE.IPV4:
      case ETHERTYPE.IPV6:
        return this.ip(at, end, cut, depth);
      case ETHERTYPE.VLAN:
      case ETHERTYPE.QINQ:
      case 0x9100:
        return depth >= DEEPEST
          ? 'malformed'
          : this.ethertype(readUint16(this.bytes, at + 2), at + 4, end, cut, depth + 1);
      case ETHERTYPE.ARP:
        return 'arp';
      case PPPOE_SESSION: {
        const protocol = readUint16(this.bytes, at + 6);
        return protocol === 0x0021 || protocol === 0x0057 ? this.ip(at + 8, end, cut, depth) : 'not-ip';
      }
      case MPLS: {
        let label = at;
        for (let count = 0; count < DEEPEST && label + 4 <= end; count++, label += 4)
          if (readUint8(this.bytes, label + 2) & 1) return this.ip(label + 4, end, cut, depth);
        return 'not-ip';
      }
      default:
        return 'not-ip';
    }
  }

  private ip(at: number, end: number, cut: number, depth: number): Found {
    if (at >= end) return 'malformed';
    const version = readUint8(this.bytes, at) >>> 4;
    this.header = at;
    if (version === 4) return this.ipv4(at, end, cut, depth);
    return version === 6 ? this.ipv6(at, end, cut, depth) : 'not-ip';
  }

  private ipv4(at: number, end: number, cut: number, depth: number): Found {
    const { bytes } = this;
    const headerLength = (readUint8(bytes, at) & 0xf) * 4;
    if (headerLength < 20 || at + headerLength > end) return 'malformed';
    let total = readUint16(bytes, at + 2);
    // Where the network card cuts segments, the kernel may leave the length out.
    if (total === 0) total = end + cut - at;
    if (total < headerLength) return 'malformed';
    this.version = 4;
    this.src = at + 12;
    this.dst = at + 16;
    this.ttl = readUint8(bytes, at + 8);
    this.identification = readUint16(bytes, at + 4);
    this.fragmentId = this.identification;
    this.ecn = readUint8(bytes, at + 1) & 3;
    const fragment = readUint16(bytes, at + 6);
    this.dontFragment = (fragment & 0x4000) !== 0;
    this.moreFragments = (fragment & 0x2000) !== 0;
    this.fragmentOffset = (fragment & 0x1fff) * 8;
    this.payload = at + headerLength;
    this.length = total - headerLength;
    this.end = Math.min(end, at + total);
    return this.carries(readUint8(bytes, at + 9), cut, depth);
  }

  private ipv6(at: number, end: number, cut: number, depth: number): Found {
    const { bytes } = this;
    if (at + 40 > end) return 'malformed';
    let length = readUint16(bytes, at + 4);
    if (length === 0) length = end + cut - at - 40;
    this.version = 6;
    this.src = at + 8;
    this.dst = at + 24;
    this.ttl = readUint8(bytes, at + 7);
    this.identification = 0;
    this.ecn = (readUint8(bytes, at + 1) >>> 4) & 3;
    this.dontFragment = true;
    this.moreFragments = false;
    this.fragmentOffset = 0;
    let next = readUint8(bytes, at + 6);
    let header = at + 40;
    for (let count = 0; count < MOST_EXTENSIONS && isExtension(next); count++) {
      if (header + 8 > end) return 'malformed';
      if (next === EXTENSION.FRAGMENT) {
        const fragment = readUint16(bytes, header + 2);
        this.fragmentOffset = fragment & 0xfff8;
        this.moreFragments = (fragment & 1) !== 0;
        this.fragmentId = readUint32(bytes, header + 4);
      }
      const units = readUint8(bytes, header + 1);
      const size =
        next === EXTENSION.FRAGMENT ? 8 : next === EXTENSION.AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
      next = readUint8(bytes, header);
      header += size;
      if (this.fragmentOffset > 0) break;
    }
    if (header > end) return 'malformed';
    this.payload = header;
    this.length = length - (header - at - 40);
    if (this.length < 0) return 'malformed';
    this.end = Math.min(end, header + this.length);
    return this.carries(next, cut, depth);
  }

  private carries(protocol: number, cut: number, depth: number): Found {
    this.protocol = protocol;
    switch (protocol) {
      case TCP:
        return 'tcp';
      case UDP:
        return 'udp';
      case ICMP:
        return 'icmp';
      case ICMPV6:
        return 'icmpv6';
      case IPV4_IN_IP:
      case IPV6_IN_IP:
        if (depth < DEEPEST && !this.isFragment) return this.ip(this.payload, this.end, cut, depth + 1);
        return 'other-ip';
      default:
        return 'other-ip';
    }
  }
}

function isExtension(next: number): boolean {
  return (
    next === EXTENSION.HOP_BY_HOP ||
    next === EXTENSION.ROUTING ||
    next === EXTENSION.FRAGMENT ||
    next === EXTENSION.AUTHENTICATION ||
    next === EXTENSION.DESTINATION
  );
}
