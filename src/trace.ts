import type { IpTraceEvent } from './ip/trace';
import type { SegmentSampler, TcpTraceEvent } from './tcp/trace';

/**
 * Everything that the stack reports. What a person sees (narration, ladder, capture comments, counters) is made from
 * this one stream.
 */
export type TraceEvent = TcpTraceEvent | IpTraceEvent;

/** Takes events as they happen, synchronously. It must not call into the stack. */
export type TraceListener = (event: TraceEvent) => void;

export interface ObserveOptions {
  /** Asked which segments are wanted, before an event is made of each. Default: all are. */
  readonly sampler?: SegmentSampler;
}
