import type { BbrState } from './state';

/** MarkConnectionAppLimited() (§4.1.2.4). */
export function markAppLimited(bbr: BbrState, inFlight: number): void {
  bbr.appLimitedUntil = Math.max(bbr.delivered + inFlight, 1);
}

/**
 * ProbeRTT holds the flow back, so that its samples tell little of the path: they count as application-limited
 * (HandleProbeRTT(), §5.3.4.3). The transport does not know of it, so BBR remembers which were sent meanwhile.
 */
export function markProbeRttLimited(bbr: BbrState): void {
  markAppLimited(bbr, bbr.inFlight);
  bbr.probeRttLimitedUntil = bbr.appLimitedUntil;
}

/** P.is_app_limited of a segment, ProbeRTT's mark included, that was sent when `priorDelivered` had been delivered. */
export function wasLimited(bbr: BbrState, isAppLimited: boolean, priorDelivered: number): boolean {
  return isAppLimited || (priorDelivered >= bbr.probeRttLimitedFrom && priorDelivered <= bbr.probeRttLimitedUntil);
}
