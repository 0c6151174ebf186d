/** What a run of pings came to. Times in ms. */
export interface PingSummary {
  readonly transmitted: number;
  readonly received: number;
  readonly duplicates: number;
  readonly errors: number;
  /** Percent of the requests. */
  readonly loss: number;
  /** From the first request to the last event. */
  readonly time: number;
  /** `mdev`: the standard deviation. `null`: nobody answered. */
  readonly rtt: { readonly min: number; readonly avg: number; readonly max: number; readonly mdev: number } | null;
}

/** Requests whose times are remembered: answers that come later than so many others were sent are not known any more. */
const REMEMBERED = 4096;

/** Counts requests and answers, as ping does. Times are in µs. */
export class PingStatistics {
  transmitted = 0;
  received = 0;
  duplicates = 0;
  errors = 0;
  /** Of the answers so far, µs; 0 before the first. */
  longest = 0;
  private shortest = Infinity;
  private sum = 0;
  private sumOfSquares = 0;
  private begin: number | undefined;
  private end = 0;
  private readonly requests = new Map<number, { readonly at: number; answered: boolean }>();

  /** A request was sent. @param sequence 16 bits of it */
  sent(sequence: number, now: number): void {
    this.transmitted += 1;
    this.begin ??= now;
    this.end = now;
    this.requests.delete(sequence);
    this.requests.set(sequence, { at: now, answered: false });
    const [oldest] = this.requests.keys();
    if (this.requests.size > REMEMBERED && oldest !== undefined) this.requests.delete(oldest);
  }

  /**
   * An answer came.
   * @returns how long it took, µs, and whether the request had been answered already; `undefined`: to no request that is known
   */
  replied(sequence: number, now: number): { readonly took: number; readonly duplicate: boolean } | undefined {
    const request = this.requests.get(sequence);
    if (request === undefined) return undefined;
    const took = Math.max(0, now - request.at);
    const duplicate = request.answered;
    request.answered = true;
    this.end = now;
    if (duplicate) this.duplicates += 1;
    else this.received += 1;
    this.shortest = Math.min(this.shortest, took);
    this.longest = Math.max(this.longest, took);
    this.sum += took;
    this.sumOfSquares += took * took;
    return { took, duplicate };
  }

  /** A router, or our own host, said that a request did not arrive. */
  failed(now: number): void {
    this.errors += 1;
    this.end = now;
  }

  summary(): PingSummary {
    const { transmitted, received, duplicates, errors } = this;
    const answers = received + duplicates;
    const average = this.sum / answers;
    return {
      transmitted,
      received,
      duplicates,
      errors,
      loss: transmitted === 0 ? 0 : (100 * (transmitted - received)) / transmitted,
      time: Math.round((this.end - (this.begin ?? this.end)) / 1000),
      rtt:
        answers === 0
          ? null
          : {
              min: ms(this.shortest),
              avg: ms(average),
              max: ms(this.longest),
              mdev: ms(Math.sqrt(Math.max(0, this.sumOfSquares / answers - average * average))),
            },
    };
  }
}

function ms(microseconds: number): number {
  return Math.round(microseconds) / 1000;
}

/** The last lines of iputils' ping. */
export function formatSummary(target: string, summary: PingSummary): string {
  const { transmitted, received, duplicates, errors, loss, time, rtt } = summary;
  const counts = [
    `${transmitted} packets transmitted`,
    `${received} received`,
    ...(duplicates > 0 ? [`+${duplicates} duplicates`] : []),
    ...(errors > 0 ? [`+${errors} errors`] : []),
    `${Number(loss.toPrecision(6))}% packet loss`,
    `time ${time}ms`,
  ];
  const lines = [`--- ${target} ping statistics ---`, counts.join(', ')];
  if (rtt !== null) {
    const figures = [rtt.min, rtt.avg, rtt.max, rtt.mdev].map((figure) => figure.toFixed(3));
    lines.push(`rtt min/avg/max/mdev = ${figures.join('/')} ms`);
  }
  return `\n${lines.join('\n')}\n`;
}

/** A round-trip time as ping writes it: three digits that matter, and no more than µs. @param took µs */
export function formatTime(took: number): string {
  if (took >= 100_000) return (took / 1000).toFixed(0);
  if (took >= 10_000) return (took / 1000).toFixed(1);
  return (took / 1000).toFixed(took >= 1000 ? 2 : 3);
}
