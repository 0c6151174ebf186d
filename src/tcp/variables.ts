import type { RecoveryPhase } from './congestion/congestion-control';
import { pipe } from './recovery/recovery';
import type { Tcb } from './tcb';

/**
 * What a connection has in its head at one moment, for the trace: sequence numbers as on the wire, sizes in bytes, times in µs.
 * `undefined`: not known yet. What changes seldom is in `Status`.
 */
export interface Variables {
  /** The send sequence variables (RFC 9293 §3.3.1); `wnd` is the peer's window in bytes. */
  readonly snd: { readonly una: number; readonly nxt: number; readonly wnd: number; readonly iss: number };
  /** The receive sequence variables (RFC 9293 §3.3.1); `wnd` is the window that the peer was told, in bytes. */
  readonly rcv: { readonly nxt: number; readonly wnd: number; readonly irs: number };
  readonly mss: number;
  readonly cwnd: number;
  /** Infinity before there is a limit. */
  readonly ssthresh: number;
  readonly phase: RecoveryPhase;
  readonly srtt: number | undefined;
  readonly rttvar: number | undefined;
  readonly rto: number;
  /** Retransmissions in a row. */
  readonly backoff: number;
  /** Of SND.NXT - SND.UNA: what is still under way (RFC 6675's pipe), what the peer has by SACK, what is lost and to be sent again. */
  readonly underWay: number;
  readonly sacked: number;
  readonly lost: number;
  /** Given by the user and not acknowledged yet; received and not taken by the user yet; received beyond a gap. */
  readonly buffered: { readonly send: number; readonly receive: number; readonly outOfOrder: number };
}

export function variables(tcb: Tcb): Variables {
  const { snd, rcv, congestion, inFlight, recovery, rto } = tcb;
  return {
    snd: { una: snd.una, nxt: snd.nxt, wnd: snd.wnd, iss: snd.iss },
    rcv: { nxt: rcv.nxt, wnd: tcb.receiveWindow, irs: rcv.irs },
    mss: snd.mss,
    cwnd: Math.round(congestion.cwnd),
    ssthresh: congestion.ssthresh,
    phase: recovery.phase,
    srtt: rounded(rto.srtt),
    rttvar: rounded(rto.rttvar),
    rto: rto.rto,
    backoff: rto.backoff,
    underWay: pipe(tcb),
    sacked: inFlight.sacked,
    lost: inFlight.lost,
    buffered: { send: tcb.sendQueue.length, receive: tcb.receiveQueue.length, outOfOrder: tcb.reassembly.length },
  };
}

function rounded(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.round(time);
}
