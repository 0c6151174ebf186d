import { LinkError } from '../link/errors';
import { TcpError } from '../tcp/errors';

/** The exit code of `ping`, `traceroute` and `arp` where nobody could be asked. */
export const NOT_ASKED = 2;

/** Why a command cannot go on, in words for the person who typed it. Ends the program with `exitCode`, without a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What went wrong in words, by the codes that sockets report. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nobody listens there',
  ECONNRESET: 'the other end has reset the connection',
  ECONNABORTED: 'the connection was aborted',
  ETIMEDOUT: 'no answer, the tries are used up',
  EHOSTUNREACH: 'the host cannot be reached: nobody answers for its address',
  ENETUNREACH: 'no route leads there; --gateway names a router',
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'that address is not ours, or we have none of its kind',
  EPIPE: 'the other end takes nothing more',
  ENOTFOUND: 'nobody knows that name',
  EAI_AGAIN: 'no name server answers; --dns names one',
  EAFNOSUPPORT: 'we have no address of that kind',
  EINVAL: 'no connection can be made to that address',
};

/** The system's code in an error (`ECONNREFUSED`, …), or `undefined`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Why something failed, for a person: `connection refused: nobody listens there (ECONNREFUSED)`. Takes a code, too. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'string' ? error : codeOf(error);
  const reason = code === undefined ? undefined : REASONS[code];
  if (code !== undefined && reason !== undefined) return `${reason} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

/** The failure that an error stands for, when it is one that a person can act on; `undefined` for a bug. */
export function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof LinkError || error instanceof TcpError) return new Failure(error.message, 1, { cause: error });
  return undefined;
}
