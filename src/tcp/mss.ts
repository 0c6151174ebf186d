import type { Tcb } from './tcb';

/** What the timestamps option takes in every segment, two NOPs included (RFC 7323 appendix A). */
export const TIMESTAMPS = 12;

/**
 * Eff.snd.MSS (RFC 9293 §3.7.1, MUST-16): what the peer takes and the path carries, less the options that every segment has. (An MSS on
 * the wire counts no options: RFC 6691.)
 */
export function updateSendMss(tcb: Tcb): void {
  const { snd, timestamps } = tcb;
  const largest = Math.min(snd.peerMss, tcb.pathMss) - (timestamps.on ? TIMESTAMPS : 0);
  snd.mss = Math.max(1, largest);
  tcb.congestion.setMss(snd.mss);
}
