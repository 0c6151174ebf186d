import type { Clock } from '../clock/clock';
import type { CaptureComments, Remark } from './capture-comments';
import { finishOfReceived, finishOfSent, piecesOf, type Pieces } from './finish';
import type { Frame, FrameBatch, FrameInfo, FrameWork, Link, Offload } from './link';
import { encodeInterface, encodeSectionHeader, LINKTYPE } from './pcapng';
import { PacketBlocks } from './pcapng-packets';
import { Room } from './room';

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
const FATES = ['lost', 'overflowed', 'corrupted', 'duplicated', 'reordered', 'marked'] as const;
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
  readonly blocks: PacketBlocks;
  readonly comments: CaptureComments | undefined;
}

/** The frame that is being sent, for those who want no comments. */
interface Sending {
  readonly time: number;
  readonly pieces: Pieces;
  readonly to: readonly PacketBlocks[];
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
  /** For its bytes. */
  readonly #room = new Room();

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
    const taker = { blocks: new PacketBlocks(sink), comments };
    this.#takers = [...this.#takers, taker];
    return () => {
      comments?.flush();
      this.#takers = this.#takers.filter((each) => each !== taker);
    };
  }

  send(frame: Frame, work?: FrameWork): boolean {
    if (this.#takers.length === 0) return this.#link.send(frame, work);
    this.#writeSending();
    const { medium } = this;
    const how = finishOfSent(work);
    const info = { time: this.#now(), direction: 'out' } as const;
    const held = this.#takers.flatMap(
      ({ blocks, comments }) => comments?.hold({ info, frame, how, medium, blocks }) ?? [],
    );
    const to = this.#takers.flatMap(({ blocks, comments }) => (comments === undefined ? blocks : []));
    if (to.length > 0) {
      this.#room.clear();
      this.#sending = { time: info.time, pieces: piecesOf(this.#room.copy(frame), how, medium), to };
    }
    const before = this.#counters && { ...this.#counters.out };
    const taken = this.#link.send(frame, work);
    if (before !== undefined) this.#noteFate(before, held);
    if (taken) this.#writeSending();
    else for (const each of held) each.refused = true;
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
    const { medium } = this;
    const now = { time: this.#now(), direction: 'in' } as const;
    for (const { blocks, comments } of this.#takers) {
      for (const [index, frame] of batch.entries()) {
        const how = finishOfReceived(info?.[index] ?? 0);
        if (comments === undefined) blocks.add(now, piecesOf(frame, how, medium));
        else comments.hold({ info: now, frame: [frame], how, medium, blocks });
      }
      if (comments === undefined) blocks.flush();
    }
  }

  #writeSending(): void {
    if (this.#sending === undefined) return;
    const { time, pieces, to } = this.#sending;
    this.#sending = undefined;
    for (const blocks of to) {
      blocks.add({ time, direction: 'out' }, pieces);
      blocks.flush();
    }
  }

  #noteFate(before: Readonly<Record<Fate, number>>, held: readonly { readonly remark: Remark }[]): void {
    const fates = FATES.filter((fate) => this.#counters !== undefined && this.#counters.out[fate] > before[fate]);
    if (fates.length === 0) return;
    for (const { remark } of held) remark.fate = fates.join(', ');
  }

  #now(): number {
    return this.#epoch + this.#clock.now();
  }
}
