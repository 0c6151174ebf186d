import { copyFrame, frameLength, linkCounters, longestFrame, type LinkCounters } from './frames';
import { NO_OFFLOAD, type Frame, type FrameBatch, type Link } from './link';
import { PacketQueue } from './packet-queue';

export interface PacketOptions {
  /** Default 1500 bytes. */
  readonly mtu?: number;
  /** `ip` (the default): packets begin with the IP header. `ethernet`: with an Ethernet header. */
  readonly medium?: Link['medium'];
  /** Default `packets`. */
  readonly name?: string;
  /** Packets that may wait for a program that takes them by `packets()`. Default 1024. */
  readonly queue?: number;
}

/** What `pipeFrom` takes: a packet, or several that arrived together. */
export type Packets = Uint8Array | readonly Uint8Array[];

/**
 * Packets in, packets out: for test harnesses, VPNs, emulators and gateways. By plain calls nothing is queued: `inject` hands
 * packets in at once, and `onPacket` is called while the stack sends. By iterables the stack is a stage in a pipe:
 *
 *   link.pipeFrom(vpn);                                  // anything that can be iterated over: a stream, a generator
 *   for await (const packet of link) vpn.write(packet);  // the stack waits while a program takes its time
 */
export class PacketLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  /**
   * A packet that is too long, or that meets a closed link, is taken and dropped; one that finds as many in the queue as may wait is
   * refused, and the stack sends it when half of them were taken.
   */
  readonly counters: Readonly<LinkCounters>;

  /** Takes each packet that the stack sends. Its bytes are the receiver's to keep. */
  onPacket: (packet: Uint8Array) => void = () => undefined;

  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;

  readonly #limit: number;
  readonly #counters = linkCounters();
  #queue: PacketQueue | undefined;
  #closed = false;
  /** Resolved when the link is closed. */
  readonly #whenClosed: Promise<void>;
  #tellClosed: () => void = () => undefined;

  /** @throws RangeError when `queue` is no whole number from 1 on */
  constructor({ mtu = 1500, medium = 'ip', name = 'packets', queue = 1024 }: PacketOptions = {}) {
    if (!Number.isSafeInteger(queue) || queue < 1) {
      throw new RangeError(`queue is ${queue}; it must be a whole number of packets from 1 on`);
    }
    this.name = name;
    this.medium = medium;
    this.mtu = mtu;
    this.counters = this.#counters;
    this.#limit = queue;
    this.#whenClosed = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
  }

  /**
   * The packets that the stack sends from now on, one by one, for one program: who asks again meanwhile gets the same packets to share.
   * They end when the link is closed, behind those that waited.
   */
  packets(): AsyncIterableIterator<Uint8Array> {
    this.#queue ??= new PacketQueue(
      this.#limit,
      () => {
        this.onDrain();
      },
      () => (this.#queue = undefined),
    );
    if (this.#closed) this.#queue.end();
    return this.#queue;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return this.packets();
  }

  /** Packets that wait for whoever iterates. */
  get queued(): number {
    return this.#queue?.length ?? 0;
  }

  /**
   * Gives the stack what an iterable has, until it ends or the link is closed: a generator, or a Node stream each of whose chunks is a
   * packet.
   * @returns a promise, fulfilled then
   * @throws (as its rejection) what the iterable throws, and TypeError when it has something else than packets
   */
  async pipeFrom(source: AsyncIterable<Packets> | Iterable<Packets>): Promise<void> {
    const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    try {
      const ended = await Promise.race([this.#take(iterator), this.#whenClosed]);
      if (ended === 'ended') return;
    } catch (error) {
      void iterator.return?.();
      throw error;
    }
    // Not awaited: a generator that waits for a packet would let us wait as long.
    void iterator.return?.();
  }

  async #take(iterator: AsyncIterator<Packets> | Iterator<Packets>): Promise<'ended'> {
    for (;;) {
      const result = await iterator.next();
      if (result.done === true || this.#closed) return 'ended';
      this.inject(requirePackets(result.value));
    }
  }

  /**
   * Gives the stack a packet, or several that arrived together. Their bytes are the stack's from now on: do not write
   * to them again.
   */
  inject(packets: Packets): void {
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
      return true;
    }
    if (this.#queue?.hasRoom() === false) {
      this.#counters.refused++;
      return false;
    }
    this.#counters.sent++;
    const packet = copyFrame(frame);
    this.#queue?.push(packet);
    this.onPacket(packet);
    return true;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#queue?.end();
    this.#tellClosed();
    return Promise.resolve();
  }
}

function requirePackets(value: unknown): Packets {
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value) && value.every((each) => each instanceof Uint8Array)) return value;
  throw new TypeError(`a link takes packets as Uint8Array, one or an array of them, not ${typeof value}`);
}
