import { channel } from 'node:diagnostics_channel';
import * as nodeNet from 'node:net';
import type { LookupFunction } from 'node:net';
import { connectArguments, normalizeArgs } from './arguments';
import { callable } from './callable';
import type { ConnectOptions } from './connect-options';
import type { Host, NetContext, SocketOwner } from './host';
import { lookupLocally } from './lookup';
import { OpenHandles } from './open-handles';
import type { ConnectionListener } from './server';
import { Server as BaseServer } from './server';
import { Socket as BaseSocket } from './socket';
import type { SocketOptions } from './socket-options';

/** `node:net` as a stack offers it, with Node's own types: what takes Node's takes this. */
export type Net = Omit<typeof nodeNet, 'default'> & {
  /** The old name of `Socket`. */
  readonly Stream?: typeof nodeNet.Socket;
};

type ServerOptions = nodeNet.ServerOpts | ConnectionListener;

/** Told of each socket that calls somebody, as Node's own is. */
const CLIENT_SOCKETS = channel('net.client.socket');

/**
 * Makes a module shaped like `node:net` whose connections are the stack's.
 *
 * @param host the stack
 * @param open filled with every socket that has a connection and every server that listens
 * @param lookup finds the addresses of names, shaped as `dns.lookup`; default: only `localhost` is known
 */
export function createNet(host: Host, open = new OpenHandles(), lookup: LookupFunction = lookupLocally): Net {
  const context: NetContext = { host, open, lookup };

  class StackSocket extends BaseSocket {
    constructor(options?: SocketOptions | number | null, owner?: SocketOwner) {
      super(context, options, owner);
    }
  }

  class StackServer extends BaseServer {
    constructor(options?: ServerOptions, listener?: ConnectionListener) {
      super(context, StackSocket, options, listener);
    }
  }

  const Server = callable(StackServer, 'Server');
  const Socket = callable(StackSocket, 'Socket');
  // Paths are not the stack's, and TLS is Node's own: what asks "is it a socket?" must not miss them.
  Object.defineProperty(Socket, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      return isInstance(this, value) || (this === Socket && value instanceof nodeNet.Socket);
    },
  });

  function connect(...args: unknown[]): StackSocket | nodeNet.Socket {
    const { options, callback } = connectArguments<SocketOptions & ConnectOptions & { timeout?: number }>(args);
    if (options.path) return nodeNet.connect(options as nodeNet.IpcNetConnectOpts, callback);
    const socket = new StackSocket(options);
    if (CLIENT_SOCKETS.hasSubscribers) CLIENT_SOCKETS.publish({ socket });
    if (options.timeout) socket.setTimeout(options.timeout);
    return socket.connect(options, callback);
  }

  function createServer(options?: ServerOptions, listener?: ConnectionListener): StackServer {
    return new StackServer(options, listener);
  }

  return {
    createServer,
    connect,
    createConnection: connect,
    Socket,
    Stream: Socket,
    Server,
    BlockList: nodeNet.BlockList,
    SocketAddress: nodeNet.SocketAddress,
    isIP: nodeNet.isIP,
    isIPv4: nodeNet.isIPv4,
    isIPv6: nodeNet.isIPv6,
    // These are settings of the process.
    getDefaultAutoSelectFamily: nodeNet.getDefaultAutoSelectFamily,
    setDefaultAutoSelectFamily: nodeNet.setDefaultAutoSelectFamily,
    getDefaultAutoSelectFamilyAttemptTimeout: nodeNet.getDefaultAutoSelectFamilyAttemptTimeout,
    setDefaultAutoSelectFamilyAttemptTimeout: nodeNet.setDefaultAutoSelectFamilyAttemptTimeout,
    ...{ _normalizeArgs: normalizeArgs },
  };
}

/** `instanceof`, as it is where nobody has changed it. */
function isInstance(constructor: unknown, value: unknown): boolean {
  return Reflect.apply(Function.prototype[Symbol.hasInstance], constructor, [value]);
}
