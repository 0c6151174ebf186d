import { joinFrame, type Frame } from '../link/link';
import type { OutgoingSegment } from '../tcp/segment';
import type { FourTuple } from '../tcp/connections';
import { writeUint16 } from '../wire/bytes';
import { sum, sumSlices } from '../wire/checksum';
import { PROTOCOL } from '../wire/ipv4';
import { pseudoHeaderSum } from '../wire/pseudo-header';
import { TCP_HEADER, writeTcpHeader, type TcpSegment } from '../wire/tcp';
import { emitTcpOptions } from '../wire/tcp-options';

const NO_BYTES = new Uint8Array(0);

/** A segment's bytes: the header with its checksum (RFC 9293 MUST-2), and the data as the slices that it came in. */
export function segmentBytes(tuple: FourTuple, segment: OutgoingSegment): Frame {
  const options = segment.options.length === 0 ? NO_BYTES : emitTcpOptions(segment.options);
  const header = new Uint8Array(TCP_HEADER + options.length);
  writeTcpHeader(header, 0, headerFields(tuple, segment), options);
  let length = header.length;
  for (const slice of segment.data) length += slice.length;
  const pseudo = pseudoHeaderSum(tuple.localAddress, tuple.remoteAddress, PROTOCOL.TCP, length);
  writeUint16(header, 16, ~sumSlices(segment.data, sum(header, pseudo)));
  return [header, ...segment.data];
}

/** The segment as plain values, for the trace. */
export function segmentValue(tuple: FourTuple, segment: OutgoingSegment): TcpSegment {
  return { ...headerFields(tuple, segment), payload: joinFrame(segment.data) };
}

function headerFields(tuple: FourTuple, segment: OutgoingSegment): Omit<TcpSegment, 'payload'> {
  return {
    srcPort: tuple.localPort,
    dstPort: tuple.remotePort,
    seq: segment.seq,
    ack: segment.ack,
    flags: segment.flags,
    window: segment.wnd,
    urgent: 0,
    options: segment.options,
  };
}
