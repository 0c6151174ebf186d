/** What address translation can be told. Times in µs. */
export interface NatOptions {
  /** The most sessions (an inner endpoint, and one that it talks to outside) in all. Default 65,536. */
  readonly sessions?: number;
  /** The most sessions of one inner host. Default 16,384. */
  readonly sessionsPerHost?: number;
  /** How long a UDP session lives that has not been answered. Default 2 minutes, the least that RFC 4787 REQ-5 allows. */
  readonly udpTimeout?: number;
  /** How long a UDP session lives that has been answered. Default 5 minutes (RFC 4787 REQ-5). */
  readonly udpStreamTimeout?: number;
  /** How long an echo request waits for its answer. Default 60 s (RFC 5508 REQ-2). */
  readonly icmpTimeout?: number;
  /** How long a TCP connection that opens or closes may be silent. Default 4 minutes (RFC 5382 REQ-5). */
  readonly tcpTransitoryTimeout?: number;
  /** How long an established TCP connection may be silent. Default 2 hours and 4 minutes (RFC 5382 REQ-5). */
  readonly tcpEstablishedTimeout?: number;
}

/** The options with their defaults in place. */
export type NatSettings = Required<NatOptions>;

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

export const NAT_DEFAULTS: NatSettings = {
  sessions: 65_536,
  sessionsPerHost: 16_384,
  udpTimeout: 2 * MINUTE,
  udpStreamTimeout: 5 * MINUTE,
  icmpTimeout: MINUTE,
  tcpTransitoryTimeout: 4 * MINUTE,
  tcpEstablishedTimeout: 124 * MINUTE,
};
