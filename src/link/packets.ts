import { copyFrame, frameLength, linkCounters, longestFrame, type LinkCounters } from './frames';
import { NO_OFFLOAD, type Frame, type FrameBatch, type Link } from './link';

export interface PacketOptions {
  /** Default 1500 bytes. */
  readonly mtu?: number;
  /** `ip` (the default): packets begin with the IP header. `ethernet`: with an Ethernet header. */
  readonly medium?: Link['medium'];
  /** Default `packets`. */
  readonly name?: string;
}

/**
 * Packets in, packets out, by plain calls: for test harnesses, VPNs, emulators and gateways. Nothing is queued:
 * `inject` hands packets in at once, and `onPacket` is called while the stack sends.
 */
export class PacketLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  /** A packet that is too long, or that meets a closed link, is taken and dropped. */
  readonly counters: Readonly<LinkCounters>;

  /** Takes each packet that the stack sends. Its bytes are the receiver's to keep. */
  onPacket: (packet: Uint8Array) => void = () => undefined;

  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;

  readonly #counters = linkCounters();
  #closed = false;

  constructor({ mtu = 1500, medium = 'ip', name = 'packets' }: PacketOptions = {}) {
    this.name = name;
    this.medium = medium;
    this.mtu = mtu;
    this.counters = this.#counters;
  }

  /**
   * Gives the stack a packet, or several that arrived together. Their bytes are the stack's from now on: do not write
   * to them again.
   */
  inject(packets: Uint8Array | readonly Uint8Array[]): void {
    const batch = ArrayBuffer.isView(packets) ? [packets] : packets;
    if (this.#closed) {
      this.#counters.dropped += batch.length;
      return;
    }
    this.#counters.received += batch.length;
    if (batch.length > 0) this.onReceive(batch);
  }

  send(frame: Frame): boolean {
    if (this.#closed || frameLength(frame) > longestFrame(this)) {
      this.#counters.dropped++;
    } else {
      this.#counters.sent++;
      this.onPacket(copyFrame(frame));
    }
    return true;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
