import { createServer, type Server, type Socket } from 'node:net';
import type { Stack } from '../stack';
import { clear, makeRunDirectory, runDirectory, socketPath } from './directory';
import { report } from './report';

export interface OfferOptions {
  /** What the process is called in the lists. Default: the program's file name. */
  readonly program?: string;
  /** Default: see docs/commands.md. */
  readonly directory?: string;
  /** The most sockets in one report; others are counted. Default 10,000. */
  readonly limit?: number;
  /** Told when the socket cannot be made. Default: nobody is. */
  readonly onError?: (reason: string) => void;
}

/** A socket at which a stack tells of itself. */
export interface Offer {
  /** Where it is; `undefined` when it could not be made. */
  readonly path: string | undefined;
  /** Takes it away. */
  close(): void;
}

/** Clients at a time; others are turned away. */
const MOST_CLIENTS = 8;
/** ms in which a client has to take its report. */
const PATIENCE = 2000;

let offers = 0;

/**
 * Offers a Unix socket, for this user alone, at which `synack ss` and `synack arp` read what the stack has. Whoever connects gets one
 * `StackReport` as JSON; nothing that is sent there is read. It does not keep the process alive, and is gone when that ends.
 */
export function offerStatus(stack: Stack, options: OfferOptions = {}): Offer {
  const { directory = runDirectory(), limit = 10_000, onError = () => undefined } = options;
  const program = options.program ?? nameOfProgram();
  const path = socketPath(directory, offers);
  const reason = path === undefined ? `${directory} has too long a name` : makeRunDirectory(directory);
  if (path === undefined || reason !== undefined) {
    onError(`cannot offer this stack's status: ${reason ?? directory}`);
    return { path: undefined, close: () => undefined };
  }
  offers += 1;
  // A process that had our number before may have left it.
  clear(path);
  const server = createServer((client) => {
    answer(client, () => JSON.stringify(report(stack, { program, limit })));
  });
  server.maxConnections = MOST_CLIENTS;
  server.on('error', (error) => {
    onError(`cannot offer this stack's status: ${error.message}`);
  });
  server.listen(path);
  server.unref();
  return { path, close: closer(server, path) };
}

function answer(client: Socket, text: () => string): void {
  client.unref();
  client.on('error', () => undefined).resume();
  client.setTimeout(PATIENCE, () => {
    client.destroy();
  });
  client.end(text());
}

function closer(server: Server, path: string): () => void {
  const remove = (): void => {
    clear(path);
  };
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    server.close();
    remove();
  };
}

function nameOfProgram(): string {
  return process.argv[1]?.replace(/^.*\//, '') ?? 'node';
}
