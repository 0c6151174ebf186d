import type { UdpErrorCode, UdpEndpoint, UdpSocket } from '../../stack/udp';
import type { SendCall } from './arguments';

interface Waiting {
  readonly call: SendCall;
  readonly to: UdpEndpoint | undefined;
  readonly octets: number;
}

/** Datagrams that found the link full, oldest first. They go when it has room, in their order. */
export class SendQueue {
  #waiting: Waiting[] = [];
  #octets = 0;

  get count(): number {
    return this.#waiting.length;
  }

  get octets(): number {
    return this.#octets;
  }

  /** The data is copied unless its callback tells the caller when it may be changed. */
  add(call: SendCall, to: UdpEndpoint | undefined): void {
    const list = call.callback === undefined ? call.list.map((each) => new Uint8Array(each)) : call.list;
    let octets = 0;
    for (const { length } of list) octets += length;
    this.#waiting.push({ call: { ...call, list }, to, octets });
    this.#octets += octets;
  }

  /** Sends what the link takes. `tell` hears of each that is gone, well or not. */
  sendTo(socket: UdpSocket, tell: (call: SendCall, sent: number | UdpErrorCode) => void): void {
    let gone = 0;
    for (const { call, to, octets } of this.#waiting) {
      const sent = socket.send(call.list, to);
      if (sent === 'EAGAIN') break;
      gone += 1;
      this.#octets -= octets;
      tell(call, sent);
    }
    this.#waiting.splice(0, gone);
  }

  /** Forgets all, and returns it. */
  clear(): readonly Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#octets = 0;
    return waiting;
  }
}
