import * as nodeHttp from 'node:http';
import type * as net from 'node:net';
import { deriveServer } from './derive-server';
import type { NetContext } from './host';
import type { SocketClass } from './listening';
import type { Net } from './net';

export type Http = typeof nodeHttp;

type ConnectionCallback = (error: Error | null, socket: net.Socket) => void;

/**
 * Node's own `http`, whose servers listen and whose agents connect over the stack.
 * @param context the stack, as its `net` knows it
 */
export function createHttp(context: NetContext, netModule: Net): Http {
  class Agent extends nodeHttp.Agent {
    /** @throws as `net.connect` does */
    override createConnection(options: nodeHttp.ClientRequestArgs, callback?: ConnectionCallback): net.Socket {
      return netModule.createConnection(options as net.NetConnectOpts, callback as (() => void) | undefined);
    }
  }

  class ClientRequest extends nodeHttp.ClientRequest {
    constructor(...args: unknown[]) {
      super(...withDefaultAgent(args, http.globalAgent));
    }
  }

  const Server = deriveServer(nodeHttp.Server, context, netModule.Socket as unknown as SocketClass);

  function request(...args: unknown[]): nodeHttp.ClientRequest {
    return new ClientRequest(...args);
  }

  function get(...args: unknown[]): nodeHttp.ClientRequest {
    return request(...args).end();
  }

  function createServer(...args: [nodeHttp.ServerOptions, nodeHttp.RequestListener?]): nodeHttp.Server {
    return new Server(...args);
  }

  const http: Http = {
    ...nodeHttp,
    Agent: callable(Agent),
    ClientRequest: ClientRequest,
    Server,
    createServer: createServer as Http['createServer'],
    request,
    get,
    globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  };
  return http;
}

/**
 * A class that can also be called as a function, with or without an object to work on, as Node's agents can.
 */
export function callable<Class extends new (...args: never[]) => object>(made: Class): Class {
  return new Proxy(made, {
    apply(target, self: unknown, args: unknown[]): object {
      if (!(self instanceof target)) return Reflect.construct(target, args) as object;
      // Node's class below it is a function.
      Reflect.apply(Object.getPrototypeOf(target) as (...args: unknown[]) => void, self, args);
      return self;
    },
  });
}

/** Node takes three at most, of which its types know the first and the last. */
type RequestArguments = ConstructorParameters<typeof nodeHttp.ClientRequest>;

/** The arguments of a request, `(url, options?, callback?)` or `(options, callback?)`, with the agent that it has by default. */
export function withDefaultAgent(args: readonly unknown[], agent: nodeHttp.Agent): RequestArguments {
  const [first, second, third] = args;
  const isUrl = typeof first === 'string' || isUrlLike(first);
  const [options, callback] = !isUrl ? [first, second] : typeof second === 'function' ? [{}, second] : [second, third];
  const complete = { _defaultAgent: agent, ...(options as object | undefined) };
  return (isUrl ? [first, complete, callback] : [complete, callback]) as unknown as RequestArguments;
}

/** As Node tells a URL, also one of another realm, from an object of options. */
function isUrlLike(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { href, protocol, auth, path } = value as Record<string, unknown>;
  return Boolean(href && protocol && auth === undefined && path === undefined);
}
