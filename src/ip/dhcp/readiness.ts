import type { Clock } from '../../clock/clock';
import type { DhcpLease } from './lease';
import { SECOND } from './options';
import type { DhcpState } from './state';

/** The promise of a first address. */
export class Readiness {
  readonly promise: Promise<DhcpLease>;
  #resolve: (lease: DhcpLease) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #state: DhcpState = 'STOPPED';
  #late = false;
  readonly #seen = new Set<DhcpState>();
  readonly #cancel: () => void;

  /** @param timeout µs */
  constructor(
    clock: Clock,
    private readonly name: string,
    private readonly timeout: number,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who does not wait for it has nothing to handle.
    this.promise.catch(() => undefined);
    const timer = clock.schedule(clock.now() + timeout, () => {
      this.#late = true;
      this.#giveUp();
    });
    this.#cancel = () => {
      timer.cancel();
    };
  }

  has(lease: DhcpLease): void {
    this.#cancel();
    this.#resolve(lease);
  }

  state(state: DhcpState): void {
    this.#state = state;
    this.#seen.add(state);
    this.#giveUp();
  }

  gone(): void {
    this.#cancel();
    this.#reject(new Error(`${this.name} was detached before it had an address from DHCP`));
  }

  /** Too late, unless the address is there and only asked about on the wire. */
  #giveUp(): void {
    if (this.#late && this.#state !== 'CHECKING' && this.#state !== 'BOUND') this.#reject(this.#error());
  }

  #error(): Error {
    const { name } = this;
    const within = `within ${Number((this.timeout / SECOND).toFixed(3))} s`;
    if (this.#seen.has('CHECKING')) {
      return new Error(`no address for ${name} ${within}: the DHCP server gives one that another host on the wire has`);
    }
    if (this.#seen.has('REQUESTING')) {
      return new Error(`no address for ${name} ${within}: a DHCP server offers one, and then does not give it`);
    }
    return new Error(
      `no DHCP server answered on ${name} ${within}; is there one on this wire (dnsmasq, udhcpd, a router)? ` +
        'Else give the interface an address',
    );
  }
}
