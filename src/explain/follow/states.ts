import type { SegmentEvent } from '../../tcp/trace';
import { FLAG } from '../../wire/tcp';
import { observePeer, UNKNOWN_PEER, type Peer } from '../../inspect/peer-state';
import type { EndState } from '../../inspect/record/row';

/** The states of both ends, each worked out as the other end could (nobody tells a capture). */
export class States {
  private client: Peer = UNKNOWN_PEER;
  private server: Peer = UNKNOWN_PEER;
  /** What was sent since the states were last worked out, as numbers after it. */
  private settled = false;

  /** `event.direction` is `in` for what the client sent, as a server would see it. */
  observe(event: SegmentEvent, sent: { readonly client: number; readonly server: number }): void {
    const decisive = (event.segment.flags & (FLAG.SYN | FLAG.FIN | FLAG.RST)) !== 0;
    // Once both are connected, nothing but FIN and RST moves them; that saves most of the work in bulk transfers.
    if (this.settled && !decisive) return;
    if (this.settled) {
      this.client = { ...this.client, facts: { ...this.client.facts, sent: sent.server } };
      this.server = { ...this.server, facts: { ...this.server.facts, sent: sent.client } };
    }
    this.client = observePeer(this.client, event);
    this.server = observePeer(this.server, { ...event, direction: event.direction === 'in' ? 'out' : 'in' });
    this.settled = isOpen(this.client) && isOpen(this.server);
  }

  get left(): EndState {
    const { state, presumed } = this.client;
    return { state, presumed };
  }

  get right(): EndState {
    const { state, presumed } = this.server;
    return { state, presumed };
  }
}

function isOpen({ state, presumed }: Peer): boolean {
  return state === 'ESTABLISHED' && !presumed;
}
