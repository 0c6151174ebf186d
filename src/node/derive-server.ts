import type * as net from 'node:net';
import type { NetContext } from './host';
import type { ServerFace, SocketClass } from './listening';
import { HANDLE, Listening } from './listening';

/** A class of Node's that is made from `net.Server`: `http.Server`, `https.Server`, `tls.Server`, and those of `http2`. */
export type NodeServerClass = abstract new (...args: never[]) => net.Server;

/** One of Node's servers, with what `net.Server` keeps in it; Node's types do not tell it. */
type NodeServer = net.Server & ServerFace;

/**
 * The same server as Node's, over the stack's connections: a class derived from `Base` in which all that `net.Server` does is done by a
 * listener of the stack. What `Base` does with a connection stays Node's.
 *
 * Like Node's own it can be called without `new`, and inherited from in the old way (`Server.call(this, …)`).
 *
 * @param emitting sees each event before its listeners do
 * @param beginning is told of a server that is told to listen
 */
export function deriveServer<Base extends NodeServerClass>(
  base: Base,
  context: NetContext,
  socketClass: SocketClass,
  emitting?: (args: readonly unknown[]) => void,
  beginning?: (server: InstanceType<Base>) => void,
): Base {
  function Server(this: unknown, ...args: unknown[]): object {
    const made: unknown = new.target;
    if (typeof made === 'function') return Reflect.construct(base, args, made) as object;
    if (!(this instanceof Derived)) return Reflect.construct(base, args, Derived) as object;
    Reflect.apply(base as unknown as (...args: unknown[]) => void, this, args);
    return this;
  }
  const Derived = Server as unknown as Base;
  Object.setPrototypeOf(Server, base);

  const members = serverMembers(base, context, socketClass, (server) => beginning?.(server as InstanceType<Base>));
  if (emitting !== undefined) {
    Object.assign(members, {
      emit(this: NodeServer, ...args: [string, ...unknown[]]): boolean {
        emitting(args);
        return callOn(this, basePrototype(base), 'emit', args) as boolean;
      },
    });
  }
  const descriptors = Object.getOwnPropertyDescriptors(members) as Record<string | symbol, PropertyDescriptor>;
  for (const key of Reflect.ownKeys(descriptors)) Object.assign(descriptors[key] ?? {}, { enumerable: false });
  Object.defineProperty(Server, 'name', { value: base.name });
  Server.prototype = Object.create(basePrototype(base), {
    ...descriptors,
    constructor: { value: Server, writable: true, configurable: true },
  }) as object;
  return Derived;
}

function basePrototype(base: NodeServerClass): net.Server {
  return base.prototype as net.Server;
}

/** What `super.name(…)` is in a class. */
function callOn(server: NodeServer, above: net.Server, name: 'emit' | 'close', args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(above, name) as (...args: unknown[]) => unknown, server, args);
}

/** What `net.Server.prototype` has, over the stack. */
function serverMembers(
  base: NodeServerClass,
  context: NetContext,
  socketClass: SocketClass,
  beginning: (server: net.Server) => void,
) {
  const known = new WeakMap<net.Server, Listening>();
  function listeningOf(server: NodeServer): Listening {
    const listening = known.get(server) ?? new Listening(context, socketClass, server);
    known.set(server, listening);
    return listening;
  }

  return {
    listen(this: NodeServer, ...args: unknown[]): NodeServer {
      beginning(this);
      listeningOf(this).listen(args);
      return this;
    },
    close(this: NodeServer, callback?: (error?: Error) => void): NodeServer {
      // What Node's own class ends besides, idle connections say, comes while it still listens, as in Node.
      callOn(this, basePrototype(base), 'close', []);
      listeningOf(this).close(callback);
      listeningOf(this).emitCloseIfDrained();
      return this;
    },
    /** For Node's own `close`, which calls it too early: when there are no sockets of the kernel's. */
    _emitCloseIfDrained: () => undefined,
    async [Symbol.asyncDispose](this: NodeServer): Promise<void> {
      await listeningOf(this).dispose();
    },
    get _handle(): object | null {
      return (this as unknown as NodeServer).listening ? HANDLE : null;
    },
    set _handle(_handle: object | null) {
      // Node's constructors say that there is none yet.
    },
    get listening(): boolean {
      return listeningOf(this as unknown as NodeServer).listening;
    },
    address(this: NodeServer): net.AddressInfo | string | null {
      return listeningOf(this).address();
    },
    getConnections(this: NodeServer, callback: (error: Error | null, count: number) => void): NodeServer {
      listeningOf(this).getConnections(callback);
      return this;
    },
    ref(this: NodeServer): NodeServer {
      listeningOf(this).ref();
      return this;
    },
    unref(this: NodeServer): NodeServer {
      listeningOf(this).unref();
      return this;
    },
  };
}
