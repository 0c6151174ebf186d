import type { Scheduled } from '../../clock/clock';
import type { NdpOption } from '../../wire/ndp-options';
import type { Ipv6InterfaceAddress } from '../address';
import type { IpHost, IpSettings } from '../host';

/** An address that we have is defended that often at most, µs (as RFC 5227 §1.1 has it for IPv4). */
const DEFEND_INTERVAL = 10_000_000;

/** What looking for doubles does. */
export interface DuplicateActions {
  /** Asks whether anybody has the address. */
  probe(own: Ipv6InterfaceAddress, nonce: Uint8Array): void;
  /** Nobody has: it is ours. */
  settled(own: Ipv6InterfaceAddress): void;
}

interface Check {
  readonly nonce: Uint8Array;
  /** Probes that are still to be sent. */
  left: number;
  timer: Scheduled | undefined;
}

/**
 * Duplicate Address Detection (RFC 4862 §5.4). An address that was given by hand is used meanwhile (optimistic, RFC 4429), one that was
 * formed here is not.
 */
export class DuplicateDetection {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #actions: DuplicateActions;
  readonly #checks = new Map<Ipv6InterfaceAddress, Check>();
  readonly #defendAgain = new Map<Ipv6InterfaceAddress, number>();

  constructor(host: IpHost, settings: IpSettings, actions: DuplicateActions) {
    this.#host = host;
    this.#settings = settings;
    this.#actions = actions;
  }

  /** @returns false when doubles are not looked for (`IpOptions.duplicateProbes` is 0) */
  begin(own: Ipv6InterfaceAddress): boolean {
    if (this.#settings.duplicateProbes === 0) {
      own.state = this.#stateOf(own);
      return false;
    }
    own.state = own.origin === 'static' ? 'optimistic' : 'tentative';
    const check: Check = { nonce: this.#nonce(), left: this.#settings.duplicateProbes, timer: undefined };
    this.#checks.set(own, check);
    this.#step(own, check);
    return true;
  }

  end(own: Ipv6InterfaceAddress): void {
    this.#checks.get(own)?.timer?.cancel();
    this.#checks.delete(own);
    this.#defendAgain.delete(own);
  }

  /** Whether a solicitation for the address is one of ours that came back (RFC 7527 §4.2). */
  isOurs(own: Ipv6InterfaceAddress, options: readonly NdpOption[]): boolean {
    const ours = this.#checks.get(own)?.nonce;
    return options.some(
      (option) => option.kind === 'nonce' && ours?.every((byte, index) => byte === option.nonce[index]) === true,
    );
  }

  /** Whether enough time has passed since the address was last defended. */
  mayDefend(own: Ipv6InterfaceAddress): boolean {
    const now = this.#host.clock.now();
    if (now < (this.#defendAgain.get(own) ?? 0)) return false;
    this.#defendAgain.set(own, now + DEFEND_INTERVAL);
    return true;
  }

  close(): void {
    for (const { timer } of this.#checks.values()) timer?.cancel();
    this.#checks.clear();
    this.#defendAgain.clear();
  }

  #step(own: Ipv6InterfaceAddress, check: Check): void {
    if (check.left === 0) {
      this.#checks.delete(own);
      own.state = this.#stateOf(own);
      this.#actions.settled(own);
      return;
    }
    check.left -= 1;
    this.#actions.probe(own, check.nonce);
    const at = this.#host.clock.now() + this.#settings.neighbourRetransmit;
    check.timer = this.#host.clock.schedule(at, () => {
      this.#step(own, check);
    });
  }

  /** RFC 4862 §5.5.4: an address may be past its best before it is ours, as one from a prefix that its router withdraws. */
  #stateOf({ preferredUntil }: Ipv6InterfaceAddress): 'preferred' | 'deprecated' {
    return preferredUntil > this.#host.clock.now() ? 'preferred' : 'deprecated';
  }

  #nonce(): Uint8Array {
    const [high, low] = [this.#host.random32(), this.#host.random32()];
    return Uint8Array.of(high >>> 8, high, low >>> 24, low >>> 16, low >>> 8, low);
  }
}
