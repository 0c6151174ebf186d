import type { IncomingMessage, ServerResponse } from 'node:http';
import { peerOf } from '../addresses';

/** Takes a line, without its line end. */
export type WriteLine = (line: string) => void;

/** Writes a line about a request when it is answered: who asks, for what, the status, the time that it took. */
export function logAccess(request: IncomingMessage, response: ServerResponse, write: WriteLine): void {
  const start = performance.now();
  const who = peerOf(request.socket);
  response.on('close', () => {
    const end = response.writableFinished ? '' : ', cut off';
    const time = (performance.now() - start).toFixed(0);
    write(`${who} ${request.method ?? ''} ${printable(request.url ?? '')} ${response.statusCode} (${time} ms${end})`);
  });
}

/** A text of somebody else's for a terminal: nothing in it moves the cursor, and it is not long. */
export function printable(text: string): string {
  // What comes in an HTTP head is Latin-1.
  const shown = text.replace(/[^ -~]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return shown.length > 200 ? `${shown.slice(0, 200)}...` : shown;
}
