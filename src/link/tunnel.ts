import { Arrivals, type ArrivalsOptions } from './arrivals';
import { copyFrame, frameLength, linkCounters, longestFrame, type LinkCounters } from './frames';
import { NO_OFFLOAD, type Frame, type FrameBatch, type Link } from './link';

/** What all tunnels can be told. Both ends must be told the same medium and MTU. */
export interface TunnelOptions extends ArrivalsOptions {
  /** `ethernet` (the default): Ethernet frames. `ip`: IP packets and nothing before them. */
  readonly medium?: Link['medium'];
  /** Bytes of the largest IP packet. Default 1400: with what a datagram puts around it that fits the 1500 of most networks. */
  readonly mtu?: number;
  /** For people. */
  readonly name?: string;
  /** Bytes that may wait to be sent before `send` answers `false`. Default 1 MiB. */
  readonly sendBuffer?: number;
}

export interface TunnelCounters extends LinkCounters {
  /** What came in and is no frame of this tunnel: too short, too long, of another medium, or without the key. */
  malformed: number;
  /** Frames that came in while as many as may wait for the stack did. */
  overflowed: number;
}

/** What became of a frame: a tunnel that is not connected loses it, as a cable that is not plugged in. */
export type Fate = 'sent' | 'full' | 'lost';

const DEFAULT_MTU = 1400;
export const DEFAULT_SEND_BUFFER = 1024 * 1024;
const ETHERNET_HEADER = 14;

/** The link around something that carries messages, each of which is a frame. An empty one says no more than that its sender is there. */
export abstract class TunnelLink implements Link {
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  readonly counters: Readonly<TunnelCounters>;

  onReceive: (batch: FrameBatch) => void = () => undefined;
  onReceived: () => void = () => undefined;
  onDrain: () => void = () => undefined;

  protected readonly count: TunnelCounters = { ...linkCounters(), malformed: 0, overflowed: 0 };
  protected isClosed = false;
  readonly #arrivals: Arrivals;
  readonly #longest: number;
  #isFull = false;

  /** @throws RangeError for an MTU or a limit that cannot be */
  protected constructor(
    readonly name: string,
    options: TunnelOptions,
  ) {
    const { medium = 'ethernet', mtu = DEFAULT_MTU, sendBuffer = DEFAULT_SEND_BUFFER } = options;
    requireWhole('mtu', mtu, 68, 65_475);
    for (const [what, value] of Object.entries({ ...options, sendBuffer })) {
      if (what === 'sendBuffer' || what.startsWith('queue')) requireWhole(what, value as number, 1);
    }
    this.medium = medium;
    this.mtu = mtu;
    this.counters = this.count;
    this.#longest = longestFrame(this);
    this.#arrivals = new Arrivals(options, {
      deliver: (batch) => {
        this.count.received += batch.length;
        this.onReceive(batch);
      },
      delivered: () => {
        if (!this.isClosed) this.onReceived();
      },
    });
  }

  send(frame: Frame): boolean {
    if (this.isClosed || frameLength(frame) > this.#longest) {
      this.count.dropped++;
      return true;
    }
    const fate = this.#isFull ? 'full' : this.transmit(copyFrame(frame));
    if (fate === 'full') {
      this.#isFull = true;
      this.count.refused++;
      return false;
    }
    if (fate === 'sent') this.count.sent++;
    else this.count.dropped++;
    return true;
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.#arrivals.clear();
    return Promise.resolve();
  }

  /** Sends a message, whose bytes nobody touches again. After `full` it calls `hasRoom`. */
  protected abstract transmit(bytes: Uint8Array): Fate;

  /** There is room for messages again. */
  protected hasRoom(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.onDrain();
  }

  /** A message came in; its bytes are ours. */
  protected take(bytes: Uint8Array): void {
    if (this.isClosed || bytes.length === 0) return;
    if (!this.isFrame(bytes)) this.count.malformed++;
    else if (this.#arrivals.hasRoom(bytes.length)) this.#arrivals.add(bytes);
    else this.count.overflowed++;
  }

  protected isFrame(bytes: Uint8Array): boolean {
    if (bytes.length > this.#longest) return false;
    if (this.medium === 'ethernet') return bytes.length >= ETHERNET_HEADER;
    const version = (bytes[0] ?? 0) >>> 4;
    return version === 4 ? bytes.length >= 20 : version === 6 && bytes.length >= 40;
  }
}

/** @throws RangeError unless `value` is a whole number from `least` to `most` */
export function requireWhole(what: string, value: number, least: number, most = 2 ** 31 - 1): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${what} is ${value}; it must be a whole number from ${least} to ${most}`);
}
