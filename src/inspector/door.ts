import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why somebody is not let in. */
export interface Refusal {
  readonly status: 403 | 429;
  readonly reason: string;
}

export interface DoorOptions {
  /** Who does not know it is not let in. `undefined`: the door is one that only this user can reach. */
  readonly token: string | undefined;
  /** The names, without a port, by which the server may be called. */
  readonly hosts: () => readonly string[];
  /** Requests a second; beyond that they are refused. Default 50. */
  readonly maxRequests?: number;
  /** ms; default the system's. */
  readonly now?: () => number;
}

export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** 128 bits that nobody guesses, for a URL. */
export function newToken(): string {
  return randomBytes(16).toString('base64url');
}

/**
 * Who may come in: who knows the token; by a name of the server's own, so that a stranger's name that leads here (DNS rebinding) does
 * not; and not from another site's page, which a browser lets open a WebSocket to anywhere.
 */
export class Door {
  /** Requests that were refused. */
  refused = 0;
  private readonly token: Buffer | undefined;
  private readonly hosts: () => readonly string[];
  private readonly maxRequests: number;
  private readonly now: () => number;
  private second = 0;
  /** In this second, of those who know the token, and of others: those cannot use up what is for these. */
  private requests = { known: 0, unknown: 0 };

  constructor({ token, hosts, maxRequests = 50, now = Date.now }: DoorOptions) {
    this.token = token === undefined ? undefined : Buffer.from(token);
    this.hosts = hosts;
    this.maxRequests = maxRequests;
    this.now = now;
  }

  /** @returns why the request is refused; `undefined`: it is not */
  check(request: IncomingMessage): Refusal | undefined {
    const refusal = this.refusal(request);
    if (refusal !== undefined) this.refused += 1;
    return refusal;
  }

  private refusal(request: IncomingMessage): Refusal | undefined {
    const { host = '', origin } = request.headers;
    const second = Math.floor(this.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.requests = { known: 0, unknown: 0 };
    }
    const isKnown = this.token === undefined || this.isToken(tokenOf(request));
    const who = isKnown ? 'known' : 'unknown';
    this.requests[who] += 1;
    if (this.requests[who] > this.maxRequests) return { status: 429, reason: 'too many requests; wait a second' };
    if (this.token === undefined) return undefined;
    // Any port: it may be forwarded (ssh -L).
    if (!this.hosts().includes(host.replace(/:\d+$/, '').toLowerCase())) {
      return { status: 403, reason: `the inspector is not called "${printable(host)}": open it by its address` };
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return { status: 403, reason: `pages of ${printable(origin)} may not use the inspector` };
    }
    if (!isKnown) {
      return {
        status: 403,
        reason: 'the token is missing or wrong: open the whole address that synack has printed, with ?token=… in it',
      };
    }
    return undefined;
  }

  private isToken(given: string): boolean {
    const { token } = this;
    const bytes = Buffer.from(given);
    return bytes.length === token?.length && timingSafeEqual(bytes, token);
  }
}

/** A request's path, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/\?.*$/s, '');
}

function tokenOf({ url = '/' }: IncomingMessage): string {
  return new URLSearchParams(url.replace(/^[^?]*/, '')).get('token') ?? '';
}

function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, 100);
}
