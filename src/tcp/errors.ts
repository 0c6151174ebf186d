/** What can end or refuse a connection, as the codes that Node and POSIX use. */
export type ErrorCode =
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'ECONNABORTED'
  | 'ETIMEDOUT'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'EPIPE'
  | 'ENOTCONN'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EINVAL'
  | 'ENOBUFS'
  | 'EPROTO';

/** Thrown by OPEN when it is asked for something that cannot be. Nothing else in synack's TCP throws. */
export class TcpError extends Error {
  override readonly name = 'TcpError';

  /**
   * @param code what went wrong, as Node names it
   * @param message what was being done, on what, why it failed and what to do
   */
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}
