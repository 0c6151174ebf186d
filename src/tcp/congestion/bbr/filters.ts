/**
 * The greatest value of this ProbeBW cycle and the one before (BBR.max_bw_filter, §5.5.3–5.5.6): two slots do, because
 * time is counted in cycles.
 */
export class CycleMax {
  #previous = 0;
  #current = 0;

  get value(): number {
    return Math.max(this.#previous, this.#current);
  }

  update(value: number): void {
    if (value > this.#current) this.#current = value;
  }

  /** A new cycle begins. One without a sample is no cycle: the filter never forgets all that it knows. */
  advance(): void {
    if (this.#current === 0) return;
    this.#previous = this.#current;
    this.#current = 0;
  }
}

/**
 * The greatest value within a window of time, by Kathleen Nichols' algorithm: the best, the best after it and the best
 * after that are kept, each from its own part of the window, so that a good successor is there when the best grows too old.
 */
export class WindowedMax {
  #best = 0;
  #bestAt = 0;
  #second = 0;
  #secondAt = 0;
  #third = 0;
  #thirdAt = 0;

  get value(): number {
    return this.#best;
  }

  /** Takes a value at `time`, which does not go back, and forgets what is more than `window` older. */
  update(value: number, time: number, window: number): void {
    if (value >= this.#best || time - this.#thirdAt > window) {
      this.#best = value;
      this.#bestAt = time;
      this.#succeedBest(value, time);
      return;
    }
    if (value >= this.#second) this.#succeedBest(value, time);
    else if (value >= this.#third) this.#succeedSecond(value, time);
    this.#age(value, time, window);
  }

  #age(value: number, time: number, window: number): void {
    const age = time - this.#bestAt;
    if (age > window) {
      this.#promote(value, time);
      if (time - this.#bestAt > window) this.#promote(value, time);
    } else if (this.#secondAt === this.#bestAt && age > window / 4) {
      this.#succeedBest(value, time);
    } else if (this.#thirdAt === this.#secondAt && age > window / 2) {
      this.#succeedSecond(value, time);
    }
  }

  #promote(value: number, time: number): void {
    this.#best = this.#second;
    this.#bestAt = this.#secondAt;
    this.#second = this.#third;
    this.#secondAt = this.#thirdAt;
    this.#succeedSecond(value, time);
  }

  #succeedBest(value: number, time: number): void {
    this.#second = value;
    this.#secondAt = time;
    this.#succeedSecond(value, time);
  }

  #succeedSecond(value: number, time: number): void {
    this.#third = value;
    this.#thirdAt = time;
  }
}
