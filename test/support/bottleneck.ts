import { Random } from '../../src/random';
import type { CongestionControl, CongestionSetup } from '../../src/tcp/congestion/congestion-control';
import { BottleneckFlow, type FlowOptions } from './bottleneck-flow';

export const MS = 1_000;
export const SECOND = 1_000_000;

export interface BottleneckOptions {
  /** Octets a second. */
  readonly rate: number;
  /** The round trip without a queue and without the time a segment takes to leave, µs. */
  readonly rtt: number;
  /** Octets that may wait. Default: no bound. */
  readonly buffer?: number;
  /** The chance that a segment is lost before it comes to the queue. */
  readonly loss?: number;
  readonly seed?: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * One queue of a certain rate, delay and size that some flows share, and nothing else of a network: for tests of congestion
 * control alone. Time is virtual, µs. A segment that finds no room is dropped; each that arrives is acknowledged at once.
 */
export class Bottleneck {
  now = 0;
  /** All may change while it runs. */
  rate: number;
  rtt: number;
  buffer: number;
  loss: number;
  /** Segments that found the buffer full; that were lost at random. */
  overflowed = 0;
  lost = 0;
  /** Octets that wait or are being sent, and the most that did since the last `watchQueue()`. */
  queued = 0;
  maxQueued = 0;
  readonly #random: Random;
  readonly #heap: Event[] = [];
  #order = 0;
  #freeAt = 0;
  #queuedIntegral = 0;
  #integratedTo = 0;
  #watchedFrom = 0;

  constructor(options: BottleneckOptions) {
    this.rate = options.rate;
    this.rtt = options.rtt;
    this.buffer = options.buffer ?? Infinity;
    this.loss = options.loss ?? 0;
    this.#random = new Random(options.seed ?? 1);
  }

  /** Adds a flow; it sends from `options.startAt` on. */
  flow(make: (setup: CongestionSetup) => CongestionControl, options: FlowOptions = {}): BottleneckFlow {
    const random = this.#random.fork();
    const mss = options.mss ?? 1_460;
    const control = make({ mss, initialWindow: 10, slowStartAfterIdle: true, random32: () => random.uint32() });
    const flow = new BottleneckFlow(this, control, mss, options);
    this.at(options.startAt ?? this.now, () => {
      flow.start();
    });
    return flow;
  }

  /** Lets `duration` µs pass. */
  run(duration: number): void {
    const end = this.now + duration;
    for (let event = this.#heap[0]; event !== undefined && event.at <= end; event = this.#heap[0]) {
      this.#pop();
      this.now = event.at;
      event.run();
    }
    this.now = end;
  }

  /** Has something done at a time that is not past. */
  at(time: number, run: () => void): void {
    const heap = this.#heap;
    const event = { at: Math.max(time, this.now), order: this.#order++, run };
    let index = heap.push(event) - 1;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !before(event, parent)) break;
      heap[index] = parent;
      index = up;
    }
    heap[index] = event;
  }

  /** A segment goes in; `acknowledged` is called a round trip later, unless it is lost. */
  forward(octets: number, acknowledged: () => void): void {
    if (this.#random.chance(this.loss)) {
      this.lost++;
      return;
    }
    if (this.queued + octets > this.buffer) {
      this.overflowed++;
      return;
    }
    this.#queue(octets);
    this.#freeAt = Math.max(this.now, this.#freeAt) + (octets / this.rate) * SECOND;
    this.at(this.#freeAt, () => {
      this.#queue(-octets);
      this.at(this.now + this.rtt, acknowledged);
    });
  }

  /** Begins to measure the queue anew. */
  watchQueue(): void {
    this.#queue(0);
    this.#queuedIntegral = 0;
    this.#watchedFrom = this.now;
    this.maxQueued = this.queued;
  }

  /** The mean queue since then, octets. */
  get meanQueued(): number {
    this.#queue(0);
    return this.#queuedIntegral / Math.max(1, this.now - this.#watchedFrom);
  }

  #queue(change: number): void {
    this.#queuedIntegral += this.queued * (this.now - this.#integratedTo);
    this.#integratedTo = this.now;
    this.queued += change;
    this.maxQueued = Math.max(this.maxQueued, this.queued);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let down = 2 * index + 1;
      const left = heap[down];
      const right = heap[down + 1];
      let child = left;
      if (left !== undefined && right !== undefined && before(right, left)) {
        child = right;
        down++;
      }
      if (child === undefined || !before(child, last)) break;
      heap[index] = child;
      index = down;
    }
    heap[index] = last;
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
