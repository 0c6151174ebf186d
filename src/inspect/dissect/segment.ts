import { dataLength, type SegmentEvent } from '../../tcp/trace';
import { parseAddress, type Address } from '../../wire/address';
import { emitTcp } from '../../wire/tcp';
import type { ConnectionRecord } from '../record/connection-record';
import type { End, SegmentRow } from '../record/row';
import { dissectTcp } from './dissect';
import type { Dissection } from './field';
import type { TcpContext } from './tcp';

/** A segment's octets, made anew from what the trace tells. */
export interface SegmentBytes {
  readonly bytes: Uint8Array;
  /** Its addresses, where they can be read. */
  readonly src: Address | undefined;
  readonly dst: Address | undefined;
  /** All of the data is there, and the checksum is that of the segment; otherwise it is 0. */
  readonly whole: boolean;
}

/**
 * The octets of a segment: its header with options and checksum, and as much of its data as was kept. Malformed options are not among
 * them. `undefined` for an event whose numbers fit in no header.
 */
export function bytesOfSegment(event: SegmentEvent): SegmentBytes | undefined {
  const { segment, connection, direction } = event;
  const [from, to] = direction === 'in' ? [connection.remote, connection.local] : [connection.local, connection.remote];
  const [src, dst] = [parseAddress(from.address), parseAddress(to.address)];
  const whole = segment.payload.length === dataLength(event);
  const isPair = src !== undefined && dst !== undefined && typeof src === typeof dst;
  try {
    return { bytes: emitTcp(segment, whole && isPair ? { src, dst } : undefined), src, dst, whole };
  } catch (error) {
    // What comes from elsewhere may hold anything.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * What a record knows of the numbers in the segments of one end: where they count from, and the shift of its windows; `undefined`: not
 * both SYNs were seen, so that nobody knows whether windows are scaled (RFC 7323 §2.2).
 */
export function numbersOf({ flows: { left, right } }: ConnectionRecord, from: End): Pick<TcpContext, 'isn' | 'shift'> {
  const [flow, other] = from === 'left' ? [left, right] : [right, left];
  const scaled = flow.shift !== undefined && other.shift !== undefined;
  return {
    isn: { seq: flow.isn, ack: other.isn },
    shift: !left.synSeen || !right.synSeen ? undefined : scaled ? flow.shift : 0,
  };
}

/** A row of a record opened: its octets field by field, with numbers counted from the SYNs and windows scaled. */
export function dissectRow(record: ConnectionRecord, row: SegmentRow): Dissection | undefined {
  const made = bytesOfSegment(row.event);
  if (made === undefined) return undefined;
  return dissectTcp(made.bytes, {
    src: made.src,
    dst: made.dst,
    ...numbersOf(record, row.from),
    length: dataLength(row.event),
  });
}
