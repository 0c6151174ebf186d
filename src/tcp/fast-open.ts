import type { Address } from '../wire/address';
import { writeUint32 } from '../wire/bytes';
import { sipHash, type SipKey } from '../siphash';
import { addressWords } from '../wire/address-words';

/** Fast Open (RFC 7413) on one connection. */
export interface FastOpening {
  /** The option on our SYN or SYN,ACK: a cookie, or an empty one that asks for one. `undefined`: no option. */
  readonly cookie: Uint8Array | undefined;
  /** Passive: the cookie was good. The user has the connection before the handshake is done (§4.2.2). */
  readonly early: boolean;
  /** Active: the largest segment that the peer took the last time; 0 when the SYN shall carry no data. */
  readonly mss: number;
}

/** Asks for a cookie. */
export const NO_COOKIE = new Uint8Array(0);

/** How long a server's key makes cookies, µs: a day. They are good for another one. */
const KEY_LIFETIME = 24 * 3600 * 1_000_000;
/** How long a peer to which SYNs with the option got lost is called without it, µs: an hour (§4.1.3.1). */
const SILENCE = 3600 * 1_000_000;

/** The server's side: cookies that tell a client's address without anything being remembered (RFC 7413 §4.1.2). */
export class FastOpenCookies {
  private key: SipKey;
  private previous: SipKey | undefined;
  private since = 0;

  /** @param newKey makes a secret */
  constructor(private readonly newKey: () => SipKey) {
    this.key = newKey();
  }

  /** The cookie for whoever calls `local` from `remote`, eight octets. µs. */
  make(local: Address, remote: Address, now: number): Uint8Array {
    this.rotate(now);
    return cookieOf(this.key, local, remote);
  }

  /** Whether a cookie is good. `previous`: it is, but the client should get a new one. */
  check(cookie: Uint8Array, local: Address, remote: Address, now: number): 'current' | 'previous' | 'bad' {
    this.rotate(now);
    if (same(cookie, cookieOf(this.key, local, remote))) return 'current';
    const { previous } = this;
    return previous !== undefined && same(cookie, cookieOf(previous, local, remote)) ? 'previous' : 'bad';
  }

  private rotate(now: number): void {
    const age = now - this.since;
    if (age < KEY_LIFETIME) return;
    this.previous = age < 2 * KEY_LIFETIME ? this.key : undefined;
    this.key = this.newKey();
    this.since = now;
  }
}

/** What a client knows of a peer. */
interface Known {
  cookie: Uint8Array;
  mss: number;
  /** Until then it is called without the option, µs. */
  silentUntil: number;
}

/** The client's side: what peers have given us, the least recently used forgotten first (RFC 7413 §4.1.3). */
export class FastOpenCache {
  /** The least recently used first. */
  private readonly peers = new Map<string, Known>();

  /** @param limit how many peers are remembered, @param evicted is called for each that is forgotten */
  constructor(
    private readonly limit: number,
    private readonly evicted: () => void,
  ) {}

  get size(): number {
    return this.peers.size;
  }

  /** What a SYN to this peer should say; `undefined`: nothing. */
  opening(local: Address, remote: Address, now: number): FastOpening | undefined {
    const known = this.peers.get(name(local, remote));
    if (known === undefined) return { cookie: NO_COOKIE, early: false, mss: 0 };
    if (now < known.silentUntil) return undefined;
    this.use(local, remote, known);
    return { cookie: known.cookie, early: false, mss: known.cookie.length > 0 ? known.mss : 0 };
  }

  /** The peer's SYN,ACK has come, perhaps with a cookie in it. */
  answered(local: Address, remote: Address, cookie: Uint8Array | undefined, mss: number): void {
    const known = this.peers.get(name(local, remote));
    if (cookie === undefined || cookie.length === 0) {
      if (known !== undefined) known.mss = mss;
      return;
    }
    // It lies in the frame that brought it.
    this.use(local, remote, { cookie: cookie.slice(), mss, silentUntil: 0 });
  }

  /** A SYN with the option was not answered in time: something on the way may not let it through (§4.1.3.1). */
  lost(local: Address, remote: Address, now: number): void {
    const { cookie, mss } = this.peers.get(name(local, remote)) ?? { cookie: NO_COOKIE, mss: 0 };
    this.use(local, remote, { cookie, mss, silentUntil: now + SILENCE });
  }

  private use(local: Address, remote: Address, known: Known): void {
    const key = name(local, remote);
    this.peers.delete(key);
    this.peers.set(key, known);
    if (this.peers.size <= this.limit) return;
    for (const oldest of this.peers.keys()) {
      this.peers.delete(oldest);
      this.evicted();
      return;
    }
  }
}

function name(local: Address, remote: Address): string {
  return `${local} ${remote}`;
}

/** SipHash gives 32 bits: it is asked twice. */
function cookieOf(key: SipKey, local: Address, remote: Address): Uint8Array {
  const cookie = new Uint8Array(8);
  const addresses = [...addressWords(local), ...addressWords(remote)];
  writeUint32(cookie, 0, sipHash(key, [...addresses, 0]));
  writeUint32(cookie, 4, sipHash(key, [...addresses, 1]));
  return cookie;
}

/** Without stopping at the first difference, which would tell how far a guess was right. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < other.length; at += 1) difference |= (one[at] ?? 0) ^ (other[at] ?? 0);
  return difference === 0;
}
