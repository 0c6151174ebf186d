import type { Acd, AddressClaim } from './acd';

/** 169.254.0.0/16 (RFC 3927 §2.1). */
const NETWORK = 0xa9fe0000;
export const LINK_LOCAL_LENGTH = 16;
/** The first and the last 256 addresses are reserved. */
const FIRST = NETWORK + 256;
const COUNT = 65_536 - 512;

/** True in 169.254/16: such a packet never leaves its wire, so that no router may pass it on (RFC 3927 §2.6.2, §2.7). */
export function isLinkLocal4(address: number): boolean {
  return address >>> 16 === NETWORK >>> 16;
}

/** Who gets the address. */
export interface LinkLocalUser {
  /** The address is the interface's from now on. */
  assign(address: number): void;
  /** Another station has it: it is so no more. */
  withdraw(address: number): void;
}

/**
 * An IPv4 address that the interface gives to itself (RFC 3927): drawn in an order that the MAC determines, so that a host has the
 * same one each time (§2.1), probed, announced, defended once, and given up for the next one on a conflict. After ten conflicts
 * it tries one a minute only (§2.2.1, by `Acd`).
 */
export class LinkLocal {
  readonly #acd: Acd;
  readonly #user: LinkLocalUser;
  readonly #next: () => number;
  #claim: AddressClaim | undefined;

  constructor(acd: Acd, mac: Uint8Array, user: LinkLocalUser) {
    this.#acd = acd;
    this.#user = user;
    this.#next = candidates(mac);
  }

  /** The address that we have; `undefined` while none is. */
  get address(): number | undefined {
    return this.#claim?.state === 'held' ? this.#claim.address : undefined;
  }

  /** Looks for an address. Nothing happens when that is under way, or done. */
  start(): void {
    if (this.#claim === undefined) this.#try(this.#next());
  }

  /** Gives the address up. */
  stop(): void {
    const { address } = this;
    this.#claim?.release();
    this.#claim = undefined;
    if (address !== undefined) this.#user.withdraw(address);
  }

  #try(address: number): void {
    let isHeld = false;
    this.#claim = this.#acd.claim(address, {
      usable: () => {
        isHeld = true;
        this.#user.assign(address);
      },
      lost: () => {
        if (isHeld) this.#user.withdraw(address);
        this.#try(this.#next());
      },
    });
  }
}

/** Addresses in an order of each MAC's own. Each comes from all six bytes and its place (FNV-1a, then murmur3's end). */
function candidates(mac: Uint8Array): () => number {
  let place = 0;
  return () => {
    let hash = 0x811c9dc5;
    for (const byte of [...mac, place & 0xff, place >>> 8]) hash = Math.imul(hash ^ byte, 0x01000193);
    place++;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return FIRST + (((hash ^ (hash >>> 16)) >>> 0) % COUNT);
  };
}
