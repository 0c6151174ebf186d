import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';

/** Answers with a status and a line of text. */
export function plain(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders = {}): void {
  const body = `${status} ${STATUS_CODES[status] ?? ''}\n${text}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
