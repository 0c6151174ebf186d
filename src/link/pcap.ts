import { formatMac, parseMac } from '../wire/address';
import { systemRandom32 } from '../random';
import { Arrivals, DEFAULT_QUEUE_BYTES, DEFAULT_QUEUE_FRAMES, type ArrivalsOptions } from './arrivals';
import { LinkError } from './errors';
import { frameLength, linkCounters, longestFrame, type LinkCounters } from './frames';
import { NO_OFFLOAD, type Frame, type FrameBatch, type FrameInfo, type Link } from './link';
import { cannotOpen, checkDevice } from './pcap-device';
import { openCapture, type Capture } from './pcap-capture';
import { infoOfFrame } from './unfilled';

export interface PcapOptions extends ArrivalsOptions {
  /** The Ethernet address of the host that attaches, which frames are filtered by. Default: a random locally administered one. */
  readonly mac?: string;
  /** What else a frame must meet, in libpcap's language: `arp or host 192.0.2.7`. Default: nothing. */
  readonly filter?: string;
  /**
   * Bytes of the kernel's buffer for frames that were not read yet. Default 32 MiB. A frame takes the MTU's room in it, and where the
   * interface joins or cuts segments (`ethtool -k`: gro, tso, …) 64 KiB, however short it is.
   */
  readonly bufferSize?: number;
  /**
   * What of the checksums of TCP and UDP that come in. `auto` (the default): one that the sender's kernel has left undone, as
   * between programs on one machine, is good; the others are verified. `verify`: all are. `trust`: none is.
   */
  readonly checksum?: 'auto' | 'trust' | 'verify';
}

export interface PcapCounters extends LinkCounters {
  /** Frames that came in while as many as may wait did. */
  overflowed: number;
  /** Frames that were longer than libpcap was to take. */
  truncated: number;
}

/** A full transmit queue tells nobody when it has room. */
const RETRY = 1;

/**
 * A host of its own on an Ethernet interface of the kernel's, beside the kernel: with an Ethernet address of its own. By libpcap and npm's
 * optional module `cap`. Open, it keeps the process alive, unless `unref` is called. The kernel of the same machine does not see what is sent
 * here, nor do we see what it sends but by way of the wire: see native-notes/libpcap.md.
 *
 *   const link = PcapLink.open('eth0');
 *   stack.attach(link, { address: '192.0.2.7/24', mac: link.mac });
 */
export class PcapLink implements Link {
  readonly name: string;
  readonly medium = 'ethernet';
  readonly mtu: number;
  readonly offload = NO_OFFLOAD;
  /** The Ethernet address that frames are taken for; whoever attaches must have it. */
  readonly mac: string;
  /** The kernel's own Ethernet address on the interface. */
  readonly hostMac: string;
  readonly counters: Readonly<PcapCounters>;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived: () => void = () => undefined;
  onDrain: () => void = () => undefined;
  /** Called the first time that a frame cannot be sent, and when the interface is gone. Default: a warning of the process. */
  onError: (error: LinkError) => void = (error) => {
    process.emitWarning(error);
  };

  readonly #counters: PcapCounters = { ...linkCounters(), overflowed: 0, truncated: 0 };
  readonly #mac: Uint8Array;
  readonly #checksum: 'auto' | 'trust' | 'verify';
  readonly #queue: Arrivals;
  readonly #copies = new FrameCopies();
  readonly #capture: Capture;
  readonly #scratch: Buffer;
  #open = true;
  #retry: NodeJS.Timeout | undefined;
  #isErrorTold = false;

  private constructor(device: string, options: Settings) {
    const { mtu, mac } = checkDevice(device);
    this.name = device;
    this.mtu = mtu;
    this.hostMac = mac;
    this.#mac = options.mac;
    this.mac = formatMac(options.mac);
    this.counters = this.#counters;
    this.#checksum = options.checksum;
    this.#scratch = Buffer.alloc(longestFrame(this));
    this.#queue = new Arrivals(options, {
      deliver: (batch) => {
        this.#deliver(batch);
      },
      delivered: () => {
        if (this.#open) this.onReceived();
      },
    });
    this.#capture = openCapture(device, filterOf(this.mac, options.filter), options.bufferSize, {
      frame: (bytes, truncated) => {
        if (truncated) this.#counters.truncated++;
        else if (this.#queue.hasRoom(bytes.length)) this.#queue.add(this.#copies.copy(bytes));
        else this.#counters.overflowed++;
      },
      gone: (error) => {
        this.#fail(error);
      },
    });
  }

  /**
   * Opens the interface `device`.
   * @throws LinkError that says what to do: `MODULE_NOT_FOUND` (cap is not installed), `EPERM` (no CAP_NET_RAW), `ENODEV`, `ENETDOWN`,
   * `ENOTSUP` (not Ethernet), `EINVAL` (an option)
   */
  static open(device: string, options: PcapOptions = {}): PcapLink {
    return new PcapLink(device, settingsOf(device, options));
  }

  /**
   * Frames for us that the kernel lost since the link was opened, because its buffer was full: raise `bufferSize`. `undefined` without
   * synack's addon, which asks the kernel.
   */
  get kernelDropped(): number | undefined {
    return this.#capture.dropped();
  }

  /** Lets the open link keep the process alive, as it does at first. */
  ref(): this {
    if (this.#open) this.#capture.setRef(true);
    return this;
  }

  /** Lets the process end while the link is open; without synack's addon it does not. */
  unref(): this {
    if (this.#open) this.#capture.setRef(false);
    return this;
  }

  /** The kernel takes the frame at once. A frame whose source is not `mac` is dropped: its answer would not be heard. */
  send(frame: Frame): boolean {
    const length = frameLength(frame);
    if (!this.#open || length > this.#scratch.length || !this.#isOurs(frame)) {
      this.#counters.dropped++;
      return true;
    }
    if (this.#retry !== undefined) return this.#refuse();
    let at = 0;
    for (const slice of frame) {
      this.#scratch.set(slice, at);
      at += slice.length;
    }
    const failure = this.#capture.send(this.#scratch, length);
    if (failure === undefined) {
      this.#counters.sent++;
      return true;
    }
    if (failure === 'full') {
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.onDrain();
      }, RETRY);
      return this.#refuse();
    }
    this.#counters.dropped++;
    this.#tell(failure);
    return true;
  }

  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    clearTimeout(this.#retry);
    this.#queue.clear();
    this.#capture.close();
    return Promise.resolve();
  }

  #deliver(batch: FrameBatch): void {
    this.#counters.received += batch.length;
    const info = batch.map((frame) => infoOfFrame(frame, this.mtu, this.#checksum));
    this.onReceive(batch, info);
  }

  #isOurs([headers]: Frame): boolean {
    if (headers === undefined) return false;
    for (let i = 0; i < 6; i++) {
      if (headers[6 + i] === this.#mac[i]) continue;
      const sender = formatMac(headers, 6);
      this.#tell(
        new LinkError(
          'EADDRNOTAVAIL',
          `pcap ${this.name} drops what ${sender} sends: it was opened for ${this.mac}; attach with mac: link.mac`,
        ),
      );
      return false;
    }
    return true;
  }

  #refuse(): false {
    this.#counters.refused++;
    return false;
  }

  #tell(error: LinkError): void {
    if (this.#isErrorTold || !this.#open) return;
    this.#isErrorTold = true;
    this.onError(error);
  }

  #fail(error: LinkError): void {
    if (!this.#open) return;
    void this.close();
    this.onError(error);
  }
}

/** Frames are cut from a block of so many bytes. */
const BLOCK = 256 * 1024;

/** Copies of frames, which may be kept. */
class FrameCopies {
  #block = new Uint8Array(0);
  #used = 0;

  copy(frame: Uint8Array): Uint8Array {
    if (this.#used + frame.length > this.#block.length) {
      this.#block = new Uint8Array(Math.max(BLOCK, frame.length));
      this.#used = 0;
    }
    const copy = this.#block.subarray(this.#used, this.#used + frame.length);
    copy.set(frame);
    this.#used += frame.length;
    return copy;
  }
}

interface Settings extends Required<Omit<PcapOptions, 'mac'>> {
  readonly mac: Uint8Array;
}

const MIB = 1024 * 1024;
/** libpcap takes an `int`. */
const MOST = 0x7fffffff;

function settingsOf(device: string, options: PcapOptions): Settings {
  const {
    filter = '',
    bufferSize = 32 * MIB,
    queueFrames = DEFAULT_QUEUE_FRAMES,
    queueBytes = DEFAULT_QUEUE_BYTES,
    checksum = 'auto',
  } = options;
  for (const [name, value, least] of [
    ['bufferSize', bufferSize, 64 * 1024],
    ['queueFrames', queueFrames, 1],
    ['queueBytes', queueBytes, 1],
  ] as const) {
    if (Number.isInteger(value) && value >= least && value <= MOST) continue;
    throw cannotOpen(device, 'EINVAL', `${name} ${value} is not a whole number from ${least} to ${MOST}`);
  }
  if (!['auto', 'trust', 'verify'].includes(checksum)) {
    throw cannotOpen(device, 'EINVAL', 'checksum is one of auto, trust, verify');
  }
  const mac = options.mac === undefined ? randomMac() : parseMac(options.mac);
  // The lowest bit of the first byte says that a MAC means several stations (IEEE 802 §8.2).
  if (mac === undefined || ((mac[0] ?? 0) & 1) !== 0 || mac.every((byte) => byte === 0)) {
    throw cannotOpen(device, 'EINVAL', `"${options.mac ?? ''}" is not a station's MAC, such as 02:00:5e:00:00:01`);
  }
  return { filter, bufferSize, queueFrames, queueBytes, checksum, mac };
}

/** What is for us and not from us: the kernel runs this on every frame before it copies one. */
function filterOf(mac: string, extra: string): string {
  const own = `(ether dst ${mac} or ether multicast) and not ether src ${mac}`;
  return extra === '' ? own : `${own} and (${extra})`;
}

/** Locally administered, of one station (IEEE 802 §8.4). */
function randomMac(): Uint8Array {
  const [high, low] = [systemRandom32(), systemRandom32()];
  return Uint8Array.of(0x02, high, low >>> 24, low >>> 16, low >>> 8, low);
}
