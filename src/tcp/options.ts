import type { ConnectionOptions } from './user';

const SECOND = 1_000_000;

/** Options with every default filled in. Times in µs, sizes in bytes. */
export interface Settings {
  noDelay: boolean;
  keepAlive: { idle: number; interval: number; probes: number } | undefined;
  sendBuffer: number;
  receiveBuffer: number;
  /** The MSS to announce at most; `undefined`: what the path's MTU allows. */
  mss: number | undefined;
  linger: number | undefined;
  userTimeout: number | undefined;
  ttl: number;
  dscp: number;
  msl: number;
  r2: number;
  synR2: number;
  rto: { initial: number; min: number; max: number };
  delayedAck: number;
  outOfOrderLimit: number;
  finWait2Timeout: number;
}

export const DEFAULTS: Settings = {
  noDelay: false,
  keepAlive: undefined,
  sendBuffer: 262_144,
  receiveBuffer: 262_144,
  mss: undefined,
  linger: undefined,
  userTimeout: undefined,
  ttl: 64,
  dscp: 0,
  msl: 30 * SECOND,
  r2: 924.6 * SECOND,
  synR2: 180 * SECOND,
  rto: { initial: SECOND, min: 0.2 * SECOND, max: 60 * SECOND },
  delayedAck: 40_000,
  outOfOrderLimit: 1024,
  finWait2Timeout: 60 * SECOND,
};

/** RFC 9293 MUST-28: two hours. The interval and the number of probes are Linux's. */
const KEEP_ALIVE = { idle: 7200 * SECOND, interval: 75 * SECOND, probes: 9 };

/** Lays `options` over `base`; what is not given, or is `undefined`, stays as it is. */
export function settingsFrom(base: Settings, options: ConnectionOptions): Settings {
  const { keepAlive, rto, ...rest } = options;
  const settings: Settings = { ...base, rto: { ...base.rto, ...given(rto ?? {}) } };
  if (keepAlive === false) settings.keepAlive = undefined;
  else if (keepAlive !== undefined) settings.keepAlive = { ...KEEP_ALIVE, ...base.keepAlive, ...given(keepAlive) };
  for (const key of Object.keys(DEFAULTS) as (keyof Settings)[]) {
    if (key === 'keepAlive' || key === 'rto') continue;
    const value = rest[key];
    if (value !== undefined) Object.assign(settings, { [key]: value });
  }
  return settings;
}

function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** What is wrong with `options`, in words, or `undefined`. */
export function invalidOption(options: ConnectionOptions): string | undefined {
  const bounds: [keyof ConnectionOptions, number, number][] = [
    ['sendBuffer', 1, 2 ** 30],
    ['receiveBuffer', 1, 2 ** 30],
    ['mss', 1, 65_495],
    ['ttl', 1, 255],
    ['dscp', 0, 63],
    ['msl', 0, 3600 * SECOND],
    ['linger', 0, Number.MAX_SAFE_INTEGER],
    ['userTimeout', 1, Number.MAX_SAFE_INTEGER],
    ['r2', 1, Number.MAX_SAFE_INTEGER],
    ['synR2', 1, Number.MAX_SAFE_INTEGER],
    ['finWait2Timeout', 0, Number.MAX_SAFE_INTEGER],
    ['outOfOrderLimit', 1, 1_000_000],
    // RFC 9293 MUST-40: an ACK is delayed by less than half a second.
    ['delayedAck', 0, 499_999],
  ];
  for (const [name, least, most] of bounds) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      return `${name} is ${String(value)}, and should be from ${least} to ${most}`;
    }
  }
  return undefined;
}
