import { describeNdp } from '../../ip/ndp/ndp';
import type { ArpEvent, DhcpEvent, GroupEvent, IcmpEvent, NdpEvent, UdpEvent } from '../../ip/trace';
import { logOfDhcp } from '../dhcp';
import { shortOfGroups } from '../groups';
import type { Words } from '../lang';
import { shortOfArp, shortOfIcmp, type Short } from '../on-the-arrow';
import { readUint16 } from '../../wire/bytes';
import { UNREACHABLE } from '../../wire/icmp';
import { IPV4_HEADER } from '../../wire/ipv4';
import { IPV6_HEADER } from '../../wire/ipv6-extensions';
import { withoutZone, type Packet, type PacketKind } from './packet';
import type { RemarkWords } from './words';

/** What is a packet of its own, and no segment. */
export type ShortEvent = ArpEvent | NdpEvent | IcmpEvent | GroupEvent | UdpEvent | DhcpEvent;

/** How such a packet is found, and what is said of it. */
export interface ShortRemark {
  readonly kinds: readonly PacketKind[];
  readonly text: (packet: Packet | undefined) => string;
  readonly fits: (packet: Packet) => boolean;
}

const ANY = (): boolean => true;

export function shortOf(event: ShortEvent, words: Words, remarks: RemarkWords): ShortRemark {
  switch (event.type) {
    case 'arp':
      return { kinds: ['arp'], text: says(inOne(shortOfArp(event, words))), fits: ANY };
    case 'ndp':
      return { kinds: ['icmp6'], text: says(`NDP ${describeNdp(event.message)}`), fits: between(event.src, event.dst) };
    case 'icmp': {
      const short = shortOfIcmp(event, words);
      const name = `${event.version === 4 ? 'ICMP' : 'ICMPv6'} ${event.message.type}`;
      const kinds = [event.version === 4 ? 'icmp' : 'icmp6'] as const;
      const size = sizeOfTooBig(event);
      const said = `${short === undefined ? name : inOne(short)}${size === undefined ? '' : `; ${remarks.tooBig(...size)}`}`;
      return { kinds, text: says(said), fits: between(event.src, event.dst) };
    }
    case 'group': {
      const kinds = [event.protocol === 'IGMP' ? 'igmp' : 'icmp6'] as const;
      return { kinds, text: says(inOne(shortOfGroups(event, words))), fits: between(event.src, event.dst) };
    }
    case 'udp': {
      const { local, remote, direction } = event;
      const [from, to] = direction === 'out' ? [local, remote] : [remote, local];
      const isBetween = between(from.address, to.address);
      return {
        kinds: ['udp', 'fragment'],
        text: (packet) => remarks.datagram(packet?.kind === 'udp' ? packet.length : event.length),
        fits: (packet) =>
          isBetween(packet) &&
          (packet.kind === 'fragment' || (packet.srcPort === from.port && packet.dstPort === to.port)),
      };
    }
    case 'dhcp':
      return {
        kinds: ['udp'],
        text: says(`DHCP ${logOfDhcp(event.message)}; ${event.state}`),
        fits: ({ srcPort, dstPort }) => srcPort + dstPort === 67 + 68,
      };
  }
}

/** What the next link takes, and the size of the packet that is more, in bytes. Old routers do not tell (RFC 1191 §4). */
export function sizeOfTooBig({ message }: IcmpEvent): [mtu: number, size: number] | undefined {
  if (message.type === 'packet-too-big') {
    const { mtu, quoted } = message;
    return quoted.length < IPV6_HEADER ? undefined : [mtu, IPV6_HEADER + readUint16(quoted, 4)];
  }
  if (message.type !== 'destination-unreachable' || !('nextHopMtu' in message)) return undefined;
  const { code, nextHopMtu, quoted } = message;
  if (code !== UNREACHABLE.FRAGMENTATION_NEEDED || nextHopMtu === 0 || quoted.length < IPV4_HEADER) return undefined;
  return [nextHopMtu, readUint16(quoted, 2)];
}

function says(text: string): () => string {
  return () => text;
}

function inOne({ parts, words }: Short): string {
  return `${parts.map(({ text }) => text.replaceAll('  ', ' ')).join(' ')}; "${words}"`;
}

function between(src: string, dst: string): (packet: Packet) => boolean {
  const [from, to] = [withoutZone(src), withoutZone(dst)];
  return (packet) => packet.src === from && packet.dst === to;
}
