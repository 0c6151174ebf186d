export { Ladder, type LadderProps } from './ladder';
export { isOfNote } from './shown';
