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

type Numeric = Exclude<keyof ConnectionOptions, 'noDelay' | 'keepAlive' | 'rto'>;

const FOREVER = Number.MAX_SAFE_INTEGER;

/** The least and the most that each option may be. */
const BOUNDS: Readonly<Record<Numeric, readonly [least: number, most: number]>> = {
  sendBuffer: [1, 2 ** 30],
  receiveBuffer: [1, 2 ** 30],
  mss: [1, 65_495],
  linger: [0, FOREVER],
  userTimeout: [1, FOREVER],
  ttl: [1, 255],
  dscp: [0, 63],
  msl: [0, 3600 * SECOND],
  r2: [1, FOREVER],
  synR2: [1, FOREVER],
  // RFC 9293 MUST-40: an ACK is delayed by less than half a second.
  delayedAck: [0, 499_999],
  outOfOrderLimit: [1, 1_000_000],
  finWait2Timeout: [0, FOREVER],
};

/** Lays `options` over `base`; what is not given, or is `undefined`, stays as it is. */
export function settingsFrom(base: Settings, options: ConnectionOptions): Settings {
  const { keepAlive, rto } = options;
  const settings = { ...base, noDelay: options.noDelay ?? base.noDelay };
  for (const name of Object.keys(BOUNDS) as Numeric[]) {
    const value = options[name];
    if (value !== undefined) settings[name] = value;
  }
  if (rto !== undefined) {
    const { initial = base.rto.initial, min = base.rto.min, max = base.rto.max } = rto;
    settings.rto = { initial, min, max };
  }
  if (keepAlive === false) settings.keepAlive = undefined;
  else if (keepAlive !== undefined) {
    const before = base.keepAlive ?? KEEP_ALIVE;
    const { idle = before.idle, interval = before.interval, probes = before.probes } = keepAlive;
    settings.keepAlive = { idle, interval, probes };
  }
  return settings;
}

/** What is wrong with `options`, in words, or `undefined`. */
export function invalidOption(options: ConnectionOptions): string | undefined {
  for (const name of Object.keys(BOUNDS) as Numeric[]) {
    const wrong = outOfBounds(name, options[name], ...BOUNDS[name]);
    if (wrong !== undefined) return wrong;
  }
  const { rto = {}, keepAlive } = options;
  const spans = { ...prefixed('rto', rto), ...prefixed('keepAlive', keepAlive === false ? {} : (keepAlive ?? {})) };
  for (const [name, value] of Object.entries(spans)) {
    const wrong = outOfBounds(name, value, 1, FOREVER);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function outOfBounds(name: string, value: number | undefined, least: number, most: number): string | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return undefined;
  return `${name} is ${value}, and should be a whole number from ${least} to ${most}`;
}

function prefixed(name: string, values: object): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value as number]));
}
