import { request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { plain } from './answers';
import type { Door } from './door';
import { refuse } from './server';

/** ms that the other process has for a page; in a checkout it may have to build it. */
const PATIENCE = 30_000;
const GONE = { status: 502, reason: 'the program that you look at has ended, or does not answer' } as const;

/**
 * Passes on what comes to an HTTP server to the inspector at a Unix socket. The door is here: at the socket there is none, since only this
 * user reaches it.
 */
export function passOn(server: Server, path: string, door: Door): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = door.check(request);
    if (refusal !== undefined) {
      plain(response, refusal.status, refusal.reason);
      return;
    }
    const { method, url, headers } = request;
    const asked = ask({ socketPath: path, method, path: url, headers, timeout: PATIENCE }, (answer) => {
      response.writeHead(answer.statusCode ?? GONE.status, answer.headers);
      answer.pipe(response);
    });
    asked.on('timeout', () => {
      asked.destroy();
    });
    asked.on('error', () => {
      if (response.headersSent) response.destroy();
      else plain(response, GONE.status, GONE.reason);
    });
    // What a page is asked for with has no body.
    asked.end();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    const refusal = door.check(request);
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    const there = connect(path);
    let isThere = false;
    there.on('connect', () => {
      isThere = true;
      there.write(headOf(request));
      there.write(head);
      there.pipe(socket).pipe(there);
    });
    there.on('error', () => {
      if (isThere) socket.destroy();
      else refuse(socket, GONE);
    });
    there.on('close', () => {
      if (isThere) socket.destroy();
    });
    socket.on('close', () => {
      there.destroy();
    });
  });
  server.on('clientError', (_error: Error, socket: Duplex) => {
    socket.destroy();
  });
}

/** The request as it came. */
function headOf({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i] ?? ''}: ${rawHeaders[i + 1] ?? ''}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
