import { isIPv4 } from 'node:net';
import { ANY } from './addresses';
import type { Target } from './connect-options';
import type { SystemErrorCode } from './errors';
import { exceptionWithHostPort } from './errors';

/** What OPEN refused, as the call of the kernel that would have refused it. */
export function openException(
  code: SystemErrorCode,
  address: string,
  { port, localAddress, localPort }: Target,
): Error {
  if (!isIPv4(address)) return exceptionWithHostPort('connect', 'EAFNOSUPPORT', address, port);
  const isBind = code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL';
  return isBind && (localAddress || localPort)
    ? exceptionWithHostPort('bind', code, localAddress ?? ANY, localPort)
    : exceptionWithHostPort('connect', code, address, port, { address: localAddress ?? ANY, port: localPort ?? 0 });
}

/** What the peer, or the way to it, refused. */
export function refusedException(
  code: SystemErrorCode,
  address: string,
  port: number | undefined,
  target: Target | undefined,
): Error {
  const local = target?.localPort ? { address: target.localAddress ?? ANY, port: target.localPort } : undefined;
  const error = exceptionWithHostPort('connect', code, address, port, local);
  if (local !== undefined) Object.assign(error, { localAddress: local.address, localPort: local.port });
  return error;
}
