import type { SocketType } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { isIP, isIPv4 } from 'node:net';
import { UdpError, type UdpErrorCode, type UdpSocket } from '../../stack/udp';
import { buffers, type BufferOptions } from './buffers';
import { dgramException, missingArgument, requireNumber, requireString, type DgramErrorCode } from './errors';
import { interfaceToStack, type Interfaces } from '../zones';

/** What Node has a file descriptor for. */
export const HANDLE = Symbol('handle');
export const INTERFACES = Symbol('interfaces');

/** A datagram socket's options, and the groups it is in. */
export abstract class SocketOptions extends EventEmitter {
  /**
   * The stack's socket; `undefined` while there is none, unless it `isNeeded`: then it is made, on a port that is free.
   * @throws Error ERR_SOCKET_DGRAM_NOT_RUNNING, and EAFNOSUPPORT when none can be made
   */
  protected abstract [HANDLE](isNeeded?: boolean): UdpSocket | undefined;
  protected abstract get [INTERFACES](): Interfaces | undefined;
  abstract readonly type: SocketType;

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

  /**
   * @param interfaceAddress an address of ours; of `udp6`, `::%tap0`: only the name counts, and without one the routes say
   * @throws Error EINVAL, EADDRNOTAVAIL, ENOPROTOOPT (an address of IPv6 on `udp4`), TypeError ERR_INVALID_ARG_TYPE
   */
  setMulticastInterface(interfaceAddress: unknown): void {
    this[HANDLE]();
    requireString('interfaceAddress', interfaceAddress);
    const syscall = 'setMulticastInterface';
    const socket = this.bound(syscall);
    if (isIP(interfaceAddress) === 0) throw dgramException(syscall, 'EINVAL');
    if (this.type === 'udp4' && !isIPv4(interfaceAddress)) throw dgramException(syscall, 'ENOPROTOOPT');
    call(syscall, () => {
      socket.set({ multicastInterface: interfaceToStack(interfaceAddress, this[INTERFACES]) ?? '::' });
    });
  }

  /**
   * @param interfaceAddress an address of ours; for a group of IPv6, `::%tap0`
   * @throws Error EINVAL, ENODEV, EADDRINUSE, ENOBUFS, TypeError ERR_MISSING_ARGS
   */
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
    this.#inGroup(what, { group, by: interfaceAddress });
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
    this.#inGroup(what, { group, source, by: interfaceAddress });
  }

  /** A socket that is not bound gets a port for it, but hears nothing before `bind`. */
  #inGroup(syscall: keyof typeof JOINS, wanted: GroupCall): void {
    const socket = this[HANDLE](true) ?? this.bound(syscall);
    const refusal = groupRefusal(wanted, this.type);
    if (refusal !== undefined) throw dgramException(syscall, refusal);
    const by = wanted.by ? interfaceToStack(wanted.by, this[INTERFACES]) : undefined;
    if (wanted.by && by === undefined) throw dgramException(syscall, 'ENODEV');
    call(syscall, () => {
      // The zone of a group, or of a source, is nothing to Node: what counts is the interface.
      const [group, source] = [wanted.group, wanted.source].map((each) => each?.replace(/%.*/, ''));
      socket[JOINS[syscall]](group ?? '', { source, interface: by });
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

/** A group, the one whose datagrams are wanted, and by which interface. */
interface GroupCall {
  readonly group: string;
  readonly source?: string;
  readonly by: string | undefined;
}

/** What a system refuses, before it looks at its interfaces: all addresses are of the group's family, which the socket must have. */
function groupRefusal({ group, source, by }: GroupCall, type: SocketType): DgramErrorCode | undefined {
  const family = isIP(group);
  const areAlike = [source, by].every((each) => !each || isIP(each) === family);
  if (family === 0 || !areAlike) return 'EINVAL';
  return family === 6 && type === 'udp4' ? 'ENOPROTOOPT' : undefined;
}

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
