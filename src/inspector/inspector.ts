import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Stack } from '../node/stack';
import { inUrl } from '../wire/address';
import { Door, LOOPBACK_HOSTS, newToken } from './door';
import { Live, type LiveOptions } from './live';
import { loadPage } from './page';
import { SERVER_OPTIONS, serveInspector } from './server';

/** From RFC 9293. */
export const DEFAULT_PORT = 9293;
/** So many ports are tried from the default one on. */
const TRIES = 50;

export interface InspectorOptions extends Partial<Omit<LiveOptions, 'stack' | 'ownPort'>> {
  /** Default: the inspector's own page. */
  readonly page?: () => Promise<string>;
  /** Who does not know it sees nothing. Default: 128 random bits. */
  readonly token?: string;
}

/**
 * Shows a stack to pages in browsers. It listens to the stack only while a page is connected, and keeps no process alive.
 *
 *     const inspector = new Inspector(stack, { program: 'mine' });
 *     console.log(await inspector.listen());
 */
export class Inspector {
  readonly token: string;
  readonly live: Live;
  private readonly stack: Stack;
  private readonly page: () => Promise<string>;
  private readonly doors: Door[] = [];
  private readonly servers: Server[] = [];
  private ownPort: number | undefined;

  constructor(
    stack: Stack,
    { page = () => loadPage('inspector'), token = newToken(), ...options }: InspectorOptions = {},
  ) {
    this.stack = stack;
    this.page = page;
    this.token = token;
    const { program = process.argv[1]?.replace(/^.*\//, '') ?? 'node', links = [] } = options;
    this.live = new Live({ ...options, stack, program, links, ownPort: () => this.ownPort });
    this.live.requestsRefused = () => this.doors.reduce((sum, { refused }) => sum + refused, 0);
  }

  /**
   * Serves it on 127.0.0.1 by Node.
   * @param port default: 9293, or the next free one
   * @returns the page's URL
   * @throws Error with a `code` when it cannot listen: EADDRINUSE, …
   */
  async listen(port?: number): Promise<string> {
    const server = this.serve(createServer(SERVER_OPTIONS), LOOPBACK_HOSTS, false);
    const bound = await listenOn(server, port);
    return `http://127.0.0.1:${bound}/?token=${this.token}`;
  }

  /**
   * Serves it by the stack itself, at all of its addresses: whoever reaches those and knows the token sees it.
   * @returns the page's URLs, one for each address
   */
  async listenSelf(port = DEFAULT_PORT): Promise<string[]> {
    const hosts = (): string[] => addressesOf(this.stack).map(inUrl);
    const server = this.serve(this.stack.http.createServer(SERVER_OPTIONS), hosts, true);
    this.ownPort = port;
    server.listen(port);
    await once(server, 'listening');
    server.unref();
    return hosts().map((host) => `http://${host}:${port}/?token=${this.token}`);
  }

  /** Serves it at a Unix socket, which only this user reaches, so without a token. Who makes the directory sees to that. */
  listenPath(path: string): void {
    const server = this.serve(createServer(SERVER_OPTIONS), undefined, false);
    server.listen(path);
    server.unref();
    // What cannot be offered there is just not there.
    server.on('error', () => undefined);
  }

  /** Ends all connections and servers. */
  close(): void {
    this.live.close();
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private serve(
    server: Server,
    hosts: readonly string[] | (() => readonly string[]) | undefined,
    self: boolean,
  ): Server {
    const door = new Door({
      token: hosts === undefined ? undefined : this.token,
      hosts: typeof hosts === 'function' ? hosts : () => hosts ?? [],
    });
    this.doors.push(door);
    this.servers.push(server);
    serveInspector(server, { door, live: this.live, page: this.page, self });
    server.on('connection', (socket) => {
      socket.unref();
    });
    return server;
  }
}

/**
 * Listens on 127.0.0.1, without keeping the process alive.
 * @param port default: 9293, or the next free one
 * @returns the port
 * @throws Error with a `code` when it cannot
 */
export async function listenOn(server: Server, port?: number): Promise<number> {
  const first = port ?? DEFAULT_PORT;
  const last = port ?? DEFAULT_PORT + TRIES - 1;
  for (let each = first; ; each++) {
    server.listen(each, '127.0.0.1');
    try {
      await once(server, 'listening');
      server.unref();
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : each;
    } catch (error) {
      if (each === last || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

function addressesOf(stack: Stack): string[] {
  const wires = stack.ip.interfaces.filter(({ loopback }) => !loopback);
  return wires.flatMap(({ addresses, addresses6 }) =>
    [...addresses, ...addresses6].map(({ cidr }) => cidr.replace(/\/.*/, '')),
  );
}
