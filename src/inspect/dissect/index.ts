/** Packets field by field: which bits say what, and what it means. Bytes in, fields and sentences out; nothing throws. */
export { dissectFrame, dissectTcp, type FrameContext } from './dissect';
export { bytesOfField, fieldsAtBit, findField, leavesOfByte, type Dissection, type Field } from './field';
export { meaningOf, wrongOf, type Facts, type MeaningKey, type WrongKey } from './lang';
export { LINK_TYPE } from './link';
export { bytesOfSegment, dissectRow, numbersOf, type SegmentBytes } from './segment';
export { type TcpContext } from './tcp';
