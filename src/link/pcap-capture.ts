import { readdirSync } from 'node:fs';
import { loadAddon, type Addon } from './device-addon';
import { LinkError } from './errors';
import { loadOptional } from './missing';
import { cannotOpen, isThere, isUp } from './pcap-device';

/** What npm's `cap` exports, as far as it is used here. */
interface CapModule {
  readonly Cap: new () => NativeCap;
}

interface NativeCap {
  /** Begins to capture into `buffer`, and returns what frames begin with: `ETHERNET`. */
  open(device: string, filter: string, bufferSize: number, buffer: Buffer): string;
  /** Throws in libpcap's words. */
  send(buffer: Buffer, length: number): void;
  close(): boolean;
  emit(event: string, length: number, truncated: boolean): boolean;
}

/** Who hears of frames. */
export interface CaptureUser {
  /** A frame came in; its bytes are valid during the call. */
  frame(bytes: Uint8Array, truncated: boolean): void;
  /** The interface is gone or was set down; nothing comes any more. */
  gone(error: LinkError): void;
}

export interface Capture {
  /** Sends the first `length` bytes. `full`: there is no room now. */
  send(buffer: Buffer, length: number): LinkError | 'full' | undefined;
  /** Frames that the kernel had no room for since the capture began; `undefined` without synack's addon. */
  dropped(): number | undefined;
  /** Does the open capture keep the process alive? At first it does. Without synack's addon it always does. */
  setRef(on: boolean): void;
  close(): void;
}

/** No packet of IP is longer. */
const LONGEST = 65_535 + 18;

/** How often an interface is looked at that says nothing when it is set down, ms. */
const WATCH = 1000;

/**
 * Captures that could not be opened. The destructor of `cap` closes what was never open and ends the process, so none is ever
 * collected.
 */
const failed: NativeCap[] = [];

/**
 * Opens `device` with libpcap: whole frames, promiscuous, each delivered when it comes.
 * @throws LinkError
 */
export function openCapture(device: string, filter: string, bufferSize: number, user: CaptureUser): Capture {
  const { Cap } = loadOptional(`pcap ${device}`, 'cap') as CapModule;
  const buffer = Buffer.alloc(LONGEST);
  // `cap` takes `emit` as it stands when the object is made.
  const cap = new (class extends Cap {
    override emit(_: string, length: number, truncated: boolean): boolean {
      user.frame(buffer.subarray(0, length), truncated);
      return true;
    }
  })();
  const before = new Set(descriptors());
  try {
    const type = cap.open(device, filter, bufferSize, buffer);
    if (type !== 'ETHERNET') {
      cap.close();
      throw cannotOpen(device, 'ENOTSUP', `libpcap does not take it for Ethernet, but for ${type}`);
    }
  } catch (error) {
    if (error instanceof LinkError) throw error;
    failed.push(cap);
    throw explainOpen(device, filter, error);
  }
  const socket = new PacketSocket(descriptors().filter((fd) => !before.has(fd)));
  let isOpen = true;
  const end = (reason: LinkError): void => {
    close();
    user.gone(reason);
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(watch);
    socket.dropped();
    socket.forget();
    cap.close();
  };
  const watch = setInterval(() => {
    const reason = whyNot(device);
    if (reason !== undefined) end(reason);
  }, WATCH);
  return {
    send(frame, length) {
      try {
        cap.send(frame, length);
        return undefined;
      } catch (error) {
        const failure = explainSend(device, error);
        // Told once, and so even if the interface is up again: what came in the meantime is lost, and nothing will come.
        if (failure instanceof LinkError && failure.code === 'ENETDOWN') end(failure);
        return failure;
      }
    },
    dropped: () => socket.dropped(),
    setRef(on) {
      if (on) watch.ref();
      else watch.unref();
      socket.setRef(on);
    },
    close,
  };
}

function descriptors(): number[] {
  return readdirSync('/proc/self/fd').map(Number);
}

/** The socket under libpcap, which `cap` keeps to itself: what synack's addon, if it is there, can learn of it. */
class PacketSocket {
  readonly #addon: Addon | undefined = addonIfThere();
  #fd: number | undefined;
  #dropped = 0;

  /** @param candidates descriptors that were opened with it, one of which it is */
  constructor(candidates: readonly number[]) {
    this.#fd = candidates.find((fd) => this.#addon?.packet.statistics(fd) !== undefined);
  }

  dropped(): number | undefined {
    if (this.#addon === undefined) return undefined;
    if (this.#fd !== undefined) this.#dropped += this.#addon.packet.statistics(this.#fd)?.[1] ?? 0;
    return this.#dropped;
  }

  setRef(on: boolean): void {
    if (this.#fd !== undefined) this.#addon?.raw.setRef(this.#fd, on);
  }

  /** It is closed, and its number may be another's soon. */
  forget(): void {
    this.#fd = undefined;
  }
}

function addonIfThere(): Addon | undefined {
  try {
    const addon: Partial<Addon> = loadAddon();
    // One that was built from an older source has no functions for packet sockets.
    return addon.packet === undefined ? undefined : (addon as Addon);
  } catch {
    return undefined;
  }
}

function whyNot(device: string): LinkError | undefined {
  if (!isThere(device))
    return new LinkError('ENODEV', `pcap ${device} has ended: the interface was deleted; open it anew`);
  if (isUp(device)) return undefined;
  return setDown(device);
}

function setDown(device: string, options?: ErrorOptions): LinkError {
  const advice = `try: ip link set ${device} up; then open it anew`;
  return new LinkError('ENETDOWN', `pcap ${device} has ended: the interface was set down; ${advice}`, options);
}

function explainOpen(device: string, filter: string, cause: unknown): LinkError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/permi(ssion|tted)/.test(message)) {
    return cannotOpen(device, 'EPERM', `${message}; it needs the capability CAP_NET_RAW; run as root`, { cause });
  }
  if (/syntax error|filter|expression|unknown|illegal|invalid/i.test(message)) {
    return cannotOpen(device, 'EINVAL', `libpcap does not understand the filter "${filter}": ${message}`, { cause });
  }
  if (/memory|ring/i.test(message)) {
    return cannotOpen(device, 'ENOMEM', `${message}; try a smaller bufferSize`, { cause });
  }
  return cannotOpen(device, 'EIO', message, { cause });
}

function explainSend(device: string, cause: unknown): LinkError | 'full' {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes('No buffer space') || message.includes('temporarily unavailable')) return 'full';
  const options = { cause };
  if (message.includes('Network is down')) {
    return setDown(device, options);
  }
  return new LinkError('EIO', `pcap ${device} could not send a frame: ${message}`, options);
}
