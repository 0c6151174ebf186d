import type { Clock } from '../clock/clock';
import { finishReceived, finishSent } from './finish';
import type { Frame, FrameBatch, FrameInfo, FrameWork, Link, Offload } from './link';
import { encodeInterface, encodePacket, encodeSectionHeader, LINKTYPE } from './pcapng';

export interface CaptureOptions {
  readonly clock: Clock;
  /**
   * The wall-clock time (µs since 1970-01-01 UTC) at which `clock` stood at 0. Default: such that it is the wall-clock
   * time now. Give one (0, say) when the capture is to be the same in each run.
   */
  readonly epoch?: number;
}

/**
 * A link that passes everything on to `link` and writes it as pcapng: nanosecond times, the direction of each packet and
 * the link's name. What the device joins, cuts or puts checksums into is written as it would be on a wire.
 * @param sink Takes whole blocks, in order, at once: written to a pipe, they can be read while the capture goes on.
 */
export function capture(link: Link, sink: (bytes: Uint8Array) => void, options: CaptureOptions): Link {
  return new CapturedLink(link, sink, options);
}

class CapturedLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly mac?: string;
  readonly offload: Offload;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived?: () => void;
  onDrain: () => void = () => undefined;

  readonly #link: Link;
  readonly #sink: (bytes: Uint8Array) => void;
  readonly #clock: Clock;
  readonly #epoch: number;
  /** The frame that is being sent. It is written when the link has taken it, or has let something follow from it. */
  #sending: readonly Uint8Array[] = [];

  constructor(link: Link, sink: (bytes: Uint8Array) => void, { clock, epoch }: CaptureOptions) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    if (link.mac !== undefined) this.mac = link.mac;
    this.offload = link.offload;
    this.#link = link;
    this.#sink = sink;
    this.#clock = clock;
    this.#epoch = epoch ?? Date.now() * 1000 - clock.now();

    link.onReceive = (batch, info) => {
      this.#writeSending();
      for (const [index, frame] of batch.entries()) {
        for (const each of finishReceived(frame, info?.[index] ?? 0, this.medium)) this.#sink(this.#encode(each, 'in'));
      }
      this.onReceive(batch, info);
    };
    if (link.onReceived !== undefined) {
      this.onReceived = () => undefined;
      link.onReceived = () => this.onReceived?.();
    }
    link.onDrain = () => {
      this.onDrain();
    };
    sink(encodeSectionHeader());
    sink(encodeInterface({ linkType: link.medium === 'ethernet' ? LINKTYPE.ETHERNET : LINKTYPE.RAW, name: link.name }));
  }

  send(frame: Frame, work?: FrameWork): boolean {
    this.#writeSending();
    this.#sending = finishSent(frame, work, this.medium).map((each) => this.#encode(each, 'out'));
    const taken = this.#link.send(frame, work);
    if (taken) this.#writeSending();
    this.#sending = [];
    return taken;
  }

  flush(): void {
    this.#link.flush?.();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #writeSending(): void {
    const blocks = this.#sending;
    this.#sending = [];
    for (const block of blocks) this.#sink(block);
  }

  #encode(bytes: Uint8Array, direction: 'in' | 'out'): Uint8Array {
    return encodePacket({ time: this.#epoch + this.#clock.now(), bytes, direction });
  }
}
