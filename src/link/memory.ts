import type { Clock } from '../clock/clock';
import { frameLength, linkCounters, longestFrame, type LinkCounters } from './frames';
import { NO_OFFLOAD, type Frame, type FrameBatch, type Link } from './link';
import { DEFAULT_QUEUE, MemoryQueue } from './memory-queue';

export interface MemoryOptions {
  readonly clock: Clock;
  /** Default `ip`. */
  readonly medium?: Link['medium'];
  /** Default 1500 bytes. */
  readonly mtu?: number;
  /** How many frames wait for delivery at most, each way. Default 1024. */
  readonly queue?: number;
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
  readonly offload = NO_OFFLOAD;
  /** A frame that is too long, or that finds one of the two ends closed, is taken and dropped. */
  readonly counters: Readonly<LinkCounters>;

  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;

  readonly #counters = linkCounters();
  readonly #peer: () => MemoryLink;
  readonly #queue: MemoryQueue;
  #closed = false;

  constructor(
    readonly name: string,
    { clock, medium = 'ip', mtu = 1500, queue = DEFAULT_QUEUE }: MemoryOptions,
    /** The other end; without one, the cable is plugged in at both ends here. */
    peer: () => MemoryLink = () => this,
  ) {
    this.medium = medium;
    this.mtu = mtu;
    this.counters = this.#counters;
    this.#peer = peer;
    this.#queue = new MemoryQueue(
      clock,
      queue,
      (batch) => {
        peer().#receive(batch);
      },
      () => {
        this.onDrain();
      },
    );
  }

  send(frame: Frame): boolean {
    if (this.#closed || this.#peer().#closed || frameLength(frame) > longestFrame(this)) {
      this.#counters.dropped++;
      return true;
    }
    const taken = this.#queue.put(frame);
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

  #receive(batch: FrameBatch): void {
    this.#counters.received += batch.length;
    this.onReceive(batch);
  }
}
