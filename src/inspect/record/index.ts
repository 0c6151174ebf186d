/** What a stack's trace tells, kept so that pictures can be made from it. */
export { announcedWindow } from './announced';
export { ConnectionRecord, type RecordLimits, type RecordOptions, type Step } from './connection-record';
export { isHarmlessDrop, notableReason, type Notable, type NotableReason } from './notable';
export { Recorder, type ListenerRecord, type RecorderOptions } from './recorder';
export { Ring } from './ring';
export type { End, EndState, Mark, Note, NoteRow, Row, SegmentRow, TooBigEvent } from './row';
export { DATA_KIND, Series, SIGN, type SequenceSeries, type SeriesOptions } from './series';
export type { RateView } from './rates';
export { Track } from './track';
export {
  receiveWindow,
  sendWindow,
  type ReceiveKind,
  type ReceiveWindow,
  type SendKind,
  type SendWindow,
  type Span,
} from './windows';
export type { SkippedEvent } from './skipped';
