import type { Clock } from '../clock/clock';
import type { CaptureComments, Remark } from './capture-comments';
import { finishReceived, finishSent } from './finish';
import type { Frame, FrameBatch, FrameInfo, FrameWork, Link, Offload } from './link';
import { encodeInterface, encodePackets, encodeSectionHeader, LINKTYPE } from './pcapng';

export interface CaptureOptions {
  readonly clock: Clock;
  /**
   * The wall-clock time (µs since 1970-01-01 UTC) at which `clock` stood at 0. Default: such that it is the wall-clock
   * time now. Give one (0, say) when the capture is to be the same in each run.
   */
  readonly epoch?: number;
  /**
   * Words beside each packet: what it meant to the stack that uses this link (`annotate`). Packets are then written at the end of the
   * stack's turn. The same for all links of a stack. Default: none.
   */
  readonly comments?: CaptureComments;
  /** What a bad network behind this link does to frames that are sent: the comments tell. `ImpairedLink` has it. */
  readonly counters?: { readonly out: Readonly<Record<Fate, number>> };
}

/** What can become of a frame on its way out, by the name of `impair`'s counter. */
const FATES = ['lost', 'overflowed', 'corrupted', 'duplicated', 'reordered'] as const;
type Fate = (typeof FATES)[number];

/** Takes whole blocks of a pcapng file, in order, at once: written to a pipe, they can be read while the capture goes on. */
export type CaptureSink = (bytes: Uint8Array) => void;

/**
 * A link that passes everything on to `link` and writes it as pcapng: nanosecond times, the direction of each packet and
 * the link's name. What the device joins, cuts or puts checksums into is written as it would be on a wire.
 */
export function capture(link: Link, sink: CaptureSink, options: CaptureOptions): Link {
  const captured = capturable(link, options);
  captured.add(sink, options.comments);
  return captured;
}

/** The same for whoever comes later: it only passes on, until a capture is added, and again when the last one is gone. */
export function capturable(link: Link, options: Omit<CaptureOptions, 'comments'>): CapturedLink {
  return new CapturedLink(link, options);
}

/** One that wants to have what passes. */
interface Taker {
  readonly sink: CaptureSink;
  readonly comments: CaptureComments | undefined;
}

/** The frame that is being sent. */
interface Sending {
  readonly time: number;
  readonly pieces: readonly Uint8Array[];
  readonly remarks: readonly (Remark | undefined)[];
}

export class CapturedLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly mac?: string;
  readonly offload: Offload;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived?: () => void;
  onDrain: () => void = () => undefined;

  readonly #link: Link;
  readonly #clock: Clock;
  readonly #epoch: number;
  readonly #counters: CaptureOptions['counters'];
  #takers: readonly Taker[] = [];
  /** It is written when the link has taken it, or has let something follow from it. */
  #sending: Sending | undefined;

  constructor(link: Link, { clock, epoch, counters }: Omit<CaptureOptions, 'comments'>) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    if (link.mac !== undefined) this.mac = link.mac;
    this.offload = link.offload;
    this.#link = link;
    this.#clock = clock;
    this.#epoch = epoch ?? Date.now() * 1000 - clock.now();
    this.#counters = counters;

    link.onReceive = (batch, info) => {
      if (this.#takers.length > 0) this.#received(batch, info);
      this.onReceive(batch, info);
    };
    if (link.onReceived !== undefined) {
      this.onReceived = () => undefined;
      link.onReceived = () => this.onReceived?.();
    }
    link.onDrain = () => {
      this.onDrain();
    };
  }

  /**
   * Writes to `sink` what passes from now on, after the blocks that begin a file.
   * @returns ends it
   */
  add(sink: CaptureSink, comments?: CaptureComments): () => void {
    sink(encodeSectionHeader());
    const linkType = this.medium === 'ethernet' ? LINKTYPE.ETHERNET : LINKTYPE.RAW;
    sink(encodeInterface({ linkType, name: this.name }));
    const taker = { sink, comments };
    this.#takers = [...this.#takers, taker];
    return () => {
      comments?.flush();
      this.#takers = this.#takers.filter((each) => each !== taker);
    };
  }

  send(frame: Frame, work?: FrameWork): boolean {
    if (this.#takers.length === 0) return this.#link.send(frame, work);
    this.#writeSending();
    const pieces = finishSent(frame, work, this.medium);
    const remarks = this.#takers.map(({ comments }) => comments?.passes(pieces, 'out', this.medium));
    this.#sending = { time: this.#now(), pieces, remarks };
    const before = this.#counters && { ...this.#counters.out };
    const taken = this.#link.send(frame, work);
    if (before !== undefined) this.#noteFate(before, remarks);
    if (taken) this.#writeSending();
    this.#sending = undefined;
    return taken;
  }

  flush(): void {
    this.#link.flush?.();
    for (const { comments } of this.#takers) comments?.flush();
  }

  async close(): Promise<void> {
    await this.#link.close();
    for (const { comments } of this.#takers) comments?.flush();
  }

  #received(batch: FrameBatch, info: ArrayLike<FrameInfo> | undefined): void {
    this.#writeSending();
    const time = this.#now();
    for (const [index, frame] of batch.entries()) {
      const pieces = finishReceived(frame, info?.[index] ?? 0, this.medium);
      for (const { sink, comments } of this.#takers) {
        if (comments === undefined) sink(encodePackets({ time, pieces, direction: 'in' }));
        else {
          const remark = comments.passes(pieces, 'in', this.medium);
          // Whoever receives the frame may write in it: a router does.
          const kept = pieces.map((each) => (each === frame ? new Uint8Array(each) : each));
          comments.hold({ time, pieces: kept, direction: 'in', remark, sink });
        }
      }
    }
  }

  #writeSending(): void {
    if (this.#sending === undefined) return;
    const { time, pieces, remarks } = this.#sending;
    this.#sending = undefined;
    for (const [index, { sink, comments }] of this.#takers.entries()) {
      const remark = remarks[index];
      if (comments === undefined || remark === undefined) sink(encodePackets({ time, pieces, direction: 'out' }));
      else comments.hold({ time, pieces, direction: 'out', remark, sink });
    }
  }

  #noteFate(before: Readonly<Record<Fate, number>>, remarks: readonly (Remark | undefined)[]): void {
    const fates = FATES.filter((fate) => this.#counters !== undefined && this.#counters.out[fate] > before[fate]);
    if (fates.length === 0) return;
    for (const remark of remarks) if (remark !== undefined) remark.fate = fates.join(', ');
  }

  #now(): number {
    return this.#epoch + this.#clock.now();
  }
}
