import { add, diff, gt, le } from '../../src/tcp/sequence';
import { isLegalTransition, type State } from '../../src/tcp/states';
import type { SegmentEvent, TimerEvent, TransitionEvent } from '../../src/tcp/trace';
import type { TraceEvent } from '../../src/trace';
import { FLAG, type TcpSegment } from '../../src/wire/tcp';

const HANDSHAKE: ReadonlySet<State> = new Set(['CLOSED', 'LISTEN', 'SYN-SENT', 'SYN-RECEIVED']);

/** What the trace has told of one connection. */
interface Watched {
  state: State;
  /** Window scale options in our SYN and in the peer's. */
  readonly shift: { in: number | undefined; out: number | undefined };
  /** Our initial sequence number, and the farthest that we have sent. */
  iss: number | undefined;
  nxt: number;
  /** The farthest right edge of all windows that the peer has offered us. */
  edge: number | undefined;
  readonly timers: Set<string>;
}

/**
 * Follows one stack's trace and throws, out of whatever the stack is doing, as soon as a connection
 * - goes from a state to another that RFC 9293 has no arrow for,
 * - sends beyond every window it was ever offered (probes of a closed window apart).
 */
export class Watch {
  /** How many times each transition was seen, as `ESTABLISHED → FIN-WAIT-1`. */
  readonly transitions = new Map<string, number>();
  /** How many segments went out, in all. */
  segmentsOut = 0;
  private readonly connections = new Map<number, Watched>();

  constructor(private readonly name: string) {}

  event(event: TraceEvent): void {
    if (event.type === 'transition') this.transition(event);
    else if (event.type === 'timer') this.timer(event);
    else if (event.type === 'segment') this.segment(event);
  }

  /** The timers that are set, as `#3 retransmission`. */
  get timers(): string[] {
    return [...this.connections].flatMap(([id, { timers }]) => [...timers].map((timer) => `#${id} ${timer}`));
  }

  private transition({ connection: { id }, from, to, event }: TransitionEvent): void {
    const known = this.connections.get(id)?.state;
    const arrow = `${this.name} #${id}: ${from} → ${to} (${event})`;
    if (!isLegalTransition(from, to)) throw new Error(`${arrow}: RFC 9293 has no such transition`);
    if (known !== undefined && known !== from) throw new Error(`${arrow}, but it was in ${known}`);
    if (known === undefined && from !== 'CLOSED' && from !== 'LISTEN') throw new Error(`${arrow}: it was never opened`);
    this.watched(id).state = to;
    this.transitions.set(`${from} → ${to}`, (this.transitions.get(`${from} → ${to}`) ?? 0) + 1);
  }

  private timer({ connection: { id }, timer, action }: TimerEvent): void {
    if (action === 'set') this.watched(id).timers.add(timer);
    else this.watched(id).timers.delete(timer);
  }

  private segment({ connection: { id }, direction, segment, reason, before }: SegmentEvent): void {
    if (direction === 'out') this.segmentsOut += 1;
    if (id === 0) return;
    const watched = this.watched(id);
    // A SYN that comes later is nobody's, or a repeated one.
    if ((segment.flags & FLAG.SYN) !== 0 && HANDSHAKE.has(before)) watched.shift[direction] = windowScale(segment);
    if (direction === 'in') {
      offered(watched, segment);
      return;
    }
    if (reason !== 'window-probe') this.checkWindow(id, watched, segment);
    sent(watched, segment);
  }

  private checkWindow(id: number, { edge }: Watched, { seq, flags, payload }: TcpSegment): void {
    const end = add(seq, payload.length + (flags & FLAG.FIN ? 1 : 0));
    if (edge === undefined || end === seq || le(end, edge)) return;
    throw new Error(
      `${this.name} #${id} sent up to ${end}, ${diff(end, edge)} octets beyond the window's edge ${edge}`,
    );
  }

  private watched(id: number): Watched {
    const known = this.connections.get(id);
    if (known !== undefined) return known;
    const fresh: Watched = {
      state: 'CLOSED',
      shift: { in: undefined, out: undefined },
      iss: undefined,
      nxt: 0,
      edge: undefined,
      timers: new Set(),
    };
    this.connections.set(id, fresh);
    return fresh;
  }
}

function sent(watched: Watched, { seq, flags, payload }: TcpSegment): void {
  const end = add(seq, payload.length + (flags & (FLAG.SYN | FLAG.FIN) ? 1 : 0));
  if ((flags & FLAG.SYN) !== 0) watched.iss ??= watched.nxt = seq;
  if (gt(end, watched.nxt)) watched.nxt = end;
}

function offered(watched: Watched, { flags, ack, window }: TcpSegment): void {
  const { shift, iss, nxt } = watched;
  // Somebody else's, or an older connection's, acknowledges what we have not sent.
  if ((flags & FLAG.ACK) === 0 || iss === undefined || le(ack, iss) || gt(ack, nxt)) return;
  // RFC 7323 §2.2: only when both SYNs offered it, and never in a SYN itself.
  const scaled = (flags & FLAG.SYN) === 0 && shift.in !== undefined && shift.out !== undefined;
  const edge = add(ack, window * 2 ** (scaled ? Math.min(14, shift.in ?? 0) : 0));
  if (watched.edge === undefined || gt(edge, watched.edge)) watched.edge = edge;
}

function windowScale({ options }: TcpSegment): number | undefined {
  for (const option of options) if (option.kind === 'window-scale') return option.shift;
  return undefined;
}
