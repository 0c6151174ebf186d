import { announcedWindow } from './announced';
import type { ConnectionRecord } from './connection-record';
import type { Flow } from './flow';
import type { Piece } from './outstanding';
import type { End } from './row';

/**
 * The two sliding windows of one end, as they are drawn in books. All positions count from the sender's SYN, which is 0 (the first octet
 * of data is 1), as in the ladder; they do not wrap at 4 GiB. The sequence number of a position is `(isn + position) mod 2³²`.
 */

export type SendKind =
  /** Acknowledged. */
  | 'acked'
  /** Sent, and not acknowledged; of that: the other end has it by SACK, or it is taken for lost and is not sent again yet. */
  | 'in-flight'
  | 'sacked'
  | 'lost'
  /** Inside both windows, and not sent yet: may go at once. */
  | 'sendable'
  /** Given by the user, and beyond what the windows let go. */
  | 'unsent-beyond'
  /** Beyond the windows; nothing is there. */
  | 'beyond';

export type ReceiveKind =
  /** Received, and taken by the user. */
  | 'taken'
  /** Received in order, and not taken yet. */
  | 'unread'
  /** Missing, before something that has come. */
  | 'hole'
  | 'out-of-order'
  /** Room. */
  | 'free'
  /** Beyond the window. */
  | 'beyond';

/** Positions from `from` up to, not including, `to`. */
export interface Span<Kind extends string> {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
}

interface Edges {
  /** The sequence number of position 0; `undefined`: nothing was seen of it yet. */
  readonly isn: number | undefined;
  readonly nxt: number;
  /** In bytes, the scale applied. */
  readonly wnd: number;
  /** The window's right edge, as a position. */
  readonly edge: number;
}

export interface SendWindow extends Edges {
  readonly una: number;
  /** `undefined`: the stack has not told, or the peer's. */
  readonly cwnd: number | undefined;
  readonly ssthresh: number | undefined;
  /** What is still on its way, by the stack's count: neither acknowledged nor SACKed, and not lost; sent again, it counts again. */
  readonly underWay: number | undefined;
  /**
   * How far the congestion window would let go: una + cwnd as long as all that was sent is under way. It limits what is, and no span: what
   * the other end has by SACK, and what is lost, makes room for more behind it.
   */
  readonly cwndTo: number | undefined;
  /** How far both windows let go. */
  readonly sendableTo: number;
  /** What the user has given ends here; `undefined`: not known. */
  readonly queuedTo: number | undefined;
  /** What holds the sender back now: nothing to send, the peer's window, or the congestion window. */
  readonly limit: 'data' | 'window' | 'congestion' | undefined;
  /** In order, without gaps, from 0 on. The last one, `beyond`, ends at a place that means nothing. */
  readonly spans: readonly Span<SendKind>[];
}

export interface ReceiveWindow extends Edges {
  /** What the user has taken ends here; `undefined`: not known, and all is shown as taken. */
  readonly takenTo: number | undefined;
  /** In order, without gaps, from 0 on. The last one, `beyond`, ends at a place that means nothing. */
  readonly spans: readonly Span<ReceiveKind>[];
}

/** Spans for holes and pieces that are told at most, in each window; what is beyond those is one span of the kind behind. */
const MOST_SPANS = 512;

/** What an end sends. Of the other end, and without variables, it is inferred from the segments that were seen. */
export function sendWindow(record: ConnectionRecord, end: End = 'right'): SendWindow {
  const flow = record.flows[end];
  const known = record.variablesOf(end);
  const una = known === undefined ? (flow.acked ?? flow.start) : position(flow, known.snd.una);
  const nxt = Math.max(una, known === undefined ? flow.next : position(flow, known.snd.nxt));
  const wnd = known?.snd.wnd ?? flow.window ?? 0;
  const edge = una + wnd;
  const cwnd = known?.cwnd;
  const underWay = known?.underWay;
  const cwndTo = cwnd === undefined || underWay === undefined ? undefined : nxt + cwnd - underWay;
  const sendableTo = Math.min(cwndTo ?? Infinity, edge);
  const queuedTo = known === undefined ? undefined : Math.max(nxt, Math.max(una, 1) + known.buffered.send);

  const list = new List<SendKind>();
  list.add(una, 'acked');
  addInFlight(list, flow, una, nxt, known?.lost);
  list.add(sendableTo, 'sendable');
  if (queuedTo !== undefined) list.add(queuedTo, 'unsent-beyond');
  const last = Math.max(list.end, edge);
  list.add(last + Math.max(flow.largest, wnd / 8, 1), 'beyond');
  return {
    isn: flow.isn,
    una,
    nxt,
    wnd,
    edge,
    cwnd,
    ssthresh: known !== undefined && known.ssthresh < Number.MAX_SAFE_INTEGER ? known.ssthresh : undefined,
    underWay,
    cwndTo,
    sendableTo,
    queuedTo,
    limit: queuedTo === undefined || cwnd === undefined ? undefined : limitOf(queuedTo, nxt, wnd, cwnd),
    spans: list.spans,
  };
}

/** What an end receives: what came from the other end, and how much more it takes. */
export function receiveWindow(record: ConnectionRecord, end: End = 'right'): ReceiveWindow {
  const flow = record.flows[end === 'right' ? 'left' : 'right'];
  const known = record.variablesOf(end);
  const acked = flow.acked ?? flow.start;
  // Where the segments are seen when they come, what came counts; else what was acknowledged.
  const isFar = end === 'left';
  const came = isFar ? acked : (flow.arrivals.reached ?? acked);
  const nxt = known === undefined ? came : position(flow, known.rcv.nxt);
  const wnd = announcedWindow(record, end) ?? flow.window ?? 0;
  const edge = known === undefined ? Math.max(nxt, acked + wnd) : nxt + wnd;
  const unread = known?.buffered.receive ?? 0;
  // The FIN takes a number, and nobody takes it out.
  const dataEnd = flow.fin !== undefined && nxt >= flow.fin && unread > 0 ? nxt - 1 : nxt;
  const takenTo = known === undefined ? undefined : Math.max(0, dataEnd - unread);

  const list = new List<ReceiveKind>();
  list.add(takenTo ?? nxt, 'taken');
  list.add(nxt, 'unread');
  const pieces = isFar ? flow.sacked.all : flow.arrivals.beyond.all;
  for (const { from, to } of pieces) {
    if (list.spans.length >= MOST_SPANS) break;
    if (to <= nxt) continue;
    list.add(from, 'hole');
    list.add(to, 'out-of-order');
  }
  list.add(edge, 'free');
  list.add(list.end + Math.max(flow.largest, wnd / 8, 1), 'beyond');
  return { isn: flow.isn, nxt, wnd, edge, takenTo, spans: list.spans };
}

function addInFlight(list: List<SendKind>, flow: Flow, una: number, nxt: number, lost: number | undefined): void {
  // What went out untold (a sample) is like the rest: without SACK all that is lost, and not sent again, is.
  const pieces = lost !== undefined && lost > 0 && flow.sacked.all.length === 0 ? withGaps(flow, una, nxt) : undefined;
  const isLost = lossJudge(flow, lost, pieces);
  for (const piece of pieces ?? flow.outstanding) {
    if (piece.from >= nxt || list.spans.length >= MOST_SPANS) break;
    if (piece.to <= una) continue;
    list.add(piece.from, 'in-flight');
    const kind = piece.sacked ? 'sacked' : isLost(piece) ? 'lost' : 'in-flight';
    list.add(Math.min(piece.to, nxt), kind);
  }
  list.add(nxt, 'in-flight');
}

type Outgoing = Pick<Piece, 'from' | 'to' | 'times' | 'sacked'>;

/** What is outstanding from `una` up to `nxt`, with what lies between the pieces that were seen. */
function withGaps(flow: Flow, una: number, nxt: number): Outgoing[] {
  const all: Outgoing[] = [];
  let at = una;
  const fill = (to: number): void => {
    if (to > at) all.push({ from: at, to, times: 1, sacked: false });
  };
  for (const piece of flow.outstanding) {
    if (piece.to <= at || piece.from >= nxt) continue;
    fill(piece.from);
    all.push(piece);
    at = piece.to;
  }
  fill(nxt);
  return all;
}

/**
 * Which pieces are taken for lost. How many bytes are, the stack tells: those are the first below what the other end has, that were not
 * sent again. Where nobody tells, those below three segments that the other end has (RFC 6675 §4, IsLost).
 */
function lossJudge(
  flow: Flow,
  lost: number | undefined,
  pieces: Iterable<Outgoing> = flow.outstanding,
): (piece: { from: number; to: number; times: number }) => boolean {
  const highest = flow.sacked.highest ?? 0;
  if (lost === undefined) {
    const limit = highest - 3 * Math.max(flow.largest, 1);
    return ({ to, times }) => times === 1 && to <= limit;
  }
  let left = lost;
  // After a time-out all is lost that the other end does not have, the last ones too; then what was sent again since is not, unless that
  // timed out as well.
  let below = 0;
  let once = 0;
  for (const { sacked, times, from, to } of pieces) {
    if (sacked || times > 1) continue;
    once += to - from;
    if (to <= highest) below += to - from;
  }
  const isCandidate = ({ times, to }: { readonly times: number; readonly to: number }): boolean =>
    once < lost || (times === 1 && (below < lost || to <= highest));
  return (piece) => {
    if (left <= 0 || !isCandidate(piece)) return false;
    left -= piece.to - piece.from;
    return true;
  };
}

function limitOf(queuedTo: number, nxt: number, wnd: number, cwnd: number): 'data' | 'window' | 'congestion' {
  if (queuedTo <= nxt) return 'data';
  return wnd < cwnd ? 'window' : 'congestion';
}

function position(flow: Flow, seq: number): number {
  return flow.isn === undefined ? 0 : flow.position(seq);
}

/** Spans one behind the other; neighbours of one kind are joined. */
class List<Kind extends string> {
  readonly spans: Span<Kind>[] = [];
  end = 0;

  /** The next span goes up to `to`; nothing when that is not further. */
  add(to: number, kind: Kind): void {
    if (!(to > this.end)) return;
    const last = this.spans.at(-1);
    if (last?.kind === kind) this.spans[this.spans.length - 1] = { ...last, to };
    else this.spans.push({ from: this.end, to, kind });
    this.end = to;
  }
}
