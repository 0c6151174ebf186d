import type { TcpOption } from '../wire/tcp-options';
import type { Tcb } from './tcb';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
/** What 15 bits of seconds hold. */
const MOST_SECONDS = 32_767;
/** RFC 5482 §3.1 leaves the limits to us: nobody makes us give up sooner than this (L_LIMIT), or wait longer than R2 would (U_LIMIT). */
const LEAST = 100 * SECOND;

/** What the option takes in a segment. */
export const USER_TIMEOUT_LENGTH = 4;

/** The option that tells the peer of our user timeout, where the user has both set one and asked for it (RFC 5482 §3.1). */
export function userTimeoutOption({ settings }: Tcb): TcpOption | undefined {
  const { userTimeout, userTimeoutOption: enabled } = settings;
  if (!enabled || userTimeout === undefined) return undefined;
  const seconds = Math.max(1, Math.ceil(userTimeout / SECOND));
  if (seconds <= MOST_SECONDS) return { kind: 'user-timeout', value: seconds, unit: 's' };
  return { kind: 'user-timeout', value: Math.min(MOST_SECONDS, Math.ceil(userTimeout / MINUTE)), unit: 'min' };
}

/**
 * How long what was sent may stay unacknowledged, µs; `undefined`: no limit but R2. The peer's word counts only as long as the user has
 * not set a time (RFC 5482 §3.1, "CHANGEABLE"), and within limits.
 */
export function effectiveUserTimeout({ settings, peerUserTimeout }: Tcb): number | undefined {
  if (settings.userTimeout !== undefined || !settings.userTimeoutOption) return settings.userTimeout;
  if (peerUserTimeout === undefined) return undefined;
  return Math.max(LEAST, Math.min(peerUserTimeout, Math.max(LEAST, settings.r2)));
}
