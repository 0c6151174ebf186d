import { add, ge, gt, max } from '../tcp/sequence';
import type { State } from '../tcp/states';
import { segmentLength, type SegmentEvent } from '../tcp/trace';
import { FLAG } from '../wire/tcp';

/**
 * Has the other end heard something that we sent?
 * - `unsent`: there was nothing to hear yet, or it let us know that it has not heard it
 * - `sent`: it is on its way, behind something that comes first
 * - `crossed`: it is on its way, and the peer had not heard it when it sent its own SYN or FIN
 * - `presumed`: we sent it, and nothing says that it was lost
 * - `proven`: a segment from the peer shows it
 */
type Heard = 'unsent' | 'sent' | 'crossed' | 'presumed' | 'proven';

/**
 * What is known of the other end of a connection. All of it comes from segments, seen where we stand: what came in shows
 * what the peer was doing when it sent it; of what went out we can only presume that it arrived.
 */
export interface Peer {
  /** The state that the other end is in, as far as we know; `undefined` before it has said anything. */
  readonly state: State | undefined;
  /** True when the state rests on a segment of ours having arrived, of which there is no proof yet. */
  readonly presumed: boolean;
  readonly facts: PeerFacts;
}

/** What the state is worked out from. */
export interface PeerFacts {
  /** The peer's SYN and FIN, as the sequence numbers after them; `undefined` until they were seen. */
  readonly syn: number | undefined;
  readonly fin: number | undefined;
  /** The peer had heard our FIN when it sent its own. */
  readonly closesSecond: boolean;
  /** Our SYN and FIN, in the same way. */
  readonly ourSyn: number | undefined;
  readonly ourFin: number | undefined;
  /** The end of what we have sent, and where that was when we first acknowledged the peer's FIN. */
  readonly sent: number | undefined;
  readonly sentAtAckOfFin: number | undefined;
  /** What the peer has heard: our SYN, our ACK of its SYN, our FIN, our ACK of its FIN. */
  readonly heard: Readonly<Record<Message, Heard>>;
  readonly reset: Heard;
}

type Message = 'syn' | 'ackOfSyn' | 'fin' | 'ackOfFin';

/** The order in which a connection sends them when SYNs or FINs cross on the way. */
const ORDER: readonly Message[] = ['syn', 'ackOfSyn', 'fin', 'ackOfFin'];

/** A peer of which nothing was seen. */
export const UNKNOWN_PEER: Peer = {
  state: undefined,
  presumed: false,
  facts: {
    syn: undefined,
    fin: undefined,
    closesSecond: false,
    ourSyn: undefined,
    ourFin: undefined,
    sent: undefined,
    sentAtAckOfFin: undefined,
    heard: { syn: 'unsent', ackOfSyn: 'unsent', fin: 'unsent', ackOfFin: 'unsent' },
    reset: 'unsent',
  },
};

/**
 * What is known of the peer after one more segment of the connection.
 *
 * A repeated segment proves nothing new, so it moves nothing; but a peer that repeats its SYN or FIN has not heard our
 * answer: what was presumed is taken back until we answer again. Where SYNs or FINs cross, one presumption is made an event, in the
 * order in which the segments were sent, so that SYN-RECEIVED and CLOSING are passed as in RFC 9293's Figures 7 and 13.
 */
export function observePeer(peer: Peer, event: SegmentEvent): Peer {
  const { direction, segment } = event;
  const seen: Seen = {
    flags: segment.flags,
    seq: segment.seq,
    ack: segment.ack,
    // The sequence number after the segment.
    end: add(segment.seq, segmentLength(event)),
  };
  const facts = direction === 'in' ? cameIn(peer.facts, seen) : wentOut(peer.facts, seen);
  return { ...conclude(facts), facts };
}

interface Seen {
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly end: number;
}

function cameIn(facts: PeerFacts, { flags, seq, ack, end }: Seen): PeerFacts {
  if (flags & FLAG.RST) return { ...facts, reset: 'proven' };
  const heard = { ...facts.heard };
  const covers = (ours: number | undefined): boolean => (flags & FLAG.ACK) !== 0 && ours !== undefined && ge(ack, ours);
  let { syn, fin, closesSecond } = facts;

  // A capture may begin in the middle: whoever speaks without SYN has shaken hands.
  const joined = syn === undefined && !(flags & FLAG.SYN);
  if (joined) syn = seq;
  if (covers(facts.ourSyn) || (joined && facts.ourSyn === undefined)) heard.syn = 'proven';
  if (covers(facts.ourFin)) heard.fin = 'proven';

  if (flags & FLAG.SYN) {
    if (heard.ackOfSyn === 'presumed') heard.ackOfSyn = 'unsent';
    if (heard.syn === 'presumed') heard.syn = syn === undefined ? 'crossed' : 'unsent';
    syn = add(seq, 1);
  } else if (heard.syn === 'proven') {
    // Without our ACK only SYN,ACK leaves SYN-RECEIVED, and only SYN leaves SYN-SENT.
    heard.ackOfSyn = 'proven';
  }

  if (facts.sentAtAckOfFin !== undefined && flags & FLAG.ACK && gt(ack, facts.sentAtAckOfFin))
    heard.ackOfFin = 'proven';
  if (flags & FLAG.FIN) {
    if (heard.ackOfFin === 'presumed') heard.ackOfFin = 'unsent';
    if (heard.fin === 'presumed') heard.fin = fin === undefined ? 'crossed' : 'unsent';
    if (fin === undefined) closesSecond = heard.fin === 'proven';
    fin = end;
  }
  const crossed = ORDER.some((message) => heard[message] === 'crossed' && facts.heard[message] !== 'crossed');
  // Whoever speaks on has not closed, and a RST before it was not the peer's or not for this connection.
  return { ...facts, syn, fin, closesSecond, reset: 'unsent', heard: crossed ? heard : presume(heard) };
}

function wentOut(facts: PeerFacts, { flags, ack, end, seq }: Seen): PeerFacts {
  if (flags & FLAG.RST) return { ...facts, reset: facts.reset === 'proven' ? 'proven' : 'presumed' };
  const heard = { ...facts.heard };
  const say = (message: Message): void => {
    if (heard[message] === 'unsent') heard[message] = 'sent';
  };
  let { ourSyn, ourFin, sentAtAckOfFin } = facts;
  if (flags & FLAG.SYN) {
    ourSyn = add(seq, 1);
    say('syn');
  }
  if (flags & FLAG.ACK && facts.syn !== undefined) say('ackOfSyn');
  if (flags & FLAG.ACK && facts.fin !== undefined && ge(ack, facts.fin)) {
    sentAtAckOfFin ??= facts.sent;
    say('ackOfFin');
  }
  if (flags & FLAG.FIN) {
    ourFin = end;
    say('fin');
  }
  const sent = facts.sent === undefined ? end : max(facts.sent, end);
  return { ...facts, ourSyn, ourFin, sent, sentAtAckOfFin, heard: presume(heard) };
}

/** Presumes that what is on its way arrives: all of it, or first of all what has crossed with something of the peer's. */
function presume(heard: Record<Message, Heard>): Record<Message, Heard> {
  const crossed = ORDER.find((message) => heard[message] === 'crossed');
  if (crossed !== undefined) return { ...heard, [crossed]: 'presumed' };
  for (const message of ORDER) if (heard[message] === 'sent') heard[message] = 'presumed';
  return heard;
}

/** The state that follows from the facts, and whether any fact that it needs is only presumed. */
function conclude({ syn, fin, closesSecond, heard, reset }: PeerFacts): Pick<Peer, 'state' | 'presumed'> {
  let presumed = false;
  const has = (fact: Heard): boolean => {
    if (fact === 'presumed') presumed = true;
    return fact === 'presumed' || fact === 'proven';
  };
  const state = ((): State | undefined => {
    if (has(reset)) return 'CLOSED';
    if (syn === undefined) return undefined;
    if (!has(heard.syn)) return 'SYN-SENT';
    if (fin === undefined) {
      if (!has(heard.ackOfSyn)) return 'SYN-RECEIVED';
      return has(heard.fin) ? 'CLOSE-WAIT' : 'ESTABLISHED';
    }
    if (closesSecond) return has(heard.ackOfFin) ? 'CLOSED' : 'LAST-ACK';
    if (has(heard.fin)) return has(heard.ackOfFin) ? 'TIME-WAIT' : 'CLOSING';
    return has(heard.ackOfFin) ? 'FIN-WAIT-2' : 'FIN-WAIT-1';
  })();
  return { state, presumed };
}
