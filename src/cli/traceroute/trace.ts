/** What is asked. Times in µs. */
export interface TraceOptions {
  /** Time to live of the first and the last hop. */
  readonly first: number;
  readonly max: number;
  /** Probes a hop, and at a time. */
  readonly queries: number;
  readonly parallel: number;
  /** The most that an answer may take. */
  readonly wait: number;
}

/** An answer to a probe: `mark` is empty, or as traceroute has it (`!H`). */
export interface ProbeAnswer {
  readonly from: string;
  readonly mark: string;
  /** From who was asked, or the news that the way ends here. */
  readonly final: boolean;
}

/** What became of a probe. Times in µs. */
export interface ProbeResult {
  readonly from: string | undefined;
  readonly rtt: number | undefined;
  readonly mark: string;
}

export interface Hop {
  readonly ttl: number;
  readonly probes: readonly ProbeResult[];
}

interface Probe {
  sentAt: number | undefined;
  result: ProbeResult | undefined;
}

/**
 * How long to wait where others have answered, as traceroute does: so many times what the same hop took, or a later one; and µs that
 * are waited in any case.
 */
const HERE = 3;
const NEAR = 10;
const LEAST_WAIT = 100_000;

const SILENCE: ProbeResult = { from: undefined, rtt: undefined, mark: '' };

/**
 * Which probe goes next, and when a hop is known: the bookkeeping of a traceroute, without a network or a clock. Probes have numbers from 0;
 * probe `n` belongs to the hop with TTL `first + ⌊n ÷ queries⌋`. All times are µs.
 */
export class Trace {
  private readonly probes: Probe[] = [];
  private waiting = 0;
  private shown = 0;
  /** The nearest hop at which the way ends. */
  private last: number;
  /** Who was asked has answered. */
  reached = false;

  constructor(private readonly options: TraceOptions) {
    this.last = options.max - options.first;
  }

  /** The probe to send now, or `undefined`: as many as may be are on their way, or all were sent. */
  next(): { readonly probe: number; readonly ttl: number } | undefined {
    const { queries, parallel, first } = this.options;
    const probe = this.probes.length;
    const hop = Math.floor(probe / queries);
    if (this.waiting >= parallel || hop > this.last) return undefined;
    return { probe, ttl: first + hop };
  }

  /** `next` went out. */
  sent(now: number): void {
    this.probes.push({ sentAt: now, result: undefined });
    this.waiting += 1;
  }

  /** @returns false when nobody waits for it (any more) */
  answered(probe: number, { from, mark, final }: ProbeAnswer, now: number): boolean {
    const known = this.probes[probe];
    if (known?.sentAt === undefined || known.result !== undefined) return false;
    known.result = { from, rtt: now - known.sentAt, mark };
    this.waiting -= 1;
    if (final) {
      this.last = Math.min(this.last, this.hopOf(probe));
      this.reached ||= mark === '';
    }
    return true;
  }

  /** Probes that have waited long enough are given up. */
  expire(now: number): void {
    this.probes.forEach((probe, index) => {
      if (probe.result !== undefined || now < this.deadline(index)) return;
      probe.result = SILENCE;
      this.waiting -= 1;
    });
  }

  /** When the next probe is given up; `undefined`: none is on its way. */
  get wake(): number | undefined {
    let wake: number | undefined;
    this.probes.forEach(({ result }, index) => {
      if (result === undefined) wake = Math.min(wake ?? Infinity, this.deadline(index));
    });
    return wake;
  }

  /** Hops that are known now, in order, each told once. */
  known(): Hop[] {
    const { queries, first } = this.options;
    const hops: Hop[] = [];
    for (; this.shown <= this.last; this.shown += 1) {
      const of = this.probes.slice(this.shown * queries, (this.shown + 1) * queries);
      const results = of.flatMap(({ result }) => (result === undefined ? [] : [result]));
      if (results.length < queries) break;
      hops.push({ ttl: first + this.shown, probes: results });
    }
    return hops;
  }

  /** Every hop was told. */
  get isDone(): boolean {
    return this.shown > this.last;
  }

  private hopOf(probe: number): number {
    return Math.floor(probe / this.options.queries);
  }

  private deadline(index: number): number {
    const sentAt = this.probes[index]?.sentAt ?? 0;
    const hop = this.hopOf(index);
    let wait = this.options.wait;
    this.probes.forEach(({ result }, other) => {
      if (result?.rtt === undefined || this.hopOf(other) < hop) return;
      const patience = result.rtt * (this.hopOf(other) === hop ? HERE : NEAR);
      wait = Math.min(wait, Math.max(LEAST_WAIT, patience));
    });
    return sentAt + wait;
  }
}

/** Codes of "destination unreachable" as traceroute marks them; others are `!` and their number. */
const MARKS: Readonly<Record<number, string>> = {
  0: '!N',
  1: '!H',
  2: '!P',
  4: '!F',
  5: '!S',
  9: '!X',
  10: '!X',
  13: '!X',
};

/** `!H` for code 1; empty for port unreachable, which is what the probes are after. */
export function markOf(code: number): string {
  return code === 3 ? '' : (MARKS[code] ?? `!<${code}>`);
}

/** A line of traceroute: an address where it differs from the one before. `nameOf` gives what stands for an address. */
export function formatHop({ ttl, probes }: Hop, nameOf: (address: string) => string): string {
  let line = String(ttl).padStart(2);
  let before: string | undefined;
  for (const { from, rtt, mark } of probes) {
    if (from === undefined || rtt === undefined) {
      line += ' *';
      continue;
    }
    if (from !== before) line += `  ${nameOf(from)}`;
    before = from;
    line += `  ${(rtt / 1000).toFixed(3)} ms${mark === '' ? '' : ` ${mark}`}`;
  }
  return line;
}
