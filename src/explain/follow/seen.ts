import type { SackBlock } from '../../wire/tcp-options';
import type { TcpSegment } from '../../wire/tcp';

/** A segment as it passed where the capture was made. */
export interface Seen {
  readonly frame: number;
  /** µs since the capture's first packet. */
  readonly time: number;
  readonly segment: TcpSegment;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  /** Bytes of data on the wire, however many of them were captured. */
  readonly length: number;
  readonly ttl: number;
  /** IPv4's identification; 0 where there is none. */
  readonly identification: number;
  /** Of the timestamps option. */
  readonly timestamp: number | undefined;
  /** The other's, as the same option echoes it. */
  readonly echoed: number | undefined;
  readonly sack: readonly SackBlock[] | undefined;
  /** The capture has cut its options off (a short snap length): none of them is known. */
  readonly optionsCut: boolean;
  readonly congestionExperienced: boolean;
  /** `unfilled`: the card was to fill it in (the capture was made on the sender); `unknown`: not all of it was captured. */
  readonly checksum: 'good' | 'bad' | 'unfilled' | 'unknown';
}

/** What following the conversation tells of one segment. */
export interface Remark {
  /** Its data, SYN or FIN was sent before. */
  readonly again: 'timeout' | 'fast-retransmit' | 'probe' | 'spurious' | 'handshake' | undefined;
  /** It brings what the capture had not seen: sent again after it was lost on the way here, or overtaken. */
  readonly fills: boolean;
  readonly reordered: boolean;
  /** How many bytes before it were not seen. */
  readonly missing: number;
  /** The segment that it repeats, if the capture has it. */
  readonly repeats: number | undefined;
  /** The very same packet was captured before. */
  readonly duplicate: boolean;
}

export const NO_REMARK: Remark = {
  again: undefined,
  fills: false,
  reordered: false,
  missing: 0,
  repeats: undefined,
  duplicate: false,
};
