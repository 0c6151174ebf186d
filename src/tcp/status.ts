import type { ErrorCode } from './errors';
import type { State } from './states';
import type { TimerName } from './tcb';

/**
 * What STATUS returns (RFC 9293 §3.10.6), and what an engineer asks next. Sequence numbers as on the wire, sizes in
 * bytes, times in µs.
 */
export interface Status {
  readonly state: State;
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** The send sequence variables (RFC 9293 §3.3.1). `wnd` is the peer's window, unscaled to bytes. */
  readonly snd: {
    readonly una: number;
    readonly nxt: number;
    readonly wnd: number;
    readonly wl1: number;
    readonly wl2: number;
    readonly iss: number;
  };
  /** The receive sequence variables (RFC 9293 §3.3.1). */
  readonly rcv: { readonly nxt: number; readonly wnd: number; readonly irs: number };
  /** The effective send MSS (RFC 9293 §3.7.1), and the MSS that was announced to the peer. */
  readonly mss: { readonly send: number; readonly receive: number };
  /** Window shifts (RFC 7323 §2), both 0 when the peer did not offer it. */
  readonly windowScale: { readonly send: number; readonly receive: number };
  /** Bytes that wait: given by the user and not yet acknowledged, received and not yet taken, received out of order. */
  readonly buffered: { readonly send: number; readonly receive: number; readonly outOfOrder: number };
  readonly inFlight: number;
  readonly cwnd: number;
  readonly ssthresh: number;
  /** Smoothed round-trip time and its variation (RFC 6298); `undefined` before the first measurement. */
  readonly srtt: number | undefined;
  readonly rttvar: number | undefined;
  readonly rto: number;
  /** Counters since OPEN. */
  readonly segmentsIn: number;
  readonly segmentsOut: number;
  readonly bytesReceived: number;
  readonly bytesAcked: number;
  readonly retransmissions: number;
  /** Retransmissions in a row, now. */
  readonly backoff: number;
  /** The timers that are set, with the time at which each goes off. */
  readonly timers: Partial<Readonly<Record<TimerName, number>>>;
  readonly error: ErrorCode | undefined;
}
