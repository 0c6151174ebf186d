import type { Clock } from '../clock/clock';
import { frameLength, linkCounters, longestFrame, type LinkCounters } from './frames';
import { FULL_OFFLOAD } from './finish';
import {
  NO_OFFLOAD,
  type Frame,
  type FrameBatch,
  type FrameInfo,
  type FrameWork,
  type Link,
  type Offload,
} from './link';
import { DEFAULT_QUEUE, MemoryQueue } from './memory-queue';

export interface MemoryOptions {
  readonly clock: Clock;
  /** Default `ip`. */
  readonly medium?: Link['medium'];
  /** Default 1500 bytes. */
  readonly mtu?: number;
  /** How many frames wait for delivery at most, each way. Default 1024. */
  readonly queue?: number;
  /**
   * Checksums are left out, since memory flips no bits, and segments of up to 64 KiB pass whole, as between two ends of a kernel.
   * Default `false`: each frame is as it would be on a wire.
   */
  readonly offload?: boolean;
  /** Default `memory-a` and `memory-b`. */
  readonly names?: readonly [string, string];
}

/** Two ends of a cable in memory. What one sends arrives at the other after the turn in which it was sent. */
export function memoryPair(options: MemoryOptions): [MemoryLink, MemoryLink] {
  const [nameA, nameB] = options.names ?? ['memory-a', 'memory-b'];
  const a: MemoryLink = new MemoryLink(nameA, options, () => b);
  const b: MemoryLink = new MemoryLink(nameB, options, () => a);
  return [a, b];
}

/** One end of `memoryPair`. */
export class MemoryLink implements Link {
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly offload: Offload;
  /** A frame that is too long, or that finds one of the two ends closed, is taken and dropped. */
  readonly counters: Readonly<LinkCounters>;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onDrain: () => void = () => undefined;

  readonly #counters = linkCounters();
  readonly #peer: () => MemoryLink;
  readonly #queue: MemoryQueue;
  #closed = false;

  constructor(
    readonly name: string,
    { clock, medium = 'ip', mtu = 1500, queue = DEFAULT_QUEUE, offload = false }: MemoryOptions,
    /** The other end; without one, the cable is plugged in at both ends here. */
    peer: () => MemoryLink = () => this,
  ) {
    this.medium = medium;
    this.offload = offload ? FULL_OFFLOAD : NO_OFFLOAD;
    this.mtu = mtu;
    this.counters = this.#counters;
    this.#peer = peer;
    this.#queue = new MemoryQueue(
      clock,
      queue,
      (batch, info) => {
        peer().#receive(batch, info);
      },
      () => {
        this.onDrain();
      },
    );
  }

  send(frame: Frame, work?: FrameWork): boolean {
    const isTooLong = (work === undefined || work.segmentSize === 0) && frameLength(frame) > longestFrame(this);
    if (this.#closed || this.#peer().#closed || isTooLong) {
      this.#counters.dropped++;
      return true;
    }
    const taken = this.#queue.put(frame, work);
    if (taken) this.#counters.sent++;
    else this.#counters.refused++;
    return taken;
  }

  /** Pulls this end out. What was under way in either direction is dropped. */
  close(): Promise<void> {
    this.#closed = true;
    for (const end of [this, this.#peer()]) end.#counters.dropped += end.#queue.clear();
    return Promise.resolve();
  }

  #receive(batch: FrameBatch, info: readonly FrameInfo[]): void {
    this.#counters.received += batch.length;
    this.onReceive(batch, info);
  }
}
