export { SegmentView, type SegmentViewProps } from './segment';
