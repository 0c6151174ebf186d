/** What a call on a UDP socket can be refused with, as the codes that Node and POSIX use. */
export type UdpErrorCode =
  | 'EACCES'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAGAIN'
  | 'EBADF'
  | 'ECONNREFUSED'
  | 'EDESTADDRREQ'
  | 'EHOSTUNREACH'
  | 'EINVAL'
  | 'EMSGSIZE'
  | 'ENETUNREACH'
  | 'ENOBUFS'
  | 'ENODEV'
  | 'ENOPROTOOPT';

/** Thrown by `open`, `connect`, `set`, `join` and `leave` when they are asked for something that cannot be. `send` and `receive` never throw. */
export class UdpError extends Error {
  override readonly name = 'UdpError';

  /**
   * @param code what went wrong, as Node names it
   * @param message what was being done, on what, why it failed and what to do
   */
  constructor(
    readonly code: UdpErrorCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}
