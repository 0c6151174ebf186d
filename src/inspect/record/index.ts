/** What a stack's trace tells, kept so that pictures can be made from it. */
export { ConnectionRecord, type RecordLimits, type Step } from './connection-record';
export { Recorder, type ListenerRecord, type RecorderOptions } from './recorder';
export { Ring } from './ring';
export type { End, EndState, Mark, Note, NoteRow, Row, SegmentRow } from './row';
export type { SkippedEvent } from './skipped';
