import type { ImpairSettings } from '../../src/link/impair';

/** One kind of bad network; both ways alike. */
export interface Cell {
  /** The percentage of packets that are lost. */
  readonly loss: number;
  /** ms, half of it each way; what waits in the queue comes on top. */
  readonly rtt: number;
  /** Mbit/s. */
  readonly rate: number;
  readonly reorder: boolean;
}

export const LOSSES = [0, 1, 5, 20];
export const RTTS = [0, 20, 100];
export const RATES = [1, 10, 100, 1000];

/** Of so many packets one is held back, for a quarter of the round trip. */
const REORDERED = 0.02;

/** A frame of the usual MTU, in bytes. */
const FRAME = 1514;

/**
 * Short queues are longer than what is under way: a router has room for some packets, and the process with the bad network
 * reads up to 128 frames at once, which are no burst of the sender's.
 */
const SHORTEST_QUEUE: Readonly<Record<number, number>> = { 1: 20, 10: 20, 100: 100, 1000: 256 };

export const ALL_CELLS: readonly Cell[] = [
  ...LOSSES.flatMap((loss) => RTTS.flatMap((rtt) => RATES.map((rate) => ({ loss, rtt, rate, reorder: false })))),
  ...[0, 1].flatMap((loss) =>
    [20, 100].flatMap((rtt) => [10, 100].map((rate) => ({ loss, rtt, rate, reorder: true }))),
  ),
];

/** For `--quick`: each loss, each RTT and each rate but the slowest. */
export const QUICK_CELLS: readonly Cell[] = [
  ...LOSSES.flatMap((loss) => [
    { loss, rtt: 0, rate: 1000, reorder: false },
    { loss, rtt: 20, rate: 100, reorder: false },
    { loss, rtt: 100, rate: 10, reorder: false },
  ]),
  { loss: 0, rtt: 20, rate: 100, reorder: true },
];

/** What about Linux reaches where loss holds it back, Mbit/s, by loss and RTT: sizes are made from it, nothing else. */
const LOSS_BOUND: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  1: { 0: 480, 20: 6, 100: 2 },
  5: { 0: 20, 20: 2, 100: 0.75 },
  20: { 0: 0.4, 20: 0.35, 100: 0.25 },
};

/** As above, without loss and at 1000 Mbit/s: the processor, and slow start. */
const FASTEST: Readonly<Record<number, number>> = { 0: 600, 20: 500, 100: 120 };

function expected({ loss, rtt, rate }: Cell): number {
  const bound = LOSS_BOUND[loss]?.[rtt] ?? Infinity;
  return Math.min(0.9 * rate, bound, FASTEST[rtt] ?? 100);
}

/** Transfers that leave the processor free enough for several at a time. */
export function isLight(cell: Cell): boolean {
  return expected(cell) <= 10;
}

/** How many times each transfer is run: more where chance weighs more. */
export function runsOf(cell: Cell): number {
  if (cell.loss >= 20) return 9;
  return isLight(cell) ? 5 : 3;
}

/** How much is carried: about what Linux carries in 2 s; in 4 s where so much is lost that this would be a few packets. */
export function loadOf(cell: Cell): { bytes: number; limit: number } {
  const seconds = cell.loss >= 20 ? 4 : 2;
  const bytes = Math.round((expected(cell) * 1e6 * seconds) / 8 / 1000) * 1000;
  return { bytes, limit: seconds * 2500 };
}

/** In frames: what is under way in one round trip at full rate. */
export function queueOf({ rtt, rate }: Cell): number {
  const underWay = Math.ceil((rate * 1000 * rtt) / 8 / FRAME);
  return Math.max(SHORTEST_QUEUE[rate] ?? 100, underWay);
}

export function networkOf(cell: Cell): ImpairSettings {
  const { loss, rtt, rate, reorder } = cell;
  return {
    loss: loss / 100,
    delay: rtt * 500,
    rate: rate * 1_000_000,
    queue: queueOf(cell),
    ...(reorder && { reorder: REORDERED, reorderDelay: Math.max(1000, rtt * 250) }),
  };
}

/** For people: `5 %, 20 ms, 100 Mbit/s`. */
export function nameOf({ loss, rtt, rate, reorder }: Cell): string {
  return `${loss} %, ${rtt} ms, ${rate} Mbit/s${reorder ? ', reordered' : ''}`;
}
