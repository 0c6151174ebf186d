import { thousands } from '../../lang/thousands';
import type { Facts } from './text';

const count = (facts: Facts, name: string): string => thousands(String(facts[name] ?? '?'));
const has = (facts: Facts, name: string): boolean => facts[name] !== undefined;
const bit = (facts: Facts, on: string, off: string): string => (facts['set'] === true ? on : off);

/** What each field means, in English: for somebody who sees it for the first time. */
export const en = {
  rest: () => 'Bits that nobody uses here, or that cannot be understood.',
  'cut-off': () => 'A field of which only the beginning is there.',
  trailing: () => 'Behind the packet: padding of a short frame, or a check sequence.',
  data: () => 'What the packet carries for the program.',

  ethernet: () => 'The envelope for the next hop only: from one network card to another on the same link.',
  'ethernet.destination': () =>
    'The network card that this frame is for. ff:ff:ff:ff:ff:ff means: everybody on the link.',
  'ethernet.source': () => 'The network card that sent it.',
  'ethernet.type': () => 'What is inside: 0x0800 is IPv4, 0x86dd IPv6, 0x0806 ARP.',
  'ethernet.length': () => 'An old kind of frame: how many bytes follow. What is inside is told elsewhere.',
  vlan: () => 'A label that lets one cable carry several separate networks.',
  'vlan.tpid': () => 'Says that a VLAN tag follows.',
  'vlan.priority': () => 'How urgent the frame is, 0 to 7.',
  'vlan.drop-eligible': () => 'May be dropped first when there is too much traffic.',
  'vlan.id': () => 'The number of the virtual network.',
  loopback: () => 'It never left the computer: only the kind of address is told.',
  cooked: () => 'What Linux notes instead of a link header when it captures on all interfaces.',

  'arp.hardware-type': () => 'The kind of link; 1 is Ethernet.',
  'arp.protocol-type': () => 'The kind of address that is asked for; IPv4.',
  'arp.hardware-length': () => 'How many bytes a link address has: 6.',
  'arp.protocol-length': () => 'How many bytes a protocol address has: 4.',
  'arp.operation': () => '1 asks “who has this address?”, 2 answers “I have, and this is my card”.',
  'arp.sender-hardware': () => 'The card of who speaks.',
  'arp.sender-protocol': () => 'The IP address of who speaks.',
  'arp.target-hardware': () => 'The card that is looked for; zeros in a question.',
  'arp.target-protocol': () => 'The IP address that is looked for.',

  ipv4: () => 'The address label for the whole way: from which computer to which, across all networks between them.',
  ipv6: () => 'The address label for the whole way, in the newer version with longer addresses.',
  'ip.version': () => 'Which version of the Internet Protocol this is.',
  'ipv4.ihl': (f: Facts) => `The header’s length in units of 4 bytes: here ${count(f, 'bytes')} bytes.`,
  'ip.dscp': () => 'How routers should treat the packet; 0 is: like all others.',
  'ip.ecn': (f: Facts) =>
    f['marked'] === true
      ? 'A router on the way is congested: instead of dropping the packet it marked it.'
      : f['capable'] === true
        ? 'A congested router may mark this packet instead of dropping it.'
        : 'A congested router can only drop this packet.',
  'ipv4.total-length': (f: Facts) => `Header and contents together: ${count(f, 'bytes')} bytes.`,
  'ipv4.identification': () => 'A number for the packet. If it must be cut into fragments, all of them have it.',
  'ipv4.reserved': () => 'Must be 0.',
  'ipv4.df': (f: Facts) =>
    bit(
      f,
      'Do not cut this packet: if it is too big for a link, drop it and tell the sender.',
      'Routers may cut it into fragments.',
    ),
  'ipv4.mf': (f: Facts) =>
    bit(f, 'More fragments of the same packet follow.', 'It is the last fragment, or all there is.'),
  'ipv4.fragment-offset': (f: Facts) =>
    `Where this piece belongs in the whole packet, in units of 8 bytes: byte ${count(f, 'bytes')}.`,
  'ip.ttl': () =>
    'How many more routers it may pass. Each takes one away; at 0 it is dropped, so that nothing circles for ever.',
  'ip.protocol': () => 'What is inside: 6 is TCP, 17 UDP, 1 and 58 ICMP.',
  'ipv4.checksum': (f: Facts) =>
    f['good'] === true ? 'Guards the header against damage. It is right.' : 'Guards the header against damage.',
  'ip.source': () => 'The computer that sent it.',
  'ip.destination': () => 'The computer that it is for.',
  'ipv4.options': () => 'Rarely used extras, such as a list of routers to pass.',
  'ipv4.option': () => 'Fills up, or ends the list of options.',
  'ip.option': () => 'An extra for routers or for the receiver.',
  'ip.option-type': () => 'Which extra it is.',
  'ip.option-length': () => 'How long it is, in bytes.',
  'ipv6.flow-label': () => 'The same number on all packets of one conversation, so that routers keep them on one way.',
  'ipv6.payload-length': (f: Facts) => `How much follows this header: ${count(f, 'bytes')} bytes.`,
  'ipv6.extension': () => 'An extra header between IPv6 and what it carries.',
  'ipv6.extension-length': () => 'Its length in units of 8 bytes, the first 8 not counted.',
  'ipv6.fragment': () => 'This is a piece of a packet that was too big; it says which piece.',
  'ipv6.routing': () => 'Places that the packet is to visit on its way.',

  'icmp.type': () => 'What the network has to say: an error on the way, or a ping.',
  'icmp.code': () => 'The particulars of the type.',
  'icmp.checksum': (f: Facts) =>
    f['good'] === true ? 'Guards the message against damage. It is right.' : 'Guards the message against damage.',
  'icmp.identifier': () => 'Tells one ping program’s questions from another’s.',
  'icmp.sequence': () => 'Counts the questions; the answer repeats it.',
  'icmp.mtu': () => 'The largest packet, in bytes, that fits through the link where this one did not.',
  'icmp.quoted': () => 'The beginning of the packet that caused the error, so that its sender knows which one.',

  'udp.port': () => 'Which program on the computer: its port.',
  'udp.length': (f: Facts) => `Header and data together: ${count(f, 'bytes')} bytes.`,
  'udp.checksum': (f: Facts) =>
    f['good'] === true
      ? 'Guards header and data against damage. It is right.'
      : 'Guards header and data against damage.',
  'udp.no-checksum': () => '0: the sender made no checksum.',

  tcp: () => 'A segment: one piece of a conversation, with all that both ends need to keep the bytes in order.',
  'tcp.source-port': () => 'Which program sent it: its port on the sending computer.',
  'tcp.destination-port': () => 'Which program it is for. Servers have well-known ones, such as 80 for the web.',
  'tcp.seq': (f: Facts) =>
    f['syn'] === true
      ? 'The number from which the sender counts its bytes. It is chosen so that nobody can guess it.'
      : has(f, 'relative')
        ? `Every byte has a number; this is that of the first one here. Counted from the beginning of the conversation: ${count(f, 'relative')}.`
        : 'Every byte has a number; this is that of the first one here.',
  'tcp.ack': (f: Facts) =>
    `The number of the next byte that the sender waits for: all before it has arrived.${has(f, 'relative') ? ` Counted from the beginning: ${count(f, 'relative')}.` : ''}`,
  'tcp.ack-unused': () => 'Means nothing here, since the ACK bit is not set.',
  'tcp.data-offset': (f: Facts) =>
    `Where the data begins, in units of 4 bytes: the header has ${count(f, 'bytes')} bytes, ${count(f, 'options')} of them options.`,
  'tcp.reserved': () => 'For future use. Must be 0 now.',
  'tcp.flags': (f: Facts) => `Nine switches that say what the segment is for. On: ${String(f['names'] ?? '')}.`,
  'tcp.ae': (f: Facts) => bit(f, 'AE: counts congestion marks exactly (with CWR and ECE).', 'AE is off.'),
  'tcp.cwr': (f: Facts) =>
    bit(f, 'CWR: “I have heard that the network is congested, and send less now.”', 'CWR is off.'),
  'tcp.ece': (f: Facts) =>
    bit(f, 'ECE: “a router marked your packets as congested.” In a SYN: “I understand such marks.”', 'ECE is off.'),
  'tcp.urg': (f: Facts) =>
    bit(f, 'URG: there is something urgent; the urgent pointer says where it ends.', 'URG is off.'),
  'tcp.ack-bit': (f: Facts) =>
    bit(f, 'ACK: the acknowledgment number counts. On in every segment but the very first.', 'ACK is off.'),
  'tcp.psh': (f: Facts) => bit(f, 'PSH: hand this to the program now, do not wait for more.', 'PSH is off.'),
  'tcp.rst': (f: Facts) => bit(f, 'RST: the conversation is over at once, or there never was one.', 'RST is off.'),
  'tcp.syn': (f: Facts) =>
    bit(f, 'SYN: “let us begin; I count from this number.” It takes one number itself.', 'SYN is off.'),
  'tcp.fin': (f: Facts) =>
    bit(f, 'FIN: “I have sent everything.” It takes one number itself. The other side may go on.', 'FIN is off.'),
  'tcp.window': (f: Facts) =>
    `How many bytes more the sender of this segment can take: ${count(f, 'bytes')}.${f['factor'] === 1 ? '' : ` The field holds ${count(f, 'field')}; both sides agreed in the handshake to multiply it by ${count(f, 'factor')}.`}`,
  'tcp.window-zero': () => 'It can take nothing more now: stop, until it says that there is room again.',
  'tcp.window-unknown': () =>
    'How many bytes more the sender of this segment can take. The handshake was not seen: the number may have to be multiplied.',
  'tcp.window-unused': () => 'Means nothing in a RST.',
  'tcp.checksum': (f: Facts) =>
    f['good'] === true
      ? 'A sum over addresses, header and data, against damage on the way. It is right.'
      : 'A sum over addresses, header and data, against damage on the way.',
  'tcp.checksum-unchecked': () =>
    'A sum against damage on the way. It cannot be checked here: not all bytes are there.',
  'tcp.checksum-offloaded': () =>
    'Not finished yet: it was captured on the sending computer, and the network card adds the rest.',
  'tcp.urgent': () => 'How far behind the sequence number the urgent data ends.',
  'tcp.urgent-unused': () => 'Means nothing here, since the URG bit is not set.',
  'tcp.options': () => 'Extras. Most are agreed on once, in the two SYN segments.',
  'tcp.data': (f: Facts) => `What the program says: ${count(f, 'bytes')} bytes.`,
  'tcp.option.end': () => 'The list of options ends here.',
  'tcp.option.padding': () => 'Zeros that fill up to a multiple of 4 bytes.',
  'tcp.option.nop': () => 'Does nothing: it moves the next option to an even place.',
  'tcp.option.kind': () => 'Which option it is.',
  'tcp.option.length': () => 'How long it is, with kind and length, in bytes.',
  'tcp.option.mss': (f: Facts) =>
    `The largest piece of data that the sender takes in one segment: ${count(f, 'mss')} bytes.`,
  'tcp.option.window-scale': (f: Facts) =>
    `The window field has 16 bits only, 65,535 bytes at most. All windows of this side are to be multiplied by ${count(f, 'factor')}.`,
  'tcp.option.sack-permitted': () => 'The sender understands SACK: reports of what arrived behind a gap.',
  'tcp.option.sack': () => 'What has arrived behind a gap, so that only what is missing is sent again.',
  'tcp.option.sack-block': () => 'One run of bytes that has arrived.',
  'tcp.option.sack-left': () => 'Its first byte.',
  'tcp.option.sack-right': () => 'The byte behind its last.',
  'tcp.option.timestamps': () => 'Two clock readings: they measure the round trip, and unmask very old segments.',
  'tcp.option.tsval': () => 'The sender’s clock when it sent this.',
  'tcp.option.tsecr': () => 'The other side’s clock reading, sent back: the difference to now is the round trip.',
  'tcp.option.user-timeout': () => 'How long the sender waits for an acknowledgment before it gives up.',
  'tcp.option.granularity': () => 'Whether the time is in seconds or in minutes.',
  'tcp.option.fast-open': () => 'A ticket from an earlier visit: with it, data may come in the very first segment.',
  'tcp.option.unknown': () => 'An option that is not known here. Who does not know one passes over it.',
};

/** What may be wrong with a field. */
export const enWrong = {
  truncated: 'The bytes end here, in the middle of the field.',
  checksum: 'The sum is not right: something was damaged on the way, or is made up.',
  'data-offset': 'The header cannot have that length.',
  reserved: 'These bits should be 0.',
  flags: 'No honest sender sets these bits like this.',
  length: 'This length is not possible.',
  version: 'This is another version than the one that it should be.',
  cut: 'More was sent than is kept here.',
  padding: 'There should be zeros only.',
  shift: 'More than 14 is not allowed; 14 is used.',
  'not-in-syn': 'This belongs in a SYN only, and is ignored here.',
};
