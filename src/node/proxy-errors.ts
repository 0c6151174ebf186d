import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Why an HTTP proxy has made no tunnel. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** `ERR_PROXY_TUNNEL`, or the system's where the proxy was not to be reached: `ECONNREFUSED`. */
  readonly code: string;
  /** The proxy's answer, if there was one. */
  readonly statusCode: number | undefined;

  constructor(
    message: string,
    { code = 'ERR_PROXY_TUNNEL', statusCode, cause }: { code?: string; statusCode?: number; cause?: Error } = {},
  ) {
    super(message, cause && { cause });
    this.code = code;
    this.statusCode = statusCode;
  }

  /** Where the connection to the proxy failed. */
  static of(proxy: string, authority: string, cause: NodeJS.ErrnoException, connected: boolean): ProxyError {
    const { message, code } = cause;
    if (code === 'HPE_HEADER_OVERFLOW') {
      return new ProxyError(
        `the proxy ${proxy} answers CONNECT ${authority} with a head that is too long; is it a proxy?`,
        { cause },
      );
    }
    if (code?.startsWith('HPE_')) {
      return new ProxyError(
        `what ${proxy} answers to CONNECT ${authority} is no HTTP (${message}); is there an HTTP proxy at that port?`,
        { cause },
      );
    }
    const told = connected
      ? `the proxy ${proxy} ended the connection instead of an answer to CONNECT ${authority}: ${message}`
      : `the proxy ${proxy} is not to be reached for CONNECT ${authority}: ${message}; does it run there?`;
    return new ProxyError(told, { cause, ...(code !== undefined && { code }) });
  }
}

/** In time there was no connection, or no answer. */
export function noAnswer(proxy: string, authority: string, ms: number, connected: boolean): ProxyError {
  const what = connected ? `has not answered CONNECT ${authority}` : `was not to be reached for CONNECT ${authority}`;
  return new ProxyError(`the proxy ${proxy} ${what} within ${ms} ms; try a longer proxyTimeout, or another proxy`, {
    code: 'ETIMEDOUT',
  });
}

/**
 * An answer other than 2xx.
 * @param withCredentials whether a name and a password were given
 */
export function refusal(
  proxy: string,
  authority: string,
  { statusCode = 0, statusMessage = '' }: Pick<IncomingMessage, 'statusCode' | 'statusMessage'>,
  withCredentials: boolean,
): ProxyError {
  const answer = `${statusCode} ${statusMessage}`.trim();
  return new ProxyError(
    `the proxy ${proxy} ${whatToDo(statusCode, authority, withCredentials)} (it answers ${answer})`,
    {
      statusCode,
    },
  );
}

function whatToDo(status: number, authority: string, withCredentials: boolean): string {
  switch (status) {
    case 407:
      return withCredentials
        ? `does not accept the name and password for CONNECT ${authority}; check those in its URL`
        : `wants a name and a password for CONNECT ${authority}; give them in its URL: http://name:password@host:port`;
    case 403:
      return `does not allow CONNECT ${authority}; its rules must permit this host and port for tunnels`;
    case 405:
    case 501:
      return `makes no tunnels, and ${authority} needs one; is it a web server?`;
    case 502:
    case 503:
    case 504:
      return `could not connect to ${authority}; can it be reached from there, and is its name known there?`;
    default:
      return `has made no tunnel to ${authority}`;
  }
}

/** `host:port`, as CONNECT has it (RFC 9110 §7.2). */
export function authorityOf(host: string, port: number | string): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
