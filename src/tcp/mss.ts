import type { Address } from '../wire/address';
import type { Tcb } from './tcb';

/** What the headers of IP and TCP take without options: what a packet is larger than a segment's data and options. */
export function headersTo(address: Address): 40 | 60 {
  return typeof address === 'number' ? 40 : 60;
}

/** The MSS of a peer that announces none (RFC 9293 MUST-15). */
export function defaultMss(address: Address): 536 | 1220 {
  return typeof address === 'number' ? 536 : 1220;
}

/** What the timestamps option takes in every segment, two NOPs included (RFC 7323 appendix A). */
export const TIMESTAMPS = 12;

/** What the options of TCP and IPv4 take that every segment has, octets. */
export function segmentOverhead({ timestamps, pmtu }: Tcb): number {
  return (timestamps.on ? TIMESTAMPS : 0) + pmtu.ipOptions;
}

/**
 * Eff.snd.MSS (RFC 9293 §3.7.1, MUST-16): what the peer takes and the path carries, less the options that every segment has. (An MSS on
 * the wire counts no options: RFC 6691.)
 */
export function updateSendMss(tcb: Tcb): void {
  const { snd } = tcb;
  snd.mss = Math.max(1, Math.min(snd.peerMss, tcb.pathMss) - segmentOverhead(tcb));
  tcb.congestion.setMss(snd.mss);
}
