import { afterEach } from '@jest/globals';
import type * as nodeHttp from 'node:http';
import type { Http } from '../../../src/node/http';
import { listening } from '../faces';

/** What a test of http has; what it makes goes with it. */
export interface HttpSite {
  /** A server on loopback, on a port of its own. */
  readonly serve: (
    listener?: nodeHttp.RequestListener,
    options?: nodeHttp.ServerOptions,
  ) => Promise<{ server: nodeHttp.Server; port: number }>;
  readonly agentOf: (options?: nodeHttp.AgentOptions) => nodeHttp.Agent;
}

/** To be called in a `describe`. */
export function httpSite(http: Http): HttpSite {
  const endings: (() => void)[] = [];
  afterEach(() => {
    for (const ending of endings.splice(0)) ending();
  });
  return {
    serve: async (listener, options = {}) => {
      const server = http.createServer(options, listener);
      const port = await listening(server);
      endings.push(() => {
        server.close();
        server.closeAllConnections();
      });
      return { server, port };
    },
    agentOf: (options) => {
      const agent = new http.Agent(options);
      endings.push(() => {
        agent.destroy();
      });
      return agent;
    },
  };
}
