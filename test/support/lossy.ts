import { MILLISECOND, script, type Script, type ScriptOptions } from './script';

/** Octets in each segment of these scripts. */
export const MSS = 1000;
/** The handshake's round trip, µs: a script starts when it is over. The time-out is then 300 ms: R + 4 · R/2. */
export const RTT = 100 * MILLISECOND;

export interface LossyOptions extends ScriptOptions {
  /** The peer's window. */
  readonly win?: number;
}

/**
 * A connection in which segments of ours will be lost, in a handshake of `RTT`: 1000 octets a segment, ten at first. The peer has
 * SACK, unless `sack` is false, and timestamps, where `timestamps` is true: the TSval of each side is the time in ms.
 */
export function lossy({ win = 65_535, sack = true, timestamps = false, ...rest }: LossyOptions = {}): Script {
  const t = script({ passive: 80, sack, timestamps, ...rest });
  const stamp = (value: number, echo: number): string => (timestamps ? `TS val ${value} ecr ${echo}` : '');
  const list = (...options: string[]): string => {
    const given = options.filter((option) => option !== '');
    return given.length === 0 ? '' : ` <${given.join(',')}>`;
  };
  // Twelve octets of each segment are the timestamps'.
  const mss = timestamps ? MSS + 12 : MSS;
  t.inject(`S 0:0(0) win ${win}${list(`mss ${mss}`, sack ? 'sackOK' : '', stamp(0, 0))}`).skip();
  t.after(RTT).inject(`. 1:1(0) ack 1 win ${win}${list(stamp(100, 0))}`);
  t.accept();
  return t;
}

/** Our segment from the `first`-th thousand octets on, counted from 0; `count` of them in one, with these control bits. */
export function data(first: number, { count = 1, flags = '.' } = {}): string {
  const from = first * MSS + 1;
  return `${flags} ${from}:${from + count * MSS}(${count * MSS}) ack 1`;
}

/** Our segments from the `first`-th up to and without the `end`-th. */
export function segments(first: number, end: number): string[] {
  return Array.from({ length: end - first }, (_, index) => data(first + index));
}

/** The peer acknowledges the first `upTo` segments, and has those from `left` up to and without `right` of each block. */
export function ack(upTo: number, ...blocks: readonly (readonly [left: number, right: number])[]): string {
  const line = `. 1:1(0) ack ${upTo * MSS + 1}`;
  if (blocks.length === 0) return line;
  const octets = blocks.map(([left, right]) => `${left * MSS + 1}:${right * MSS + 1}`);
  return `${line} <nop,nop,sack ${octets.join(' ')}>`;
}

/** The causes of the retransmissions so far, and of the congestion events. */
export function causes(t: Script, type: 'retransmission' | 'congestion'): string[] {
  return t.wire.trace.flatMap((event) => (event.type === type ? [event.cause] : []));
}
