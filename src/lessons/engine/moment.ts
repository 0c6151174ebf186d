import type { Purpose, SegmentRow } from '../../inspect';
import type { State } from '../../tcp/states';
import type { TimerName } from '../../tcp/timers';
import type { ConnectionId } from '../../tcp/trace';
import type { Call } from './action';
import type { Frame, LossCause } from './wire';

/** Something worth showing that happened at a time, in µs. `host` is the name of the host where it happened. */
export type Moment =
  /** `host` is who sent it; for a frame that comes from nobody, the end of the wire from where it comes. */
  | {
      readonly kind: 'sent';
      readonly time: number;
      readonly host: string;
      readonly row: SegmentRow;
      readonly frame: Frame;
    }
  /** `host` is where it arrived. */
  | {
      readonly kind: 'arrived';
      readonly time: number;
      readonly host: string;
      readonly row: SegmentRow;
      readonly frame: Frame;
    }
  /** `host` is who sent it. */
  | {
      readonly kind: 'lost';
      readonly time: number;
      readonly host: string;
      readonly row: SegmentRow;
      readonly frame: Frame;
      /** `nowhere`: the other end has no such address, or is down. */
      readonly why: LossCause | 'nowhere';
    }
  | {
      readonly kind: 'state';
      readonly time: number;
      readonly host: string;
      readonly connection: ConnectionId;
      readonly from: State;
      readonly to: State;
      /** What caused it, in the words of RFC 9293's Figure 5. */
      readonly event: string;
    }
  /** The router in the middle of a wire says to `host` by ICMP that a packet was too big; `isHeard`: no firewall throws that away. */
  | {
      readonly kind: 'icmp';
      readonly time: number;
      readonly host: string;
      /** What the next wire takes, bytes. */
      readonly mtu: number;
      readonly isHeard: boolean;
    }
  /** A timer went off. */
  | {
      readonly kind: 'timer';
      readonly time: number;
      readonly host: string;
      readonly connection: ConnectionId;
      readonly timer: TimerName;
    }
  /** A program did something; `amount` in bytes. */
  | {
      readonly kind: 'call';
      readonly time: number;
      readonly host: string;
      /** `refused`: what it wanted was refused on the spot. */
      readonly call: Call | 'listen' | 'open' | 'boot' | 'refused';
      readonly amount?: number;
    }
  /** What the lesson has to say at this point. */
  | { readonly kind: 'beat'; readonly time: number; readonly beat: Beat };

export type MomentKind = Moment['kind'];

/** When a beat comes: at a time (µs), or with the first moment for which this holds. */
export type Condition = { readonly at: number } | ((moment: Moment) => boolean);

/** A few sentences of the lesson, and when they are said. Each is said once in a run. */
export interface Beat {
  /** Unique in its lesson. */
  readonly id: string;
  readonly when: Condition;
  /** With the n-th moment for which `when` holds. Default the first. */
  readonly nth?: number;
  readonly en: string;
  readonly ko: string;
}

/** What a segment must be like. */
export interface Like {
  /** It is sent again, or is not. */
  readonly again?: boolean;
  /** It comes from nobody who is here. */
  readonly ghost?: boolean;
}

function fits(moment: Moment, host: string, purpose: Purpose | undefined, { again, ghost }: Like): boolean {
  if (moment.kind !== 'sent' && moment.kind !== 'arrived' && moment.kind !== 'lost') return false;
  const { row, frame } = moment;
  // The wire makes copies: nobody sends them.
  if (moment.kind === 'sent' && frame.isCopy) return false;
  return (
    moment.host === host &&
    (purpose === undefined || row.reading.purpose === purpose) &&
    (again === undefined || row.reading.again === again) &&
    (ghost === undefined || frame.isGhost === ghost)
  );
}

/** The conditions of beats, in words. A host is named: `A`, `B`; a purpose is what a segment is there for. */
export const when = {
  /** At a time, µs. */
  at: (time: number): Condition => ({ at: time }),
  /** `host` sends a segment. */
  sent:
    (host: string, purpose?: Purpose, like: Like = {}) =>
    (moment: Moment): boolean =>
      moment.kind === 'sent' && fits(moment, host, purpose, like),
  /** A segment arrives at `host`. */
  arrived:
    (host: string, purpose?: Purpose, like: Like = {}) =>
    (moment: Moment): boolean =>
      moment.kind === 'arrived' && fits(moment, host, purpose, like),
  /** A segment of `host` is lost. */
  lost:
    (host: string, purpose?: Purpose, like: Like = {}) =>
    (moment: Moment): boolean =>
      moment.kind === 'lost' && fits(moment, host, purpose, like),
  /** `host` comes into a state; `from` another, and by an event (`rcv RST`, `user timeout`, `ABORT`), where that matters. */
  state:
    (host: string, to: State, from?: State, event?: string) =>
    (moment: Moment): boolean =>
      moment.kind === 'state' &&
      moment.host === host &&
      moment.to === to &&
      (from === undefined || moment.from === from) &&
      (event === undefined || moment.event === event),
  /** A timer of `host` goes off. */
  timer:
    (host: string, timer: TimerName) =>
    (moment: Moment): boolean =>
      moment.kind === 'timer' && moment.host === host && moment.timer === timer,
  /** A program on `host` does something. */
  call:
    (host: string, call: (Moment & { kind: 'call' })['call']) =>
    (moment: Moment): boolean =>
      moment.kind === 'call' && moment.host === host && moment.call === call,
} as const;
