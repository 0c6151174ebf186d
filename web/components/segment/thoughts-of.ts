import { diff } from '../../../src/tcp/sequence';
import type { Variables } from '../../../src/tcp/variables';
import type { VariableName } from './texts';

/** A variable with its value: a number of bytes, of a position, a time in µs, a count, or a word. */
export interface Thought {
  readonly name: VariableName;
  readonly kind: 'bytes' | 'position' | 'time' | 'count' | 'phase';
  /** `undefined`: there is none yet. */
  readonly value: number | string | undefined;
}

/** What a connection had in its head, in groups: sending, receiving, congestion, time. */
export function thoughtsOf(variables: Variables): Thought[][] {
  const { snd, rcv, buffered } = variables;
  const bytes = (name: VariableName, value: number): Thought => ({ name, kind: 'bytes', value: finite(value) });
  const position = (name: VariableName, value: number, first: number): Thought => ({
    name,
    kind: 'position',
    value: diff(value, first) >>> 0,
  });
  const time = (name: VariableName, value: number | undefined): Thought => ({ name, kind: 'time', value });
  return [
    [
      position('una', snd.una, snd.iss),
      position('nxt', snd.nxt, snd.iss),
      bytes('sndWnd', snd.wnd),
      bytes('send', buffered.send),
    ],
    [
      position('rcvNxt', rcv.nxt, rcv.irs),
      bytes('rcvWnd', rcv.wnd),
      bytes('receive', buffered.receive),
      bytes('outOfOrder', buffered.outOfOrder),
    ],
    [
      bytes('cwnd', variables.cwnd),
      bytes('ssthresh', variables.ssthresh),
      bytes('underWay', variables.underWay),
      bytes('sacked', variables.sacked),
      bytes('lost', variables.lost),
      bytes('mss', variables.mss),
      { name: 'phase', kind: 'phase', value: variables.phase },
    ],
    [
      time('srtt', variables.srtt),
      time('rttvar', variables.rttvar),
      time('rto', variables.rto),
      { name: 'backoff', kind: 'count', value: variables.backoff },
    ],
  ];
}

function finite(value: number): number | undefined {
  return value < Number.MAX_SAFE_INTEGER ? value : undefined;
}
