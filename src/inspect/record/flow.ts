import { diff } from '../../tcp/sequence';
import { dataLength, segmentLength, type SegmentEvent } from '../../tcp/trace';
import { FLAG, type TcpSegment } from '../../wire/tcp';
import { Intervals } from './intervals';
import { Outstanding } from './outstanding';

/** How a segment that has come fits to what came before it. */
export interface Fit {
  readonly duplicate: boolean;
  /** Octets before it that have not come yet. */
  readonly missing: number;
  readonly fills: boolean;
}

const FITS: Fit = { duplicate: false, missing: 0, fills: false };

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
  /** All before this has come; and what has come beyond it. Where only one end is seen, both are of what comes to it. */
  reached: number | undefined;
  readonly arrived = new Intervals();
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
      this.skipTo(position);
    }
    return position;
  }

  /** All before a position has come, whether or not it was seen: the other end says so. */
  skipTo(position: number): void {
    if (this.reached === undefined || position <= this.reached) return;
    this.reached = position;
    this.arrived.dropBelow(position);
    const [first] = this.arrived.all;
    if (first === undefined || first.from > position) return;
    this.reached = first.to;
    this.arrived.dropBelow(first.to);
  }

  /** All of these octets have come. */
  has(from: number, to: number): boolean {
    return (this.reached !== undefined && to <= this.reached) || this.arrived.has(from, to);
  }

  /** Octets have come to the other end. */
  arrives(from: number, to: number): Fit {
    if (to <= from) return FITS;
    this.reached ??= this.synSeen ? 0 : this.start;
    const { reached } = this;
    if (this.has(from, to)) return { duplicate: true, missing: 0, fills: false };
    if (from > reached) {
      this.arrived.add(from, to);
      return { duplicate: false, missing: from - reached, fills: false };
    }
    const fills = this.arrived.all.length > 0;
    this.arrived.add(from, to);
    const [first] = this.arrived.all;
    this.reached = first !== undefined && first.from <= to ? Math.max(to, first.to) : to;
    this.arrived.dropBelow(this.reached);
    return { duplicate: false, missing: 0, fills };
  }

  private begin(isn: number, start: number): void {
    this.isn = isn;
    this.start = start;
    this.near = start;
    this.next = start;
  }
}
