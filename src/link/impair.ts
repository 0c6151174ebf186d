import type { Clock } from '../clock/clock';
import { Random } from '../random';
import { finishReceived, finishSent } from './finish';
import { ImpairedPath, type Impairment, type ImpairmentCounters } from './impairment';
import {
  NO_OFFLOAD,
  type Frame,
  type FrameBatch,
  type FrameInfo,
  type FrameWork,
  type Link,
  type Offload,
} from './link';

/** What a bad network does: the same in both directions, except for what `in` or `out` says of one. */
export interface ImpairSettings extends Impairment {
  /** For frames that arrive. */
  readonly in?: Impairment;
  /** For frames that are sent. */
  readonly out?: Impairment;
}

export interface ImpairOptions extends ImpairSettings {
  readonly clock: Clock;
  /** The same seed, settings and frames give the same losses, delays, … each time. */
  readonly seed: number;
  /**
   * For a network that is made bad only later, by `set`: as long as nothing is impaired frames pass as they are, with all that the device
   * does for them, as if nothing were between. What it would cut or has joined is cut here once something is. Default `false`: the device
   * does nothing from the start, and the counters count each frame.
   */
  readonly passThrough?: boolean;
}

/**
 * A bad network in front of `link`. Each frame first waits for its turn at `rate`, then is perhaps lost, corrupted,
 * duplicated or held back, and arrives `delay` and some `jitter` later. What nothing holds up passes at once.
 *
 *     impair(link, { clock, seed: 1, loss: 0.1, delay: 20_000, in: { rate: 10_000_000 } })
 *
 * RangeError for a probability outside 0…1, or a time, rate or number that is not whole.
 */
export function impair(link: Link, options: ImpairOptions): ImpairedLink {
  return new ImpairedLink(link, options);
}

/** The link that `impair` makes. */
export class ImpairedLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly mac?: string;
  /**
   * None, but with `passThrough`: a checksum that the device fills in last would hide a flipped bit, and what it splits would be lost as
   * one.
   */
  readonly offload: Offload;
  readonly counters: { readonly in: Readonly<ImpairmentCounters>; readonly out: Readonly<ImpairmentCounters> };

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived?: () => void;
  onDrain: () => void = () => undefined;

  readonly #link: Link;
  readonly #in: ImpairedPath;
  readonly #out: ImpairedPath;
  /** Frames that have come through, and that the link behind has no room for yet. */
  readonly #waiting: Uint8Array[] = [];
  readonly #passThrough: boolean;
  /** Nothing is impaired, and nothing under way. */
  #passing = false;
  /** What arrives does so in the device's own call. */
  #receiving = false;
  #forwarding = false;
  #full = false;
  #refused = false;
  #closed = false;

  constructor(link: Link, { clock, seed, passThrough = false, ...settings }: ImpairOptions) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    if (link.mac !== undefined) this.mac = link.mac;
    this.#link = link;
    this.#passThrough = passThrough;
    this.offload = passThrough ? link.offload : NO_OFFLOAD;
    const random = new Random(seed);
    this.#in = new ImpairedPath('in', link.medium, clock, random.fork(), (frames) => {
      this.onReceive(frames);
      // From a timer of ours the device does not say that it is done.
      if (!this.#receiving) this.onReceived?.();
    });
    this.#out = new ImpairedPath('out', link.medium, clock, random.fork(), (frames) => {
      this.#waiting.push(...frames);
      this.#forward();
    });
    this.counters = { in: this.#in.counters, out: this.#out.counters };
    this.set(settings);

    link.onReceive = (batch, info) => {
      if (this.#closed) return;
      if (this.#passes) {
        this.onReceive(batch, info);
        return;
      }
      // What the device has joined goes its way one by one.
      const frames =
        info === undefined ? batch : batch.flatMap((each, at) => finishReceived(each, info[at] ?? 0, this.medium));
      this.#receiving = true;
      try {
        this.#in.offer(frames);
      } finally {
        this.#receiving = false;
      }
    };
    if (passThrough && link.onReceived !== undefined) {
      this.onReceived = () => undefined;
      link.onReceived = () => this.onReceived?.();
    }
    link.onDrain = () => {
      this.#full = false;
      this.#forward();
    };
  }

  /** Changes what is given and leaves the rest, for the frames that come from now on. */
  set({ in: incoming, out: outgoing, ...both }: ImpairSettings): void {
    this.#in.set({ ...both, ...incoming });
    this.#out.set({ ...both, ...outgoing });
    this.#passing = false;
  }

  send(frame: Frame, work?: FrameWork): boolean {
    if (this.#closed) return true;
    if (this.#full) {
      this.#refused = true;
      return false;
    }
    if (this.#passes) {
      this.#full = !this.#link.send(frame, work);
      if (this.#full) this.#refused = true;
      return !this.#full;
    }
    this.#out.offer(finishSent(frame, work, this.medium));
    return true;
  }

  /** Frames pass as they are. What was under way when the network became good goes first. */
  get #passes(): boolean {
    if (this.#passing || !this.#passThrough) return this.#passing;
    this.#passing = this.#in.isClear && this.#out.isClear && this.#waiting.length === 0;
    return this.#passing;
  }

  flush(): void {
    this.#link.flush?.();
  }

  /** Forgets what is under way and closes the link behind. */
  close(): Promise<void> {
    this.#closed = true;
    this.#in.cancel();
    this.#out.cancel();
    this.#waiting.length = 0;
    return this.#link.close();
  }

  #forward(): void {
    // A link may answer from inside `send`, and the stack then sends more: that follows what is being sent.
    if (this.#forwarding) return;
    this.#forwarding = true;
    try {
      for (let frame = this.#waiting[0]; frame !== undefined && !this.#full; frame = this.#waiting[0]) {
        this.#full = !this.#link.send([frame]);
        if (!this.#full) this.#waiting.shift();
      }
    } finally {
      this.#forwarding = false;
    }
    this.#link.flush?.();
    if (this.#refused && !this.#full) {
      this.#refused = false;
      this.onDrain();
    }
  }
}
