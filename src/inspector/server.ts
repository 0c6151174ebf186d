import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { HEADERS, plain, sendPage } from './answers';
import { pathOf, type Door, type Refusal } from './door';
import type { Live } from './live';

/** The longest message of a page, bytes. */
const LONGEST = 64 * 1024;
/** The longest request line and headers, bytes, and what is sent along. */
export const SERVER_OPTIONS = {
  maxHeaderSize: 8192,
  requestTimeout: 10_000,
  headersTimeout: 10_000,
  // Node looks for those that are too slow every half minute by itself: so long they would keep others out.
  connectionsCheckingInterval: 2000,
} as const;
/** TCP connections at a time, of one server. */
const MOST_CONNECTIONS = 64;

export interface FrontOptions {
  readonly door: Door;
  readonly live: Live;
  /** The page's HTML, made when it is asked for. */
  readonly page: () => Promise<string>;
  /** It is served over the very stack that it shows. */
  readonly self: boolean;
}

/** Serves the page and its WebSocket on an HTTP server: Node's, or the stack's own. Nothing that a client does throws out of it. */
export function serveInspector(server: Server, { door, live, page, self }: FrontOptions): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST, perMessageDeflate: false });
  server.maxConnections = MOST_CONNECTIONS;
  const listener: RequestListener = (request, response) => {
    const refusal = door.check(request);
    if (refusal !== undefined) plain(response, refusal.status, refusal.reason);
    else if (pathOf(request) === '/about') tellAbout(response, live);
    else void servePage(request, response, page);
  };
  server.on('request', listener);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const refusal = door.check(request) ?? (pathOf(request) === '/live' ? undefined : NOT_HERE);
    if (refusal !== undefined) refuse(socket, refusal);
    else if (live.isFull) {
      live.clientsRefused += 1;
      refuse(socket, { status: 503, reason: `${live.maxClients} pages are open already: close one` });
    } else {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        live.add(webSocket, self);
      });
    }
  });
  server.on('clientError', (_error: Error, socket: Duplex) => {
    socket.destroy();
  });
}

function tellAbout(response: ServerResponse, live: Live): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'application/json' });
  response.end(JSON.stringify(live.about()));
}

interface Answer {
  readonly status: number;
  readonly reason: string;
}
const NOT_HERE: Answer = { status: 404, reason: 'there is nothing here; the page is at /, its WebSocket at /live' };

async function servePage(
  request: IncomingMessage,
  response: ServerResponse,
  page: () => Promise<string>,
): Promise<void> {
  if (pathOf(request) !== '/') {
    plain(response, NOT_HERE.status, NOT_HERE.reason);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    plain(response, 405, 'the page can be read, and that is all');
    return;
  }
  try {
    sendPage(response, await page(), request.headers.host);
  } catch (error) {
    plain(response, 500, error instanceof Error ? error.message : String(error));
  }
}

/** {@link plain} to who wants a WebSocket. */
export function refuse(socket: Duplex, { status, reason }: Answer | Refusal): void {
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
