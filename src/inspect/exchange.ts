import { isSynchronized, type State } from '../tcp/states';
import type { ConnectionId, SegmentEvent } from '../tcp/trace';
import { FLAG } from '../wire/tcp';
import { Dialogue } from './application/dialogue';
import { Burst } from './burst';
import { Conversation, type Reading } from './conversation';
import { observePeer, UNKNOWN_PEER, type Peer } from './peer-state';

/** A state as it stands beside the ladder. */
export interface ShownState {
  readonly text: string;
  /** False when it is only repeated, because another connection was shown in between. */
  readonly isNew: boolean;
}

const NOTHING: ShownState = { text: '', isNew: false };

/** A connection as the ladder follows it: what was said, both ends' states, and what of them was shown. */
export class Exchange {
  readonly conversation = new Conversation();
  readonly dialogue = new Dialogue();
  readonly burst = new Burst();
  ourState: State;
  /** When its last segment was seen, µs. */
  lastTime: number | undefined;
  /** How long TIME-WAIT lasts, µs. */
  timeWait: number | undefined;
  toldOfTimeWait = false;
  /** We have sent a RST. */
  resetSent = false;
  /** Why the segment that is told next was dropped. */
  dropped = '';
  private peer: Peer = UNKNOWN_PEER;
  private shownPeer = '';
  private shownUs = '';

  /** @param number counts the ladder's connections from 1 */
  constructor(
    readonly id: ConnectionId,
    readonly number: number,
    first: SegmentEvent,
  ) {
    // An active OPEN is in SYN-SENT when its first segment goes out; it was CLOSED before.
    this.ourState = first.direction === 'out' && first.before === 'SYN-SENT' ? 'CLOSED' : first.before;
  }

  /** What stands before each line when there are several connections. */
  get tag(): string {
    const text = `#${this.number}`;
    return text.length <= 3 ? text : String(this.number % 1000).padStart(3, '0');
  }

  observe(event: SegmentEvent): Reading {
    this.peer = observePeer(this.peer, event);
    const after = stateAfter(event);
    if (event.direction === 'out' && event.segment.flags & FLAG.RST) this.resetSent = true;
    this.ourState = this.ourState === 'CLOSED' && after !== 'SYN-SENT' ? 'CLOSED' : after;
    return this.conversation.read(event);
  }

  takeDropped(): string {
    const { dropped } = this;
    this.dropped = '';
    return dropped;
  }

  get peerState(): State | undefined {
    return this.peer.state;
  }

  get peerPresumed(): boolean {
    return this.peer.presumed;
  }

  get statesChanged(): boolean {
    return this.peerText !== this.shownPeer || this.ourState !== this.shownUs;
  }

  /**
   * The states to show now, and remembers that they were shown.
   * @param all also those that have not changed
   */
  takeStates(all: boolean): { peer: ShownState; us: ShownState } {
    const one = (text: string, shown: string): ShownState =>
      text !== shown ? { text, isNew: true } : all ? { text, isNew: false } : NOTHING;
    const states = { peer: one(this.peerText, this.shownPeer), us: one(this.ourState, this.shownUs) };
    this.shownPeer = this.peerText;
    this.shownUs = this.ourState;
    return states;
  }

  /** A question mark stands behind a state that is only presumed, and alone where nothing is known. */
  private get peerText(): string {
    const { state, presumed } = this.peer;
    return `${state ?? ''}${state === undefined || presumed ? '?' : ''}`;
  }
}

/** Our state once the segment is through: a SYN, FIN or RST that goes out moves us too (RFC 9293 §3.3.2, Figure 5; §3.10.5). */
function stateAfter({ direction, segment, after }: SegmentEvent): State {
  if (direction === 'in') return after;
  if (segment.flags & FLAG.SYN) return SENDING_SYN[after] ?? after;
  if (segment.flags & FLAG.FIN) return SENDING_FIN[after] ?? after;
  if (segment.flags & FLAG.RST && isSynchronized(after)) return 'CLOSED';
  return after;
}

const SENDING_SYN: Partial<Record<State, State>> = { CLOSED: 'SYN-SENT', LISTEN: 'SYN-RECEIVED' };
const SENDING_FIN: Partial<Record<State, State>> = {
  'SYN-RECEIVED': 'FIN-WAIT-1',
  ESTABLISHED: 'FIN-WAIT-1',
  'CLOSE-WAIT': 'LAST-ACK',
};
