import { pipe } from '../recovery/recovery';
import type { Status } from '../status';
import type { Tcb } from '../tcb';
import { effectiveUserTimeout } from '../user-timeout';

/** STATUS (RFC 9293 §3.10.6). One literal: to be quick, since inspectors ask after every segment. */
export function status(tcb: Tcb): Status {
  const { snd, rcv, settings, sendQueue, receiveQueue, receiveBuffer } = tcb;
  const { congestion, delivery, inFlight, recovery, rto, minRtt, counters, ecn, troubleSoFar: trouble } = tcb;
  return {
    state: tcb.state,
    local: tcb.local,
    remote: tcb.remote,
    snd: { una: snd.una, nxt: snd.nxt, wnd: snd.wnd, up: snd.up, wl1: snd.wl1, wl2: snd.wl2, iss: snd.iss },
    rcv: { nxt: rcv.nxt, wnd: tcb.receiveWindow, irs: rcv.irs },
    mss: { send: snd.mss, receive: rcv.mss },
    pmtu: tcb.pathMss + tcb.headers,
    mtuProbing: mtuProbing(tcb),
    windowScale: { send: snd.shift, receive: rcv.shift },
    timestamps: tcb.timestamps.on,
    sack: tcb.sackPermitted,
    ecn: tcb.ecn.on,
    buffered: { send: sendQueue.length, receive: receiveQueue.length, outOfOrder: tcb.reassembly.length },
    buffers: { send: tcb.sendBuffer, receive: tcb.receiveBuffer.size },
    urgent: Math.max(0, (rcv.up ?? 0) - (rcv.offset - receiveQueue.length)),
    ttl: settings.ttl,
    dscp: settings.dscp,
    receivedDscp: tcb.receivedDscp,
    receivedIpOptions: tcb.receivedIpOptions,
    userTimeout: effectiveUserTimeout(tcb),
    timers: tcb.timers.pending(),
    error: tcb.error,
    inFlight: tcb.unacknowledged,
    underWay: pipe(tcb),
    sacked: inFlight.sacked,
    lost: inFlight.lost,
    congestion: {
      algorithm: congestion.name,
      phase: recovery.phase,
      lossDetection: tcb.detection.name,
      details: congestion.details(),
    },
    cwnd: congestion.cwnd,
    ssthresh: congestion.ssthresh,
    pacingRate: congestion.pacingRate === Infinity ? undefined : congestion.pacingRate,
    deliveryRate: delivery.rate === 0 ? undefined : Math.round(delivery.rate),
    appLimited: delivery.isAppLimited,
    reorderDistance: tcb.reorderDistance,
    srtt: rounded(rto.srtt),
    rttvar: rounded(rto.rttvar),
    minRtt: rounded(minRtt.value),
    receiveRtt: rounded(receiveBuffer.rtt),
    rto: rto.rto,
    backoff: rto.backoff,
    segmentsIn: counters.segmentsIn,
    segmentsOut: counters.segmentsOut,
    bytesReceived: rcv.offset,
    bytesSent: counters.bytesSent,
    bytesAcked: counters.bytesAcked,
    bytesDelivered: delivery.total,
    bytesRetransmitted: trouble.bytesRetransmitted,
    bytesLost: delivery.lost,
    retransmissions: trouble.retransmissions,
    spuriousRecoveries: trouble.spurious,
    duplicatesReported: trouble.dsacksIn,
    outOfOrder: trouble.outOfOrder,
    zeroWindows: trouble.zeroWindows,
    zeroWindowTime: trouble.zeroWindowTime,
    ecnMarked: ecn.marked,
    ecnEchoed: ecn.echoed,
  };
}

function mtuProbing({ pmtu: { search } }: Tcb): Status['mtuProbing'] {
  const { on, low, high, size, counters } = search;
  return { on, low, high: Number.isFinite(high) ? high : undefined, underWay: size, ...counters };
}

function rounded(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.round(time);
}
