import type { ConversationReport, NumberedRow } from '../../src/explain';
import { bytesOfSegment, dissectFrame, dissectTcp, type Dissection } from '../../src/inspect/dissect';
import type { SegmentRow } from '../../src/inspect/record';
import { dataLength } from '../../src/tcp/trace';

/** A row of a ladder, with its packet field by field. */
export interface Opened {
  readonly row: SegmentRow;
  readonly frame: number | undefined;
  readonly packet: NumberedRow['packet'];
  readonly dissection: Dissection;
}

/** Opens a row: the packet as it was captured, or where it was not kept, as it must have been. `undefined` for what is no segment. */
export function openRow(report: ConversationReport, index: number): Opened | undefined {
  const found = report.rows.find(({ row }) => row.index === index);
  if (found?.row.kind !== 'segment') return undefined;
  const { row, frame, packet } = found;
  const { client, server } = report.openings;
  const [own, other] = row.from === 'left' ? [client, server] : [server, client];
  const context = {
    isn: { seq: own?.isn, ack: other?.isn },
    // Both SYNs were seen, so it is known whether windows are scaled (RFC 7323 §2.2).
    shift:
      own === undefined || other === undefined
        ? undefined
        : own.shift !== undefined && other.shift !== undefined
          ? own.shift
          : 0,
  };
  if (packet !== undefined)
    return { row, frame, packet, dissection: dissectFrame(packet.bytes, packet.linkType, { tcp: context }) };
  const made = bytesOfSegment(row.event);
  if (made === undefined) return { row, frame, packet, dissection: { bytes: new Uint8Array(0), fields: [] } };
  const { bytes, src, dst } = made;
  return { row, frame, packet, dissection: dissectTcp(bytes, { ...context, src, dst, length: dataLength(row.event) }) };
}
