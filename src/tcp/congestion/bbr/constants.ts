/** The constants of draft-ietf-ccwg-bbr-06 §2. Times in µs. */

/** 4 ln 2: the least gain with which the sending rate can double each round. */
export const STARTUP_PACING_GAIN = 2.77;
/** Any value up to 1 / `DEFAULT_CWND_GAIN` drains Startup's queue in one round trip. */
export const DRAIN_PACING_GAIN = 0.5;
export const DEFAULT_CWND_GAIN = 2;
/** The share of the bandwidth at which data is paced: 1 % is left over so that a queue shrinks. */
export const PACING_MARGIN = 0.99;

/** The loss rate of a round trip that is borne while probing. */
export const LOSS_THRESH = 0.02;
/** How far bounds go down at most in a round trip with losses. */
export const BETA = 0.7;
/** The share of `inflightLongterm` that is left to others. */
export const HEADROOM = 0.15;
/** MinPipeCwnd, in segments. */
export const MIN_PIPE_SEGMENTS = 4;

export const EXTRA_ACKED_FILTER_ROUNDS = 10;
/** Without this much growth in `FULL_BW_ROUNDS` rounds the pipe is full. */
export const FULL_BW_GROWTH = 1.25;
export const FULL_BW_ROUNDS = 3;
/** BBRStartupFullLossCnt: so many separate losses in a round end Startup. */
export const STARTUP_FULL_LOSSES = 6;
/** After so many rounds Drain ends, drained or not. */
export const DRAIN_ROUNDS = 3;

/** T_bbr: bandwidth is probed 2 s to 3 s after the last time (§5.3.3.8.2). */
export const PROBE_WAIT_BASE = 2_000_000;
export const PROBE_WAIT_RANDOM = 1_000_000;
/** T_reno_bound: the most round trips between two probes. */
export const RENO_ROUNDS = 63;

export const MIN_RTT_FILTER_LENGTH = 10_000_000;
export const PROBE_RTT_INTERVAL = 5_000_000;
export const PROBE_RTT_DURATION = 200_000;
export const PROBE_RTT_CWND_GAIN = 0.5;

/** Before the first round trip is measured it is taken to be this long (§5.6.2). */
export const NOMINAL_RTT = 1_000;
/** A burst is what is paced out in this time, within `MAX_QUANTUM` and two segments (§5.6.3). */
export const QUANTUM_TIME = 1_000;
export const MAX_QUANTUM = 65_536;
export const SECOND = 1_000_000;
