import {
  initialWindow,
  type AckSample,
  type CongestionSetup,
  type LostRange,
} from '../../src/tcp/congestion/congestion-control';

export const MSS = 1000;
export const MS = 1_000;
export const SECOND = 1_000_000;

/** What an algorithm is made with, unless a test says otherwise: ten segments of 1000 octets. */
export function congestionSetup(changes: Partial<CongestionSetup> = {}): CongestionSetup {
  return { mss: MSS, initialWindow: 10, slowStartAfterIdle: true, random32: () => 0, ...changes };
}

/** The ACK of one segment of a sender that the window held back, in the middle of a round, in `open`, at time 0. */
export function ackSample(changes: Partial<AckSample> = {}): AckSample {
  const acked = changes.acked ?? MSS;
  return {
    now: 0,
    phase: 'open',
    acked,
    delivered: acked,
    lost: 0,
    inFlight: 0,
    priorInFlight: acked,
    limited: true,
    roundStart: false,
    ecnEcho: false,
    rtt: 100 * MS,
    srtt: 100 * MS,
    totalDelivered: acked,
    priorDelivered: 0,
    totalLost: 0,
    sampleLost: 0,
    txInFlight: acked,
    deliveryRate: 0,
    interval: 0,
    isAppLimited: false,
    ...changes,
  };
}

/** A segment that was lost. */
export function lostRange(changes: Partial<LostRange> = {}): LostRange {
  return {
    now: 0,
    length: MSS,
    txInFlight: MSS,
    priorDelivered: 0,
    priorLost: 0,
    isAppLimited: false,
    totalLost: MSS,
    ...changes,
  };
}

/** The initial window of `congestionSetup`. */
export const INITIAL = initialWindow(MSS, 10);
