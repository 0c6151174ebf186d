import type { IpHost } from './host';
import type { IpDropEvent } from './trace';

/** Everything that is dropped below TCP: the counter's name (`layer.reason`), and the reason in words. */
export const DROPS = {
  'ethernet.malformed': 'not an Ethernet frame',
  'ethernet.not-ours': 'the frame is for another station',
  'ethernet.vlan': 'the frame belongs to a VLAN that this interface is not in',
  'ethernet.unknown-type': 'nobody here speaks this EtherType',

  'arp.malformed': 'not an ARP packet for IPv4 over Ethernet',
  'arp.bad-sender': "the sender's addresses are not those of one station",
  'arp.unsolicited': 'a reply that nobody asked for, from a neighbour that we do not know',
  'arp.queue-full': 'too many packets wait for this neighbour; the oldest was dropped',
  'arp.table-full': 'too many neighbours; one that was being resolved was forgotten, with the packets that waited',
  'arp.unreachable': 'the neighbour does not answer',

  'ndp.malformed': 'not a message of Neighbor Discovery, or one that does not come from this wire',
  'ndp.ignored': 'nobody here heeds messages of this type',
  'ndp.unsolicited': 'an advertisement that nobody asked for, from a neighbour that we do not know',
  'ndp.queue-full': 'too many packets wait for this neighbour; the oldest was dropped',
  'ndp.table-full': 'too many neighbours; one that was being resolved was forgotten, with the packets that waited',
  'ndp.unreachable': 'the neighbour does not answer',

  'ip.malformed': 'not an IP packet',
  'ip.bad-checksum': "the header's checksum is wrong",
  'ip.martian-source': 'a source address that no packet from outside can have',
  'ip.martian-destination': 'a destination address that is never seen on a wire',
  'ip.not-ours': 'the packet is for another host, and we do not forward',
  'ip.bad-options': "the header's options cannot be read",
  'ip.source-route': 'the packet has a source route, and we do not take it',
  'ip.fragment': 'fragments are not reassembled yet',
  'ip.unknown-protocol': 'nobody here speaks this protocol',
  'ip.too-big': 'the packet is larger than the link takes, and we do not fragment',
  'ip.no-route': 'no route leads to the destination',
  'ip.bad-extension': 'an extension header asks for what we do not know',
  'ip.link-full': 'the link has no room',
  'ip.interface-gone': 'the interface was detached',

  'icmp.malformed': 'not an ICMP message',
  'icmp.bad-checksum': "the message's checksum is wrong",
  'icmp.broadcast': 'the message was sent to a broadcast or multicast address',
  'icmp.source-quench': 'source quench is ignored (RFC 6633)',
  'icmp.redirect': 'redirects are ignored',
  'icmp.unknown-type': 'nothing is done about this type',
  'icmp.bad-quote': 'the error does not quote a packet of ours',
  'icmp.unexpected': 'nobody waits for this message',
  'icmp.rate-limited': 'enough errors were sent for now',

  'udp.malformed': 'not a UDP datagram',
  'udp.bad-checksum': "the datagram's checksum is wrong",
  'udp.no-listener': 'no socket is bound to the port',
  'udp.queue-full': 'the socket has not received what came before, and its queue is full',
} as const satisfies Record<`${IpDropEvent['layer']}.${string}`, string>;

export type Drop = keyof typeof DROPS;

/** Splits `layer.reason`; the names in `DROPS` have the layers of the event by their type. */
function split(name: Drop): { layer: IpDropEvent['layer']; reason: string } {
  const dot = name.indexOf('.');
  return { layer: name.slice(0, dot) as IpDropEvent['layer'], reason: name.slice(dot + 1) };
}

/**
 * Counts a drop and tells whoever listens.
 * @param particulars what a person wants to know of this one packet; called only when somebody listens
 */
export function drop(host: IpHost, name: Drop, particulars: () => string): void {
  host.count(name);
  host.trace?.({
    type: 'drop',
    time: host.clock.now(),
    ...split(name),
    detail: `${DROPS[name]}: ${particulars()}`,
  });
}
