import type { IpHost } from '../ip/host';
import { Random, systemRandom32 } from '../random';
import { dataLength, type SegmentSampler } from '../tcp/trace';
import type { ObserveOptions, TraceEvent, TraceListener } from '../trace';
import type { Turns } from './turns';

/** What all layers of one stack share: its time, its random numbers, its counters, and who listens to the trace. */
export class StackHost implements IpHost {
  /** Where events go; `undefined` when nobody listens. */
  trace: ((event: TraceEvent) => void) | undefined;
  /** Where somebody listens who does not want every segment: asked of each. */
  sampler: SegmentSampler | undefined;
  readonly random32: () => number;
  private readonly observers = new Set<Observer>();
  private readonly counters = new Map<string, number>();

  constructor(
    readonly clock: Turns,
    seed: number | undefined,
  ) {
    const random = seed === undefined ? undefined : new Random(seed);
    this.random32 = random === undefined ? systemRandom32 : () => random.uint32();
  }

  count(name: string): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + 1);
  }

  /** All counters, by name in alphabetical order. */
  allCounters(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.counters].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  observe(listener: TraceListener, { sampler }: ObserveOptions = {}): () => void {
    const observer = { listener, sampler };
    this.observers.add(observer);
    this.update();
    return () => {
      this.observers.delete(observer);
      this.update();
    };
  }

  private update(): void {
    const [only, ...others] = this.observers;
    if (others.length === 0) {
      this.trace = only?.listener;
      this.sampler = only?.sampler;
      return;
    }
    // Somebody may want what another one does not.
    const listeners = [...this.observers].map(sampled);
    this.sampler = undefined;
    this.trace = (event) => {
      for (const listener of listeners) listener(event);
    };
  }
}

interface Observer {
  readonly listener: TraceListener;
  readonly sampler: SegmentSampler | undefined;
}

/** Its listener, which is told only of what it wants. */
function sampled({ listener, sampler }: Observer): TraceListener {
  if (sampler === undefined) return listener;
  return (event) => {
    if (event.type === 'segment') {
      const { direction, connection, reason } = event;
      const { flags, seq, window } = event.segment;
      if (!sampler(direction, connection, flags, dataLength(event), reason, undefined, seq, window)) return;
    }
    listener(event);
  };
}
