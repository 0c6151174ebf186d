import { announcedWindow } from '../../src/inspect/record';
import { bytes, bitRate, count, time } from '../lang/quantities';
import { agreedIn, type Agreed } from './agreed';
import type { Item } from './items';

/** A value of a connection or listener: what `ss -ti` prints, one by one. */
export type FactId =
  | 'bytesIn'
  | 'bytesOut'
  | 'segmentsIn'
  | 'segmentsOut'
  | 'again'
  | 'srtt'
  | 'rttvar'
  | 'minrtt'
  | 'rto'
  | 'cwnd'
  | 'ssthresh'
  | 'phase'
  | 'inFlight'
  | 'sacked'
  | 'lost'
  | 'sendWindow'
  | 'receiveWindow'
  | 'sendQueue'
  | 'receiveQueue'
  | 'outOfOrder'
  | 'mss'
  | 'pmtu'
  | 'options'
  | 'timers'
  | 'delivery'
  | 'zeroWindows'
  | 'ttl';

/** A value for the eye and for sorting; `undefined`: not known, or it has none. */
export interface Fact {
  readonly text: string;
  readonly sort: number;
}

const ms = (value: number | null | undefined): number | undefined => (value == null ? undefined : value * 1000);

const amount = (value: number | undefined): Fact | undefined =>
  value === undefined ? undefined : { text: bytes(value), sort: value };
const number = (value: number | undefined): Fact | undefined =>
  value === undefined ? undefined : { text: count(value), sort: value };
const duration = (value: number | undefined): Fact | undefined =>
  value === undefined ? undefined : { text: time(value), sort: value };
/** A limit that is not there yet is as large as a number can be. */
const limit = (value: number | undefined): number | undefined =>
  value === undefined || value >= 2 ** 31 - 1 ? undefined : value;

/**
 * The trace's figures where there are some, since they are of this moment; the snapshot's otherwise. What the last snapshot said of one that
 * is over holds on where it means something afterwards.
 */
const FACTS: Readonly<Record<FactId, (item: Item) => Fact | undefined>> = {
  bytesIn: ({ record, socket, last }) =>
    amount(socket?.tcp?.bytes_received ?? most(last?.tcp?.bytes_received, record?.counters.bytes.in)),
  bytesOut: ({ record, socket, last }) =>
    amount(socket?.tcp?.bytes_sent ?? most(last?.tcp?.bytes_sent, record?.counters.bytes.out)),
  segmentsIn: ({ record, last }) => number(most(last?.tcp?.segs_in, record?.counters.segments.in)),
  segmentsOut: ({ record, last }) => number(most(last?.tcp?.segs_out, record?.counters.segments.out)),
  again: ({ record, last }) => number(most(last?.tcp?.retrans.total, record?.counters.again.out)),
  srtt: ({ variables, socket }) => duration(variables?.srtt ?? ms(socket?.tcp?.rtt)),
  rttvar: ({ variables, socket }) => duration(variables?.rttvar ?? ms(socket?.tcp?.rttvar)),
  minrtt: ({ last }) => duration(ms(last?.tcp?.minrtt)),
  rto: ({ variables, socket }) => duration(variables?.rto ?? ms(socket?.tcp?.rto)),
  cwnd: ({ variables, socket }) => amount(limit(variables?.cwnd ?? socket?.tcp?.cwnd_bytes)),
  ssthresh: ({ variables, socket }) => amount(limit(variables?.ssthresh ?? socket?.tcp?.ssthresh_bytes ?? undefined)),
  phase: ({ variables, last }) => {
    const phase = variables?.phase ?? last?.tcp?.phase;
    return phase === undefined
      ? undefined
      : { text: [last?.tcp?.algorithm, phase].filter(Boolean).join(', '), sort: 0 };
  },
  inFlight: ({ variables, socket }) => amount(variables?.underWay ?? socket?.tcp?.unacked_bytes),
  sacked: ({ variables, socket }) => amount(variables?.sacked ?? socket?.tcp?.sacked_bytes),
  lost: ({ variables, socket }) => amount(variables?.lost ?? socket?.tcp?.lost_bytes),
  sendWindow: ({ variables, socket }) => amount(variables?.snd.wnd ?? socket?.tcp?.snd_wnd),
  receiveWindow: ({ record, socket }) => amount((record && announcedWindow(record)) ?? socket?.tcp?.rcv_wnd),
  sendQueue: ({ variables, socket, state }) =>
    state === 'LISTEN' ? number(socket?.send_q) : amount(variables?.buffered.send ?? socket?.send_q),
  receiveQueue: ({ variables, socket, state }) =>
    state === 'LISTEN' ? number(socket?.recv_q) : amount(variables?.buffered.receive ?? socket?.recv_q),
  outOfOrder: ({ variables }) => amount(variables?.buffered.outOfOrder),
  mss: ({ variables, socket }) => amount(variables?.mss ?? socket?.tcp?.mss),
  pmtu: ({ last }) => amount(last?.tcp?.pmtu),
  options: (item) => {
    const agreed = options(item);
    return agreed === undefined ? undefined : { text: agreed.join(', ') || '–', sort: agreed.length };
  },
  timers: (item) => {
    const all = Object.entries(item.socket?.tcp?.timers ?? {});
    if (all.length === 0) return undefined;
    const sorted = all.sort(([, a], [, b]) => a - b);
    return { text: sorted.map(([name, left]) => `${name} ${time(left * 1000)}`).join(', '), sort: sorted[0]?.[1] ?? 0 };
  },
  delivery: ({ last }) => {
    const rate = last?.tcp?.delivery_rate;
    return rate == null ? undefined : { text: bitRate(rate), sort: rate };
  },
  zeroWindows: ({ last }) => number(last?.tcp?.zero_windows),
  ttl: ({ last }) => number(last?.tcp?.ttl),
};

export function fact(id: FactId, item: Item): Fact | undefined {
  return FACTS[id](item);
}

/** The options that the handshake has agreed on, by their names; also of a connection that the stack has no more. */
export function options({ last, record }: Item): readonly string[] | undefined {
  const tcp = last?.tcp;
  const agreed: Agreed | undefined = tcp ?? (record === undefined ? undefined : agreedIn(record));
  if (agreed === undefined) return undefined;
  const { send, receive } = agreed.wscale;
  return [
    ...(agreed.sack ? ['SACK'] : []),
    ...(agreed.ts ? ['timestamps'] : []),
    ...(send > 0 || receive > 0 ? [`wscale ${send}/${receive}`] : []),
    ...(agreed.ecn ? ['ECN'] : []),
  ];
}

/** Counters of both only grow; the one that is behind is the older. */
function most(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.max(a, b);
}

/** The columns of the list: always, and those for who wants all. */
export const MAIN_FACTS: readonly FactId[] = ['bytesIn', 'bytesOut', 'again', 'srtt', 'cwnd', 'inFlight'];
export const MORE_FACTS: readonly FactId[] = [
  'segmentsIn',
  'segmentsOut',
  'rto',
  'ssthresh',
  'sendWindow',
  'receiveWindow',
  'sendQueue',
  'receiveQueue',
  'options',
  'timers',
];

/** On a connection's own page: what belongs together. */
export const FACT_GROUPS: readonly { readonly id: FactGroup; readonly facts: readonly FactId[] }[] = [
  { id: 'amounts', facts: ['bytesIn', 'bytesOut', 'segmentsIn', 'segmentsOut', 'again', 'delivery'] },
  { id: 'times', facts: ['srtt', 'rttvar', 'minrtt', 'rto'] },
  { id: 'congestion', facts: ['cwnd', 'ssthresh', 'inFlight', 'sacked', 'lost', 'phase'] },
  { id: 'windows', facts: ['sendWindow', 'receiveWindow', 'sendQueue', 'receiveQueue', 'outOfOrder', 'zeroWindows'] },
  { id: 'agreed', facts: ['options', 'mss', 'pmtu', 'ttl'] },
];

export type FactGroup = 'amounts' | 'times' | 'congestion' | 'windows' | 'agreed';
