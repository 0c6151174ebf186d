import { EventEmitter } from 'node:events';
import { UdpError, type UdpErrorCode, type UdpSocket } from '../../stack/udp';
import { buffers, type BufferOptions } from './buffers';
import { dgramException, missingArgument, requireNumber, requireString } from './errors';

/** What Node has a file descriptor for. */
export const HANDLE = Symbol('handle');

/** A datagram socket's options, and the groups it is in. */
export abstract class SocketOptions extends EventEmitter {
  /**
   * The stack's socket; `undefined` while there is none, unless it `isNeeded`: then it is made, on a port that is free.
   * @throws Error ERR_SOCKET_DGRAM_NOT_RUNNING, and EAFNOSUPPORT when none can be made
   */
  protected abstract [HANDLE](isNeeded?: boolean): UdpSocket | undefined;

  /** @throws Error EBADF when there is none, ERR_SOCKET_DGRAM_NOT_RUNNING */
  protected bound(syscall: string): UdpSocket {
    const socket = this[HANDLE]();
    if (socket === undefined) throw dgramException(syscall, 'EBADF');
    return socket;
  }

  /** @throws Error EBADF when the socket is not bound, as the other options do */
  setBroadcast(flag: unknown): void {
    this.bound('setBroadcast').set({ broadcast: Boolean(flag) });
  }

  /** @throws Error EINVAL, TypeError ERR_INVALID_ARG_TYPE */
  setTTL(ttl: number): number {
    requireNumber('ttl', ttl);
    if (!(ttl >= 1 && ttl <= 255)) throw dgramException('setTTL', 'EINVAL');
    this.bound('setTTL').set({ ttl: Math.trunc(ttl) });
    return ttl;
  }

  /** @throws Error EINVAL, TypeError ERR_INVALID_ARG_TYPE */
  setMulticastTTL(ttl: number): number {
    requireNumber('ttl', ttl);
    if (!(ttl >= 0 && ttl <= 255)) throw dgramException('setMulticastTTL', 'EINVAL');
    this.bound('setMulticastTTL').set({ multicastTtl: Math.trunc(ttl) });
    return ttl;
  }

  setMulticastLoopback<Flag>(flag: Flag): Flag {
    this.bound('setMulticastLoopback').set({ multicastLoop: Boolean(flag) });
    return flag;
  }

  /** @throws Error EINVAL, EADDRNOTAVAIL, ENOPROTOOPT (an address of IPv6), TypeError ERR_INVALID_ARG_TYPE */
  setMulticastInterface(interfaceAddress: unknown): void {
    this[HANDLE]();
    requireString('interfaceAddress', interfaceAddress);
    const syscall = 'setMulticastInterface';
    const socket = this.bound(syscall);
    if (interfaceAddress.includes(':')) throw dgramException(syscall, 'ENOPROTOOPT');
    call(syscall, () => {
      socket.set({ multicastInterface: interfaceAddress });
    });
  }

  /** @throws Error EINVAL, ENODEV, EADDRINUSE, ENOBUFS, TypeError ERR_MISSING_ARGS */
  addMembership(group: string, interfaceAddress?: string): void {
    this.#changeMembership('addMembership', group, interfaceAddress);
  }

  /** @throws Error EADDRNOTAVAIL, ENODEV, EINVAL, TypeError ERR_MISSING_ARGS */
  dropMembership(group: string, interfaceAddress?: string): void {
    this.#changeMembership('dropMembership', group, interfaceAddress);
  }

  #changeMembership(what: 'addMembership' | 'dropMembership', group: string, interfaceAddress?: string): void {
    this[HANDLE]();
    if (!group) throw missingArgument('multicastAddress');
    this.#inGroup(what, (socket) => {
      socket[JOINS[what]](group, { ...(interfaceAddress && { interface: interfaceAddress }) });
    });
  }

  /** @throws Error EINVAL, ENODEV, EADDRNOTAVAIL, ENOBUFS, TypeError ERR_INVALID_ARG_TYPE */
  addSourceSpecificMembership(source: unknown, group: unknown, interfaceAddress?: string): void {
    this.#changeSource('addSourceSpecificMembership', source, group, interfaceAddress);
  }

  /** @throws Error EADDRNOTAVAIL, EINVAL, ENODEV, TypeError ERR_INVALID_ARG_TYPE */
  dropSourceSpecificMembership(source: unknown, group: unknown, interfaceAddress?: string): void {
    this.#changeSource('dropSourceSpecificMembership', source, group, interfaceAddress);
  }

  #changeSource(
    what: 'addSourceSpecificMembership' | 'dropSourceSpecificMembership',
    source: unknown,
    group: unknown,
    interfaceAddress?: string,
  ): void {
    this[HANDLE]();
    requireString('sourceAddress', source);
    requireString('groupAddress', group);
    this.#inGroup(what, (socket) => {
      socket[JOINS[what]](group, { source, ...(interfaceAddress && { interface: interfaceAddress }) });
    });
  }

  /** A socket that is not bound gets a port for it, but hears nothing before `bind`. */
  #inGroup(syscall: keyof typeof JOINS, work: (socket: UdpSocket) => void): void {
    const socket = this[HANDLE](true) ?? this.bound(syscall);
    call(syscall, () => {
      work(socket);
    });
  }

  setRecvBufferSize(size: number): void {
    this.#buffers.set('recv', size);
  }

  setSendBufferSize(size: number): void {
    this.#buffers.set('send', size);
  }

  getRecvBufferSize(): number {
    return this.#buffers.get('recv');
  }

  getSendBufferSize(): number {
    return this.#buffers.get('send');
  }

  readonly #buffers: BufferOptions = buffers(() => this[HANDLE]());
}

const JOINS = {
  addMembership: 'join',
  dropMembership: 'leave',
  addSourceSpecificMembership: 'join',
  dropSourceSpecificMembership: 'leave',
} as const;

/** What the stack refuses, as its code. */
export function attempt(work: () => void): UdpErrorCode | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof UdpError) return error.code;
    throw error;
  }
}

/** What the stack refuses, thrown as a failed system call. */
function call(syscall: string, work: () => void): void {
  const code = attempt(work);
  if (code !== undefined) throw dgramException(syscall, code);
}
