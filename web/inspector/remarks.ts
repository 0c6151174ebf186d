import { announcedWindow } from '../../src/inspect/record';
import type { Item } from './items';

/**
 * How a connection ended, where it was not by FIN of both.
 * - `refused`: the answer to our SYN was RST
 * - `reset`: the other end sent RST; `aborted`: this end did
 * - `unanswered`: this end gave up, for no answer came in time, or ICMP said that none will
 * - `withdrawn`: the program here closed before the connection was open
 */
export type Ending = 'refused' | 'reset' | 'aborted' | 'unanswered' | 'withdrawn';

/** What a connection or listener waits for longer than it should, now. */
export type Trouble =
  /** Our SYN, or what we sent, was sent again so many times in a row, and nothing came back. */
  | { readonly kind: 'calling' | 'silent'; readonly times: number }
  /** The other end has no room for what is to be sent. */
  | { readonly kind: 'theirs' }
  /** There is no room for what the other end may have, for the program here does not take so many bytes. */
  | { readonly kind: 'ours'; readonly bytes: number }
  /** The other end closed long ago, the program here did not. */
  | { readonly kind: 'unclosed' }
  /** As many calls wait for the program as may. */
  | { readonly kind: 'backlog' };

/** Retransmissions in a row that are no longer a segment that was lost and soon repaired. */
const MANY = 2;
/** A program has so long to close when the other end has, µs. */
const LONG = 30_000_000;

export function endingOf({ state, record }: Item): Ending | undefined {
  if (state !== 'CLOSED' || record === undefined || record.id.id === 0) return undefined;
  const last = record.path.right.at(-1);
  if (last === undefined || (last.to !== 'CLOSED' && last.to !== 'LISTEN')) return undefined;
  switch (last.event) {
    case 'rcv RST':
      if (last.from === 'SYN-SENT') return 'refused';
      return last.from === 'TIME-WAIT' ? undefined : 'reset';
    case 'ABORT':
      return 'aborted';
    case 'user timeout':
      return 'unanswered';
    case 'CLOSE':
      return 'withdrawn';
    default:
      return undefined;
  }
}

/** @param now µs on the stack's clock */
export function troubleOf(item: Item, now: number): Trouble | undefined {
  const { state, record, socket } = item;
  if (state === undefined || state === 'CLOSED' || state === 'TIME-WAIT') return undefined;
  if (state === 'LISTEN') {
    const { recv_q: waiting = 0, send_q: backlog = 0 } = socket ?? {};
    return backlog > 0 && waiting >= backlog ? { kind: 'backlog' } : undefined;
  }
  const { times, toSend, theirRoom, ourRoom, unread, mss } = figures(item);
  if (state === 'SYN-SENT') return times > 0 ? { kind: 'calling', times } : undefined;
  if (toSend > 0 && theirRoom === 0 && state !== 'SYN-RECEIVED') return { kind: 'theirs' };
  if (times >= MANY) return { kind: 'silent', times };
  const hears = state === 'ESTABLISHED' || state === 'FIN-WAIT-1' || state === 'FIN-WAIT-2';
  if (hears && unread > 0 && ourRoom < mss) return { kind: 'ours', bytes: unread };
  const hungUp = record?.path.right.at(-1);
  if (state === 'CLOSE-WAIT' && hungUp?.to === 'CLOSE-WAIT' && now - hungUp.time > LONG) return { kind: 'unclosed' };
  return undefined;
}

interface Figures {
  /** Retransmissions in a row. */
  readonly times: number;
  readonly toSend: number;
  readonly unread: number;
  readonly theirRoom: number;
  readonly ourRoom: number;
  readonly mss: number;
}

/** The snapshot's: a program that reads makes no segment, so the trace may not know of it yet. */
function figures({ socket, variables, record }: Item): Figures {
  const tcp = socket?.tcp;
  if (tcp !== undefined) {
    return {
      times: tcp.backoff,
      toSend: socket?.send_q ?? 0,
      unread: socket?.recv_q ?? 0,
      theirRoom: tcp.snd_wnd,
      ourRoom: tcp.rcv_wnd,
      mss: tcp.advmss,
    };
  }
  return {
    times: variables?.backoff ?? 0,
    toSend: variables?.buffered.send ?? 0,
    unread: variables?.buffered.receive ?? 0,
    theirRoom: variables?.snd.wnd ?? Infinity,
    ourRoom: (record && announcedWindow(record)) ?? Infinity,
    mss: variables?.mss ?? 0,
  };
}
