import { segmentsOf, type Run } from '../engine';

/** From the first data that A sent until all of what its first program said was acknowledged, µs; Infinity: not all was. */
export function transferTime(run: Run): number {
  const [first] = segmentsOf(run, 'A', 'data');
  const end = (run.talk('A')?.saidBytes ?? 0) + 1;
  const last = segmentsOf(run, 'B').find(
    ({ arrives, reading }) => arrives !== undefined && !reading.absolute && (reading.ack ?? 0) >= end,
  );
  return (last?.arrives ?? Infinity) - (first?.time ?? 0);
}

/** What was brought over in that time, bit/s; what was sent again does not count. */
export function goodput(run: Run): number {
  return ((run.talk('A')?.saidBytes ?? 0) * 8 * 1e6) / transferTime(run);
}

/** The most frames of A that waited for the wire at once, the one being sent included. */
export function longestQueue(run: Run): number {
  const queue: number[] = [];
  let longest = 0;
  for (const { from, sent, leaves, loss } of run.world.wires[0]?.frames ?? []) {
    if (from !== 'left' || loss === 'queue') continue;
    while (queue[0] !== undefined && queue[0] <= sent) queue.shift();
    queue.push(leaves);
    longest = Math.max(longest, queue.length);
  }
  return longest;
}

/** How many of A's segments the full queue in front of the wire has dropped. */
export function overflows(run: Run): number {
  return run.moments.filter((moment) => moment.kind === 'lost' && moment.why === 'queue').length;
}
