import { isIPv4, isIPv6 } from 'node:net';
import { ANY } from './addresses';
import type { Target } from './connect-options';
import type { SystemError, SystemErrorCode } from './errors';
import { exceptionWithHostPort } from './errors';

const ANY_6 = '::';

/**
 * Why an address cannot be called at all: this stack is a host without IPv6, so that it has no address of that kind to call from.
 * @returns `undefined` when it can
 */
export function familyException(address: string, { port, localAddress, localPort }: Target): SystemError | undefined {
  const isV6 = isIPv6(address);
  if (localAddress && isIPv6(localAddress) !== isV6) return bindException('EINVAL', localAddress, localPort);
  if (!isV6) return undefined;
  return localAddress
    ? bindException('EADDRNOTAVAIL', localAddress, localPort)
    : exceptionWithHostPort('connect', 'EADDRNOTAVAIL', address, port, { address: ANY_6, port: localPort ?? 0 });
}

/** What OPEN refused, as the call of the kernel that would have refused it. */
export function openException(
  code: SystemErrorCode,
  address: string,
  { port, localAddress, localPort }: Target,
): SystemError {
  const isBind = code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL';
  return isBind && (localAddress || localPort)
    ? bindException(code, localAddress, localPort)
    : exceptionWithHostPort('connect', code, address, port, { address: localAddress ?? ANY, port: localPort ?? 0 });
}

/** What the peer, or the way to it, refused. */
export function refusedException(
  code: SystemErrorCode,
  address: string,
  { port, localAddress, localPort }: Target,
): SystemError {
  // Node names the local end only when both parts of it are known.
  const from = localAddress ?? (isIPv4(address) ? ANY : ANY_6);
  const local = localPort ? { address: from, port: localPort } : undefined;
  const error = exceptionWithHostPort('connect', code, address, port, local);
  if (local !== undefined) Object.assign(error, { localAddress: local.address, localPort: local.port });
  return error;
}

/** Every address was tried, and none answered: all their errors, and the code of the first, as Node's own has it. */
export function aggregateException(errors: readonly Error[]): AggregateError {
  const [first] = errors as readonly SystemError[];
  return Object.assign(new AggregateError(errors), { code: first?.code });
}

function bindException(code: SystemErrorCode, address: string | undefined, port: number | undefined): SystemError {
  return exceptionWithHostPort('bind', code, address ?? ANY, port);
}
