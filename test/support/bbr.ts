import { Bbr } from '../../src/tcp/congestion/bbr';
import type { BbrPhase } from '../../src/tcp/congestion/bbr/phases';
import type { Bottleneck } from './bottleneck';
import type { BottleneckFlow, FlowOptions } from './bottleneck-flow';

/** A state that a flow came to, with what it and the queue were like then. */
export interface Entered {
  readonly state: BbrPhase;
  readonly at: number;
  readonly rounds: number;
  readonly inFlight: number;
  readonly queued: number;
}

/** A BBR flow over a bottleneck, and the states that it goes through. */
export class BbrFlow {
  readonly flow: BottleneckFlow;
  readonly entered: Entered[] = [];
  /** Called on each change of state. */
  onState: (state: BbrPhase) => void = () => undefined;

  constructor(
    private readonly net: Bottleneck,
    options: FlowOptions = {},
  ) {
    this.flow = net.flow((setup) => new Bbr(setup), options);
    this.flow.onAck = () => {
      this.#look();
    };
  }

  get state(): string {
    return String(this.flow.control.details()['state']);
  }

  /** A number of `details()`; `Infinity` for 'none'. */
  detail(name: string): number {
    const value = this.flow.control.details()[name];
    return typeof value === 'number' ? value : Infinity;
  }

  /** The first time that it came to `state`, from `since` on. */
  first(state: BbrPhase, since = 0): Entered {
    const found = this.entered.find((entered) => entered.state === state && entered.at >= since);
    if (found === undefined)
      throw new Error(`it never came to ${state}: ${this.entered.map((e) => e.state).join(' ')}`);
    return found;
  }

  all(state: BbrPhase): Entered[] {
    return this.entered.filter((entered) => entered.state === state);
  }

  /** The share of the link that it got in the next `duration` µs. */
  share(duration: number): number {
    const before = this.flow.delivered;
    this.net.run(duration);
    return ((this.flow.delivered - before) * 1_000_000) / duration / this.net.rate;
  }

  /** Lets time pass until it comes to `state`, at most `limit` µs. */
  runTo(state: BbrPhase, limit = 30_000_000): void {
    const end = this.net.now + limit;
    while (this.state !== state) {
      if (this.net.now >= end)
        throw new Error(`it did not come to ${state} within ${limit} µs, but is in ${this.state}`);
      this.net.run(1_000);
    }
  }

  #look(): void {
    const state = this.state as BbrPhase;
    if (this.entered.at(-1)?.state === state) return;
    const { flow, net } = this;
    this.entered.push({ state, at: net.now, rounds: flow.rounds, inFlight: flow.inFlight, queued: net.queued });
    this.onState(state);
  }
}
