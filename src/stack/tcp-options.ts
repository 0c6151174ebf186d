import type { ConnectionOptions } from '../tcp/connection-options';
import type { PortRange } from '../tcp/ephemeral-ports';
import { invalidOption } from '../tcp/options';

/** TCP's options for a whole stack: defaults of its connections, and bounds. */
export interface TcpOptions extends ConnectionOptions {
  /** The most connections in any state. Default 1,000,000; beyond it `open` fails with ENOBUFS and SYNs are dropped. */
  maxConnections?: number;
  /** The most handshakes in progress that one listener has. Default 1024; what happens beyond it says `synCookies`. */
  maxHalfOpen?: number;
  /**
   * SYN cookies (RFC 4987): answer a SYN without remembering it when `maxHalfOpen` is reached (`auto`), answer all of them so
   * (`always`), or drop those for which there is no room (`false`). A connection that began with a cookie has window scaling, SACK and
   * ECN only where the peer has timestamps, and its MSS may be rounded down. Default `auto`, as Linux's `tcp_syncookies` of 1.
   */
  synCookies?: 'auto' | 'always' | false;
  /** The most connections in TIME-WAIT. Default 65,536; beyond it they are closed at once, and counted. */
  maxTimeWaits?: number;
  /**
   * The most connections that their users have closed and that still have something to bring over, or wait for the peer's FIN. Default
   * 65,536; beyond it `close` resets, and counts.
   */
  maxOrphans?: number;
  /**
   * Fast Open (RFC 7413) for listeners: data in a SYN is delivered, and may be answered, before the handshake is done. A SYN may be
   * delivered twice, so it is only for requests that may be repeated. `queue`: the most such connections of one listener whose
   * handshake is not done; default 256. Default `false`. Clients ask for it one by one (`ActiveOpen.fastOpen`).
   */
  fastOpen?: false | { queue?: number };
  /** How many peers' Fast Open cookies are remembered. Default 1024. */
  fastOpenCache?: number;
  /** Where ephemeral ports come from. Default 32768 to 60999. */
  ephemeralPorts?: PortRange;
}

/** The bounds with every default filled in. */
export interface TcpLimits {
  readonly maxConnections: number;
  readonly maxHalfOpen: number;
  readonly maxTimeWaits: number;
  readonly maxOrphans: number;
  readonly fastOpenCache: number;
}

const LIMITS: TcpLimits = {
  maxConnections: 1_000_000,
  maxHalfOpen: 1024,
  maxTimeWaits: 65_536,
  maxOrphans: 65_536,
  fastOpenCache: 1024,
};

const NAMES = Object.keys(LIMITS) as (keyof TcpLimits)[];

export function limitsFrom(options: TcpOptions): TcpLimits {
  const given = Object.fromEntries(NAMES.map((name) => [name, options[name] ?? LIMITS[name]]));
  return { ...LIMITS, ...given };
}

/** What is wrong with a stack's options, in words, or `undefined`. */
export function invalidTcpOption(options: TcpOptions): string | undefined {
  for (const name of NAMES) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      return `${name} is ${value}, and should be a whole number from 0 on`;
    }
  }
  const { synCookies } = options;
  if (synCookies !== undefined && !['auto', 'always', false].includes(synCookies)) {
    return `synCookies is ${JSON.stringify(synCookies)}, and should be "auto", "always" or false`;
  }
  return invalidFastOpen(options.fastOpen) ?? invalidOption(options);
}

/** The same for the Fast Open option of a listener. */
export function invalidFastOpen(fastOpen: TcpOptions['fastOpen']): string | undefined {
  if (fastOpen === undefined || fastOpen === false) return undefined;
  const { queue = 1 } = fastOpen;
  if (Number.isInteger(queue) && queue >= 1) return undefined;
  return `fastOpen.queue is ${queue}, and should be a whole number from 1 on`;
}

const DEFAULT_QUEUE = 256;

/** A listener's Fast Open queue; `undefined`: it has none. */
export function fastOpenQueue(fastOpen: TcpOptions['fastOpen']): number | undefined {
  return fastOpen === undefined || fastOpen === false ? undefined : (fastOpen.queue ?? DEFAULT_QUEUE);
}
