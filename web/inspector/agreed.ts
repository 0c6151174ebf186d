import type { ConnectionRecord, SegmentRow } from '../../src/inspect/record';
import { FLAG } from '../../src/wire/tcp';

/** What both ends want to use, and may (RFC 7323, RFC 2018, RFC 3168). */
export interface Agreed {
  readonly sack: boolean;
  readonly ts: boolean;
  readonly ecn: boolean;
  /** By how much the windows of the other end are shifted, and ours; 0: not. */
  readonly wscale: { readonly send: number; readonly receive: number };
}

/** A handshake is among the first rows. */
const MOST_ROWS = 24;
const known = new WeakMap<ConnectionRecord, Agreed>();

/** What the handshake has agreed on, by its two SYNs; `undefined`: they were not both seen. */
export function agreedIn(record: ConnectionRecord): Agreed | undefined {
  const before = known.get(record);
  if (before !== undefined || record.rows.first > 0) return before;
  const calls: Partial<Record<SegmentRow['from'], SegmentRow>> = {};
  for (let index = 0; index < Math.min(MOST_ROWS, record.rows.end); index++) {
    const row = record.rows.at(index);
    if (row?.kind === 'segment' && row.event.segment.flags & FLAG.SYN) calls[row.from] ??= row;
  }
  const { left, right } = calls;
  if (left === undefined || right === undefined) return undefined;
  const agreed = both(offerOf(left), offerOf(right));
  known.set(record, agreed);
  return agreed;
}

type Offer = Omit<Agreed, 'wscale'> & { readonly shift: number | undefined };

function offerOf({ event: { segment } }: SegmentRow): Offer {
  const shift = segment.options.flatMap((option) => (option.kind === 'window-scale' ? [option.shift] : []))[0];
  return {
    sack: segment.options.some(({ kind }) => kind === 'sack-permitted'),
    ts: segment.options.some(({ kind }) => kind === 'timestamps'),
    // A SYN asks by both flags, a SYN,ACK says yes by ECE alone (RFC 3168 §6.1.1).
    ecn: (segment.flags & FLAG.ECE) !== 0,
    shift,
  };
}

function both(left: Offer, right: Offer): Agreed {
  const scales = left.shift !== undefined && right.shift !== undefined;
  return {
    sack: left.sack && right.sack,
    ts: left.ts && right.ts,
    ecn: left.ecn && right.ecn,
    wscale: { send: scales ? left.shift : 0, receive: scales ? right.shift : 0 },
  };
}
