import { readdirSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { LinkError } from '../errors';
import { loadOptional } from '../missing';
import { isSystemError, loadAddon, type RawFunctions } from '../device-addon';

/**
 * One raw socket. The npm package `raw-socket` opens it, tells when it can be read or written, sends and closes. Its own way to receive
 * is not used: it reads one packet a turn of the event loop, cuts at the size of a buffer that it uses again, tells of IPv6
 * packets neither the destination nor the header, and has no filters. The addon does that (native/raw.h).
 */
export class RawSocket {
  readonly #wrap: SocketWrap;
  readonly #functions: RawFunctions;
  readonly #fd: number;
  #isWaitingForRoom = false;
  #open = true;

  /** Called by the event loop, outside of any callback of Node's own: what promises and ticks it puts off waits for another. */
  onReadable: () => void = () => undefined;
  onWritable: () => void = () => undefined;

  /** @throws LinkError */
  constructor(
    doing: string,
    readonly ipv6: boolean,
    readonly protocol: number,
  ) {
    const module = loadModule(doing);
    this.#functions = loadAddon().raw;
    let socket: Socket;
    try {
      socket = module.createSocket({
        addressFamily: ipv6 ? module.AddressFamily.IPv6 : module.AddressFamily.IPv4,
        protocol,
        bufferSize: 1,
      });
    } catch (error) {
      throw explain(doing, error);
    }
    // The poll reports an error by closing the socket, which the link finds out by itself.
    socket.on('error', () => undefined);
    this.#wrap = socket.wrap;
    this.#wrap.removeAllListeners('recvReady').on('recvReady', () => {
      this.onReadable();
    });
    this.#wrap.removeAllListeners('sendReady').on('sendReady', () => {
      this.#waitForRoom(false);
      this.onWritable();
    });
    this.#fd = this.#findDescriptor(doing);
  }

  /** The MTU of a device in the socket's network namespace. @throws the addon's SystemError */
  mtuOf(device: string): number {
    return this.#functions.mtu(this.#fd, device);
  }

  /** @throws Error with the kernel's words for why not */
  setOption(level: number, option: number, value: number | Buffer): void {
    if (typeof value === 'number') this.#wrap.setOption(level, option, value);
    else this.#wrap.setOption(level, option, value, value.length);
  }

  /** Bytes of the option's value. @throws Error with the kernel's words for why not */
  getOption(level: number, option: number, length: number): Buffer {
    const value = Buffer.alloc(length);
    this.#wrap.getOption(level, option, value, length);
    return value;
  }

  /** In place of the filter before. @throws the addon's SystemError */
  filter(program: Uint8Array): void {
    this.#functions.filter(this.#fd, program);
  }

  /** Reads what is there: see native/raw.h. A negative errno if there is nothing for another reason than that none has come. */
  receive(slab: Uint8Array, words: Uint32Array): number {
    return this.#open ? this.#functions.receive(this.#fd, this.ipv6, this.protocol, slab, words) : 0;
  }

  /** @throws Error with the kernel's words for why not */
  send(packet: Uint8Array, length: number, to: string): void {
    this.#wrap.send(packet, 0, length, to, nothing);
  }

  /** `onWritable` follows, once. */
  waitForRoom(): void {
    this.#waitForRoom(true);
  }

  #waitForRoom(on: boolean): void {
    if (!this.#open || on === this.#isWaitingForRoom) return;
    this.#isWaitingForRoom = on;
    this.#wrap.pause(false, !on);
  }

  /** Does the open socket keep the process alive? */
  setRef(on: boolean): void {
    if (this.#open) this.#functions.setRef(this.#fd, on);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#wrap.close();
  }

  /** The package does not tell the descriptor. The socket's cookie, which no other has, does. */
  #findDescriptor(doing: string): number {
    const cookie = this.getOption(SOL_SOCKET, SO_COOKIE, 8).readBigUInt64LE();
    for (const name of readdirSync('/proc/self/fd')) {
      if (this.#functions.cookie(Number(name)) === cookie) return Number(name);
    }
    this.#wrap.close();
    throw new LinkError('EIO', `${doing}: the socket is not among the files of the process; is /proc mounted?`);
  }
}

/** Numbers of <asm-generic/socket.h>, <linux/in.h> and <linux/in6.h>. */
export const SOL_SOCKET = 1;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_BINDTODEVICE = 25;
export const SO_MEMINFO = 55;
const SO_COOKIE = 57;
export const IPPROTO_IPV6 = 41;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_RECVHOPLIMIT = 51;
export const IPV6_RECVTCLASS = 66;
/** A socket of this protocol only sends, packets with their header, of any protocol (raw(7)). */
export const IPPROTO_RAW = 255;

/** The parts of the package that are used; `wrap`, the native socket, is not among what it documents. */
interface RawSocketModule {
  readonly AddressFamily: { readonly IPv4: number; readonly IPv6: number };
  createSocket(options: { addressFamily: number; protocol: number; bufferSize: number }): Socket;
}

interface Socket {
  readonly wrap: SocketWrap;
  on(event: 'error', listener: () => void): this;
}

interface SocketWrap {
  on(event: 'recvReady' | 'sendReady', listener: () => void): this;
  removeAllListeners(event: string): this;
  /** Stops polling for what is paused. */
  pause(receiving: boolean, sending: boolean): void;
  setOption(level: number, option: number, value: number): void;
  setOption(level: number, option: number, value: Buffer, length: number): void;
  getOption(level: number, option: number, value: Buffer, length: number): number;
  send(buffer: Uint8Array, offset: number, length: number, address: string, sent: (bytes: number) => void): void;
  close(): void;
}

function nothing(): void {
  // The package insists on a callback.
}

function loadModule(doing: string): RawSocketModule {
  if (process.platform !== 'linux') {
    throw new LinkError(
      'ENOTSUP',
      `${doing}: on ${process.platform} the kernel's own answers cannot be kept back; this is for Linux`,
    );
  }
  if (!isMainThread) {
    throw new LinkError(
      'ENOTSUP',
      `${doing}: the npm package raw-socket works in the main thread only, and this is a worker`,
    );
  }
  return loadOptional(doing.replace(/^cannot open /, ''), 'raw-socket') as RawSocketModule;
}

/** The package passes on the kernel's words (strerror), without the code. */
function explain(doing: string, error: unknown): LinkError {
  const message = error instanceof Error ? error.message : String(error);
  if (message === 'Operation not permitted') {
    return new LinkError(
      'EPERM',
      `${doing}: a raw socket needs the capability CAP_NET_RAW; run as root, in Docker add --cap-add NET_RAW --cap-add NET_ADMIN`,
      { cause: error },
    );
  }
  const code = isSystemError(error) ? error.code : 'EIO';
  return new LinkError(code, `${doing}: opening a raw socket: ${message}`, { cause: error });
}
