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
  'ndp.redirect': 'a redirect that is not heeded: it is not asked for (acceptRedirects), or not from the router in use',
  'ndp.ignored': 'nobody here heeds messages of this type',
  'ndp.unsolicited': 'an advertisement that nobody asked for, from a neighbour that we do not know',
  'ndp.queue-full': 'too many packets wait for this neighbour; the oldest was dropped',
  'ndp.table-full': 'too many neighbours; one that was being resolved was forgotten, with the packets that waited',
  'ndp.unreachable': 'the neighbour does not answer',

  'ip.malformed': 'not an IP packet',
  'ip.bad-checksum': "the header's checksum is wrong",
  'ip.martian-source': 'a source address that no packet from outside can have',
  'ip.martian-destination': 'a destination address that is never seen on a wire',
  'ip.not-ours': 'the packet is for another host, or for a group that is not ours, and is not passed on',
  'ip.bad-options': "the header's options cannot be read",
  'ip.source-route': 'the packet has a source route, and we do not take it',
  'ip.fragment-bad-length': 'a fragment of nothing, or one that is not the last and no multiple of 8 bytes',
  'ip.fragment-too-big': 'the fragment ends beyond the largest packet that there can be',
  'ip.fragment-tiny': "a fragment that hides TCP's header from filters",
  'ip.fragment-duplicate': 'the fragment is there already',
  'ip.fragment-overlap': 'the fragment overlaps another; nothing of the packet is taken',
  'ip.fragment-contradiction': 'the fragments do not agree on where the packet ends; nothing of it is taken',
  'ip.fragment-refused': 'the fragment is of a packet of which nothing is taken',
  'ip.fragment-too-many': 'the packet has too many fragments; nothing of it is taken',
  'ip.fragment-no-room': "the packet takes more than its source's share of the room for fragments",
  'ip.fragment-evicted': 'the packet had to make room for fragments of others',
  'ip.fragment-timeout': 'not all fragments came in time',
  'ip.fragment-ecn': 'some of the fragments are of a transport that speaks ECN, and some are not',
  'ip.unknown-protocol': 'nobody here speaks this protocol',
  'ip.too-big': 'the packet is larger than the link takes, and must not be fragmented',
  'ip.no-route': 'no route leads to the destination',
  'ip.bad-extension': 'an extension header asks for what we do not know',
  'ip.link-full': 'the link has no room',
  'ip.interface-gone': 'the interface was detached',

  'ip.wrong-interface': 'another interface has the destination (strong ends)',
  'ip.not-forwardable': 'no router may pass on a packet between these addresses',
  'ip.forward-broadcast': 'the packet was sent to everybody, and is not passed on',
  'ip.reverse-path': 'the way back to the source does not lead to where the packet came from',
  'ip.ttl-exceeded': 'the time to live ran out here',
  'ip.forward-too-big': 'the packet is larger than the next link takes, and must not be fragmented',
  'ip.beyond-scope': "the source is a link-local address, and the destination is not on the source's wire",

  'nat.unsolicited': 'the packet came from outside, straight to an inner address',
  'nat.filtered': 'nobody inside has spoken to who sent it',
  'nat.no-session': 'it belongs to no session, and begins none',
  'nat.protocol': 'only TCP, UDP and ICMP echo are translated',
  'nat.malformed': 'its header cannot be read, so it cannot be translated',
  'nat.port-taken': 'we use the port with this peer ourselves',
  'nat.no-port': 'no free port was found',
  'nat.host-full': 'the inner host has as many sessions as it may have',
  'nat.no-room': 'there are as many sessions as there may be',
  'nat.no-address': 'the outer interface has no address',

  'icmp.malformed': 'not an ICMP message',
  'icmp.bad-checksum': "the message's checksum is wrong",
  'icmp.broadcast': 'the message was sent to a broadcast or multicast address',
  'icmp.source-quench': 'source quench is ignored (RFC 6633)',
  'icmp.redirect':
    'a redirect that is not heeded: it is not asked for (acceptRedirects), or not from the router in use',
  'icmp.unknown-type': 'nothing is done about this type',
  'icmp.bad-quote': 'the error does not quote a packet of ours',
  'icmp.unexpected': 'nobody waits for this message',
  'icmp.rate-limited': 'enough errors were sent for now',

  'dhcp.malformed': "not a DHCP server's message",
  'dhcp.unexpected': 'we do not wait for such a message now',
  'dhcp.other-station': 'the message is for another client',
  'dhcp.other-transaction': 'the message answers another question than our last one',
  'dhcp.other-server': 'another server was asked',
  'dhcp.no-server': 'the message does not say which server it is from',
  'dhcp.bad-lease': 'what the server gives cannot be used',

  'igmp.malformed': 'not an IGMP message',
  'igmp.bad-checksum': "the message's checksum is wrong",
  'igmp.bad-ttl': 'the message has come from beyond the wire',
  'igmp.unknown-type': 'nothing is done about this type',

  'mld.malformed': 'not a message of Multicast Listener Discovery, or one that does not come from this wire',

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
