import { isMulticastAddress, parseAddress, type Address } from '../../wire/address';
import { UdpError } from './errors';
import type { UdpSocketOptions } from './user';

/** Defaults of all sockets, and bounds. */
export interface UdpOptions extends Pick<UdpSocketOptions, 'receiveBuffer' | 'receiveQueue' | 'ttl'> {
  /** Default 32,768 to 60,999, as Linux has it. */
  readonly ephemeralPorts?: { readonly first: number; readonly last: number };
  /** The most sockets that can be open at once. Default 16,384. */
  readonly maxSockets?: number;
  /** The most groups that a socket can be in. Default 20, as Linux has it. */
  readonly maxMemberships?: number;
  /** The most sources that a socket can ask of one group. Default 10, as Linux has it. */
  readonly maxSources?: number;
}

export interface UdpLimits {
  readonly ephemeralPorts: { readonly first: number; readonly last: number };
  readonly maxSockets: number;
  readonly maxMemberships: number;
  readonly maxSources: number;
}

/** What a socket goes by. */
export interface UdpSettings {
  readonly broadcast: boolean;
  /** `undefined`: the IP layer's. */
  readonly ttl: number | undefined;
  readonly multicastTtl: number;
  readonly multicastLoop: boolean;
  /** `0.0.0.0` or `::`: the routes say. */
  readonly multicastInterface: Address;
  readonly tos: number;
  readonly receiveBuffer: number;
  readonly receiveQueue: number;
}

export const UDP_DEFAULTS: UdpSettings = {
  broadcast: false,
  ttl: undefined,
  multicastTtl: 1,
  multicastLoop: true,
  multicastInterface: 0,
  tos: 0,
  receiveBuffer: 212_992,
  receiveQueue: 1024,
};

const RANGES = {
  ttl: [1, 255],
  multicastTtl: [0, 255],
  tos: [0, 255],
  receiveBuffer: [0, 0x7fffffff],
  receiveQueue: [1, 0x7fffffff],
} as const;

/**
 * The settings with the options in place of those that were.
 * @throws UdpError EINVAL, whose message begins with `doing`
 */
export function udpSettings(before: UdpSettings, options: UdpSocketOptions, doing: string): UdpSettings {
  for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
    const value = options[name];
    if (value !== undefined) requireRange(name, value, RANGES[name], doing);
  }
  const { multicastInterface } = options;
  const settings: UdpSettings = {
    broadcast: options.broadcast ?? before.broadcast,
    ttl: options.ttl ?? before.ttl,
    multicastTtl: options.multicastTtl ?? before.multicastTtl,
    multicastLoop: options.multicastLoop ?? before.multicastLoop,
    multicastInterface: before.multicastInterface,
    tos: options.tos ?? before.tos,
    receiveBuffer: options.receiveBuffer ?? before.receiveBuffer,
    receiveQueue: options.receiveQueue ?? before.receiveQueue,
  };
  if (multicastInterface === undefined) return settings;
  const address = parseAddress(multicastInterface);
  if (address === undefined || isMulticastAddress(address)) {
    throw new UdpError('EINVAL', `${doing}: multicastInterface ${multicastInterface} is not a host's IP address`);
  }
  return { ...settings, multicastInterface: address };
}

/** @throws UdpError EINVAL */
export function udpLimits(options: UdpOptions): UdpLimits {
  const { ephemeralPorts = { first: 32_768, last: 60_999 } } = options;
  const doing = 'cannot make a stack';
  const { first, last } = ephemeralPorts;
  requireRange('ephemeralPorts.first', first, [1, 65_535], doing);
  requireRange('ephemeralPorts.last', last, [first, 65_535], doing);
  const { maxSockets = 16_384, maxMemberships = 20, maxSources = 10 } = options;
  for (const [name, value] of Object.entries({ maxSockets, maxMemberships, maxSources })) {
    requireRange(name, value, [0, 0x7fffffff], doing);
  }
  return { ephemeralPorts, maxSockets, maxMemberships, maxSources };
}

function requireRange(name: string, value: number, [least, most]: readonly [number, number], doing: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new UdpError('EINVAL', `${doing}: ${name} is a whole number from ${least} to ${most}, not ${value}`);
}
