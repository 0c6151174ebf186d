import { AsyncResource } from 'node:async_hooks';
import { Buffer } from 'node:buffer';
import type * as dgram from 'node:dgram';
import { channel } from 'node:diagnostics_channel';
import type { AddressInfo, LookupFunction } from 'node:net';
import type { UdpEndpoint, UdpMessage, UdpSocket, UdpUser } from '../../stack/udp';
import { addressInfo } from '../addresses';
import { checkFunction, invalidArgType } from '../argument-errors';
import { AWAKE, RESOURCE, WOKEN_UP, type Sleeper } from '../awake';
import { CLOSED } from '../liveness';
import type { Interfaces } from '../zones';
import { bindCall, localPort, sendCall, type SendCall } from './arguments';
import {
  addressException,
  alreadyBound,
  alreadyConnected,
  badFileDescriptor,
  badType,
  dgramException,
  notConnected,
  notRunning,
  remotePort,
  requireNumber,
  requireString,
  requireUint32,
  type DgramErrorCode,
} from './errors';
import { Family, lacksZone } from './family';
import type { DgramContext } from './host';
import { attempt, HANDLE, INTERFACES, SocketOptions } from './options';
import { SendQueue } from './send-queue';

const CREATED = channel('udp.socket');

type Options = Partial<dgram.SocketOptions>;
type Found = (error: Error | null, address: string) => void;

/** `dgram.Socket` as Node has it, over a socket of the stack's. */
export class Socket extends SocketOptions implements UdpUser, Sleeper {
  readonly type: dgram.SocketType;
  readonly [RESOURCE] = new AsyncResource('UDPWRAP');

  readonly #context: DgramContext;
  readonly #options: Options;
  /** What Node has a file descriptor for: there once the socket was bound, if only to join a group. */
  #socket: UdpSocket | undefined;
  #bindState: 'unbound' | 'binding' | 'bound' = 'unbound';
  #connectState: 'disconnected' | 'connecting' | 'connected' = 'disconnected';
  #isClosed = false;
  /** What is to be done when the socket is bound. */
  #afterBind: (() => void)[] | undefined;
  #liveness = CLOSED;
  #isAwake = false;
  readonly #outgoing = new SendQueue();
  readonly #family: Family;

  /** @throws TypeError ERR_SOCKET_BAD_TYPE, ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE */
  constructor(context: DgramContext, type?: unknown, listener?: unknown) {
    super();
    const options: Options = typeof type === 'object' && type !== null ? type : { type: type as dgram.SocketType };
    if (options.recvBufferSize) requireUint32('options.recvBufferSize', options.recvBufferSize);
    if (options.sendBufferSize) requireUint32('options.sendBufferSize', options.sendBufferSize);
    checkFunction('lookup', options.lookup);
    if (options.type !== 'udp4' && options.type !== 'udp6') throw badType();
    this.type = options.type;
    this.#family = new Family(options.type, context.host.ip);
    this.#context = context;
    this.#options = options;
    if (typeof listener === 'function') this.on('message', listener as () => void);
    this.#closeAt(options.signal);
    if (CREATED.hasSubscribers) CREATED.publish({ socket: this });
  }

  #closeAt(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const given: unknown = signal;
    if (typeof given !== 'object' || given === null || !('aborted' in given)) {
      throw invalidArgType('options.signal', 'an instance of AbortSignal', given);
    }
    const close = (): void => {
      if (!this.#isClosed) this.close();
    };
    if (signal.aborted) {
      close();
      return;
    }
    signal.addEventListener('abort', close, { once: true });
    this.once('close', () => {
      signal.removeEventListener('abort', close);
    });
  }

  // ── bind ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws Error ERR_SOCKET_ALREADY_BOUND, ERR_SOCKET_DGRAM_NOT_RUNNING, TypeError ERR_INVALID_FD_TYPE */
  bind(...args: unknown[]): this {
    this.#requireRunning();
    if (this.#bindState !== 'unbound') throw alreadyBound();
    const { port, address = this.#family.any, fd, callback } = bindCall(args);
    this.#bindState = 'binding';
    if (callback !== undefined) this.#onListening(callback);
    if (fd !== undefined) throw badFileDescriptor();
    this.#lookup(address, (error, ip) => {
      if (this.#isClosed) return;
      const failure = error ?? this.#open(ip, port);
      if (failure === undefined) this.#listen();
      else {
        this.#bindState = 'unbound';
        this.#afterBind = undefined;
        this.emit('error', failure);
      }
    });
    return this;
  }

  /** Calls `callback` with 'listening', unless an error comes first. */
  #onListening(callback: () => void): void {
    const forget = (): void => {
      this.removeListener('error', forget);
      this.removeListener('listening', listening);
    };
    const listening = (): void => {
      forget();
      callback.call(this);
    };
    this.on('error', forget);
    this.on('listening', listening);
  }

  #open(ip: string, port: unknown): Error | undefined {
    const wanted = typeof port === 'number' || typeof port === 'string' ? Number(port) : undefined;
    if (this.#socket !== undefined) return addressException('bind', 'EINVAL', ip, wanted);
    const code = this.#makeSocket(ip, localPort(port), Boolean(this.#options.reuseAddr));
    return code && addressException('bind', code, ip, wanted);
  }

  #makeSocket(address: string, port: number, reuseAddress: boolean): DgramErrorCode | undefined {
    const { host } = this.#context;
    const { isIpv6 } = this.#family;
    if (isIpv6 && host.ipv6 === false) return 'EAFNOSUPPORT';
    const own = this.#family.toBind(address);
    if (own === undefined) return 'EINVAL';
    const ipv6Only = isIpv6 && Boolean(this.#options.ipv6Only);
    const refusal = attempt(() => {
      this.#socket = host.udp.open({ local: { address: own, port }, reuseAddress, ipv6Only });
      this.#socket.user = this;
    });
    return refusal === 'EADDRNOTAVAIL' && lacksZone(own) ? 'EINVAL' : refusal;
  }

  #listen(): void {
    this.#bindState = 'bound';
    this.#liveness = this.#liveness.open();
    const { recvBufferSize, sendBufferSize } = this.#options;
    if (recvBufferSize) this.setRecvBufferSize(recvBufferSize);
    if (sendBufferSize) this.setSendBufferSize(sendBufferSize);
    const waiting = this.#afterBind ?? [];
    this.once('listening', () => {
      this.#afterBind = undefined;
      for (const work of waiting) work();
    });
    this.emit('listening');
    if (this.#socket?.readable) this.#wake();
  }

  /** Has `work` done now, or when the socket is bound: to any port, if nobody has said another. */
  #whenBound(work: () => void): void {
    if (this.#bindState === 'unbound') this.bind({ port: 0, exclusive: true }, null);
    if (this.#bindState === 'bound') work();
    else (this.#afterBind ??= []).push(work);
  }

  // ── connect ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws RangeError ERR_SOCKET_BAD_PORT, TypeError ERR_INVALID_ARG_TYPE, Error ERR_SOCKET_DGRAM_IS_CONNECTED */
  connect(port: unknown, address?: unknown, callback?: unknown): void {
    const number = remotePort(port);
    const [host, then] = typeof address === 'function' ? ['', address] : [address ?? '', callback];
    requireString('address', host);
    this.#requireRunning();
    if (this.#connectState !== 'disconnected') throw alreadyConnected();
    this.#connectState = 'connecting';
    this.#whenBound(() => {
      if (typeof then === 'function') this.once('connect', then as () => void);
      this.#lookup(host, (error, ip) => {
        if (this.#isClosed) return;
        const failure = error ?? this.#connectTo(ip, host, number);
        this.#connectState = failure === undefined ? 'connected' : 'disconnected';
        process.nextTick(() => {
          if (failure === undefined) this.emit('connect');
          else if (typeof then === 'function') {
            this.removeListener('connect', then as () => void);
            (then as (error: Error) => void)(failure);
          } else this.emit('error', failure);
        });
      });
    });
  }

  #connectTo(ip: string, host: string, port: number): Error | undefined {
    const address = this.#family.toStack(ip);
    const code = address === undefined ? 'EINVAL' : attempt(() => this.#socket?.connect({ address, port }));
    const told = code === 'ENETUNREACH' && lacksZone(ip) ? 'EINVAL' : code;
    return told && addressException('connect', told, host, port);
  }

  /** @throws Error ERR_SOCKET_DGRAM_NOT_CONNECTED */
  disconnect(): void {
    if (this.#connectState !== 'connected') throw notConnected();
    this.#socket?.disconnect();
    this.#connectState = 'disconnected';
  }

  /** @throws Error ERR_SOCKET_DGRAM_NOT_RUNNING, ERR_SOCKET_DGRAM_NOT_CONNECTED */
  remoteAddress(): AddressInfo {
    this.#requireRunning();
    const remote = this.#connectState === 'connected' ? this.#socket?.remote : undefined;
    if (remote === undefined) throw notConnected();
    return addressInfo(this.#family.shown(remote));
  }

  /** @throws Error ERR_SOCKET_DGRAM_NOT_RUNNING, EBADF when the socket is not bound */
  address(): AddressInfo {
    this.#requireRunning();
    return addressInfo(this.#family.shown(this.bound('getsockname').local));
  }

  // ── send ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * As Node's, but for one thing: what goes to an address, and not to a name, has gone when `send` returns, so that `close` may follow.
   * @throws as `sendCall` does, Error ERR_SOCKET_DGRAM_NOT_RUNNING
   */
  send(...args: unknown[]): void {
    const call = sendCall(args, this.#connectState === 'connected');
    this.#requireRunning();
    if (this.#bindState === 'bound') this.#send(call);
    else {
      this.#whenBound(() => {
        this.send(call.list, call.port, call.address, call.callback);
      });
    }
  }

  /** @throws TypeError ERR_INVALID_ARG_TYPE, and as `send` does */
  sendto(buffer: unknown, offset: unknown, length: unknown, port: unknown, address: unknown, callback?: unknown): void {
    requireNumber('offset', offset);
    requireNumber('length', length);
    requireNumber('port', port);
    requireString('address', address);
    this.send(buffer, offset, length, port, address, callback);
  }

  #send(call: SendCall): void {
    const { address, port } = call;
    if (port === undefined) this.#transmit(call, undefined);
    else if (this.#options.lookup === undefined && (address === undefined || this.#family.has(address))) {
      this.#transmit(call, { address: address ?? this.#family.loopback, port });
    } else {
      this.#lookup(address ?? '', (error, ip) => {
        if (error === null && !this.#family.has(ip)) tell(call, 'EINVAL');
        else if (error === null) this.#transmit(call, { address: ip, port });
        else {
          process.nextTick(() => {
            if (call.callback === undefined) this.emit('error', error);
            else call.callback(error);
          });
        }
      });
    }
  }

  #transmit(call: SendCall, to: UdpEndpoint | undefined): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const where = this.#family.isIpv6 && to?.address.includes('%') ? this.#zoned(to) : to;
    if (to !== undefined && where === undefined) tell(call, 'ENETUNREACH');
    else if (this.#outgoing.count > 0) this.#outgoing.add(call, where);
    else {
      const sent = socket.send(call.list, where);
      if (sent === 'EAGAIN') this.#outgoing.add(call, where);
      // Bound to an IPv4 address in IPv6's clothes, it has none to call one of IPv6 from.
      else tell(call, sent === 'EINVAL' && this.#family.isIpv6 ? 'EAFNOSUPPORT' : sent);
    }
  }

  #zoned({ address, port }: UdpEndpoint): UdpEndpoint | undefined {
    const zoned = this.#family.toStack(address);
    return zoned === undefined ? undefined : { address: zoned, port };
  }

  // ── the stack's news ───────────────────────────────────────────────────────────────────────────────────────────────

  /** For the stack. */
  socketChanged(): void {
    this.#wake();
  }

  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    AWAKE.add(this);
  }

  [WOKEN_UP](): void {
    this.#isAwake = false;
    const socket = this.#socket;
    if (socket === undefined) return;
    if (socket.closed) {
      this.close();
      return;
    }
    if (socket.writable && this.#outgoing.count > 0) this.#outgoing.sendTo(socket, tell);
    if (this.#bindState !== 'bound') return;
    try {
      this.#receive(socket);
    } finally {
      // There is more than was there, or a listener has thrown.
      if (this.#socket?.readable) this.#wake();
    }
  }

  /** What is there now, and no more: a program that answers itself is not to keep all others waiting. */
  #receive(socket: UdpSocket): void {
    for (let left = socket.queued.datagrams + 1; left > 0 && !this.#isClosed; left -= 1) {
      const message = socket.receive();
      if (message === 'EAGAIN') return;
      if (typeof message === 'string') this.emit('error', dgramException('recvmsg', message));
      else this.#deliver(message);
    }
  }

  #deliver({ data, remote: { address, port } }: UdpMessage): void {
    const { buffer, byteOffset, length: size } = data;
    const family = this.#family.isIpv6 ? 'IPv6' : 'IPv4';
    const from = { address: this.#family.sourceOf(address), family, port, size };
    this.emit('message', Buffer.from(buffer, byteOffset, size), from);
  }

  // ── close ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws Error ERR_SOCKET_DGRAM_NOT_RUNNING */
  close(callback?: unknown): this {
    if (typeof callback === 'function') this.on('close', callback as () => void);
    if (this.#afterBind !== undefined) {
      this.#afterBind.push(() => this.close());
      return this;
    }
    this.#requireRunning();
    this.#isClosed = true;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) {
      socket.user = undefined;
      socket.close();
    }
    this.#liveness = this.#liveness.close();
    for (const { call } of this.#outgoing.clear()) tell(call, 'ECANCELED');
    process.nextTick(() => this.emit('close'));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((resolve) => this.close(resolve));
  }

  // ── what it is ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Octets that wait for room in the link. */
  getSendQueueSize(): number {
    return this.#outgoing.octets;
  }

  /** Datagrams that do. */
  getSendQueueCount(): number {
    return this.#outgoing.count;
  }

  ref(): this {
    this.#liveness = this.#liveness.ref();
    return this;
  }

  unref(): this {
    this.#liveness = this.#liveness.unref();
    return this;
  }

  // ── what they share ────────────────────────────────────────────────────────────────────────────────────────────────

  #requireRunning(): void {
    if (this.#isClosed) throw notRunning();
  }

  protected override get [INTERFACES](): Interfaces | undefined {
    return this.#context.host.ip;
  }

  protected override [HANDLE](isNeeded = false): UdpSocket | undefined {
    this.#requireRunning();
    const code = isNeeded && this.#socket === undefined ? this.#makeSocket(this.#family.any, 0, false) : undefined;
    if (code !== undefined) throw dgramException('bind', code);
    return this.#socket;
  }

  /** The user's function is called as Node calls it; an address is looked up as a name is, but by the next tick. */
  #lookup(name: string, found: Found): void {
    const host = name || this.#family.loopback;
    const family = this.#family.isIpv6 ? 6 : 4;
    const { lookup } = this.#options;
    if (lookup !== undefined) lookup(host, family as never, found);
    else resolve(this.#context.lookup, host, family, found);
  }
}

function resolve(lookup: LookupFunction, host: string, family: number, found: Found): void {
  lookup(host, { family }, (error, answer) => {
    const address = Array.isArray(answer) ? answer[0]?.address : answer;
    found(error, address ?? '');
  });
}

/** The callback of a `send` is called on the next tick, if there is one; what went wrong is nobody else's to know. */
function tell({ callback, address, port }: SendCall, sent: number | DgramErrorCode): void {
  if (callback === undefined) return;
  if (typeof sent === 'number') process.nextTick(callback, null, sent);
  else process.nextTick(callback, addressException('send', sent, address, port));
}
