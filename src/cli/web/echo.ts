import type { IncomingMessage, Server } from 'node:http';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { peerOf } from '../addresses';
import { printable, type WriteLine } from './access-log';

/** Bytes that wait for a client that does not read; it is not heard further until half of them are gone. */
const MOST_WAITING = 1024 * 1024;
/** The longest message, bytes. */
const LONGEST = 64 * 1024 * 1024;
/** The status with which a server that ends closes (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;

/** A WebSocket server that sends back each message as it was. */
export class WebSocketEcho {
  private readonly server: WebSocketServer;

  /**
   * @param http where the clients ask for a WebSocket, at any path
   * @param write takes a line when a WebSocket opens, and when it closes
   */
  constructor(http: Server, write: WriteLine) {
    // Without compression, so that who watches can read what is said.
    this.server = new WebSocketServer({ server: http, maxPayload: LONGEST, perMessageDeflate: false });
    // It is the http server that tells of it.
    this.server.on('error', () => undefined);
    this.server.on('connection', (socket, request) => {
      echo(socket, request, write);
    });
  }

  /** Begins the close handshake with every client. */
  close(): void {
    for (const client of this.server.clients) client.close(GOING_AWAY, 'the server ends');
  }

  /** Ends what has not ended by itself. */
  terminate(): void {
    for (const client of this.server.clients) client.terminate();
  }
}

function echo(socket: WebSocket, request: IncomingMessage, write: WriteLine): void {
  const who = peerOf(request.socket);
  let messages = 0;
  let why = '';
  write(`${who} ${printable(request.url ?? '')} WebSocket open`);
  const sent = (): void => {
    if (socket.isPaused && socket.bufferedAmount <= MOST_WAITING / 2) socket.resume();
  };
  socket.on('message', (data: RawData, isBinary: boolean) => {
    messages += 1;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(data, { binary: isBinary }, sent);
    if (socket.bufferedAmount > MOST_WAITING) socket.pause();
  });
  socket.on('error', (error) => (why = `, ${error.message}`));
  socket.on('close', (code) => {
    write(`${who} WebSocket closed: ${code}, ${messages} ${messages === 1 ? 'message' : 'messages'}${why}`);
  });
}
