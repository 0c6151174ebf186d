import { inspect } from 'node:util';

/** The longest time of Node's timers, in ms, and the largest of its 32-bit numbers. */
const INT32_MAX = 2 ** 31 - 1;

/** An error with one of Node's own `ERR_…` codes. */
export type CodedError = Error & { code: string };

/** `The "options.port" property must be one of type number or string. Received …`. */
export function invalidArgType(name: string, expected: string, actual: unknown): CodedError {
  const what = name.includes('.') ? 'property' : 'argument';
  return coded(
    new TypeError(`The "${name}" ${what} must be ${expected}. Received ${received(actual)}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

export function invalidArgValue(name: string, value: unknown, reason = 'is invalid'): CodedError {
  const what = name.includes('.') ? 'property' : 'argument';
  return coded(new TypeError(`The ${what} '${name}' ${reason}. Received ${inspect(value)}`), 'ERR_INVALID_ARG_VALUE');
}

export function missingArgs(): CodedError {
  return coded(new TypeError('The "options" or "port" or "path" argument must be specified'), 'ERR_MISSING_ARGS');
}

export function invalidIpAddress(address: string): CodedError {
  return coded(new TypeError(`Invalid IP address: ${address}`), 'ERR_INVALID_IP_ADDRESS');
}

export function invalidAddressFamily(family: unknown, host: string, port: number): CodedError {
  const error = new RangeError(`Invalid address family: ${String(family)} ${host}:${port}`);
  return coded(Object.assign(error, { host, port }), 'ERR_INVALID_ADDRESS_FAMILY');
}

export function socketClosed(): CodedError {
  return coded(new Error('Socket is closed'), 'ERR_SOCKET_CLOSED');
}

export function socketClosedBeforeConnection(): CodedError {
  return coded(new Error('Socket closed before the connection was established'), 'ERR_SOCKET_CLOSED_BEFORE_CONNECTION');
}

export function serverAlreadyListening(): CodedError {
  return coded(new Error('Listen method has been called more than once without closing.'), 'ERR_SERVER_ALREADY_LISTEN');
}

export function serverNotRunning(): CodedError {
  return coded(new Error('Server is not running.'), 'ERR_SERVER_NOT_RUNNING');
}

/** A RST is asked for where there is no TCP. */
export function invalidHandleType(): CodedError {
  return coded(new TypeError('This handle type cannot be sent'), 'ERR_INVALID_HANDLE_TYPE');
}

/** A write to a socket whose peer has closed, where half-open is not allowed. */
export function endedByPeer(): CodedError {
  return coded(new Error('This socket has been ended by the other party'), 'EPIPE');
}

/**
 * A port as a number: 0 to 65535, or a string that says one.
 * @throws RangeError ERR_SOCKET_BAD_PORT
 */
export function validPort(name: string, port: number | string): number {
  const value = typeof port === 'string' && port.trim() === '' ? NaN : Number(port);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  const message = `${name} should be >= 0 and < 65536. Received ${received(port)}.`;
  throw coded(new RangeError(message), 'ERR_SOCKET_BAD_PORT');
}

/** @throws TypeError ERR_INVALID_ARG_TYPE when `value` is given and is no number. */
export function checkNumber(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
}

/** @throws TypeError ERR_INVALID_ARG_TYPE when `value` is no boolean. */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'of type boolean', value);
  return value;
}

/**
 * A whole number of at most 31 bits.
 * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE
 */
export function validInteger(name: string, value: unknown, min: number): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > INT32_MAX) throw outOfRange(name, `>= ${min} && <= ${INT32_MAX}`, value);
  return value;
}

/** @throws TypeError ERR_INVALID_ARG_TYPE when `value` is no AbortSignal. */
export function checkSignal(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && 'aborted' in value) return;
  throw invalidArgType(name, 'an instance of AbortSignal', value);
}

/** @throws TypeError ERR_INVALID_ARG_TYPE when `value` is given and is no function. */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw invalidArgType(name, 'of type function', value);
}

/**
 * A time in ms, as Node's timers take it.
 * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE
 */
export function validDuration(name: string, ms: unknown): number {
  if (typeof ms !== 'number') throw invalidArgType(name, 'of type number', ms);
  if (!(ms >= 0) || !Number.isFinite(ms)) throw outOfRange(name, 'a non-negative finite number', ms);
  if (ms <= INT32_MAX) return ms;
  const warning = `${ms} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${INT32_MAX}.`;
  process.emitWarning(warning, 'TimeoutOverflowWarning');
  return INT32_MAX;
}

function outOfRange(name: string, range: string, value: number): CodedError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${numberText(value)}`;
  return coded(new RangeError(message), 'ERR_OUT_OF_RANGE');
}

/** Node cuts large whole numbers into groups of three digits. */
function numberText(value: number): string {
  const text = String(value);
  return Number.isInteger(value) && Math.abs(value) > 2 ** 32 ? text.replace(/\B(?=(\d{3})+$)/g, '_') : text;
}

export function coded<E extends Error>(error: E, code: string): E & { code: string } {
  return Object.assign(error, { code });
}

/** A value, in the words in which Node's messages describe one. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function' && value.name) return `function ${value.name}`;
  if (typeof value === 'object') {
    // An object without a prototype has no constructor.
    const { constructor } = value as { constructor?: { name: string } };
    return constructor?.name ? `an instance of ${constructor.name}` : inspect(value, { depth: -1 });
  }
  const text = inspect(value, { colors: false });
  return `type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`;
}
