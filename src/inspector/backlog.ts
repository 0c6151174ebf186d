import type { SkippedEvent } from '../inspect/record/skipped';
import { dataLength, isTurningPoint } from '../tcp/trace';
import type { FedEvent } from './feed';

/** What a page that is too slow has missed: what is notable is kept for it, within a bound, and of segments how many there were. */
export class Backlog {
  /** Events that it could not keep, since the start. */
  dropped = 0;
  private events: FedEvent[] = [];
  private readonly skipped = new Map<number, SkippedEvent>();

  /** @param limit how many events are kept, and of how many connections it is counted what was skipped */
  constructor(private readonly limit = 2000) {}

  get isEmpty(): boolean {
    return this.events.length === 0 && this.skipped.size === 0;
  }

  add(events: readonly FedEvent[]): void {
    for (const event of events) {
      if (event.type === 'skipped') this.skip(event);
      else if (event.type === 'timer' && event.action !== 'fired') this.dropped += 1;
      else if (event.type === 'segment' && !isTurningPoint(event.segment.flags)) {
        const { time, connection, direction, variables } = event;
        const none = { in: 0, out: 0 };
        this.skip({
          type: 'skipped',
          time,
          since: time,
          connection,
          segments: { ...none, [direction]: 1 },
          bytes: { ...none, [direction]: dataLength(event) },
          variables,
        });
      } else if (this.events.length < this.limit) this.events.push(event);
      else this.dropped += 1;
    }
  }

  /** All of it, for a page that can take more again. */
  take(): FedEvent[] {
    const all = [...this.events, ...this.skipped.values()].sort((one, other) => one.time - other.time);
    this.events = [];
    this.skipped.clear();
    return all;
  }

  private skip(event: SkippedEvent): void {
    const { id } = event.connection;
    const before = this.skipped.get(id);
    if (before === undefined && this.skipped.size >= this.limit) {
      this.dropped += 1;
      return;
    }
    this.skipped.set(id, before === undefined ? event : joined(before, event));
  }
}

function joined(one: SkippedEvent, other: SkippedEvent): SkippedEvent {
  return {
    ...other,
    since: one.since,
    segments: { in: one.segments.in + other.segments.in, out: one.segments.out + other.segments.out },
    bytes: { in: one.bytes.in + other.bytes.in, out: one.bytes.out + other.bytes.out },
    variables: other.variables ?? one.variables,
  };
}
