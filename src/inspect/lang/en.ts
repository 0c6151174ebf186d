import { thousands as number } from './thousands';
import type { Words } from './words';

const plural = (count: number, thing: string): string => (count === 1 ? thing : `${thing}s`);
const bytes = (count: number): string => `${number(count)} ${plural(count, 'byte')}`;

/** Behind a name, if it is there. */
const said = (what: number | string | undefined): string => (what === undefined ? '' : ` ${what}`);

function answer(status: number): string {
  if (status < 200) return 'go on.';
  if (status < 300) return 'here you are.';
  if (status === 304) return 'you have it already.';
  if (status < 400) return 'look elsewhere.';
  return status < 500 ? 'that I cannot do.' : 'something went wrong here.';
}

/** English. */
export const en: Words = {
  canYouHearMe: 'can you hear me?',
  iHearYouDoYouHearMe: 'I hear you. do you hear me?',
  iHearYou: 'I hear you.',
  iAskAgain: '(asks again)',

  hereAre: (count, text) => {
    if (text === undefined) return `here: ${bytes(count)}, binary.`;
    return `here ${count === 1 ? 'is' : 'are'} ${bytes(count)}: ${text}`;
  },
  gotIt: 'got it.',
  gotItUpTo: (ack) => `got it. next is ${ack}.`,
  stillWaitFor: (ack) => `I still wait for ${ack}.`,
  butIHave: (ranges) => `I do have ${ranges}.`,
  iSayItAgain: 'I say it again: did you hear?',
  youMissedThis: 'you missed this one: once more.',
  didYouHearTheLast: 'did you hear the last of it?',
  inSmallerPieces: 'it was too large for the way. here it is in smaller pieces.',
  nowThereIsRoom: 'now that you have room: once more.',

  requests: (line, upgrade) => {
    if (upgrade === undefined) return `${line}: please.`;
    const protocol = upgrade === 'websocket' ? 'WebSocket' : upgrade;
    return `${line}, Upgrade: ${upgrade}: let us speak ${protocol} from here on.`;
  },
  responds: (line, status, upgrade) => `${line}: ${upgrade === undefined ? answer(status) : 'agreed.'}`,
  frame: (type, count, text) => `WebSocket ${type}, ${bytes(count)}${text === undefined ? '.' : `: ${text}`}`,
  compressed: '(compressed)',
  goesOn: '(to be continued)',
  pings: 'WebSocket ping: are you there?',
  pongs: 'WebSocket pong: I am.',
  closes: (code, reason) => `WebSocket close${said(code)}${said(reason)}: I am done talking.`,
  closesToo: (code, reason) => `WebSocket close${said(code)}${said(reason)}: so am I.`,
  moreOfFrame: (count) => `${bytes(count)} more of it.`,
  tls: (names) => {
    const all = `TLS ${names.join(', ')}:`;
    if (names.includes('ClientHello')) return `${all} let us speak so that nobody else understands.`;
    if (names.includes('ServerHello')) return `${all} agreed.`;
    if (names.includes('alert')) return `TLS ${names.join(', ')}.`;
    return names.includes('application data') ? `${all} only we two can read it.` : `TLS ${names.join(', ')}.`;
  },
  othersInIt: (count) => `(and ${number(count)} more)`,

  stopIAmFull: 'stop, my hands are full.',
  stillFull: 'not yet, my hands are full.',
  goOn: (room) => `go on, I have room for ${bytes(room)}.`,
  mayIGoOn: 'may I go on?',
  stillThere: 'still there?',
  yesIAmHere: 'yes, I am here.',
  isThatYou: 'is that really you?',

  iHaveSentEverything: "I have sent everything. let's hang up.",
  thatWasEverything: "that was everything. let's hang up.",
  oneMoment: 'all right, one moment.',
  iHangUpToo: 'I am hanging up too.',
  allRightIHangUpToo: 'all right. I am hanging up too.',
  allRight: 'all right.',

  nobodyListens: (port) => `nobody listens on port ${port}.`,
  noSuchConnection: 'I know of no such connection.',
  iDropEverything: 'I drop everything now.',

  urgent: '(this is urgent)',
  bothAtOnce: '(both said it at once)',
  heardAlready: '(heard already)',
  tooEarly: (missing) => `(too early: ${bytes(missing)} before it are missing)`,
  wasMissing: '(this was missing)',

  whoHas: (address) => `who has ${address}?`,
  iHave: (mac) => `I have: ${mac}`,
  iAm: (address) => `I am ${address}.`,
  ping: (sequence) => `ping ${sequence}: are you there?`,
  pong: (sequence) => `pong ${sequence}: I am.`,
  dhcp: (said, address, time) =>
    ({
      discover: 'who has an address for me?',
      offer: `how about ${address}?`,
      request: `I would like to have ${address}.`,
      renew: `may I have ${address} longer?`,
      ack: time === undefined ? `${address} is yours.` : `${address} is yours for ${time} s.`,
      nak: 'no, not that address.',
      decline: `somebody has ${address} already.`,
      release: `I do not need ${address} any more.`,
      other: 'something about addresses.',
    })[said],
  groups: (said, group, sources) =>
    ({
      'ask-all': 'who wants packets to which multicast groups?',
      ask: `does anybody want packets to the group ${group}?`,
      want: `I want packets to the group ${group}.`,
      'want-from': `I want packets to the group ${group} from ${sources} only.`,
      'want-except': `I want packets to the group ${group}, but not from ${sources}.`,
      'want-also': `I want packets to the group ${group} from ${sources}, too.`,
      leave: `I want no more packets to the group ${group}.`,
      'leave-from': `I want no more packets to the group ${group} from ${sources}.`,
    })[said],
  moreGroups: (count) => `(and ${count} more ${count === 1 ? 'group' : 'groups'})`,
  cannotReach: (what) =>
    ({
      network: 'no way leads to that network.',
      host: 'that host cannot be reached.',
      protocol: 'nobody here speaks that protocol.',
      port: 'nobody listens on that port.',
      fragmentation: 'too big for the way, and you forbid to cut it.',
      other: 'that cannot be reached.',
    })[what],
  tookTooLong: 'your packet was on the way for too long.',
  badHeader: 'I do not understand the header of your packet.',
  datagram: (count) => `a datagram of ${bytes(count)}.`,
  nobodyAnswers: (address) => `Nobody answers for ${address}.`,
  addressConflict: (address, mac) => `${mac} says that it has ${address} too.`,

  legendStates: (local) =>
    `Each arrow is a segment, a packet of TCP. Beside it: the state that each end is then in. ${local} knows its own, at the right; ` +
    `that of the other end it works out from what it sees ("?": if our last segment has arrived).`,
  legendNumbers:
    'Every byte has a number, seq. Each end starts at a random one, shown in full while they shake hands; after that the count starts there, as in Wireshark.',
  port: (port) => `port ${port}`,
  listens: (local, endpoint) => `${local} waits at ${endpoint} to be called.`,
  listensNoMore: (local, endpoint) => `${local} takes no more calls at ${endpoint}.`,
  waitsTwoMsl: (local, time, why) =>
    `(${local} now waits 2 MSL = ${time}${why ? ': its "all right." may be lost and asked for again, and nothing late must get into a new connection' : ''})`,
  waitIsOver: (time) => `(${time} are over)`,
  otherWaits: '(the other end now waits, in case its "all right." was lost)',
  givesUp: '(has tried for long enough and gives up)',
  endsSilently: '(ends without another word)',
  later: (time) => `${time} later`,
  dropped: 'dropped',
  dropReasons: {
    'bad-checksum': 'damaged on the way: the checksum is wrong',
    'unacceptable-ack': 'acknowledges what was never sent',
    'blind-reset': 'a RST that does not quite fit may be forged',
    'no-ack': 'it acknowledges nothing',
    'no-syn': 'neither calls nor answers a call',
    paws: 'its timestamp is older than what came before',
    'time-wait-reset': 'a RST that comes so late may be an old one',
    'out-of-order-limit': 'too much came before its turn',
    'backlog-full': 'too many calls wait already',
    malformed: 'not a proper packet',
    'link-full': 'the link had no room',
  },
  more: (count, size) =>
    `${number(count)} more ${count === 1 ? 'segment' : 'segments'}${size > 0 ? `, ${bytes(size)}` : ''}`,
  ofThemAgain: (count) => `${number(count)} of them sent again`,

  seconds: (value) => `${value} s`,
  milliseconds: (value) => `${value} ms`,
};
