import type { ConnectionRecord, SegmentRow } from '../../src/inspect';
import { dissectFrame, LINK_TYPE, numbersOf, type Dissection } from '../../src/inspect/dissect';
import type { Frame, Run } from '../../src/lessons';
import { recordsAt } from './outcome';

/** A segment's sender's record of the connection; of a segment from nobody, any. */
export function recordOf(run: Run, wire: number, row: SegmentRow): ConnectionRecord | undefined {
  const records = recordsAt(run, wire, row.from);
  const { local, remote } = row.event.connection;
  const own = records.filter(({ id }) => id.local.port === local.port && id.remote.port === remote.port).at(-1);
  return own ?? records.at(-1) ?? [...run.world.hosts.values()].flatMap((host) => host.records).at(-1);
}

/**
 * A frame of a wire, field by field.
 * @param record its sender's, from which the numbers count; in it the sender is the right end
 */
export function opened(frame: Frame, record: ConnectionRecord | undefined): Dissection {
  return dissectFrame(frame.bytes, LINK_TYPE.IPV4, record === undefined ? {} : { tcp: numbersOf(record, 'right') });
}
