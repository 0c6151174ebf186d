import type * as dgram from 'node:dgram';
import type * as http from 'node:http';
import type * as net from 'node:net';
import { WebSocketServer } from 'ws';
import { IDLE_PORTS, PORTS } from './addresses';

/** The modules that the servers use: Node's own, or a stack's. */
export interface Modules {
  readonly net: Pick<typeof net, 'createServer'>;
  readonly http: Pick<typeof http, 'createServer'>;
  /** Datagrams come back where there is this. */
  readonly dgram?: Pick<typeof dgram, 'createSocket'>;
}

/** What the servers have seen. */
export interface Counts {
  sunk: number;
  idle: number;
}

/** What one write hands over. Node's `net` is not faster with more. */
const CHUNK = Buffer.alloc(256 * 1024);
const ANSWER = 'Hello, World!\n';

/**
 * Starts the servers of all rows, the same for both kinds of modules. Resolves when they listen.
 * @param host where: `::` is IPv4's addresses, too
 */
export async function serve(
  { net: { createServer }, http, dgram }: Modules,
  counts: Counts,
  host: '0.0.0.0' | '::' = '0.0.0.0',
): Promise<void> {
  const sink = createServer((socket) => {
    socket.on('data', (data) => {
      counts.sunk += data.length;
    });
    socket.on('error', ignore);
  });

  const source = createServer((socket) => {
    const write = (): void => {
      while (socket.write(CHUNK));
    };
    socket.on('drain', write);
    // The client ends it with a reset, in the middle of it all.
    socket.on('error', ignore);
    socket.resume();
    write();
  });

  const echo = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (data) => {
      socket.write(data);
    });
    socket.on('error', ignore);
  });

  const close = createServer((socket) => {
    // It ends by itself when the client has.
    socket.resume();
    socket.on('error', ignore);
  });

  const web = http.createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end(ANSWER);
  });
  web.keepAliveTimeout = 60_000;

  const websocket = http.createServer();
  new WebSocketServer({ server: websocket }).on('connection', (client) => {
    client.on('message', (message, isBinary) => {
      client.send(message, { binary: isBinary });
    });
    client.on('error', ignore);
  });

  const idle = Array.from({ length: IDLE_PORTS }, () =>
    createServer((socket) => {
      counts.idle++;
      socket.on('error', ignore);
      socket.on('close', () => counts.idle--);
    }),
  );

  const listen = (server: net.Server, port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen({ port, host, backlog: 4096 }, resolve);
    });

  await Promise.all([
    listen(sink, PORTS.sink),
    listen(source, PORTS.source),
    listen(echo, PORTS.echo),
    listen(close, PORTS.close),
    listen(web, PORTS.http),
    listen(websocket, PORTS.websocket),
    ...idle.map((server, index) => listen(server, PORTS.idle + index)),
    ...(dgram === undefined ? [] : [returnDatagrams(dgram.createSocket(host === '::' ? 'udp6' : 'udp4'), host)]),
  ]);
}

function returnDatagrams(socket: dgram.Socket, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (message, { address, port }) => {
      // One that has no room on its way is lost, as datagrams are.
      socket.send(message, port, address, ignore);
    });
    socket.bind(PORTS.datagrams, host, resolve);
  });
}

/** A client may go as it likes; what did not arrive, the harness sees. */
function ignore(): void {
  return;
}
