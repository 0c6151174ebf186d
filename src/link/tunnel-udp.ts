import { lookup } from 'node:dns/promises';
import * as nodeDgram from 'node:dgram';
import { LinkError } from './errors';
import { DEFAULT_SEND_BUFFER, requireWhole, TunnelLink, type Fate, type TunnelOptions } from './tunnel';
import { TunnelKey } from './tunnel-key';

/** Where datagrams go to or come from. */
export interface UdpEnd {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
}

/** What a tunnel needs of `node:dgram`, or of a stack's own `dgram`. */
export interface DatagramModule {
  createSocket(options: { type: 'udp4' | 'udp6' }): DatagramSocket;
}

export interface DatagramSocket {
  bind(port: number, address: string | undefined, listening: () => void): unknown;
  connect(port: number, address: string, connected: (error?: Error) => void): void;
  send(bytes: Uint8Array, sent: (error: Error | null) => void): void;
  on(event: 'message', listener: (message: Uint8Array, from: { address: string; port: number }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  address(): { address: string; port: number };
  close(closed: () => void): unknown;
  ref(): unknown;
  unref(): unknown;
}

export interface UdpTunnelOptions extends TunnelOptions {
  /** The other end. Without it the first to send a datagram (with `key`: a good one) is the other end from then on. */
  readonly peer?: UdpEnd;
  /** Takes the first who sends for the other end; has to be asked for, as it may be anybody. Default `false`. */
  readonly learn?: boolean;
  /** Where to listen. Default: any address, and a port that is free. */
  readonly local?: { readonly address?: string; readonly port?: number };
  /** Both ends have it: messages without it are dropped. They are not encrypted, and can be sent once more by whoever sees them. */
  readonly key?: string | Uint8Array;
  /** Milliseconds between empty datagrams that keep firewalls on the way open; 0: none. Default 15,000. */
  readonly keepAlive?: number;
  /** Default `node:dgram`. */
  readonly dgram?: DatagramModule;
}

/**
 * A cable through UDP: each datagram is a frame, and nothing else is in it (but 16 bytes behind it with `key`), as in QEMU's
 * `-netdev dgram` and socat's `UDP:… TUN:…`. Open, it keeps the process alive, unless `unref` is called.
 */
export class UdpTunnelLink extends TunnelLink {
  /** Where it listens. */
  readonly local: Readonly<{ address: string; port: number }>;
  /** The latest that went wrong with a datagram, such as ECONNREFUSED while nobody is at the other end. */
  lastError: Error | undefined;

  readonly #socket: DatagramSocket;
  readonly #key: TunnelKey | undefined;
  readonly #sendBuffer: number;
  readonly #keepAlive: NodeJS.Timeout | undefined;
  #peer: { readonly address: string; readonly port: number } | undefined;
  #isConnected: boolean;
  #pending = 0;

  private constructor(
    socket: DatagramSocket,
    peer: { address: string; port: number } | undefined,
    options: UdpTunnelOptions,
  ) {
    const local = socket.address();
    super(options.name ?? `udp:${local.port}`, options);
    const { key, keepAlive = 15_000, sendBuffer = DEFAULT_SEND_BUFFER } = options;
    this.local = local;
    this.#socket = socket;
    this.#key = key === undefined ? undefined : new TunnelKey(key);
    this.#sendBuffer = sendBuffer;
    this.#peer = peer;
    this.#isConnected = peer !== undefined;
    socket.on('message', (message, from) => {
      this.#receive(message, from);
    });
    socket.on('error', (error) => (this.lastError = error));
    const hello = (): void => {
      this.transmit(new Uint8Array(0));
    };
    // The other end may wait to learn who we are.
    hello();
    if (keepAlive > 0) this.#keepAlive = setInterval(hello, keepAlive).unref();
  }

  /** @throws LinkError (as its rejection) that says what is wrong: `EINVAL`, `EADDRINUSE`, `ENOTFOUND`, `EACCES`, … */
  static async open(options: UdpTunnelOptions): Promise<UdpTunnelLink> {
    const { peer, learn = false, local = {}, keepAlive = 0 } = options;
    const what = `UDP tunnel ${peer === undefined ? `at port ${local.port ?? 0}` : `to ${peer.host}:${peer.port}`}`;
    if ((peer === undefined) !== learn) {
      throw cannotOpen(what, 'EINVAL', 'it has either a peer, or learn: true to take the first who sends for it');
    }
    try {
      requireWhole('port', local.port ?? 0, 0, 65_535);
      if (peer !== undefined) requireWhole("the peer's port", peer.port, 1, 65_535);
      requireWhole('keepAlive', keepAlive, 0);
      const found = peer === undefined ? undefined : await resolve(peer);
      const type = (found?.address ?? local.address ?? '').includes(':') ? 'udp6' : 'udp4';
      const socket = await listen((options.dgram ?? nodeDgram).createSocket({ type }), local, found);
      try {
        return new UdpTunnelLink(socket, found, options);
      } catch (error) {
        socket.close(() => undefined);
        throw error;
      }
    } catch (error) {
      throw explain(what, error);
    }
  }

  /** The other end; `undefined` while it is to be learned. */
  get peer(): { readonly address: string; readonly port: number } | undefined {
    return this.#peer;
  }

  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }

  override async close(): Promise<void> {
    if (this.isClosed) return;
    await super.close();
    clearInterval(this.#keepAlive);
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  protected override transmit(bytes: Uint8Array): Fate {
    if (!this.#isConnected) return 'lost';
    const message = this.#key?.seal(bytes) ?? bytes;
    if (this.#pending > 0 && this.#pending + message.length > this.#sendBuffer) return 'full';
    this.#pending += message.length;
    this.#socket.send(message, (error) => {
      this.#pending -= message.length;
      if (error !== null) this.lastError = error;
      if (this.#pending <= this.#sendBuffer / 2) this.hasRoom();
    });
    return 'sent';
  }

  #receive(message: Uint8Array, from: { readonly address: string; readonly port: number }): void {
    const bytes = this.#key === undefined ? message : this.#key.open(message);
    if (bytes === undefined || (bytes.length > 0 && !this.isFrame(bytes))) {
      this.count.malformed++;
      return;
    }
    if (this.#peer === undefined) this.#learn(from);
    // Until the kernel knows the peer it lets others in.
    const { address, port } = this.#peer ?? from;
    if (from.port === port && from.address === address) this.take(bytes);
    else this.count.malformed++;
  }

  #learn(from: { readonly address: string; readonly port: number }): void {
    this.#peer = { address: from.address, port: from.port };
    this.#socket.connect(from.port, from.address, (error) => {
      this.#isConnected = error === undefined;
      if (error === undefined) return;
      this.lastError = error;
      this.#peer = undefined;
    });
  }
}

async function resolve({ host, port }: UdpEnd): Promise<{ address: string; port: number }> {
  const { address } = await lookup(host);
  return { address, port };
}

function listen(
  socket: DatagramSocket,
  local: { readonly address?: string; readonly port?: number },
  peer: { readonly address: string; readonly port: number } | undefined,
): Promise<DatagramSocket> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.bind(local.port ?? 0, local.address, () => {
      if (peer === undefined) resolve(socket);
      else {
        socket.connect(peer.port, peer.address, (error) => {
          if (error === undefined) resolve(socket);
          else reject(error);
        });
      }
    });
  });
}

function cannotOpen(what: string, code: string, reason: string, options?: ErrorOptions): LinkError {
  return new LinkError(code, `cannot open ${what}: ${reason}`, options);
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has the port; choose another local port',
  EADDRNOTAVAIL: 'the local address is not one of this machine; ip address shows those',
  EACCES: 'ports below 1024 are for root',
  ENOTFOUND: 'nobody knows that name',
  EAI_AGAIN: 'no name server answers; give an address',
};

function explain(what: string, cause: unknown): LinkError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof RangeError || cause instanceof TypeError) return cannotOpen(what, 'EINVAL', message, { cause });
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO';
  return cannotOpen(what, code, REASONS[code] ?? message, { cause });
}
