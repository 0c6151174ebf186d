/** The eleven states of a connection (RFC 9293 §3.3.2). CLOSED is "no connection at all". */
export type State =
  | 'CLOSED'
  | 'LISTEN'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

/** The eleven states in the order in which RFC 9293 §3.3.2 lists them, CLOSED last as there. */
export const STATES: readonly State[] = [
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
  'CLOSED',
];

/** One arrow: from a state to a state, what causes it, what is sent on the way, and where the RFC has it. */
export interface Transition {
  readonly from: State;
  readonly to: State;
  /** What happened: a user's call, the segment that came, or a timeout, in the words of Figure 5. */
  readonly event: string;
  /** What is sent, in the words of Figure 5 ("snd SYN"), or `x` for nothing. */
  readonly action: string;
  readonly source: string;
}

const FIGURE_5 = 'RFC 9293 §3.3.2, Figure 5';

/** Every arrow of Figure 5. */
export const FIGURE_5_TRANSITIONS: readonly Transition[] = [
  { from: 'CLOSED', to: 'LISTEN', event: 'passive OPEN', action: 'create TCB', source: FIGURE_5 },
  { from: 'CLOSED', to: 'SYN-SENT', event: 'active OPEN', action: 'create TCB, snd SYN', source: FIGURE_5 },
  { from: 'LISTEN', to: 'CLOSED', event: 'CLOSE', action: 'delete TCB', source: FIGURE_5 },
  { from: 'LISTEN', to: 'SYN-SENT', event: 'SEND', action: 'snd SYN', source: FIGURE_5 },
  { from: 'LISTEN', to: 'SYN-RECEIVED', event: 'rcv SYN', action: 'snd SYN,ACK', source: FIGURE_5 },
  { from: 'SYN-SENT', to: 'CLOSED', event: 'CLOSE', action: 'delete TCB', source: FIGURE_5 },
  { from: 'SYN-SENT', to: 'SYN-RECEIVED', event: 'rcv SYN', action: 'snd SYN,ACK', source: FIGURE_5 },
  { from: 'SYN-SENT', to: 'ESTABLISHED', event: 'rcv SYN,ACK', action: 'snd ACK', source: FIGURE_5 },
  { from: 'SYN-RECEIVED', to: 'ESTABLISHED', event: 'rcv ACK of SYN', action: 'x', source: FIGURE_5 },
  { from: 'SYN-RECEIVED', to: 'FIN-WAIT-1', event: 'CLOSE', action: 'snd FIN', source: FIGURE_5 },
  { from: 'SYN-RECEIVED', to: 'LISTEN', event: 'rcv RST', action: 'x', source: `${FIGURE_5}, note 1` },
  { from: 'ESTABLISHED', to: 'FIN-WAIT-1', event: 'CLOSE', action: 'snd FIN', source: FIGURE_5 },
  { from: 'ESTABLISHED', to: 'CLOSE-WAIT', event: 'rcv FIN', action: 'snd ACK', source: FIGURE_5 },
  { from: 'FIN-WAIT-1', to: 'FIN-WAIT-2', event: 'rcv ACK of FIN', action: 'x', source: FIGURE_5 },
  { from: 'FIN-WAIT-1', to: 'CLOSING', event: 'rcv FIN', action: 'snd ACK', source: FIGURE_5 },
  {
    from: 'FIN-WAIT-1',
    to: 'TIME-WAIT',
    event: 'rcv FIN,ACK of FIN',
    action: 'snd ACK',
    source: `${FIGURE_5}, note 2`,
  },
  { from: 'FIN-WAIT-2', to: 'TIME-WAIT', event: 'rcv FIN', action: 'snd ACK', source: FIGURE_5 },
  { from: 'CLOSE-WAIT', to: 'LAST-ACK', event: 'CLOSE', action: 'snd FIN', source: FIGURE_5 },
  { from: 'CLOSING', to: 'TIME-WAIT', event: 'rcv ACK of FIN', action: 'x', source: FIGURE_5 },
  { from: 'LAST-ACK', to: 'CLOSED', event: 'rcv ACK of FIN', action: 'x', source: FIGURE_5 },
  { from: 'TIME-WAIT', to: 'CLOSED', event: '2MSL timeout', action: 'delete TCB', source: FIGURE_5 },
];

/** What the text of §3.10 allows beside the figure: the FIN that comes with the handshake's ACK, and every abrupt end. */
export const TEXT_TRANSITIONS: readonly Transition[] = [
  { from: 'SYN-RECEIVED', to: 'CLOSE-WAIT', event: 'rcv FIN', action: 'snd ACK', source: 'RFC 9293 §3.10.7.4, step 8' },
  ...abrupt('LISTEN', ['ABORT'], 'RFC 9293 §3.10.5'),
  ...abrupt('SYN-SENT', ['ABORT', 'rcv RST', 'user timeout'], 'RFC 9293 §3.10.5, §3.10.7.3, §3.10.8'),
  ...[
    'SYN-RECEIVED' as const,
    'ESTABLISHED' as const,
    'FIN-WAIT-1' as const,
    'FIN-WAIT-2' as const,
    'CLOSE-WAIT' as const,
    'CLOSING' as const,
    'LAST-ACK' as const,
    'TIME-WAIT' as const,
  ].flatMap((from) => abrupt(from, ['ABORT', 'rcv RST', 'user timeout'], 'RFC 9293 §3.10.5, §3.10.7.4, §3.10.8')),
];

/** All legal transitions. A change of state that is not among them is a bug. */
export const TRANSITIONS: readonly Transition[] = [...FIGURE_5_TRANSITIONS, ...TEXT_TRANSITIONS];

const LEGAL: ReadonlyMap<State, ReadonlySet<State>> = new Map(
  STATES.map((from) => [from, new Set(TRANSITIONS.filter((each) => each.from === from).map(({ to }) => to))]),
);

/** True when RFC 9293 lets a connection go from `from` to `to` in one step. */
export function isLegalTransition(from: State, to: State): boolean {
  return LEGAL.get(from)?.has(to) === true;
}

/** True from SYN-RECEIVED's end on: both sides know each other's sequence numbers (RFC 9293 §3.5). */
export function isSynchronized(state: State): boolean {
  return state !== 'CLOSED' && state !== 'LISTEN' && state !== 'SYN-SENT' && state !== 'SYN-RECEIVED';
}

function abrupt(from: State, events: readonly string[], source: string): Transition[] {
  return events.map((event) => ({ from, to: 'CLOSED', event, action: 'delete TCB', source }));
}
