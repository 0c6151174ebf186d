import type { Status } from '../status';
import type { Tcb } from '../tcb';

/** STATUS (RFC 9293 §3.10.6). */
export function status(tcb: Tcb): Status {
  const { snd, rcv, rto, congestion, counters } = tcb;
  return {
    state: tcb.state,
    local: tcb.local,
    remote: tcb.remote,
    snd: { una: snd.una, nxt: snd.nxt, wnd: snd.wnd, wl1: snd.wl1, wl2: snd.wl2, iss: snd.iss },
    rcv: { nxt: rcv.nxt, wnd: tcb.receiveWindow, irs: rcv.irs },
    mss: { send: snd.mss, receive: rcv.mss },
    windowScale: { send: snd.shift, receive: rcv.shift },
    buffered: { send: tcb.sendQueue.length, receive: tcb.receiveQueue.length, outOfOrder: tcb.reassembly.length },
    inFlight: tcb.inFlight,
    cwnd: congestion.cwnd,
    ssthresh: congestion.ssthresh,
    srtt: rounded(rto.srtt),
    rttvar: rounded(rto.rttvar),
    rto: rto.rto,
    segmentsIn: counters.segmentsIn,
    segmentsOut: counters.segmentsOut,
    bytesReceived: counters.bytesReceived,
    bytesAcked: counters.bytesAcked,
    retransmissions: counters.retransmissions,
    backoff: rto.backoff,
    timers: tcb.timers.pending(),
    error: tcb.error,
  };
}

function rounded(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.round(time);
}
