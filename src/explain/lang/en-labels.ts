import { number, plural } from './en-format';
import type { Labels } from './texts';

/** The words around the findings, in English. */
export const enLabels: Labels = {
  title: (name) => `What happened in ${name}`,
  summary: (packets, size, duration, conversations) =>
    `${plural(packets, 'packet')}, ${size}, ${duration}; ${plural(conversations, 'TCP conversation')}.`,
  began: (when) => `Captured from ${when}.`,
  others: (what) => `Beside TCP: ${what.join(', ')}.`,
  kinds: {
    udp: 'UDP',
    icmp: 'ICMP',
    arp: 'ARP',
    otherIp: 'other IP',
    notIp: 'not IP',
    malformed: 'malformed',
    unknownLink: 'of an unknown link type',
  },
  truncated: (count) => `${plural(count, 'packet')} were not captured whole.`,
  nothingWrong: 'Nothing is wrong.',
  noConversation: 'There is no TCP conversation in it.',
  wrong: (failures, troubles, notes) =>
    [
      failures > 0 && plural(failures, 'failure'),
      troubles > 0 && plural(troubles, 'trouble'),
      notes > 0 && plural(notes, 'note'),
    ]
      .filter(Boolean)
      .join(', '),
  conversation: (index) => `Conversation ${index}`,
  conversationFacts: (segments, sent, received, duration, roundTrip) =>
    `${plural(segments, 'segment')}, client sent ${sent}, server ${received}, ${duration}${roundTrip === undefined ? '' : `, round trip ${roundTrip}`}`,
  speaks: (what) => `speaks ${what}`,
  packets: (list) => `packets ${list}`,
  morePackets: (count) => `and ${number(count)} more`,
  because: 'Why',
  todo: 'What to do',
  nothingFound: 'Nothing to remark.',
  moreConversations: (count) => `${plural(count, 'more conversation')} not shown; --conversations shows more.`,
  legend:
    'In a ladder each arrow is a segment (a packet of TCP), the client at the left, the server at the right, with the state that each end is then in, as far as can be told ("?": if the last one arrived). Before it: the packet\'s number, as in Wireshark, and the seconds since the capture began.',
  terms: 'Words',
  wholeCapture: 'The whole capture',
  comment: 'Comment in the capture',
  moreComments: (count) => `… and ${count} more comments: Wireshark shows them.`,
  filter: 'Filter',
  all: 'all',
  onlyTrouble: 'only where something is wrong',
  stateOf: (client, server) => `in the end: client ${client}, server ${server}`,
  ladderHint:
    'Each arrow is a segment (a packet of TCP), the client at the left, the server at the right; beside it the state that each end is then in, as far as can be told ("?": if the last one arrived). Long stretches with nothing of note are only counted.',
  packetNumber: 'packet',
};
