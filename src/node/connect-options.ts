import type { TcpSocketConnectOpts } from 'node:net';
import { isIP } from 'node:net';
import {
  checkFunction,
  checkNumber,
  invalidArgType,
  invalidIpAddress,
  missingArgs,
  validPort,
} from './argument-errors';

/** What `socket.connect` may be given, after `callArguments`; nothing of it is checked yet. */
export interface ConnectOptions extends Partial<Omit<TcpSocketConnectOpts, 'port'>> {
  readonly port?: unknown;
  /** The path of a Unix domain socket, which no TCP stack has. */
  readonly path?: string | null;
}

/** Where to connect to, and from where. */
export interface Target extends TcpSocketConnectOpts {
  readonly host: string;
}

/**
 * Checks the options of `socket.connect` in Node's order.
 * @throws TypeError ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE, ERR_INVALID_IP_ADDRESS, RangeError ERR_SOCKET_BAD_PORT
 */
export function connectTarget(options: ConnectOptions): Target {
  const { port, localAddress, localPort, lookup } = options;
  if (port === undefined) throw missingArgs();
  if (localAddress !== undefined && !isIP(localAddress)) throw invalidIpAddress(localAddress);
  checkNumber('options.localPort', localPort);
  if (typeof port !== 'number' && typeof port !== 'string') {
    throw invalidArgType('options.port', 'one of type number or string', port);
  }
  const target = { ...options, port: validPort('Port', port), host: options.host ?? 'localhost' };
  checkFunction('options.lookup', lookup);
  return target;
}
