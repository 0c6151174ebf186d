/** What is counted of a conversation, for each side that did it. */
export type Incident =
  /** Data sent again: which kind, where the loss was. */
  | 'timeout'
  | 'fast-retransmit'
  | 'probe'
  | 'spurious'
  | 'lost-before'
  | 'lost-behind'
  | 'again-full-size'
  | 'again-small'
  | 'syn-again'
  | 'syn-ack-again'
  | 'fin-again'
  | 'reordered'
  | 'dsack'
  | 'for-nothing'
  | 'duplicate-ack'
  | 'duplicate-packet'
  /** The capture misses something that was there. */
  | 'unseen'
  /** Windows: this side has closed its own, asked whether the other's is open, has filled the other's. */
  | 'zero-window'
  | 'window-probe'
  | 'window-full'
  | 'window-limited'
  | 'keep-alive'
  | 'bad-checksum'
  | 'congestion-experienced'
  | 'ecn-echo'
  /** This side held back small data until a late ACK came. */
  | 'held-back'
  | 'slow-answer'
  | 'http-error'
  | 'tls-alert'
  | 'challenge';

/** Frame numbers that are kept of each incident: the first ones and the last. */
const MOST_FRAMES = 12;

/** How often something happened, and where. */
export class Tally {
  count = 0;
  readonly frames: number[] = [];
  lastFrame = 0;
  /** µs */
  first = 0;
  last = 0;
  /** Of what was measured each time: a length, a time. */
  sum = 0;
  most = 0;
  mostFrame = 0;

  add(frame: number, time: number, value: number): void {
    if (this.count === 0) this.first = time;
    this.count += 1;
    if (this.frames.length < MOST_FRAMES && this.frames.at(-1) !== frame) this.frames.push(frame);
    this.lastFrame = frame;
    this.last = time;
    this.sum += value;
    if (value > this.most || this.count === 1) {
      this.most = value;
      this.mostFrame = frame;
    }
  }
}

/** All incidents of one side. */
export class Tallies {
  private readonly tallies = new Map<Incident, Tally>();

  add(incident: Incident, frame: number, time: number, value = 0): void {
    let tally = this.tallies.get(incident);
    if (tally === undefined) {
      tally = new Tally();
      this.tallies.set(incident, tally);
    }
    tally.add(frame, time, value);
  }

  /** What was taken for one thing was another. */
  move(from: Incident, to: Incident, frame: number, time: number, value: number): void {
    const tally = this.tallies.get(from);
    if (tally === undefined) return;
    tally.count -= 1;
    tally.sum -= value;
    const index = tally.frames.indexOf(frame);
    if (index >= 0) tally.frames.splice(index, 1);
    if (tally.count <= 0) this.tallies.delete(from);
    this.add(to, frame, time, value);
  }

  get(incident: Incident): Tally | undefined {
    return this.tallies.get(incident);
  }

  count(...incidents: readonly Incident[]): number {
    return incidents.reduce((sum, each) => sum + (this.tallies.get(each)?.count ?? 0), 0);
  }
}
