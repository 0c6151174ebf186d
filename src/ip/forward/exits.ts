import type { Address } from '../../wire/address';
import type { Routes } from '../routes';
import type { Exit } from './relay';

/** A power of two. */
const SLOTS = 256;

interface Cached extends Exit {
  readonly destination: Address;
}

/** Where packets go by the routing table, with the destinations of one family that came last remembered. */
export class Exits {
  readonly #routes: Routes;
  readonly #slots = new Array<Cached | undefined>(SLOTS).fill(undefined);
  /** Of the routes, when the slots were filled. */
  #version = -1;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  /**
   * @param word the address's last 32 bits
   * @returns `undefined` when no route leads there, or only one that ends in this host
   */
  to(destination: Address, word: number): Exit | undefined {
    if (this.#routes.version !== this.#version) {
      this.#slots.fill(undefined);
      this.#version = this.#routes.version;
    }
    const slot = (word ^ (word >>> 8) ^ (word >>> 16)) & (SLOTS - 1);
    const cached = this.#slots[slot];
    if (cached?.destination === destination) return cached;
    const route = this.#routes.lookup(destination);
    if (route === undefined || route.interface.loopback) return undefined;
    const exit = { destination, interface: route.interface, nextHop: route.gateway ?? destination };
    this.#slots[slot] = exit;
    return exit;
  }
}
