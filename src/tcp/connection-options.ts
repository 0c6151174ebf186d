import type { RecordRouteOption, TimestampOption } from '../wire/ipv4-options';
import type { CongestionName } from './congestion/congestion-control';

/** An IPv4 option that a connection can be told to send. */
export type IpOption = RecordRouteOption | TimestampOption;

/**
 * What a connection can be told. All of it may be given to a stack (for all its connections), to a passive OPEN (for those that it
 * accepts) and to an active OPEN; what does not say "only before `open`" can be changed later with `set`. Times in µs, sizes in bytes.
 * The defaults are Linux's where Linux has one.
 */
export interface ConnectionOptions {
  // What the user sends

  /** Send small segments at once instead of waiting for an ACK (turns Nagle's algorithm off, RFC 9293 MUST-17). Default `false`. */
  noDelay?: boolean;
  /**
   * Which small segments wait (RFC 9293 SHLD-7). `minshall`: those that would follow another small one which is not acknowledged.
   * `classic`: those that would follow anything not acknowledged (RFC 896). Default `minshall`, as in Linux.
   */
  nagle?: 'minshall' | 'classic';
  /** The bytes that may wait to be acknowledged or sent, at first. Default 262,144. */
  sendBuffer?: number;
  /** How far that grows with the congestion window. Default 4 MiB (Linux's `tcp_wmem`), or `sendBuffer` where that is given alone. */
  sendBufferMax?: number;
  /** What `close` does with unsent data: wait in the background (`undefined`), or abort after so many µs; 0 aborts at once. */
  linger?: number;

  // What it receives

  /** The bytes that may wait to be received, at first: what the window offers. Default 131,072 (Linux's `tcp_rmem`). */
  receiveBuffer?: number;
  /**
   * How far that grows with what the user reads in a round trip. Default 6 MiB (Linux's `tcp_rmem`), or `receiveBuffer` where that
   * is given alone. Before `open` it also fixes the window scale.
   */
  receiveBufferMax?: number;
  /** The most pieces of out-of-order data held for reassembly. Default 16,384; what comes beyond it is dropped and counted. */
  outOfOrderLimit?: number;
  /** How long an ACK may be delayed, µs, under 500 ms (RFC 9293 MUST-40). Default 40 ms; 0 acknowledges at once. */
  delayedAck?: number;
  /** So many segments are acknowledged at once at the start, and after an idle time, while the peer is in slow start. Default 16. */
  quickAcks?: number;

  // Options of TCP's header; only before `open`

  /** The largest segment in bytes that we ask the peer to send. Default: the interface's MTU less 40. */
  mss?: number;
  /** Offer window scaling (RFC 7323 §2). Default `true`. */
  windowScaling?: boolean;
  /** Offer timestamps: round-trip times of all segments, and PAWS (RFC 7323 §3 to §5). Default `true`. */
  timestamps?: boolean;
  /** Offer selective acknowledgments (RFC 2018), and tell of duplicates with them (RFC 2883). Default `true`. */
  sack?: boolean;
  /** Explicit congestion notification (RFC 3168): ask for it (`true`), take it when asked (`passive`), or not (`false`). Default `passive`. */
  ecn?: boolean | 'passive';

  // Loss and congestion

  /** The retransmission time-out's bounds, µs (RFC 6298). Defaults: initial 1 s, minimum 200 ms, maximum 60 s. */
  rto?: { initial?: number; min?: number; max?: number };
  /** How losses are inferred from SACKs: by time (RACK-TLP, RFC 8985), or by counting (RFC 6675). Default `rack`. Only before `open`. */
  lossRecovery?: 'rack' | 'sack';
  /** Probe for a lost tail instead of waiting for the retransmission time-out (RFC 8985 §7). Default `true`. */
  tailLossProbe?: boolean;
  /** Find out whether a retransmission time-out was spurious (F-RTO, RFC 5682). Default `true`. */
  frto?: boolean;
  /** How much may be in flight: `cubic` (RFC 9438), `reno` (RFC 5681), `bbr` (draft-ietf-ccwg-bbr). Default `cubic`. Only before `open`. */
  congestion?: CongestionName;
  /** The initial congestion window in segments (RFC 6928). Default 10. Only before `open`. */
  initialWindow?: number;
  /** Restart from a smaller congestion window after an idle time (RFC 5681 §4.1). Default `true`. Only before `open`. */
  slowStartAfterIdle?: boolean;

  // When the peer is not there

  /**
   * Probe an idle peer (RFC 9293 §3.8.4). Off by default. Times in µs; defaults 2 h, 75 s, 9 probes. `garbage`: each probe carries an
   * octet, for peers that answer no other (MAY-6).
   */
  keepAlive?: false | { idle?: number; interval?: number; probes?: number; garbage?: boolean };
  /** How long in µs sent data may stay unacknowledged before the connection is aborted with ETIMEDOUT (RFC 9293 §3.10.8). */
  userTimeout?: number;
  /** Tell the peer of `userTimeout`, and adopt what it tells (RFC 5482): its "ENABLED". Default `false`. */
  userTimeoutOption?: boolean;
  /** R1 (RFC 9293 §3.8.3): after so many retransmissions in a row IP is asked to look for another way, and the user is warned. Default 3. */
  r1?: number;
  /**
   * R2 for data (RFC 9293 §3.8.3): how long in µs the peer may acknowledge nothing of what was sent. The first retransmission
   * time-out after that ends the connection. Default 924.6 s.
   */
  r2?: number;
  /** R2 for a SYN, in µs. Default 180 s (RFC 9293 MUST-23). */
  synR2?: number;
  /**
   * After so many retransmissions of a SYN,ACK the caller is forgotten. Default 5 (Linux's `tcp_synack_retries`): 63 s with the default
   * time-outs.
   */
  synAckRetries?: number;
  /** Tell the user of ICMP errors and of R1 with `warning` events (RFC 9293 MUST-47, SHLD-20). Default `true`. */
  warnings?: boolean;

  // The end

  /** Maximum segment lifetime in µs; TIME-WAIT lasts twice as long. Default 30 s (RFC 9293 §3.4.2 suggests 2 min). */
  msl?: number;
  /** How long in µs a connection that was closed waits in FIN-WAIT-2 for the peer's FIN. Default 60 s. After `shutdown` it waits for ever. */
  finWait2Timeout?: number;
  /**
   * After so many retransmissions in a row a connection that its user has closed gives up. Default 8 (Linux's `tcp_orphan_retries`):
   * nobody waits for it any more.
   */
  orphanRetries?: number;
  /** In TIME-WAIT, do not believe a RST: it could be an old one (RFC 1337 §3, fix F1). Default `false`, as in Linux. */
  rfc1337?: boolean;

  // IP

  /** IPv4's time to live, 1 to 255. Default 64 (RFC 9293 MUST-49). */
  ttl?: number;
  /** The Diffserv field's six bits (RFC 9293 MUST-48). Default 0. */
  dscp?: number;
  /** Path MTU discovery (RFC 1191): forbid fragmenting, and believe ICMP that was checked (RFC 5927). Default `true`. */
  pmtuDiscovery?: boolean;
  /**
   * Path MTU discovery that needs no ICMP (RFC 4821, RFC 8899): look for a larger MTU with data (`always`), only look for a smaller one
   * when large segments vanish (`black-hole`), or neither. Default `off` (Linux's `tcp_mtu_probing`).
   */
  mtuProbing?: 'off' | 'black-hole' | 'always';
  /** Where that search starts: the data in bytes of a segment that every path should carry. Default 1024 (Linux's `tcp_base_mss`). */
  baseMss?: number;
  /**
   * IPv4 options on every segment: timestamp and record route (RFC 9293 MAY-10, MAY-11; `emptyTimestamp` and `emptyRecordRoute` make
   * them). They take their room from the data, at most 40 bytes together with a source route. Many routers drop such packets. Default none.
   */
  ipOptions?: readonly IpOption[];

  // Against forgery

  /** Answers to segments that may be forged: at most so many in five seconds (RFC 5961 §7). Default 10. */
  challengeAckLimit?: number;
}
