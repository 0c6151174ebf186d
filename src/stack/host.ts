import type { IpHost } from '../ip/host';
import { Random, systemRandom32 } from '../random';
import type { TraceEvent, TraceListener } from '../trace';
import type { Turns } from './turns';

/** What all layers of one stack share: its time, its random numbers, its counters, and who listens to the trace. */
export class StackHost implements IpHost {
  /** Where events go; `undefined` when nobody listens. */
  trace: ((event: TraceEvent) => void) | undefined;
  readonly random32: () => number;
  private readonly observers = new Set<TraceListener>();
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

  observe(listener: TraceListener): () => void {
    this.observers.add(listener);
    this.update();
    return () => {
      this.observers.delete(listener);
      this.update();
    };
  }

  private update(): void {
    const observers = [...this.observers];
    if (observers.length <= 1) this.trace = observers[0];
    else {
      this.trace = (event) => {
        for (const observer of observers) observer(event);
      };
    }
  }
}
