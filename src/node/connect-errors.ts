import { isIPv4, isIPv6 } from 'node:net';
import { hostAddress } from '../stack/addresses';
import { isMulticastAddress } from '../wire/address';
import { ANY, ANY_6 } from './addresses';
import type { Target } from './connect-options';
import type { SystemError, SystemErrorCode } from './errors';
import { exceptionWithHostPort } from './errors';

/**
 * Why an address cannot be called: a host without IPv6 has none to call it from; or the local end is of the other family, be it an IPv4
 * address in IPv6's clothes.
 * @returns `undefined` when it can
 */
export function familyException(address: string, target: Target, hasIpv6: boolean): SystemError | undefined {
  const { port, localAddress, localPort } = target;
  if (localAddress && isIPv6(localAddress) !== isIPv6(address)) return bindException('EINVAL', localAddress, localPort);
  if (!hasIpv6 && isIPv6(address)) {
    return localAddress
      ? bindException('EADDRNOTAVAIL', localAddress, localPort)
      : exceptionWithHostPort('connect', 'EADDRNOTAVAIL', address, port, { address: ANY_6, port: localPort ?? 0 });
  }
  if (!localAddress) return undefined;
  const from = hostAddress(localAddress);
  const to = hostAddress(address);
  // `::` is of both, and what has a zone is no IPv4 address.
  if (from === 0n || from === undefined || to === undefined || typeof from === typeof to) return undefined;
  const code = typeof from === 'number' ? 'EAFNOSUPPORT' : 'ENETUNREACH';
  return exceptionWithHostPort('connect', code, address, port, { address: localAddress, port: localPort ?? 0 });
}

/** No interface has the name that is the zone of one of the ends. */
export function zoneException(which: 'local' | 'remote', address: string, target: Target): SystemError {
  if (which === 'local') return bindException('EINVAL', target.localAddress, target.localPort);
  return openException('EINVAL', address, target);
}

/** What OPEN refused, as the call of the kernel that would have refused it. */
export function openException(
  code: SystemErrorCode,
  address: string,
  { port, localAddress, localPort }: Target,
): SystemError {
  const isBind = code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL';
  const any = isIPv4(address) ? ANY : ANY_6;
  if (isBind && (localAddress || localPort)) return bindException(code, localAddress ?? any, localPort);
  // To Linux a group is of IPv6 what it is no way to.
  const isGroup =
    code === 'EINVAL' && isIPv6(address) && isMulticastAddress(hostAddress(address.replace(/%.*/, '')) ?? 0);
  const local = { address: localAddress ?? any, port: localPort ?? 0 };
  return exceptionWithHostPort('connect', isGroup ? 'ENETUNREACH' : code, address, port, local);
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
