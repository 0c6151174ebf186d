import * as net from 'node:net';
import type { LookupFunction } from 'node:net';
import { callArguments } from './arguments';
import type { Host, NetContext, SocketOwner } from './host';
import { lookupLocally } from './lookup';
import { OpenHandles } from './open-handles';
import type { ConnectionListener } from './server';
import { Server as BaseServer } from './server';
import { Socket as BaseSocket } from './socket';
import type { SocketOptions } from './socket-options';

/** The part of `node:net` that a stack offers, with Node's own types: what takes Node's takes this. */
export type Net = Pick<
  typeof net,
  'createServer' | 'connect' | 'createConnection' | 'Socket' | 'Server' | 'isIP' | 'isIPv4' | 'isIPv6'
>;

type ServerOptions = net.ServerOpts | ConnectionListener;

/**
 * Makes a module shaped like `node:net` whose connections are the stack's.
 *
 * @param host the stack
 * @param open filled with every socket that has a connection and every server that listens
 * @param lookup finds the addresses of names; `localhost` alone by default
 */
export function createNet(host: Host, open = new OpenHandles(), lookup: LookupFunction = lookupLocally): Net {
  const context: NetContext = { host, open, lookup };

  class Socket extends BaseSocket {
    constructor(options?: SocketOptions, owner?: SocketOwner) {
      super(context, options, owner);
    }
  }

  class Server extends BaseServer {
    constructor(options?: ServerOptions, listener?: ConnectionListener) {
      super(context, Socket, options, listener);
    }
  }

  function connect(...args: unknown[]): Socket {
    const { options, callback } = callArguments<net.TcpNetConnectOpts>(args);
    const socket = new Socket(options);
    if (options.timeout) socket.setTimeout(options.timeout);
    return socket.connect(options, callback);
  }

  function createServer(options?: ServerOptions, listener?: ConnectionListener): Server {
    return new Server(options, listener);
  }

  return {
    createServer,
    connect,
    createConnection: connect,
    Socket,
    Server,
    isIP: net.isIP,
    isIPv4: net.isIPv4,
    isIPv6: net.isIPv6,
  };
}
