import { diff } from '../../tcp/sequence';
import { dataLength, segmentLength, type SegmentEvent } from '../../tcp/trace';
import { FLAG, type TcpSegment } from '../../wire/tcp';
import { Arrivals } from '../arrivals';
import { Intervals } from '../intervals';
import { Outstanding } from './outstanding';

/**
 * What one end sends, as positions: sequence numbers counted from its SYN, which is 0, and which do not wrap. Up to 4 GiB they are the
 * relative numbers of the ladder. Where the SYN was not seen, the first octet that was is 1.
 */
export class Flow {
  /** The sequence number of position 0. */
  isn: number | undefined;
  /** The SYN itself was seen. */
  synSeen = false;
  /** The position after the highest that was sent. */
  next = 0;
  /** Where the first segment that was seen begins. */
  start = 0;
  /** The position that the other end acknowledged last. */
  acked: number | undefined;
  /** How many bytes from there on the other end takes, and how far that goes at most. */
  window: number | undefined;
  edge: number | undefined;
  /** The position after its FIN. */
  fin: number | undefined;
  /** What its sender offered: the shift for the windows that it announces, and the largest segment that it takes. */
  shift: number | undefined;
  mss: number | undefined;
  /** The largest segment that was sent, in bytes of data. */
  largest = 0;
  readonly outstanding = new Outstanding();
  /** What the other end has beyond a gap, by its SACK. */
  readonly sacked = new Intervals();
  /** What has come to the other end, where that is seen. */
  readonly arrivals = new Arrivals();
  /** The last position that was asked for: others are near it. */
  private near = 0;

  position(seq: number): number {
    const isn = this.isn ?? seq;
    this.near = Math.max(this.near, this.next);
    return this.near + diff(seq, (this.near + isn) >>> 0);
  }

  /** The sequence number at a position. */
  sequence(position: number): number {
    return ((this.isn ?? 0) + position) >>> 0;
  }

  /** Takes note of a segment that is sent. Its range in positions. */
  sends(event: SegmentEvent): { readonly from: number; readonly to: number } {
    const { flags, seq, options } = event.segment;
    const length = segmentLength(event);
    if (flags & FLAG.RST) {
      const from = this.isn === undefined ? 0 : this.position(seq);
      return { from, to: from };
    }
    if (this.isn === undefined) {
      this.synSeen = (flags & FLAG.SYN) !== 0;
      this.begin(this.synSeen ? seq : (seq - 1) >>> 0, this.synSeen ? 0 : 1);
    }
    const from = this.position(seq);
    const to = from + length;
    this.next = Math.max(this.next, to);
    this.largest = Math.max(this.largest, dataLength(event));
    if (flags & FLAG.FIN) this.fin = to;
    if (flags & FLAG.SYN) {
      for (const option of options) {
        if (option.kind === 'window-scale') this.shift = Math.min(option.shift, 14);
        if (option.kind === 'mss') this.mss = option.mss;
      }
    }
    return { from, to };
  }

  /** The other end speaks of what it has: its ACK and window. Gives the position that is acknowledged. */
  hears({ flags, ack, window }: TcpSegment, back: Flow): number | undefined {
    if (!(flags & FLAG.ACK) || flags & FLAG.RST) return undefined;
    if (this.isn === undefined) this.begin((ack - 1) >>> 0, 1);
    const position = this.position(ack);
    const isOld = this.acked !== undefined && position < this.acked;
    if (!isOld) {
      this.acked = position;
      const isScaled = !(flags & FLAG.SYN) && this.shift !== undefined;
      this.window = isScaled ? window * 2 ** (back.shift ?? 0) : window;
      this.edge = Math.max(this.edge ?? 0, position + this.window);
      this.sacked.dropBelow(position);
      this.outstanding.acknowledge(position);
      this.arrivals.skipTo(position);
    }
    return position;
  }

  private begin(isn: number, start: number): void {
    this.isn = isn;
    this.start = start;
    this.near = start;
    this.next = start;
  }
}
