import { TraceAnnotator } from '../../../src/inspect/annotate';
import type { SegmentEvent } from '../../../src/tcp/trace';
import type { TraceEvent } from '../../../src/trace';
import { emitIpv4, PROTOCOL } from '../../../src/wire/ipv4';
import { emitTcp } from '../../../src/wire/tcp';
import { ordinaryPacket } from '../../support/packets';

/**
 * The comments of the segments, and of ICMP, in a trace, those of one packet in one line. A moment is a turn of the stack: what comes in by itself
 * is to come some time after what came before it.
 */
export function commentsIn(trace: readonly TraceEvent[], lang: 'en' | 'ko' = 'en'): string[] {
  const annotator = new TraceAnnotator(lang);
  const remarks: ReturnType<TraceAnnotator['passes']>[] = [];
  let now = trace[0]?.time;
  for (const event of trace) {
    if (event.time !== now) annotator.settle();
    now = event.time;
    if (event.type === 'icmp' && event.direction === 'in' && event.version === 4) {
      const { src, dst } = event;
      // What is in it was read from the event.
      const payload = new Uint8Array(8);
      remarks.push(
        annotator.passes(emitIpv4(ordinaryPacket({ protocol: PROTOCOL.ICMP, src, dst, payload })), 1, 'in', 'ip'),
      );
    }
    // What comes in is seen before it is read; what goes out is told of before it leaves.
    if (event.type === 'segment' && event.direction === 'in')
      remarks.push(annotator.passes(packet(event), 1, 'in', 'ip'));
    annotator.event(event);
    if (event.type === 'segment' && event.direction === 'out')
      remarks.push(annotator.passes(packet(event), 1, 'out', 'ip'));
  }
  annotator.settle();
  return remarks.map((remark) => {
    const { head, tail, more } = remark.comments();
    return [head + tail, ...more].join(' | ');
  });
}

function packet({ direction, connection, segment }: SegmentEvent): Uint8Array {
  const { local, remote } = connection;
  const [from, to] = direction === 'in' ? [remote, local] : [local, remote];
  return emitIpv4(
    ordinaryPacket({ protocol: PROTOCOL.TCP, src: from.address, dst: to.address, payload: emitTcp(segment) }),
  );
}
