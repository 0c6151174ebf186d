import { createServer, type Server, type Socket } from 'node:net';
import { clear, makeRunDirectory, runDirectory, socketPath } from './directory';

/** What can be asked at the socket, in one line of JSON. */
export type CaptureRequest =
  | { readonly ask: 'links' }
  | {
      readonly ask: 'capture';
      /** Of the one link with this name. Default: of all. */
      readonly link?: string;
      /** Default `true`. */
      readonly comments?: boolean;
      /** Of the comments. Default: as the program was started. */
      readonly lang?: string;
    };

/** The answer to `links`. */
export interface CaptureLinks {
  readonly pid: number;
  /** The process's name for people: `synack serve echo`. */
  readonly program: string;
  readonly links: readonly string[];
}

export interface CaptureOfferOptions {
  readonly program: string;
  /** The names of the links that are there. */
  readonly links: () => readonly string[];
  /**
   * Begins a capture.
   * @param write takes the blocks of a pcapng file
   * @returns ends it
   */
  readonly start: (
    request: Extract<CaptureRequest, { ask: 'capture' }>,
    write: (block: Uint8Array) => void,
  ) => () => void;
  /** How many packets there are in what was to be written. */
  readonly packetsIn: (blocks: Uint8Array) => number;
  /** Told that packets were left out of a capture, since its reader was too slow. */
  readonly warn: (message: string) => void;
  /** Default: see docs/commands.md. */
  readonly directory?: string;
}

/** Captures at a time; others are turned away. */
const MOST_CLIENTS = 8;
/** Bytes that wait for a slow reader; packets beyond them are left out. */
const MOST_WAITING = 64 * 1024 * 1024;
/** A request is shorter, and comes within so many ms. */
const LONGEST_REQUEST = 1024;
const PATIENCE = 2000;

let offers = 0;

/**
 * Offers a Unix socket, for this user alone, at which whoever connects takes a capture of a running stack's links. It costs nothing until
 * somebody does, does not keep the process alive, and is gone when that ends.
 * @returns takes it away, and ends what is being captured
 */
export function offerCapture(options: CaptureOfferOptions): () => void {
  const { directory = runDirectory() } = options;
  const path = socketPath(directory, offers, 'pcap');
  if (path === undefined || makeRunDirectory(directory) !== undefined) return () => undefined;
  offers += 1;
  clear(path);
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('close', () => clients.delete(client));
    serve(client, options);
  });
  server.maxConnections = MOST_CLIENTS;
  server.on('error', () => undefined);
  server.listen(path);
  server.unref();
  return closer(server, path, clients);
}

function serve(client: Socket, options: CaptureOfferOptions): void {
  client.unref();
  client.on('error', () => undefined);
  client.setTimeout(PATIENCE, () => {
    client.destroy();
  });
  let line = '';
  const listen = (chunk: Buffer): void => {
    line += chunk.toString('latin1');
    const end = line.indexOf('\n');
    if (end === -1) {
      if (line.length > LONGEST_REQUEST) client.destroy();
      return;
    }
    client.off('data', listen).resume();
    client.setTimeout(0);
    const request = parse(line.slice(0, end));
    if (request === undefined) client.destroy();
    else if (request.ask === 'links') client.end(JSON.stringify(tell(options)));
    else stream(client, request, options);
  };
  client.on('data', listen);
}

function tell({ program, links }: CaptureOfferOptions): CaptureLinks {
  return { pid: process.pid, program, links: links() };
}

function stream(
  client: Socket,
  request: Extract<CaptureRequest, { ask: 'capture' }>,
  options: CaptureOfferOptions,
): void {
  let leftOut = 0;
  const stop = options.start(request, (blocks) => {
    if (client.writableLength > MOST_WAITING) leftOut += options.packetsIn(blocks);
    else if (client.writable) client.write(blocks);
  });
  client.on('close', () => {
    stop();
    if (leftOut > 0) options.warn(`${leftOut} packets are not in a capture: its reader could not keep up`);
  });
  // The reader has seen enough.
  client.on('end', () => {
    client.destroy();
  });
}

function parse(line: string): CaptureRequest | undefined {
  try {
    const request: unknown = JSON.parse(line);
    return isRequest(request) ? request : undefined;
  } catch {
    return undefined;
  }
}

function isRequest(request: unknown): request is CaptureRequest {
  if (typeof request !== 'object' || request === null || !('ask' in request)) return false;
  if (request.ask === 'links') return true;
  const { link, comments, lang } = request as Record<string, unknown>;
  return (
    request.ask === 'capture' &&
    (link === undefined || typeof link === 'string') &&
    (comments === undefined || typeof comments === 'boolean') &&
    (lang === undefined || typeof lang === 'string')
  );
}

function closer(server: Server, path: string, clients: ReadonlySet<Socket>): () => void {
  const remove = (): void => {
    clear(path);
  };
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    server.close();
    // What is left is written still.
    for (const client of clients) client.end();
    remove();
  };
}
