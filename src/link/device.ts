import { type DeviceKind, isSystemError, loadAddon, type Addon, type NativeDevice } from './device-addon';
import { deviceRequest, type DeviceOptions, type DeviceRequest } from './device-options';
import { explain, refusal, vanished } from './device-words';
import type { LinkError } from './errors';
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

/** Words that the addon writes for each frame that came in. */
const WORDS = 3;

/**
 * A cable whose other end is an interface of the kernel's, named `name`: what a TAP and a TUN have in common, which is all but what
 * they carry. "Frame" is said of both. Open, it keeps the process alive, as a socket does, unless `unref` is called. See
 * native-notes/tap.md.
 */
export abstract class KernelDevice implements Link {
  readonly name: string;
  abstract readonly medium: Link['medium'];
  readonly mtu: number;
  readonly offload: Offload;
  /** The kernel does the work of a network card. */
  readonly kernelOffload: boolean;

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

  readonly #kind: DeviceKind;
  readonly #device: NativeDevice;
  readonly #ring: TransmitRing;
  /** What is told of the frames of a batch. */
  readonly #info: Uint32Array;
  #open = true;
  /** A frame found no room. */
  #full = false;
  #isErrorTold = false;

  /** @throws LinkError as `TapLink.open` says */
  protected constructor(kind: DeviceKind, name: string, options: DeviceOptions) {
    const request = deviceRequest(kind, name, options);
    const { Device } = loadAddon(kind);
    this.#kind = kind;
    this.#device = this.#make(Device, name, request);
    this.#info = new Uint32Array(this.#device.frames.length / WORDS);
    this.#ring = new TransmitRing(this.#device);
    this.offload = request.offload === 'none' ? NO_OFFLOAD : FULL_OFFLOAD;
    this.kernelOffload = this.#device.offload;
    process.once('exit', this.#onExit);
    this.name = this.#device.name;
    this.mtu = this.#device.mtu;
  }

  #make(Device: Addon['Device'], name: string, request: DeviceRequest): NativeDevice {
    const { mtu, addresses, sendBuffer, persist, offload, queue } = request;
    try {
      return new Device(
        this.#kind === 'TUN',
        name,
        mtu,
        addresses,
        sendBuffer,
        persist,
        offload === 'kernel',
        offload !== 'none',
        queue,
        (slab, count) => {
          this.#receive(slab, count);
        },
        () => {
          this.onReceived();
        },
        () => {
          this.#writable();
        },
        (errno) => {
          this.#fail(errno);
        },
      );
    } catch (error) {
      throw isSystemError(error) ? explain(this.#kind, name, error, queue) : error;
    }
  }

  /** The Ethernet address of a TAP's kernel end. */
  protected get kernelMac(): Uint8Array {
    return this.#device.mac;
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
    this.onError(refusal(this.#kind, this.name, this.#device.refused[1] ?? 0));
  }

  #fail(errno: number): void {
    void this.close();
    this.onError(vanished(this.#kind, this.name, errno));
  }
}
