import { DEFAULT_CWND_GAIN, DRAIN_PACING_GAIN, PROBE_RTT_CWND_GAIN, STARTUP_PACING_GAIN } from './constants';

/** BBR.state, by the draft's names (§5.1.1). */
export type BbrPhase =
  'Startup' | 'Drain' | 'ProbeBW_DOWN' | 'ProbeBW_CRUISE' | 'ProbeBW_REFILL' | 'ProbeBW_UP' | 'ProbeRTT';

/** The gains of each state (the table of §5.6.1). */
export const GAINS: Readonly<Record<BbrPhase, { readonly pacing: number; readonly cwnd: number }>> = {
  Startup: { pacing: STARTUP_PACING_GAIN, cwnd: DEFAULT_CWND_GAIN },
  Drain: { pacing: DRAIN_PACING_GAIN, cwnd: DEFAULT_CWND_GAIN },
  ProbeBW_DOWN: { pacing: 0.9, cwnd: DEFAULT_CWND_GAIN },
  ProbeBW_CRUISE: { pacing: 1, cwnd: DEFAULT_CWND_GAIN },
  ProbeBW_REFILL: { pacing: 1, cwnd: DEFAULT_CWND_GAIN },
  ProbeBW_UP: { pacing: 1.25, cwnd: 2.25 },
  ProbeRTT: { pacing: 1, cwnd: PROBE_RTT_CWND_GAIN },
};

/** IsInAProbeBWState(). */
export function isInProbeBw(phase: BbrPhase): boolean {
  return phase === 'ProbeBW_DOWN' || phase === 'ProbeBW_CRUISE' || phase === 'ProbeBW_REFILL' || phase === 'ProbeBW_UP';
}

/** IsProbingBW(): the flow means to find out how much more goes through. */
export function isProbingBw(phase: BbrPhase): boolean {
  return phase === 'Startup' || phase === 'ProbeBW_REFILL' || phase === 'ProbeBW_UP';
}
