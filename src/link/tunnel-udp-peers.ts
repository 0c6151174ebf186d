import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { DEFAULT_SEND_BUFFER, requireWhole, TunnelLink, type Fate, type TunnelOptions } from './tunnel';
import { TunnelKey } from './tunnel-key';

export interface UdpPeersOptions extends TunnelOptions {
  /** Where to listen. Default: any address of IPv4's, and a port that is free. */
  readonly local?: { readonly address?: string; readonly port?: number };
  /** Peers have it, too: datagrams without it are dropped. Nothing is encrypted. Without it whoever can send is a peer. */
  readonly key?: string | Uint8Array;
  /** Peers that may be there at a time. Default 64. */
  readonly peers?: number;
  /** Milliseconds after which a peer that says nothing is forgotten. Default 60,000. */
  readonly idle?: number;
}

/** One UDP port for many tunnels: each address and port that datagrams come from is a link of its own. */
export class UdpPeers {
  /** Called with each new link, in time for it to receive what made it one. */
  onLink: (link: TunnelLink) => void = () => undefined;
  /** A link is closed, since its peer said nothing for too long. */
  onGone: (link: TunnelLink) => void = () => undefined;
  /** Datagrams of new peers when there were as many as may be, and datagrams without the key. */
  readonly counters: Readonly<{ refused: number; malformed: number }>;
  readonly local: Readonly<{ address: string; port: number }>;

  readonly #counters = { refused: 0, malformed: 0 };
  readonly #socket: Socket;
  readonly #options: UdpPeersOptions;
  readonly #key: TunnelKey | undefined;
  readonly #peers = new Map<string, UdpPeerLink>();
  readonly #most: number;
  readonly #idle: number;
  readonly #sweep: NodeJS.Timeout;

  private constructor(socket: Socket, options: UdpPeersOptions) {
    const { key, peers = 64, idle = 60_000 } = options;
    requireWhole('peers', peers, 1);
    requireWhole('idle', idle, 1);
    this.#socket = socket;
    this.#options = options;
    this.#most = peers;
    this.#idle = idle;
    this.#key = key === undefined ? undefined : new TunnelKey(key);
    this.counters = this.#counters;
    this.local = socket.address();
    socket.on('message', (message, { address, port }) => {
      this.#receive(message, address, port);
    });
    // A peer that is gone shows as an error of the socket; the others are still there.
    socket.on('error', () => undefined);
    this.#sweep = setInterval(() => {
      this.#forget();
    }, idle / 4).unref();
  }

  /** @throws the error of `node:dgram` (as its rejection) when the port cannot be had; RangeError for an option */
  static async listen(options: UdpPeersOptions = {}): Promise<UdpPeers> {
    const { address, port = 0 } = options.local ?? {};
    const socket = createSocket(address?.includes(':') === true ? 'udp6' : 'udp4');
    socket.bind(port, address);
    await once(socket, 'listening');
    try {
      return new UdpPeers(socket, options);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  get size(): number {
    return this.#peers.size;
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#peers.values()].map((link) => link.close()));
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }

  #receive(message: Uint8Array, address: string, port: number): void {
    const bytes = this.#key === undefined ? message : this.#key.open(message);
    if (bytes === undefined) {
      this.#counters.malformed++;
      return;
    }
    const name = `${address} ${port}`;
    let peer = this.#peers.get(name);
    if (peer === undefined) {
      if (this.#peers.size >= this.#most) {
        this.#counters.refused++;
        return;
      }
      peer = new UdpPeerLink(this.#socket, address, port, this.#key, this.#options);
      this.#peers.set(name, peer);
      this.onLink(peer);
    }
    peer.hear(bytes);
  }

  #forget(): void {
    const before = Date.now() - this.#idle;
    for (const [name, link] of this.#peers) {
      if (link.heard > before) continue;
      this.#peers.delete(name);
      void link.close();
      this.onGone(link);
    }
  }
}

class UdpPeerLink extends TunnelLink {
  /** When its peer last said something, ms. */
  heard = Date.now();
  readonly #sendBuffer: number;
  #pending = 0;

  constructor(
    private readonly socket: Socket,
    private readonly address: string,
    private readonly port: number,
    private readonly key: TunnelKey | undefined,
    options: TunnelOptions,
  ) {
    super(`udp:${address}:${port}`, options);
    this.#sendBuffer = options.sendBuffer ?? DEFAULT_SEND_BUFFER;
  }

  hear(bytes: Uint8Array): void {
    this.heard = Date.now();
    this.take(bytes);
  }

  protected override transmit(bytes: Uint8Array): Fate {
    const message = this.key?.seal(bytes) ?? bytes;
    if (this.#pending > 0 && this.#pending + message.length > this.#sendBuffer) return 'full';
    this.#pending += message.length;
    this.socket.send(message, this.port, this.address, () => {
      this.#pending -= message.length;
      if (this.#pending <= this.#sendBuffer / 2) this.hasRoom();
    });
    return 'sent';
  }
}
