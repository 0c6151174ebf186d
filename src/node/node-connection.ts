import * as net from 'node:net';
import type { ErrorCode } from '../tcp/errors';
import type { State } from '../tcp/states';
import type { Connection, ConnectionUser, Endpoint } from '../tcp/user';

/** What a socket uses of a connection. Only one of TCP has addresses. */
export interface SocketConnection
  extends
    Pick<
      Connection,
      'state' | 'readable' | 'error' | 'user' | 'send' | 'receive' | 'shutdown' | 'close' | 'abort' | 'set'
    >,
    Partial<Pick<Connection, 'status'>> {
  readonly local: Endpoint | undefined;
  readonly remote: Endpoint | undefined;
}

/**
 * A socket of Node's own as a connection, for what is no TCP over IP: Unix domain sockets, pipes, file descriptors. The program works,
 * and nothing of it passes the stack.
 */
export class NodeConnection implements SocketConnection {
  user: ConnectionUser | undefined;
  readonly local = undefined;
  readonly remote = undefined;
  error: ErrorCode | undefined;
  readonly #socket: net.Socket;
  #opened: boolean;
  #ended = false;
  #closed = false;

  /**
   * @param socket half-open is allowed, and nobody else reads it
   * @param refused told why it could not connect
   */
  constructor(socket: net.Socket, refused: (error: Error) => void) {
    this.#socket = socket;
    this.#opened = !socket.connecting;
    // What holds the process is the socket above.
    socket.unref();
    const changed = (): void => this.user?.connectionChanged(false);
    socket.on('connect', () => {
      this.#opened = true;
      this.user?.connectionChanged(true);
    });
    socket.on('readable', () => {
      // Nothing to read is the end, which comes only to who asks.
      if (socket.readableLength === 0) socket.read();
      else changed();
    });
    socket.on('drain', changed);
    socket.on('end', () => {
      this.#ended = true;
      changed();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.state === 'SYN-SENT') refused(error);
      this.error = error.code === 'EPIPE' ? 'EPIPE' : 'ECONNRESET';
    });
    socket.on('close', () => {
      this.#closed = true;
      changed();
    });
  }

  /** The connection to a Unix domain socket. */
  static toPath(path: string, refused: (error: Error) => void): NodeConnection {
    return new NodeConnection(net.connect({ path, allowHalfOpen: true }), refused);
  }

  get state(): State {
    if (this.#closed) return 'CLOSED';
    if (!this.#opened) return 'SYN-SENT';
    return this.#socket.writableEnded || this.#socket.destroyed ? 'FIN-WAIT-1' : 'ESTABLISHED';
  }

  get readable(): boolean {
    return this.#socket.readableLength > 0 || this.#ended || this.error !== undefined;
  }

  send(data: Uint8Array): number | 'EAGAIN' | ErrorCode {
    if (this.error !== undefined) return this.error;
    if (this.#socket.writableNeedDrain) return 'EAGAIN';
    this.#socket.write(data);
    return data.length;
  }

  receive(max = Infinity): Uint8Array | 'EAGAIN' | 'EOF' | ErrorCode {
    const { readableLength } = this.#socket;
    if (readableLength > 0) return this.#socket.read(Math.min(max, readableLength)) as Buffer;
    if (this.error !== undefined) return this.error;
    return this.#ended ? 'EOF' : 'EAGAIN';
  }

  shutdown(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroySoon();
  }

  abort(): void {
    this.#socket.destroy();
  }

  set(): void {
    // All that can be set is TCP's.
  }
}
