import type { Status } from '../tcp/status';

/**
 * A connection's state as JSON: the names and units of `ss -i`. Times are in ms, rates in bit/s, windows and what is in flight in
 * segments of `mss` bytes as `ss` counts them, and beside that in bytes. `null`: not known yet.
 */
export interface TcpReport {
  /** What the handshake has agreed on: timestamps, SACK, ECN. */
  readonly ts: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  /** The congestion control's name, and its phase: `open`, `recovery`, `reduced` or `loss`. */
  readonly algorithm: string;
  readonly phase: string;
  /** Window shifts: the peer's, ours. */
  readonly wscale: { readonly send: number; readonly receive: number };
  readonly rto: number;
  readonly backoff: number;
  readonly rtt: number | null;
  readonly rttvar: number | null;
  readonly minrtt: number | null;
  readonly rcv_rtt: number | null;
  readonly mss: number;
  readonly advmss: number;
  readonly pmtu: number;
  readonly cwnd: number;
  readonly cwnd_bytes: number;
  /** `null`: no limit was found yet. */
  readonly ssthresh: number | null;
  readonly ssthresh_bytes: number | null;
  readonly bytes_sent: number;
  readonly bytes_retrans: number;
  readonly bytes_acked: number;
  readonly bytes_received: number;
  readonly bytes_delivered: number;
  readonly bytes_lost: number;
  readonly segs_out: number;
  readonly segs_in: number;
  /** cwnd in a round trip. */
  readonly send: number | null;
  readonly pacing_rate: number | null;
  readonly delivery_rate: number | null;
  readonly app_limited: boolean;
  readonly unacked: number;
  readonly unacked_bytes: number;
  readonly sacked_bytes: number;
  readonly lost_bytes: number;
  readonly notsent: number;
  /** In a row now, and since the start. */
  readonly retrans: { readonly current: number; readonly total: number };
  readonly dsack_dups: number;
  readonly rcv_ooopack: number;
  readonly reordering_bytes: number;
  readonly rcv_space: number;
  readonly snd_wnd: number;
  readonly rcv_wnd: number;
  readonly zero_windows: number;
  readonly ecn_marked: number;
  readonly ecn_echoed: number;
  readonly ttl: number;
  readonly dscp: number;
  /** Sequence numbers as on the wire. */
  readonly snd: { readonly una: number; readonly nxt: number; readonly iss: number };
  readonly rcv: { readonly nxt: number; readonly irs: number };
  /** Every timer that is set, ms until it goes off. */
  readonly timers: Readonly<Record<string, number>>;
}

/** @param now µs on the stack's clock */
export function tcpReport(status: Status, now: number): TcpReport {
  const { snd, rcv, mss, cwnd, ssthresh, srtt, congestion } = status;
  const size = Math.max(1, mss.send);
  const hasThreshold = Number.isFinite(ssthresh) && ssthresh < 0x7fffffff;
  return {
    ts: status.timestamps,
    sack: status.sack,
    ecn: status.ecn,
    algorithm: congestion.algorithm,
    phase: congestion.phase,
    wscale: { send: status.windowScale.send, receive: status.windowScale.receive },
    rto: milliseconds(status.rto) ?? 0,
    backoff: status.backoff,
    rtt: milliseconds(srtt),
    rttvar: milliseconds(status.rttvar),
    minrtt: milliseconds(status.minRtt),
    rcv_rtt: milliseconds(status.receiveRtt),
    mss: mss.send,
    advmss: mss.receive,
    pmtu: status.pmtu,
    cwnd: Math.floor(cwnd / size),
    cwnd_bytes: Math.round(cwnd),
    ssthresh: hasThreshold ? Math.floor(ssthresh / size) : null,
    ssthresh_bytes: hasThreshold ? Math.round(ssthresh) : null,
    bytes_sent: status.bytesSent,
    bytes_retrans: status.bytesRetransmitted,
    bytes_acked: status.bytesAcked,
    bytes_received: status.bytesReceived,
    bytes_delivered: status.bytesDelivered,
    bytes_lost: status.bytesLost,
    segs_out: status.segmentsOut,
    segs_in: status.segmentsIn,
    send: srtt ? Math.round((cwnd * 8_000_000) / srtt) : null,
    pacing_rate: bits(status.pacingRate),
    delivery_rate: bits(status.deliveryRate),
    app_limited: status.appLimited,
    unacked: Math.ceil(status.inFlight / size),
    unacked_bytes: status.inFlight,
    sacked_bytes: status.sacked,
    lost_bytes: status.lost,
    notsent: Math.max(0, status.buffered.send - status.inFlight),
    retrans: { current: status.backoff, total: status.retransmissions },
    dsack_dups: status.duplicatesReported,
    rcv_ooopack: status.outOfOrder,
    reordering_bytes: status.reorderDistance,
    rcv_space: status.buffers.receive,
    snd_wnd: snd.wnd,
    rcv_wnd: rcv.wnd,
    zero_windows: status.zeroWindows,
    ecn_marked: status.ecnMarked,
    ecn_echoed: status.ecnEchoed,
    ttl: status.ttl,
    dscp: status.dscp,
    snd: { una: snd.una, nxt: snd.nxt, iss: snd.iss },
    rcv: { nxt: rcv.nxt, irs: rcv.irs },
    timers: Object.fromEntries(Object.entries(status.timers).map(([name, at]) => [name, Math.max(0, at - now) / 1000])),
  };
}

function milliseconds(time: number | undefined): number | null {
  return time === undefined ? null : Math.round(time) / 1000;
}

function bits(rate: number | undefined): number | null {
  return rate === undefined || !Number.isFinite(rate) ? null : Math.round(rate * 8);
}
