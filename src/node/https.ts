import * as nodeHttps from 'node:https';
import type * as net from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type { NetContext } from './host';
import { callable, withDefaultAgent, type Http } from './http';
import type { TlsOverStack } from './tls';

export type Https = typeof nodeHttps;

/** What every `https.Agent` has; it is only not in the types. */
const nodeAgent = nodeHttps.Agent.prototype as unknown as {
  createConnection(options: ConnectionOptions): TLSSocket;
};

/** Node's own `https` over the stack: its agents connect, and its servers listen there. */
export function createHttps(context: NetContext, http: Http, over: TlsOverStack): Https {
  class Agent extends nodeHttps.Agent {
    /** Called with options, or in the old way with a port, a host and options. */
    override createConnection(...args: unknown[]): net.Socket {
      const given = args.find((argument) => typeof argument === 'object' && argument !== null);
      const options: ConnectionOptions = { ...given };
      const [port, host] = args;
      if (typeof port === 'number') options.port = port;
      if (typeof host === 'string') options.host = host;
      return over.connect(options, (complete) => nodeAgent.createConnection.call(this, complete));
    }
  }

  const Server = over.deriveServer(nodeHttps.Server, context);

  function request(...args: unknown[]): ReturnType<Https['request']> {
    return new http.ClientRequest(...withDefaultAgent(args, https.globalAgent));
  }

  function get(...args: unknown[]): ReturnType<Https['get']> {
    return request(...args).end();
  }

  const https: Https = {
    ...nodeHttps,
    Agent: callable(Agent),
    Server,
    createServer: ((...args: ConstructorParameters<Https['Server']>) => new Server(...args)) as Https['createServer'],
    request,
    get,
    globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  };
  return https;
}
