import { constants } from 'node:os';
import { formatMac, parseIpv4Prefix } from '../wire/address';
import { LinkError } from './errors';
import { FULL_OFFLOAD } from './finish';
import {
  type Frame,
  type FrameBatch,
  type FrameInfo,
  type FrameWork,
  type Link,
  NO_OFFLOAD,
  type Offload,
} from './link';
import { TransmitRing } from './transmit-ring';
import { isSystemError, loadAddon, type NativeTap, type SystemError } from './tap-addon';

export interface TapOptions {
  /** Bytes of the largest IP packet, 68 to 65521; set on the kernel's end. Default: as the device has it, 1500 if new. */
  readonly mtu?: number;
  /** Gives the kernel's end this address, as in `10.9.0.1/24`, and brings it up. Default: both are left as they are. */
  readonly host?: string;
  /** The interface stays after `close`, and can be attached to again. Default: it vanishes, if `open` made it. */
  readonly persist?: boolean;
  /**
   * Bytes of sent frames that the kernel may hold before `send` answers `false`. Matters where the kernel passes frames
   * on to something slower (a bridge, a shaped interface). Default: the kernel's, which is no limit.
   */
  readonly sendBuffer?: number;
  /**
   * Who does the work of a network card: cuts large segments, joins small ones, fills in and checks checksums. `kernel` (the
   * default): the kernel, in whose memory segments of up to 64 KiB then pass whole; where it cannot, as with `software`.
   * `software`: the addon, on frames of the MTU. `none`: nobody; frames pass one by one as they are.
   */
  readonly offload?: 'kernel' | 'software' | 'none';
  /**
   * This link is one of several queues of the interface: opened once more under the same name, with the same `mtu` and `offload`,
   * it is another. The kernel gives each flow to one of them, by its addresses and ports or by where its packets came from. A
   * queue that closes leaves its flows to the others. `StackWorkers` makes a stack of each. Default `false`.
   */
  readonly queue?: boolean;
}

/** Words that the addon writes for each frame that came in. */
const WORDS = 3;

/**
 * One end of a virtual Ethernet cable whose other end is an interface of the kernel's, named `name`. Open, it keeps the
 * process alive, as a socket does, unless `unref` is called. See native-notes/tap.md.
 */
export class TapLink implements Link {
  readonly name: string;
  readonly medium = 'ethernet';
  readonly mtu: number;
  readonly offload: Offload;
  /** The kernel does the work of a network card. */
  readonly kernelOffload: boolean;
  /** The Ethernet address of the kernel's end, as in `02:00:5e:00:00:01`. */
  readonly hostMac: string;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived: () => void = () => undefined;
  onDrain: () => void = () => undefined;
  /**
   * Called when the device refuses a frame (the first time only) and when the device is gone; it never stops the
   * program. Default: a warning of the process.
   */
  onError: (error: LinkError) => void = (error) => {
    process.emitWarning(error);
  };

  readonly #device: NativeTap;
  readonly #ring: TransmitRing;
  /** What is told of the frames of a batch. */
  readonly #info: Uint32Array;
  #open = true;
  /** A frame found no room. */
  #full = false;
  #isErrorTold = false;

  private constructor(device: (link: TapLink) => NativeTap, offload: boolean) {
    this.#device = device(this);
    this.#info = new Uint32Array(this.#device.frames.length / WORDS);
    this.#ring = new TransmitRing(this.#device);
    this.offload = offload ? FULL_OFFLOAD : NO_OFFLOAD;
    this.kernelOffload = this.#device.offload;
    process.once('exit', this.#onExit);
    this.name = this.#device.name;
    this.mtu = this.#device.mtu;
    this.hostMac = formatMac(this.#device.mac);
  }

  /**
   * Attaches to the TAP interface `name`, or makes it. `tap%d` lets the kernel choose the number; `link.name` tells it.
   *
   * @throws LinkError with the kernel's code: `EPERM` (no CAP_NET_ADMIN), `EBUSY` (attached elsewhere), `ENOENT` (no
   * /dev/net/tun), `EINVAL` (name, mtu or host; an interface of one queue where several are wanted, and the reverse), `MODULE_NOT_FOUND` (the addon is not built), …
   */
  static open(name: string, options: TapOptions = {}): TapLink {
    checkName(name);
    const { mtu = 0, sendBuffer = 0, persist = false, offload = 'kernel', queue = false } = options;
    if (mtu !== 0 && !isWhole(mtu, 68, 65521))
      throw cannotOpen(name, 'EINVAL', `mtu ${mtu} is not between 68 and 65521`);
    if (!OFFLOADS.includes(offload)) throw cannotOpen(name, 'EINVAL', `offload is one of ${OFFLOADS.join(', ')}`);
    if (!isWhole(sendBuffer, 0, 0x7fffffff))
      throw cannotOpen(name, 'EINVAL', `sendBuffer ${sendBuffer} is not a size in bytes`);
    const { address, mask } = options.host === undefined ? { address: 0, mask: 0 } : parseHost(name, options.host);
    const { Tap } = loadAddon();
    try {
      return new TapLink(
        (link) =>
          new Tap(
            name,
            mtu,
            address,
            mask,
            sendBuffer,
            persist,
            offload === 'kernel',
            offload !== 'none',
            queue,
            (slab, count) => {
              link.#receive(slab, count);
            },
            () => {
              link.onReceived();
            },
            () => {
              link.#writable();
            },
            (errno) => {
              link.#fail(errno);
            },
          ),
        offload !== 'none',
      );
    } catch (error) {
      throw isSystemError(error) ? explain(name, error, queue) : error;
    }
  }

  /** Frames that the device refused, because its kernel end is down or gone, or which came after `close`. */
  get refused(): number {
    return this.#device.refused[0] ?? 0;
  }

  /** The frame waits for `flush`, or for enough others. */
  send(frame: Frame, work?: FrameWork): boolean {
    const taken = this.#ring.add(frame, work);
    if (!taken) this.#full = true;
    return taken;
  }

  flush(): void {
    if (!this.#ring.isBlocked) this.#ring.flush();
    if (this.refused > 0) this.#tellOfRefusal();
  }

  /** Lets the open device keep the process alive, as it does at first. */
  ref(): this {
    this.#device.ref();
    return this;
  }

  /** Lets the process end while the device is open. */
  unref(): this {
    this.#device.unref();
    return this;
  }

  close(): Promise<void> {
    if (this.#open) this.flush();
    process.off('exit', this.#onExit);
    this.#open = false;
    this.#device.close();
    // What found no room is refused now, and whoever waits for room hears that frames are taken again.
    if (this.#ring.isBlocked) this.#writable();
    return Promise.resolve();
  }

  #receive({ buffer, byteOffset }: Uint8Array<ArrayBuffer>, count: number): void {
    const { frames } = this.#device;
    const batch: Uint8Array[] = [];
    for (let index = 0, at = 0; index < count; index++, at += WORDS) {
      batch.push(new Uint8Array(buffer, byteOffset + (frames[at] ?? 0), frames[at + 1]));
      this.#info[index] = frames[at + 2] ?? 0;
    }
    this.onReceive(batch, this.#info);
  }

  /** What was sent in the callback that ends the process. */
  readonly #onExit = (): void => {
    this.flush();
  };

  #writable(): void {
    if (!this.#ring.resume() || !this.#full) return;
    this.#full = false;
    this.onDrain();
  }

  /** Frames lost on the way in, as on any cable; waiting for room would not bring them across. */
  #tellOfRefusal(): void {
    if (this.#isErrorTold || !this.#open) return;
    this.#isErrorTold = true;
    this.onError(refusal(this.name, this.#device.refused[1] ?? 0));
  }

  #fail(errno: number): void {
    void this.close();
    const cause = new Error(`errno ${errno}`);
    this.onError(
      new LinkError('ENODEV', `TAP ${this.name} is gone: its interface was deleted; open it anew`, { cause }),
    );
  }
}

export const OFFLOADS: readonly string[] = ['kernel', 'software', 'none'];

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The kernel's rule for names of interfaces, told before the kernel says only EINVAL. */
function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0 || bytes > 15) throw cannotOpen(name, 'EINVAL', `the name has ${bytes} bytes; 1 to 15 are allowed`);
  if (/[\s/:\0]/.test(name) || name === '.' || name === '..') {
    throw cannotOpen(name, 'EINVAL', 'the name of an interface has no space, slash or colon in it, and is not . or ..');
  }
}

function parseHost(name: string, host: string): { address: number; mask: number } {
  const prefix = parseIpv4Prefix(host);
  if (prefix !== undefined && prefix.address !== 0) return prefix;
  throw cannotOpen(
    name,
    'EINVAL',
    `host ${JSON.stringify(host)} is not an IPv4 address with its prefix, as in 10.9.0.1/24`,
  );
}

function cannotOpen(name: string, code: string, reason: string, options?: ErrorOptions): LinkError {
  return new LinkError(code, `cannot open TAP ${name}: ${reason}`, options);
}

/** What the kernel's refusals mean, by the call that failed. */
const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  open: {
    ENOENT:
      '/dev/net/tun is not there; in Docker add --device /dev/net/tun --cap-add NET_ADMIN, elsewhere try: modprobe tun',
    ENODEV: 'the kernel has no TUN/TAP driver; try: modprobe tun',
    ENXIO: 'the kernel has no TUN/TAP driver; try: modprobe tun',
    EACCES: 'no permission for /dev/net/tun; run as root',
    EPERM: '/dev/net/tun is not allowed here; in Docker add --device /dev/net/tun --cap-add NET_ADMIN',
  },
  TUNSETIFF: {
    EBUSY: 'another program has it attached',
    EINVAL:
      'an interface of that name exists and is not a TAP of one queue; choose another name, or queue: true if it has several',
  },
};
const NOT_PERMITTED = 'it needs the capability CAP_NET_ADMIN; run as root, in Docker add --cap-add NET_ADMIN';

function explain(name: string, error: SystemError, queue: boolean): LinkError {
  const { code, step } = error;
  const ofQueue = queue && step === 'TUNSETIFF' ? queueReason(name, code) : undefined;
  const known = ofQueue ?? REASONS[step]?.[code] ?? (code === 'EPERM' ? NOT_PERMITTED : undefined);
  return cannotOpen(name, code, known ?? `${step}: ${error.message} (${code})`, { cause: error });
}

function queueReason(name: string, code: string): string | undefined {
  if (code === 'E2BIG') return 'it has as many queues as the kernel allows';
  if (code !== 'EINVAL') return undefined;
  return `an interface of that name exists and is not a TAP of several queues; choose another name, or make it anew: ip link delete ${name}; ip tuntap add ${name} mode tap multi_queue`;
}

function refusal(name: string, errno: number): LinkError {
  if (errno === constants.errno.EIO) {
    return new LinkError('EIO', `TAP ${name} drops what is sent: its kernel end is down; try: ip link set ${name} up`);
  }
  const code = Object.entries(constants.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
  return new LinkError(code, `TAP ${name} refused a frame (${code})`);
}
