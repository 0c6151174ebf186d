import type { EventEmitter } from 'node:events';
import type * as net from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** What Node has below TLS and HTTP/2 where the connection is a stream of JavaScript's; it asks it for what a stream has not. */
interface StreamHandle {
  getpeername?(into: object): number;
  getsockname?(into: object): number;
  setNoDelay?(enable: boolean): number;
  setKeepAlive?(enable: boolean, seconds: number): number;
  ref?(): void;
  unref?(): void;
}

/** A stream as a socket: Node's own class, whose instances it makes for itself and gives nobody. */
type StreamSocket = net.Socket & { readonly stream: net.Socket; readonly _handle: StreamHandle | null };

/** The fields by which a `TLSSocket` and what lies under it know each other; there since Node 10, and not in its types. */
interface Wrapped {
  readonly _handle?: {
    readonly _parent?: StreamHandle;
    readonly _parentWrap?: EventEmitter & { readonly stream?: net.Socket };
  } | null;
}

/** What a socket emits on its way to a connection, and a `TLSSocket` of Node's emits too. */
const CONNECTING = [
  'lookup',
  'connectionAttempt',
  'connectionAttemptFailed',
  'connectionAttemptTimeout',
  'connect',
  'ready',
] as const;

/**
 * Gives a `TLSSocket` over a socket of the stack what Node's own has over a kernel's: addresses, `setNoDelay`, `setKeepAlive`, `ref` and
 * `unref`, and while it is not connected the events of connecting.
 *
 * @param socket anything; what is no `TLSSocket`, or one over something else, is left alone
 */
export function adoptTlsSocket(socket: unknown, isOurs: (below: unknown) => boolean): void {
  if (!(socket instanceof TLSSocket)) return;
  const wrapped = (socket as unknown as Wrapped)._handle;
  const handle = wrapped?._parent;
  const wrap = wrapped?._parentWrap;
  const below = wrap?.stream;
  if (
    handle === undefined ||
    wrap === undefined ||
    below === undefined ||
    handle.getpeername !== undefined ||
    !isOurs(below)
  )
    return;

  completeHandle(handle, below);
  // How TLS ends is TLS's own affair: after the peer's FIN it has a close_notify to send.
  below.allowHalfOpen = true;
  // What lies between tells of an error only; Node's own ends with it.
  wrap.removeAllListeners('error').on('error', (error: Error) => socket.destroy(error));
  followConnecting(socket, below);
}

/**
 * For who has to have a socket with one of Node's own handles, HTTP/2 without TLS: one over a socket of the stack, which may still be
 * connecting. Node would make it itself, and take the connection as one that stands.
 */
export function streamSocketOver(below: net.Socket): net.Socket {
  const socket = new (streamSocketClass())(below);
  adoptStreamSocket(socket, () => true);
  socket.removeAllListeners('error');
  below.on('error', (error) => socket.destroy(error));
  return socket;
}

/** Gives what `streamSocketOver` has to one that Node has made. Anything else is left alone. */
export function adoptStreamSocket(socket: net.Socket, isOurs: (below: unknown) => boolean): void {
  const { stream, _handle: handle } = socket as StreamSocket;
  if (handle === null || handle.getpeername !== undefined || !isOurs(stream)) return;
  completeHandle(handle, stream);
  followConnecting(socket, stream);
}

type StreamSocketClass = new (below: net.Socket) => StreamSocket;

let found: StreamSocketClass | undefined;

/** Node tells its class only by what it makes below TLS over a stream. */
function streamSocketClass(): StreamSocketClass {
  if (found === undefined) {
    const socket = new TLSSocket(new Duplex());
    found = (socket as unknown as Wrapped)._handle?._parentWrap?.constructor as StreamSocketClass;
    socket.destroy();
  }
  return found;
}

function completeHandle(handle: StreamHandle, below: net.Socket): void {
  Object.assign(handle, {
    getpeername: (into) => tell(into, below.remoteAddress, below.remotePort),
    getsockname: (into) => tell(into, below.localAddress, below.localPort),
    setNoDelay(enable) {
      below.setNoDelay(enable);
      return 0;
    },
    setKeepAlive(enable, seconds) {
      below.setKeepAlive(enable, seconds * 1000);
      return 0;
    },
    ref: () => {
      below.ref();
    },
    unref: () => {
      below.unref();
    },
  } satisfies StreamHandle);
}

function followConnecting(socket: net.Socket, below: net.Socket): void {
  if (!below.pending) return;
  const adopted = socket as unknown as { connecting: boolean };
  adopted.connecting = true;
  below.once('connect', () => {
    adopted.connecting = false;
  });
  for (const event of CONNECTING) {
    below.on(event, (...args: unknown[]) => socket.emit(event, ...args));
  }
}

/** An address in the way in which a handle of Node's tells one. ENOTCONN: there is none. */
function tell(into: object, address: string | undefined, port: number | undefined): number {
  if (address === undefined) return -107;
  Object.assign(into, { address, port, family: address.includes(':') ? 'IPv6' : 'IPv4' });
  return 0;
}
