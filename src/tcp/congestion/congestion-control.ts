/** The algorithms that can be asked for by name. */
export type CongestionName = 'reno' | 'cubic' | 'bbr';

export const CONGESTION_NAMES: readonly CongestionName[] = ['reno', 'cubic', 'bbr'];

/**
 * Where a connection stands with losses. `open`: none known. `recovery`: losses were inferred and are being sent again.
 * `reduced`: ECN, or a loss that a probe has already mended, asked for less, and nothing is lost. `loss`: the retransmission timer went off.
 */
export type RecoveryPhase = 'open' | 'recovery' | 'reduced' | 'loss';

/** Why the window is to be reduced. */
export type ReductionCause = 'loss' | 'ecn';

/**
 * What one ACK told: the delivery that it reports, and the rate at which that was delivered (the rate sample RS of
 * draft-ietf-ccwg-bbr §4.1). A connection has one such object, filled anew for each ACK, so keep nothing of it by
 * reference. Sizes are octets, times µs.
 */
export interface AckSample {
  /** When the ACK arrived. */
  now: number;
  phase: RecoveryPhase;
  /** By how much SND.UNA moved. */
  acked: number;
  /** What this ACK showed to have arrived, by its number or by SACK (RS.newly_acked). */
  delivered: number;
  /** What was found lost because of this ACK (RS.newly_lost). */
  lost: number;
  /** Sent, and neither known to have arrived nor to be lost: after this ACK, and before it (C.inflight, prior_inflight). */
  inFlight: number;
  priorInFlight: number;
  /** The congestion window, not the user or the peer's window, held the sender back in the round that is acknowledged (RFC 7661's cwnd-limited). */
  limited: boolean;
  /** A round trip has passed since the last ACK of which this was true: something sent after that one was acknowledged. */
  roundStart: boolean;
  /** The peer says that a router marked a segment (RFC 3168). */
  ecnEcho: boolean;
  /** The round trip of the newest segment that this ACK acknowledges and that was sent once only. */
  rtt: number | undefined;
  /** The smoothed round-trip time (RFC 6298); `undefined` before the first measurement. */
  srtt: number | undefined;
  /** All that was delivered so far (C.delivered), and what of it stood so when the newest segment of this ACK was sent (packet.delivered). */
  totalDelivered: number;
  priorDelivered: number;
  /** All that was found lost so far (C.lost), and since the newest segment of this ACK was sent (RS.lost). */
  totalLost: number;
  sampleLost: number;
  /** In flight when the newest segment of this ACK was sent, itself included (packet.tx_in_flight). */
  txInFlight: number;
  /** Octets a second; 0 where this ACK gives no valid sample. `interval` is the time over which it was measured. */
  deliveryRate: number;
  interval: number;
  /** The sender had nothing to send when that segment left: the rate says less of the network than of the user. */
  isAppLimited: boolean;
  /** The peer answers with SACK (C.has_selective_acks): more than one loss a round trip can be seen. Left out: it does. */
  sack?: boolean;
}

/** A piece of what was in flight that was found lost, for algorithms that look at each (BBRHandleLostPacket). */
export interface LostRange {
  now: number;
  length: number;
  /** In flight when it was sent, itself included; what was delivered and lost in all by then. */
  txInFlight: number;
  priorDelivered: number;
  priorLost: number;
  isAppLimited: boolean;
  totalLost: number;
}

/**
 * How much may be in flight, and how fast it goes out. What to send again is loss recovery's, which is kept apart. Octets, µs.
 *
 * In recovery the window is recovery's, by PRR (RFC 6937bis), unless the algorithm wants it for itself (`ownsRecovery`).
 */
export interface CongestionControl {
  readonly name: CongestionName;
  /** The congestion window. PRR writes it during recovery. */
  cwnd: number;
  /** The slow start threshold. */
  ssthresh: number;
  /** How fast to send, octets a second; `Infinity`: as fast as the window lets. */
  readonly pacingRate: number;
  /** The most octets that may leave in one burst, where `pacingRate` is finite. */
  readonly sendQuantum: number;
  /** True: the algorithm sets `cwnd` in recovery by itself (BBR). False: PRR does. */
  readonly ownsRecovery: boolean;
  /** An ACK brought something. Called in every phase; an algorithm that leaves recovery to PRR grows in `open` and `loss` only. */
  acked(sample: AckSample): void;
  /** A piece was found lost. Called before `reduce` and `acked`. */
  lost(range: LostRange): void;
  /** Recovery, or a reduction by ECN, begins: at most once a round trip. Sets `ssthresh`; remembers what `undo` brings back. */
  reduce(cause: ReductionCause, inFlight: number, now: number): void;
  /** Recovery or reduction is over. */
  recovered(inFlight: number, now: number): void;
  /** The retransmission timer went off with so much in flight. `first`: not yet a second time for the same data. */
  timedOut(inFlight: number, first: boolean, now: number): void;
  /** The last reduction or time-out was for nothing: nothing was lost (RFC 4015, RFC 5682, DSACK). */
  undo(now: number): void;
  /** The SYN, or its answer, was lost: data starts with one segment (RFC 5681 §3.1). */
  synLost(): void;
  /** Data is about to be sent with so much in flight before it, for the first time in `idle` µs when that was nothing. */
  sending(inFlight: number, idle: number, rto: number, now: number): void;
  /** The sender ran out of data with so much in flight (C.app_limited). */
  appLimited(inFlight: number): void;
  /** The effective send MSS is known or has changed. */
  setMss(mss: number): void;
  /** What `ss -ti` prints of the algorithm's own: a few numbers by name, for STATUS. */
  details(): Readonly<Record<string, number | string>>;
}

/** What an algorithm is made with. */
export interface CongestionSetup {
  readonly mss: number;
  /** Initial window, in segments (RFC 6928: 10). */
  readonly initialWindow: number;
  /** Restart from a smaller window after an idle time (RFC 5681 §4.1, RFC 7661). */
  readonly slowStartAfterIdle: boolean;
  /** A 32-bit random number, for what must not happen in step with others. */
  random32(): number;
}

/** RFC 6928 §2: min(n × MSS, max(2 × MSS, n × 1460)). */
export function initialWindow(mss: number, segments: number): number {
  return Math.min(segments * mss, Math.max(2 * mss, segments * 1460));
}

/** An ACK that says nothing yet. */
export function emptySample(): AckSample {
  return {
    now: 0,
    phase: 'open',
    acked: 0,
    delivered: 0,
    lost: 0,
    inFlight: 0,
    priorInFlight: 0,
    limited: false,
    roundStart: false,
    ecnEcho: false,
    rtt: undefined,
    srtt: undefined,
    totalDelivered: 0,
    priorDelivered: 0,
    totalLost: 0,
    sampleLost: 0,
    txInFlight: 0,
    deliveryRate: 0,
    interval: 0,
    isAppLimited: false,
  };
}
