import type { RecoveryPhase } from './congestion/congestion-control';
import type { ErrorCode } from './errors';
import type { State } from './states';
import type { TimerName } from './tcb';
import type { Ipv4Option } from '../wire/ipv4-options';

/**
 * What STATUS returns (RFC 9293 §3.10.6), and what an engineer asks next: what `ss -ti` prints of the kernel's. Sequence numbers as on
 * the wire, sizes in bytes, times in µs, rates in bytes a second. `undefined`: not known yet.
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
    readonly up: number;
    readonly wl1: number;
    readonly wl2: number;
    readonly iss: number;
  };
  /** The receive sequence variables (RFC 9293 §3.3.1). */
  readonly rcv: { readonly nxt: number; readonly wnd: number; readonly irs: number };
  /** The effective send MSS (RFC 9293 §3.7.1), the MSS that was announced to the peer, and the path's MTU as we know it. */
  readonly mss: { readonly send: number; readonly receive: number };
  readonly pmtu: number;
  /**
   * The search for the path's MTU with probes (RFC 4821): whether it is on, what gets through and what may (`undefined`: not looked at
   * yet) as sizes of packets, the size of the probe under way (0: none), and how many were sent, arrived, or were too big, and how often
   * full-sized segments vanished (black holes).
   */
  readonly mtuProbing: {
    readonly on: boolean;
    readonly low: number;
    readonly high: number | undefined;
    readonly underWay: number;
    readonly sent: number;
    readonly arrived: number;
    readonly tooBig: number;
    readonly blackHoles: number;
  };
  /** Window shifts (RFC 7323 §2), both 0 when the peer did not offer it. */
  readonly windowScale: { readonly send: number; readonly receive: number };
  /** What the handshake has agreed on. */
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  /** Bytes that wait: given by the user and not yet acknowledged, received and not yet taken, received out of order. */
  readonly buffered: { readonly send: number; readonly receive: number; readonly outOfOrder: number };
  /** What the buffers hold at most now: both grow by themselves. */
  readonly buffers: { readonly send: number; readonly receive: number };
  /** Bytes of urgent data not yet received by the user (RFC 9293 MUST-33). */
  readonly urgent: number;

  /** SND.NXT - SND.UNA; and of that what is still under way, what the peer has by SACK, and what is lost and to be sent again. */
  readonly inFlight: number;
  readonly underWay: number;
  readonly sacked: number;
  readonly lost: number;
  readonly congestion: {
    readonly algorithm: string;
    /** `open`, `recovery`, `reduced` (ECN), or `loss` (time-out). */
    readonly phase: RecoveryPhase;
    /** How losses are inferred: `rack`, `sack`, `newreno`. */
    readonly lossDetection: string;
    /** The algorithm's own: e.g. BBR's bandwidth. */
    readonly details: Readonly<Record<string, number | string>>;
  };
  readonly cwnd: number;
  readonly ssthresh: number;
  readonly pacingRate: number | undefined;
  /** The last rate at which data was delivered, and whether the user, not the network, limited it. */
  readonly deliveryRate: number | undefined;
  readonly appLimited: boolean;
  /** Smoothed round-trip time and its variation (RFC 6298), the shortest of the last minutes, and the receiver's own. */
  readonly srtt: number | undefined;
  readonly rttvar: number | undefined;
  readonly minRtt: number | undefined;
  readonly receiveRtt: number | undefined;
  readonly rto: number;
  /** Retransmissions in a row, now. */
  readonly backoff: number;
  /** How far late arrivals were overtaken at most, bytes. */
  readonly reorderDistance: number;

  /** Counters since OPEN. */
  readonly segmentsIn: number;
  readonly segmentsOut: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly bytesAcked: number;
  /** By ACK or SACK. */
  readonly bytesDelivered: number;
  readonly bytesRetransmitted: number;
  readonly bytesLost: number;
  readonly retransmissions: number;
  /** Recoveries that turned out to be for nothing, and were undone. */
  readonly spuriousRecoveries: number;
  readonly duplicatesReported: number;
  readonly outOfOrder: number;
  /** How many times the peer's window was closed, and for how long in all. */
  readonly zeroWindows: number;
  readonly zeroWindowTime: number;
  /** Segments of the peer's that a router had marked; ACKs that told of ours (RFC 3168). */
  readonly ecnMarked: number;
  readonly ecnEchoed: number;

  readonly ttl: number;
  readonly dscp: number;
  /** The Diffserv field of the last segment that came in (RFC 9293 MAY-9). */
  readonly receivedDscp: number;
  /** IPv4's options in the last segment that came with any, e.g. a recorded route (RFC 9293 MAY-10, MAY-11). */
  readonly receivedIpOptions: readonly Ipv4Option[];
  /** The user timeout in force, µs, the peer's word included (RFC 5482). */
  readonly userTimeout: number | undefined;
  /** The timers that are set, with the time at which each goes off. */
  readonly timers: Partial<Readonly<Record<TimerName, number>>>;
  readonly error: ErrorCode | undefined;
}
