/**
 * Has `ping -c COUNT` go on until so many are answered, for 10 s at most. Without it, ping waits for the last answers only as long as
 * two round trips take, which on a busy machine is too short; with it, it may send more than it was asked for meanwhile.
 */
export const PATIENT = ['-w', '10'] as const;

/** The sequence numbers that were answered, in order, by what ping has printed. */
export function answeredOf(report: string): number[] {
  return [...report.matchAll(/bytes from .*? icmp_seq=(\d+)/g)].map(([, sequence]) => Number(sequence));
}

/** The first numbers, from 1 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
