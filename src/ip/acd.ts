import type { Scheduled } from '../clock/clock';
import type { IpHost } from './host';

/** The constants of RFC 5227 §1.1, in µs where they are times. */
const SECOND = 1_000_000;
const PROBE_WAIT = 1 * SECOND;
const PROBE_NUM = 3;
const PROBE_MIN = 1 * SECOND;
const PROBE_MAX = 2 * SECOND;
const ANNOUNCE_WAIT = 2 * SECOND;
const ANNOUNCE_NUM = 2;
const ANNOUNCE_INTERVAL = 2 * SECOND;
const MAX_CONFLICTS = 10;
const RATE_LIMIT_INTERVAL = 60 * SECOND;
const DEFEND_INTERVAL = 10 * SECOND;

/** The ARP packets that conflict detection sends. */
export interface AcdWire {
  /** Asks who has `address`, and says of ourselves nothing but our MAC (RFC 5227 §1.1, "ARP Probe"). */
  probe(address: number): void;
  /** Says that we have it ("ARP Announcement"). */
  announce(address: number): void;
}

/** What conflict detection must know of an ARP packet from another station. */
export interface ArpClaim {
  readonly senderMac: Uint8Array;
  /** 0 in a probe. */
  readonly senderAddress: number;
  readonly targetAddress: number;
}

/** Who wants an address. */
export interface Claimant {
  /** Nobody else has the address: it can be used from now on. */
  usable(): void;
  /** Another station claims the address, which is given up: the claim is over. Before `usable` or, where the defence ends, after it. */
  lost(mac: Uint8Array): void;
}

export interface ClaimOptions {
  /** Ask first whether somebody has it, which takes 4 to 7 s. Else it is usable at once. Default `true`. */
  readonly probe?: boolean;
  /**
   * What is done when another station claims it later: `keep` it and say so now and then (RFC 5227 §2.4 (c)), for addresses that somebody
   * has written down; or defend it `once`, and give up when that does not help for 10 s ((b)). Default `once`.
   */
  readonly defence?: 'keep' | 'once';
  /** How often the address is announced, 2 s apart. Default 2 (ANNOUNCE_NUM). */
  readonly announcements?: number;
}

/** An address that is being claimed, or was. */
export interface AddressClaim {
  readonly address: number;
  /** `probing`: it must not be used yet. `held`: it is ours. `over`: it was lost or released. */
  readonly state: 'probing' | 'held' | 'over';
  /** Gives it back. The claimant hears nothing. */
  release(): void;
}

/** What is counted and traced: somebody claims what is ours. */
export type ConflictNoticed = (address: number, mac: Uint8Array) => void;

/** Address conflict detection on one Ethernet (RFC 5227). Addresses are uint32. */
export class Acd {
  readonly #host: Pick<IpHost, 'clock' | 'random32'>;
  readonly #wire: AcdWire;
  readonly #noticed: ConflictNoticed;
  readonly #claims = new Map<number, Claim>();
  /** Addresses that somebody else was found to have, one after the other (RFC 5227 §2.1.1). */
  #conflicts = 0;

  constructor(host: Pick<IpHost, 'clock' | 'random32'>, wire: AcdWire, noticed: ConflictNoticed) {
    this.#host = host;
    this.#wire = wire;
    this.#noticed = noticed;
  }

  /**
   * Claims an address. Where it need not be probed, the claimant hears that it is usable before the call returns.
   * A claim of the same address that there is ends without a word.
   */
  claim(address: number, claimant: Claimant, options: ClaimOptions = {}): AddressClaim {
    this.#claims.get(address)?.release();
    const claim = new Claim(address, claimant, options.defence ?? 'once', () => {
      if (this.#claims.get(address) === claim) this.#claims.delete(address);
    });
    this.#claims.set(address, claim);
    const announcements = options.announcements ?? ANNOUNCE_NUM;
    if (options.probe === false) this.#hold(claim, announcements);
    else {
      // After so many conflicts a host that goes on would flood the wire (§2.1.1).
      const pause = this.#conflicts >= MAX_CONFLICTS ? RATE_LIMIT_INTERVAL : 0;
      this.#after(claim, pause + this.#between(0, PROBE_WAIT), () => {
        this.#probe(claim, PROBE_NUM, announcements);
      });
    }
    return claim;
  }

  /** Looks at an ARP packet of another station. @returns whether it claims what is ours, or what we are about to have */
  heard({ senderMac, senderAddress, targetAddress }: ArpClaim): boolean {
    // §2.1.1: who probes for what we probe for is about to have it, too.
    const claim = this.#claims.get(senderAddress === 0 ? targetAddress : senderAddress);
    if (claim === undefined || (senderAddress === 0 && claim.state === 'held')) return false;
    this.#noticed(claim.address, senderMac);
    if (claim.state === 'probing') {
      this.#conflicts++;
      claim.lose(senderMac);
    } else this.#defend(claim, senderMac);
    return true;
  }

  /** True for what is ours. */
  isHeld(address: number): boolean {
    return this.#claims.get(address)?.state === 'held';
  }

  /** Ends the claim of an address, if there is one. */
  release(address: number): void {
    this.#claims.get(address)?.release();
  }

  /** Forgets all claims. */
  close(): void {
    for (const claim of [...this.#claims.values()]) claim.release();
  }

  #probe(claim: Claim, left: number, announcements: number): void {
    this.#wire.probe(claim.address);
    const isLast = left === 1;
    this.#after(claim, isLast ? ANNOUNCE_WAIT : this.#between(PROBE_MIN, PROBE_MAX), () => {
      if (isLast) this.#hold(claim, announcements);
      else this.#probe(claim, left - 1, announcements);
    });
  }

  #hold(claim: Claim, announcements: number): void {
    this.#conflicts = 0;
    claim.state = 'held';
    this.#announce(claim, announcements);
    claim.claimant.usable();
  }

  #announce(claim: Claim, left: number): void {
    if (left === 0) return;
    this.#wire.announce(claim.address);
    if (left === 1) return;
    this.#after(claim, ANNOUNCE_INTERVAL, () => {
      this.#announce(claim, left - 1);
    });
  }

  /** §2.4. Two who both insist would go on for ever, so nobody says more than one word in 10 s. */
  #defend(claim: Claim, mac: Uint8Array): void {
    const now = this.#host.clock.now();
    const isQuiet = now >= claim.defendAgain;
    if (isQuiet) {
      claim.defendAgain = now + DEFEND_INTERVAL;
      this.#wire.announce(claim.address);
    } else if (claim.defence === 'once') {
      this.#conflicts++;
      claim.lose(mac);
    }
  }

  #after(claim: Claim, delay: number, then: () => void): void {
    claim.timer = this.#host.clock.schedule(this.#host.clock.now() + delay, () => {
      claim.timer = undefined;
      then();
    });
  }

  #between(least: number, most: number): number {
    return least + Math.floor((this.#host.random32() / 2 ** 32) * (most - least));
  }
}

class Claim implements AddressClaim {
  readonly address: number;
  readonly claimant: Claimant;
  readonly defence: 'keep' | 'once';
  state: AddressClaim['state'] = 'probing';
  timer: Scheduled | undefined;
  /** When we may say again that it is ours, µs. */
  defendAgain = -Infinity;
  readonly #forget: () => void;

  constructor(address: number, claimant: Claimant, defence: 'keep' | 'once', forget: () => void) {
    this.address = address;
    this.claimant = claimant;
    this.defence = defence;
    this.#forget = forget;
  }

  lose(mac: Uint8Array): void {
    this.release();
    this.claimant.lost(mac);
  }

  release(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.timer?.cancel();
    this.#forget();
  }
}
