import { frameLength } from '../link/frames';
import { joinFrame } from '../link/link';
import type { OutgoingSegment } from '../tcp/segment';
import type { FourTuple } from '../tcp/tuple';
import { writeUint16, writeUint32 } from '../wire/bytes';
import { sum, sumSlices } from '../wire/checksum';
import { PROTOCOL } from '../wire/ipv4';
import { pseudoHeaderSum } from '../wire/pseudo-header';
import { TCP_CHECKSUM, writeTcpHeader, type TcpSegment } from '../wire/tcp';
import { emitTcpOptions, type TcpOption } from '../wire/tcp-options';

const NO_BYTES = new Uint8Array(0);
const NOP: TcpOption = { kind: 'nop' };
/** NOP, NOP, and a timestamps option to be filled in (RFC 7323 appendix A). */
const STAMP = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0);

/** What is written is not kept. */
const FIELDS = { srcPort: 0, dstPort: 0, seq: 0, ack: 0, flags: 0, reserved: 0, window: 0, urgent: 0 };

/**
 * Writes a segment's header at `offset`. Its checksum covers the data (RFC 9293 MUST-2), or with `whole` false only the pseudo-header:
 * the link does the rest.
 * @returns how long it is, in bytes
 */
export function writeSegment(
  into: Uint8Array,
  offset: number,
  tuple: FourTuple,
  segment: OutgoingSegment,
  whole: boolean,
): number {
  const fields = FIELDS;
  fields.srcPort = tuple.localPort;
  fields.dstPort = tuple.remotePort;
  fields.seq = segment.seq;
  fields.ack = segment.ack;
  fields.flags = segment.flags;
  fields.window = segment.wnd;
  fields.urgent = segment.up;
  const header = writeTcpHeader(into, offset, fields, optionBytes(segment));
  const length = header + frameLength(segment.data);
  const pseudo = pseudoHeaderSum(tuple.localAddress, tuple.remoteAddress, PROTOCOL.TCP, length);
  const field = whole ? ~sumSlices(segment.data, sum(into, pseudo, offset, offset + header)) : pseudo;
  writeUint16(into, offset + TCP_CHECKSUM, field);
  return header;
}

/** The segment as plain values, for the trace. Its data is joined when it is asked for: who only counts does not. */
export function segmentValue(tuple: FourTuple, segment: OutgoingSegment): TcpSegment {
  const { timestamps, tsval, tsecr, options } = segment;
  const stamped: readonly TcpOption[] = timestamps
    ? [NOP, NOP, { kind: 'timestamps', value: tsval, echo: tsecr }, ...options]
    : options;
  const { data } = segment;
  const fields = { ...headerFields(tuple, segment), options: stamped };
  if (data.length < 2) return { ...fields, payload: data[0] ?? NO_BYTES };
  let payload: Uint8Array | undefined;
  return {
    ...fields,
    get payload() {
      return (payload ??= joinFrame(data));
    },
  };
}

function optionBytes({ timestamps, tsval, tsecr, options }: OutgoingSegment): Uint8Array {
  if (!timestamps) return options.length === 0 ? NO_BYTES : emitTcpOptions(options);
  // Written into the header's bytes at once, so these can be used again.
  writeUint32(STAMP, 4, tsval);
  writeUint32(STAMP, 8, tsecr);
  if (options.length === 0) return STAMP;
  const others = emitTcpOptions(options);
  const bytes = new Uint8Array(STAMP.length + others.length);
  bytes.set(STAMP);
  bytes.set(others, STAMP.length);
  return bytes;
}

function headerFields(tuple: FourTuple, segment: OutgoingSegment): Omit<TcpSegment, 'payload'> {
  return {
    srcPort: tuple.localPort,
    dstPort: tuple.remotePort,
    seq: segment.seq,
    ack: segment.ack,
    flags: segment.flags,
    window: segment.wnd,
    urgent: segment.up,
    options: segment.options,
  };
}
