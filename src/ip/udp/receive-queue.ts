import type { Address } from '../../wire/address';

/** A datagram that waits to be received. */
export interface Waiting {
  readonly data: Uint8Array;
  readonly src: Address;
  readonly srcPort: number;
  readonly dst: Address;
  readonly ttl: number;
  readonly tos: number;
}

/** What is taken is moved out of the array's head only now and then. */
const COMPACT = 64;

/** The datagrams that a socket has not received yet, oldest first, within bounds. */
export class ReceiveQueue {
  #waiting: (Waiting | undefined)[] = [];
  #head = 0;
  #octets = 0;

  get datagrams(): number {
    return this.#waiting.length - this.#head;
  }

  get octets(): number {
    return this.#octets;
  }

  /** `false`: there is no room, by octets or by number. An empty queue has room for any one. */
  add(datagram: Waiting, mostOctets: number, mostDatagrams: number): boolean {
    const count = this.datagrams;
    if (count > 0 && (count >= mostDatagrams || this.#octets + datagram.data.length > mostOctets)) return false;
    this.#waiting.push(datagram);
    this.#octets += datagram.data.length;
    return true;
  }

  take(): Waiting | undefined {
    const first = this.#waiting[this.#head];
    if (first === undefined) return undefined;
    this.#waiting[this.#head] = undefined;
    this.#head += 1;
    this.#octets -= first.data.length;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT && this.#head * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return first;
  }

  clear(): void {
    this.#waiting = [];
    this.#head = this.#octets = 0;
  }
}
