import type { OutgoingSegment } from './segment';
import type { TcpTraceEvent } from './trace';

/** What a connection asks of what is around it. It never asks for the time: that comes with every event. */
export interface TcpHost {
  /** Where events go; `undefined` when nobody listens, so that none is built. */
  readonly trace: ((event: TcpTraceEvent) => void) | undefined;
  /** A 32-bit number that nobody can guess, or a seeded one. */
  random32(): number;
  /** Adds one to a counter, e.g. `tcp.bad-checksum`. */
  count(name: string): void;
  /** The largest IP packet in octets that the path carries, as far as IP knows now. */
  readonly pathMtu: number;
  /** What the IPv4 options of each packet take, octets. */
  readonly ipOptionsLength: number;
  /** How many octets of text IP takes in one segment and has cut to our segment size on the way out; 0: none but what fits a packet. */
  readonly segmentation: number;
  /** Packets of more than `mtu` octets do not get through: IP tells all who use the path. How low it goes is IP's to say. */
  lowerPathMtu(mtu: number): void;
  /** A packet of `size` octets got through. */
  raisePathMtu(size: number): void;
  /** Hands a segment of this connection to IP. */
  transmit(segment: OutgoingSegment, now: number): void;
  /** The connection has something to tell its user (`tcb.notices`); do so after the machine has done its work. */
  notify(): void;
  /**
   * A passively opened connection has finished its handshake, or with `early` (Fast Open) may be accepted before. `false`: the accept
   * queue is full, it has to wait.
   */
  accept(early?: boolean): boolean;
  /** The user has closed, and the connection lives on to bring the rest over. `false`: there are too many of its kind (`maxOrphans`). */
  orphaned(): boolean;
  /** The connection enters TIME-WAIT. `false`: too many wait already (`maxTimeWaits`). */
  waits(): boolean;
  /** A SYN with a Fast Open option was answered, perhaps with a cookie (RFC 7413 §4.1.3); `mss` is what the peer announced. */
  fastOpenAnswered(cookie: Uint8Array | undefined, mss: number): void;
  /** A SYN with a Fast Open option was not answered in time (RFC 7413 §4.1.3.1). */
  fastOpenLost(now: number): void;
  /** The connection is CLOSED, or its handshake failed and it is LISTEN's again: forget it. */
  remove(): void;
  /** R1 retransmissions have failed: IP should look whether the next hop is still there (RFC 9293 MUST-20). */
  advise(): void;
  /** The peer acknowledged new data: the next hop is alive. */
  confirm(): void;
}
