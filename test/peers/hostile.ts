import { randomBytes, randomInt } from 'node:crypto';
import { parseIpv4Address, parseIpv6Address } from '../../src/wire/address';
import { ARP_REPLY, ARP_REQUEST, emitArp } from '../../src/wire/arp';
import { emitEthernet, ETHERTYPE } from '../../src/wire/ethernet';
import { emitIcmp } from '../../src/wire/icmp';
import { emitIcmpv6, type Icmpv6Message } from '../../src/wire/icmpv6';
import { emitIpv4, PROTOCOL, type Ipv4Packet } from '../../src/wire/ipv4';
import { emitIpv6, type Ipv6Packet } from '../../src/wire/ipv6';
import { EXTENSION } from '../../src/wire/ipv6-extensions';
import { emitNdp, type NdpMessage } from '../../src/wire/ndp';
import { emitUdp } from '../../src/wire/udp';
import type { Lab } from '../support/lab';
import { stranger } from './hostile-frames';
import { ordinaryPacket } from '../support/packets';

/** Frames that no honest station sends, by hand: what the tools of those who attack hosts send, and what breaks parsers. */
export class Hostile {
  constructor(
    protected readonly lab: Lab,
    protected readonly own6: string,
  ) {}

  /** One of each kind, with its name. */
  list(): Readonly<Record<string, Uint8Array>> {
    return { ...this.ethernet(), ...this.arp(), ...this.ipv4(), ...this.icmp(), ...this.ipv6(), ...this.ndp() };
  }

  private ethernet(): Record<string, Uint8Array> {
    const { mac } = this.lab;
    const frame = (type: number, payload: Uint8Array): Uint8Array =>
      emitEthernet({ dst: mac, src: stranger(), type, tags: [], payload });
    return {
      'a header and nothing behind it': frame(ETHERTYPE.IPV4, new Uint8Array(0)),
      'IPv6, and nothing behind it': frame(ETHERTYPE.IPV6, new Uint8Array(0)),
      'tags without end': this.raw(ETHERTYPE.VLAN, Uint8Array.of(0, 1, 0x81, 0, 0, 2, 0x81, 0)),
      'an unknown type': frame(0x88b5, randomBytes(60)),
      'from a group': emitEthernet({
        dst: mac,
        src: 'ff:ff:ff:ff:ff:ff',
        type: ETHERTYPE.IPV4,
        tags: [],
        payload: randomBytes(60),
      }),
    };
  }

  private arp(): Record<string, Uint8Array> {
    const { address, kernel } = this.lab;
    const packet = (fields: Partial<Parameters<typeof emitArp>[0]>): Uint8Array =>
      this.frame(
        ETHERTYPE.ARP,
        emitArp({
          operation: ARP_REQUEST,
          senderMac: stranger(),
          senderAddress: '10.9.0.66',
          targetMac: '00:00:00:00:00:00',
          targetAddress: address,
          ...fields,
        }),
      );
    return {
      'ARP, cut off': this.frame(ETHERTYPE.ARP, randomBytes(12)),
      'ARP, of another hardware': this.frame(ETHERTYPE.ARP, randomBytes(28)),
      'ARP from a broadcast address': packet({ senderAddress: '10.9.0.255' }),
      'ARP from a group MAC': packet({ senderMac: '01:00:5e:00:00:01' }),
      'ARP reply that nobody asked for': packet({ operation: ARP_REPLY, senderAddress: '10.9.0.77' }),
      'ARP claim of our address': packet({ senderAddress: address, targetAddress: address }),
      'ARP claim of everybody': packet({ senderAddress: '255.255.255.255' }),
      'ARP about the kernel': packet({ targetAddress: kernel }),
    };
  }

  private ipv4(): Record<string, Uint8Array> {
    const packet = (fields: Partial<Ipv4Packet>): Uint8Array =>
      this.frame(
        ETHERTYPE.IPV4,
        emitIpv4({
          ...ordinaryPacket({ protocol: 253, src: '10.9.0.66', dst: this.lab.address, payload: randomBytes(40) }),
          ...fields,
        }),
      );
    const broken = (change: (bytes: Uint8Array) => void): Uint8Array => {
      const bytes = packet({});
      change(bytes.subarray(14));
      return bytes;
    };
    const udp = { src: parseIpv4Address('10.9.0.66') ?? 0, dst: parseIpv4Address(this.lab.address) ?? 0 };
    return {
      'version 0': broken((bytes) => (bytes[0] = 0x05)),
      'a header of 4 octets': broken((bytes) => (bytes[0] = 0x41)),
      'a header longer than the packet': broken((bytes) => {
        bytes.set([0x4f, 0, 0, 24]);
      }),
      'a total length of 0': broken((bytes) => {
        bytes.set([0, 0], 2);
      }),
      'a total length beyond the frame': broken((bytes) => {
        bytes.set([0xff, 0xff], 2);
      }),
      'a bad checksum': broken((bytes) => {
        bytes.set([1, 2], 10);
      }),
      'from loopback': packet({ src: '127.0.0.1' }),
      'from ourselves (land)': packet({ src: this.lab.address }),
      'from a group': packet({ src: '224.0.0.1' }),
      'from everybody': packet({ src: '255.255.255.255' }),
      'to loopback': packet({ dst: '127.0.0.1' }),
      'to another host': packet({ dst: '10.9.0.200' }),
      'options without end': packet({ options: Uint8Array.of(7, 39, 4, 0, 0, 0, 0, 0) }),
      'an option of length 0': packet({ options: Uint8Array.of(68, 0, 0, 0) }),
      'a source route': packet({ options: Uint8Array.of(131, 7, 4, 10, 9, 0, 1, 0) }),
      'a first fragment alone': packet({ moreFragments: true }),
      'a tiny first fragment (RFC 1858)': packet({
        protocol: PROTOCOL.TCP,
        moreFragments: true,
        payload: randomBytes(8),
      }),
      'ping of death': packet({ fragmentOffset: 65_528, payload: randomBytes(1000) }),
      'teardrop, the second half': packet({ fragmentOffset: 24, payload: randomBytes(4) }),
      'a fragment of 7 octets': packet({ moreFragments: true, payload: randomBytes(7) }),
      'an unknown protocol': packet({ protocol: 200 }),
      'UDP, cut off': packet({ protocol: PROTOCOL.UDP, payload: randomBytes(5) }),
      'UDP, too long': packet({ protocol: PROTOCOL.UDP, payload: Uint8Array.of(1, 2, 3, 4, 255, 255, 0, 0) }),
      'UDP for nobody': packet({
        protocol: PROTOCOL.UDP,
        payload: emitUdp({ srcPort: 9, dstPort: 9, payload: randomBytes(9) }, udp),
      }),
      'TCP, cut off': packet({ protocol: PROTOCOL.TCP, payload: randomBytes(12) }),
      'TCP whose header is longer than it': packet({ protocol: PROTOCOL.TCP, payload: new Uint8Array(20).fill(0xff) }),
    };
  }

  private icmp(): Record<string, Uint8Array> {
    const packet = (payload: Uint8Array, src = '10.9.0.66'): Uint8Array =>
      this.frame(
        ETHERTYPE.IPV4,
        emitIpv4(ordinaryPacket({ protocol: PROTOCOL.ICMP, src, dst: this.lab.address, payload })),
      );
    return {
      'ICMP, cut off': packet(randomBytes(3)),
      'ICMP with a bad checksum': packet(Uint8Array.of(8, 0, 1, 2, 3, 4, 5, 6)),
      redirect: packet(emitIcmp({ type: 'unknown', icmpType: 5, code: 1, body: randomBytes(60) })),
      'router advertisement (RFC 1256)': packet(
        emitIcmp({ type: 'unknown', icmpType: 9, code: 0, body: randomBytes(12) }),
      ),
      'an error about nothing': packet(
        emitIcmp({ type: 'destination-unreachable', code: 3, nextHopMtu: 0, quoted: randomBytes(28) }),
      ),
      'an error about half a header': packet(
        emitIcmp({ type: 'time-exceeded', code: 0, quoted: Uint8Array.of(0x45, 0) }),
      ),
      'an MTU of 0': packet(
        emitIcmp({ type: 'destination-unreachable', code: 4, nextHopMtu: 0, quoted: new Uint8Array(28).fill(0x45) }),
      ),
      'source quench': packet(emitIcmp({ type: 'source-quench', quoted: randomBytes(28) })),
      'an echo reply that nobody asked for': packet(
        emitIcmp({ type: 'echo-reply', identifier: 1, sequence: 1, data: randomBytes(56) }),
      ),
      'every type there is': packet(
        emitIcmp({ type: 'unknown', icmpType: randomInt(256), code: randomInt(256), body: randomBytes(20) }),
      ),
    };
  }

  private ipv6(): Record<string, Uint8Array> {
    const packet = (fields: Partial<Ipv6Packet>): Uint8Array =>
      this.packet6({ protocol: 253, payload: randomBytes(40), ...fields });
    const broken = (change: (bytes: Uint8Array) => void): Uint8Array => {
      const bytes = packet({});
      change(bytes.subarray(14));
      return bytes;
    };
    const options = (...data: number[]) => ({ type: EXTENSION.HOP_BY_HOP, data: Uint8Array.of(...data) });
    const raw = (first: number, ...headers: number[]): Uint8Array =>
      packet({ protocol: first, payload: Uint8Array.of(...headers) });
    const fragment = (offset: number, more: boolean, payload: Uint8Array): Uint8Array =>
      packet({
        protocol: EXTENSION.FRAGMENT,
        payload: Uint8Array.of(
          PROTOCOL.UDP,
          0,
          offset >>> 8,
          (offset & 0xf8) | (more ? 1 : 0),
          ...randomBytes(4),
          ...payload,
        ),
      });
    return {
      'IPv6, version 4': broken((bytes) => (bytes[0] = 0x40)),
      'IPv6, a length beyond the frame': broken((bytes) => {
        bytes.set([0xff, 0xff], 4);
      }),
      'IPv6, a jumbogram': packet({ extensions: [options(0xc2, 4, 0, 1, 0, 0)] }),
      'IPv6 from ::1': packet({ src: '::1' }),
      'IPv6 from a group': packet({ src: 'ff02::1' }),
      'IPv6 from nowhere': packet({ src: '::' }),
      'IPv6 from IPv4': packet({ src: '::ffff:10.9.0.66' }),
      'IPv6 from ourselves': packet({ src: this.own6 }),
      'IPv6 to ::1': packet({ dst: '::1' }),
      'IPv6 to another host': packet({ dst: 'fd00:9::200' }),
      'an option that must be known': packet({ extensions: [options(0x80, 4, 0, 0, 0, 0)] }),
      'an option that must be known, to all': packet({ dst: 'ff02::1', extensions: [options(0x80, 4, 0, 0, 0, 0)] }),
      'an option longer than its header': packet({ extensions: [options(0x05, 200, 0, 0, 0, 0)] }),
      'hop-by-hop options twice': packet({ extensions: [options(1, 4, 0, 0, 0, 0), options(1, 4, 0, 0, 0, 0)] }),
      'a routing header of type 0 (RFC 5095)': raw(EXTENSION.ROUTING, 59, 2, 0, 1, 0, 0, 0, 0, ...randomBytes(16)),
      'a chain of twenty headers': packet({
        extensions: Array.from({ length: 20 }, () => ({
          type: EXTENSION.DESTINATION_OPTIONS,
          data: Uint8Array.of(1, 4, 0, 0, 0, 0),
        })),
      }),
      'an extension header cut off': raw(EXTENSION.DESTINATION_OPTIONS, 59, 200, 1, 2),
      'no next header': raw(EXTENSION.NO_NEXT_HEADER, 1, 2, 3),
      'an unknown next header': raw(200, 1, 2, 3),
      ESP: raw(EXTENSION.ESP, ...randomBytes(40)),
      'a first fragment alone, IPv6': fragment(0, true, randomBytes(64)),
      'a fragment that is whole (RFC 6946)': fragment(0, false, randomBytes(64)),
      'a fragment of 7 octets, IPv6': fragment(0, true, randomBytes(7)),
      'a fragment beyond 65,535': fragment(0xfff8, false, randomBytes(64)),
      'a first fragment without a header (RFC 7112)': fragment(0, true, new Uint8Array(0)),
      'UDP without a checksum over IPv6': packet({
        protocol: PROTOCOL.UDP,
        payload: Uint8Array.of(0, 9, 0, 9, 0, 8, 0, 0),
      }),
    };
  }

  private ndp(): Record<string, Uint8Array> {
    const own = parseIpv6Address(this.own6) ?? 0n;
    const option = { kind: 'source-link-layer-address', address: Uint8Array.of(2, ...randomBytes(5)) } as const;
    const target = { kind: 'target-link-layer-address', address: Uint8Array.of(2, ...randomBytes(5)) } as const;
    const echo: Icmpv6Message = { type: 'echo-reply', identifier: 1, sequence: 1, data: randomBytes(8) };
    const claim = { type: 'neighbor-advertisement', router: true, solicited: true, override: true } as const;
    const raw = (type: number, ...rest: number[]): Uint8Array =>
      this.icmp6({ type: 'unknown', icmpType: type, code: 0, body: Uint8Array.of(...rest) });
    return {
      'a solicitation by a router': this.discover(
        { type: 'neighbor-solicitation', target: own, options: [option] },
        { ttl: 64 },
      ),
      'a solicitation without an address': raw(135, 0, 0, 0, 0),
      'an option of length 0, NDP': raw(135, 0, 0, 0, 0, ...new Array<number>(16).fill(0), 1, 0, 0, 0, 0, 0, 0, 0),
      'an option beyond the end, NDP': raw(135, 0, 0, 0, 0, ...new Array<number>(16).fill(0), 1, 9, 0, 0, 0, 0, 0, 0),
      'a solicitation for a group': raw(135, 0, 0, 0, 0, 0xff, 2, ...new Array<number>(14).fill(0)),
      'a claim of our address': this.discover({ ...claim, target: own, options: [target] }),
      'a claim of the kernel, from elsewhere': this.discover({
        ...claim,
        override: false,
        solicited: false,
        target: parseIpv6Address('fd00:9::77') ?? 0n,
        options: [target],
      }),
      'an advertisement without a MAC': this.discover({
        ...claim,
        target: parseIpv6Address('fd00:9::78') ?? 0n,
        options: [],
      }),
      'a router that is not link-local': raw(134, 64, 0, 7, 8, ...new Array<number>(8).fill(0)),
      'a redirect': this.discover(
        {
          type: 'redirect',
          target: parseIpv6Address('fe80::66') ?? 0n,
          destination: parseIpv6Address('fd00:9::1') ?? 0n,
          options: [target],
        },
        { src: 'fe80::66' },
      ),
      'MLD without a router alert': raw(130, 0, 0, 0, 0, ...new Array<number>(16).fill(0)),
      'ICMPv6 with a bad checksum': this.packet6({
        protocol: PROTOCOL.ICMPV6,
        payload: Uint8Array.of(128, 0, 1, 2, 0, 1, 0, 1),
      }),
      'ICMPv6, cut off': this.packet6({ protocol: PROTOCOL.ICMPV6, payload: Uint8Array.of(128, 0) }),
      'ICMPv6 over IPv4': this.frame(
        ETHERTYPE.IPV4,
        emitIpv4(
          ordinaryPacket({
            protocol: PROTOCOL.ICMPV6,
            src: '10.9.0.66',
            dst: this.lab.address,
            payload: randomBytes(24),
          }),
        ),
      ),
      'ICMP over IPv6': this.packet6({
        protocol: PROTOCOL.ICMP,
        payload: emitIcmp({ type: 'echo-request', identifier: 1, sequence: 1, data: randomBytes(8) }),
      }),
      'an error about nothing, IPv6': this.icmp6({ type: 'packet-too-big', mtu: 0, quoted: randomBytes(48) }),
      'an MTU of 1': this.icmp6({
        type: 'packet-too-big',
        mtu: 1,
        quoted: emitIpv6(plain6({ src: this.own6, dst: 'fd00:9::66', payload: randomBytes(40) })),
      }),
      'an echo reply that nobody asked for, IPv6': this.icmp6(echo),
      'an echo request to all': this.icmp6({ ...echo, type: 'echo-request' }, { dst: 'ff02::1' }),
      'every type there is, IPv6': raw(randomInt(256), ...randomBytes(24)),
    };
  }

  private icmp6(message: Icmpv6Message, fields: Partial<Ipv6Packet> = {}): Uint8Array {
    const { src = 'fd00:9::66', dst = this.own6 } = fields;
    const payload = emitIcmpv6(message, { src: parseIpv6Address(src) ?? 0n, dst: parseIpv6Address(dst) ?? 0n });
    return this.packet6({ ttl: 255, ...fields, src, dst, protocol: PROTOCOL.ICMPV6, payload });
  }

  protected discover(message: NdpMessage, fields: Partial<Ipv6Packet> = {}): Uint8Array {
    const { src = 'fd00:9::66', dst = this.own6 } = fields;
    const payload = emitNdp(message, { src: parseIpv6Address(src) ?? 0n, dst: parseIpv6Address(dst) ?? 0n });
    return this.packet6({ ttl: 255, ...fields, src, dst, protocol: PROTOCOL.ICMPV6, payload });
  }

  protected packet6(fields: Partial<Ipv6Packet>): Uint8Array {
    return this.frame(ETHERTYPE.IPV6, emitIpv6(plain6({ dst: this.own6, ...fields })));
  }

  /** With an EtherType that the emitter keeps for tags. */
  private raw(type: number, payload: Uint8Array): Uint8Array {
    const bytes = this.frame(ETHERTYPE.IPV4, payload);
    bytes[12] = type >>> 8;
    bytes[13] = type;
    return bytes;
  }

  protected frame(type: number, payload: Uint8Array): Uint8Array {
    return emitEthernet({ dst: this.lab.mac, src: stranger(), type, tags: [], payload });
  }
}

function plain6(fields: Partial<Ipv6Packet>): Ipv6Packet {
  const nothing = { dscp: 0, ecn: 0, flowLabel: 0, extensions: [], payload: new Uint8Array(0) };
  return { ...nothing, ttl: 64, protocol: 253, src: 'fd00:9::66', dst: 'fd00:9::2', ...fields };
}
