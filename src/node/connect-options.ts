import type { LookupFunction, TcpSocketConnectOpts } from 'node:net';
import * as nodeNet from 'node:net';
import { isIP } from 'node:net';
import {
  checkBoolean,
  checkFunction,
  checkNumber,
  invalidArgType,
  invalidIpAddress,
  missingArgs,
  validInteger,
  validPort,
} from './argument-errors';

/** What `socket.connect` may be given, after `connectArguments`; nothing of it is checked yet. */
export interface ConnectOptions extends Partial<Omit<TcpSocketConnectOpts, 'port' | 'family'>> {
  readonly port?: unknown;
  readonly family?: unknown;
  /** The path of a Unix domain socket. */
  readonly path?: string | null;
}

/** Where to connect to, and from where. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  /** 4 and 6 ask for addresses of that family alone. */
  readonly family: unknown;
  readonly hints: number;
  readonly lookup: LookupFunction | undefined;
  /** Every address of the host may be tried, one after the other. */
  readonly autoSelectFamily: boolean;
  /** How long one of several addresses has, in ms. */
  readonly attemptTimeout: number;
}

/** The shortest time that Node gives an attempt, in ms. */
const SHORTEST_ATTEMPT = 10;

/**
 * Checks the options of `socket.connect` in Node's order.
 * @throws TypeError ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE, ERR_INVALID_IP_ADDRESS, RangeError ERR_SOCKET_BAD_PORT, ERR_OUT_OF_RANGE
 */
export function connectTarget(options: ConnectOptions): Target {
  const { port, localAddress, localPort, lookup, autoSelectFamily, autoSelectFamilyAttemptTimeout } = options;
  if (port === undefined && (options.path === undefined || options.path === null)) throw missingArgs();
  if (localAddress && !isIP(localAddress)) throw invalidIpAddress(localAddress);
  if (localPort) checkNumber('options.localPort', localPort);
  if (port !== undefined && typeof port !== 'number' && typeof port !== 'string') {
    throw invalidArgType('options.port', 'one of type number or string', port);
  }
  const host = options.host ?? '';
  const target: Target = {
    // A path that is empty is none, and port 0.
    port: port === undefined ? 0 : validPort('Port', port),
    host: host === '' ? 'localhost' : host,
    localAddress: localAddress === '' ? undefined : localAddress,
    localPort,
    family: familyNumber(options.family),
    hints: options.hints ?? 0,
    lookup,
    autoSelectFamily: isGiven(autoSelectFamily)
      ? checkBoolean('options.autoSelectFamily', autoSelectFamily)
      : nodeNet.getDefaultAutoSelectFamily(),
    attemptTimeout: isGiven(autoSelectFamilyAttemptTimeout)
      ? Math.max(
          SHORTEST_ATTEMPT,
          validInteger('options.autoSelectFamilyAttemptTimeout', autoSelectFamilyAttemptTimeout, 1),
        )
      : nodeNet.getDefaultAutoSelectFamilyAttemptTimeout(),
  };
  if (isGiven(lookup) && !isIP(target.host)) checkFunction('options.lookup', lookup);
  return target;
}

/** @throws TypeError ERR_INVALID_ARG_TYPE */
export function connectPath(path: unknown): string {
  if (typeof path !== 'string') throw invalidArgType('options.path', 'of type string', path);
  return path;
}

/** Node takes null for "not given", whatever its types say. */
function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function familyNumber(family: unknown): unknown {
  if (family === 'IPv4') return 4;
  return family === 'IPv6' ? 6 : family;
}
