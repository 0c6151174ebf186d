import { CONGESTION_NAMES, type CongestionName } from './congestion/congestion-control';
import { emitIpv4Options, type Ipv4Option } from '../wire/ipv4-options';
import type { ConnectionOptions, IpOption } from './connection-options';

const SECOND = 1_000_000;

/** Options with every default filled in. Times in µs, sizes in bytes. */
export interface Settings {
  noDelay: boolean;
  nagle: 'minshall' | 'classic';
  sendBuffer: number;
  sendBufferMax: number;
  linger: number | undefined;
  receiveBuffer: number;
  receiveBufferMax: number;
  outOfOrderLimit: number;
  delayedAck: number;
  quickAcks: number;
  /** The MSS to announce at most; `undefined`: what the path's MTU allows. */
  mss: number | undefined;
  windowScaling: boolean;
  timestamps: boolean;
  sack: boolean;
  ecn: boolean | 'passive';
  rto: { initial: number; min: number; max: number };
  lossRecovery: 'rack' | 'sack';
  tailLossProbe: boolean;
  frto: boolean;
  congestion: CongestionName;
  initialWindow: number;
  slowStartAfterIdle: boolean;
  keepAlive: { idle: number; interval: number; probes: number; garbage: boolean } | undefined;
  userTimeout: number | undefined;
  userTimeoutOption: boolean;
  r1: number;
  r2: number;
  synR2: number;
  synAckRetries: number;
  orphanRetries: number;
  warnings: boolean;
  msl: number;
  finWait2Timeout: number;
  rfc1337: boolean;
  ttl: number;
  dscp: number;
  pmtuDiscovery: boolean;
  mtuProbing: 'off' | 'black-hole' | 'always';
  baseMss: number;
  ipOptions: readonly IpOption[];
  challengeAckLimit: number;
}

export const DEFAULTS: Settings = {
  noDelay: false,
  nagle: 'minshall',
  sendBuffer: 262_144,
  sendBufferMax: 4_194_304,
  linger: undefined,
  receiveBuffer: 131_072,
  receiveBufferMax: 6_291_456,
  outOfOrderLimit: 16_384,
  delayedAck: 40_000,
  quickAcks: 16,
  mss: undefined,
  windowScaling: true,
  timestamps: true,
  sack: true,
  ecn: 'passive',
  rto: { initial: SECOND, min: 0.2 * SECOND, max: 60 * SECOND },
  lossRecovery: 'rack',
  tailLossProbe: true,
  frto: true,
  congestion: 'cubic',
  initialWindow: 10,
  slowStartAfterIdle: true,
  keepAlive: undefined,
  userTimeout: undefined,
  userTimeoutOption: false,
  r1: 3,
  r2: 924.6 * SECOND,
  synR2: 180 * SECOND,
  synAckRetries: 5,
  orphanRetries: 8,
  warnings: true,
  msl: 30 * SECOND,
  finWait2Timeout: 60 * SECOND,
  rfc1337: false,
  ttl: 64,
  dscp: 0,
  pmtuDiscovery: true,
  mtuProbing: 'off',
  baseMss: 1024,
  ipOptions: [],
  challengeAckLimit: 10,
};

/** RFC 9293 MUST-28: two hours. The interval and the number of probes are Linux's. */
const KEEP_ALIVE = { idle: 7200 * SECOND, interval: 75 * SECOND, probes: 9, garbage: false };

const FOREVER = Number.MAX_SAFE_INTEGER;

/** The least and the most that each number may be. */
const BOUNDS = {
  sendBuffer: [1, 2 ** 30],
  sendBufferMax: [1, 2 ** 30],
  receiveBuffer: [1, 2 ** 30],
  receiveBufferMax: [1, 2 ** 30],
  mss: [1, 65_495],
  linger: [0, FOREVER],
  initialWindow: [1, 1_000],
  userTimeout: [1, FOREVER],
  ttl: [1, 255],
  dscp: [0, 63],
  msl: [0, 3600 * SECOND],
  // RFC 9293 SHLD-10 asks for three.
  r1: [1, 100],
  r2: [1, FOREVER],
  synR2: [1, FOREVER],
  synAckRetries: [0, 255],
  orphanRetries: [0, 255],
  // RFC 9293 MUST-40: an ACK is delayed by less than half a second.
  delayedAck: [0, 499_999],
  quickAcks: [0, 1_000_000],
  outOfOrderLimit: [1, 1_000_000],
  finWait2Timeout: [0, FOREVER],
  challengeAckLimit: [0, 1_000_000],
  baseMss: [48, 65_495],
} as const satisfies Partial<Record<keyof ConnectionOptions, readonly [least: number, most: number]>>;

/** What each word, or yes and no, may be. */
const CHOICES = {
  noDelay: [true, false],
  nagle: ['minshall', 'classic'],
  windowScaling: [true, false],
  timestamps: [true, false],
  sack: [true, false],
  ecn: [true, false, 'passive'],
  lossRecovery: ['rack', 'sack'],
  tailLossProbe: [true, false],
  frto: [true, false],
  congestion: CONGESTION_NAMES,
  slowStartAfterIdle: [true, false],
  userTimeoutOption: [true, false],
  warnings: [true, false],
  rfc1337: [true, false],
  pmtuDiscovery: [true, false],
  mtuProbing: ['off', 'black-hole', 'always'],
} as const satisfies Partial<Record<keyof ConnectionOptions, readonly (string | boolean)[]>>;

const NUMERIC = Object.keys(BOUNDS) as (keyof typeof BOUNDS)[];
const CHOSEN = Object.keys(CHOICES) as (keyof typeof CHOICES)[];

/** What was made of a base so far, by what was laid over it: most connections of a program want the same. */
const MADE = new WeakMap<Settings, Map<string, Settings>>();
/** Beyond so many of one base each connection has its own. */
const MOST_MADE = 64;

/** Lays `options` over `base`; what is not given, or is `undefined`, stays as it is. The result may be shared: nobody writes to it. */
export function settingsFrom(base: Settings, options: ConnectionOptions): Settings {
  const wanted = inWords(options);
  if (wanted === '') return base;
  let made = MADE.get(base);
  if (made === undefined) MADE.set(base, (made = new Map<string, Settings>()));
  const before = made.get(wanted);
  if (before !== undefined) return before;
  const settings = lay(options, base);
  if (made.size < MOST_MADE) made.set(wanted, settings);
  return settings;
}

/** All that `options` say of settings, as a key. */
function inWords(options: ConnectionOptions): string {
  let words = '';
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    if (value === undefined || !(name in DEFAULTS)) continue;
    words += `${name} ${JSON.stringify(value)};`;
  }
  return words;
}

function lay(options: ConnectionOptions, base: Settings): Settings {
  const { keepAlive, rto } = options;
  const settings = { ...base };
  for (const name of [...NUMERIC, ...CHOSEN]) {
    const value = options[name];
    // Name by name the two have the same type, which TypeScript cannot see through the union.
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  // As with SO_SNDBUF and SO_RCVBUF in Linux: who names a size means that size.
  if (options.sendBuffer !== undefined) settings.sendBufferMax = options.sendBufferMax ?? options.sendBuffer;
  if (options.receiveBuffer !== undefined)
    settings.receiveBufferMax = options.receiveBufferMax ?? options.receiveBuffer;
  settings.sendBuffer = Math.min(settings.sendBuffer, settings.sendBufferMax);
  settings.receiveBuffer = Math.min(settings.receiveBuffer, settings.receiveBufferMax);
  if (options.ipOptions !== undefined) settings.ipOptions = options.ipOptions;
  if (rto !== undefined) {
    const { initial = base.rto.initial, min = base.rto.min, max = base.rto.max } = rto;
    settings.rto = { initial, min, max };
  }
  if (keepAlive === false) settings.keepAlive = undefined;
  else if (keepAlive !== undefined) {
    const before = base.keepAlive ?? KEEP_ALIVE;
    const {
      idle = before.idle,
      interval = before.interval,
      probes = before.probes,
      garbage = before.garbage,
    } = keepAlive;
    settings.keepAlive = { idle, interval, probes, garbage };
  }
  return settings;
}

/** What is wrong with `options`, in words, or `undefined`. */
export function invalidOption(options: ConnectionOptions): string | undefined {
  for (const name of NUMERIC) {
    const [least, most] = BOUNDS[name];
    const wrong = outOfBounds(name, options[name], least, most);
    if (wrong !== undefined) return wrong;
  }
  for (const name of CHOSEN) {
    const value = options[name];
    const choices: readonly (string | boolean)[] = CHOICES[name];
    if (value !== undefined && !choices.includes(value)) {
      return `${name} is ${JSON.stringify(value)}, and should be one of ${choices.map((each) => JSON.stringify(each)).join(', ')}`;
    }
  }
  const wrong = invalidIpOption(options.ipOptions ?? []);
  if (wrong !== undefined) return wrong;
  const { rto = {}, keepAlive } = options;
  const { idle, interval, probes } = keepAlive === false ? {} : (keepAlive ?? {});
  const spans = { ...prefixed('rto', rto), ...prefixed('keepAlive', { idle, interval, probes }) };
  for (const [name, value] of Object.entries(spans)) {
    const wrong = outOfBounds(name, value, 1, FOREVER);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function invalidIpOption(options: readonly IpOption[]): string | undefined {
  const kinds: readonly Ipv4Option['kind'][] = ['record-route', 'timestamp'];
  const other = options.find(({ kind }) => !kinds.includes(kind));
  if (other !== undefined) return `ipOptions has ${JSON.stringify(other)}, and may have record-route and timestamp`;
  try {
    emitIpv4Options(options);
    return undefined;
  } catch (error) {
    return `ipOptions cannot be sent: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function outOfBounds(name: string, value: number | undefined, least: number, most: number): string | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return undefined;
  return `${name} is ${value}, and should be a whole number from ${least} to ${most}`;
}

function prefixed(name: string, values: object): Record<string, number | undefined> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${name}.${key}`, value as number]));
}
