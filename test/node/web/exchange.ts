import { once } from 'node:events';
import type * as http from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What came back for a request. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly response: http.IncomingMessage;
}

/** Waits for the answer to a request that is ended or will be, and reads all of it. */
export async function answerTo(request: http.ClientRequest): Promise<Answer> {
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const body = await textOf(response);
  return { status: response.statusCode, headers: response.headers, body, response };
}

/** All that comes until the end, as text. Unlike `for await`, it destroys nothing. */
export async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks).toString();
}

/** Node's types forget the name that was asked for. */
type TlsSocket = TLSSocket & { readonly servername: string | false | null };

/** The TLS socket below a request or an answer. */
export function tlsOf({ socket }: { readonly socket: Socket }): TlsSocket {
  if (!(socket instanceof TLSSocket)) throw new Error('it is not over TLS');
  return socket;
}
