import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { WebSocketServer } from 'ws';
import { SystemClock } from '../clock/system-clock';
import { Relay, type RelayOptions } from './relay';
import type { TunnelLink, TunnelOptions } from './tunnel';
import { UdpPeers, type UdpPeersOptions } from './tunnel-udp-peers';
import { WebSocketTunnelLink } from './tunnel-websocket';

export interface RelayServerOptions extends TunnelOptions, Omit<RelayOptions, 'clock' | 'medium'> {
  /** Takes WebSockets here. */
  readonly webSocket?: {
    /** 0: one that is free. */
    readonly port: number;
    /** Default: any address. */
    readonly host?: string;
    /** Default: any. */
    readonly path?: string;
    /** Who may join; others get 401. Default: everybody who can connect. */
    readonly admit?: (request: IncomingMessage) => boolean;
  };
  /** Takes datagrams here. */
  readonly udp?: Pick<UdpPeersOptions, 'local' | 'key' | 'peers' | 'idle'>;
}

/**
 * A place where tunnels meet: all that connect to it, by WebSocket or by UDP, are on one Ethernet (or one network of IP packets). Other
 * links can join it, too: `server.relay.add(TapLink.open('tap0'))`.
 */
export class RelayServer {
  /** WebSockets that were turned away, as there were as many links as may be. */
  turnedAway = 0;
  readonly #removers = new Map<TunnelLink, () => void>();

  private constructor(
    readonly relay: Relay,
    private readonly webSockets: WebSocketServer | undefined,
    private readonly udp: UdpPeers | undefined,
    options: RelayServerOptions,
  ) {
    webSockets?.on('connection', (socket) => {
      const link = WebSocketTunnelLink.over(socket, options);
      if (!this.#join(link)) socket.close(1013, 'the relay has no room');
      link.onConnection = () => {
        this.#leave(link);
      };
    });
    if (udp === undefined) return;
    udp.onLink = (link) => this.#join(link);
    udp.onGone = (link) => {
      this.#leave(link);
    };
  }

  /** @throws the system's error (as its rejection) when a port cannot be had; RangeError for an option */
  static async listen(options: RelayServerOptions): Promise<RelayServer> {
    const relay = new Relay({ ...options, clock: new SystemClock() });
    const { webSocket, udp } = options;
    const peers = udp === undefined ? undefined : await UdpPeers.listen({ ...options, ...udp });
    if (webSocket === undefined) return new RelayServer(relay, undefined, peers, options);
    const { admit = () => true, ...where } = webSocket;
    const server = new WebSocketServer({
      ...where,
      perMessageDeflate: false,
      maxPayload: 65_536,
      verifyClient: ({ req }: { readonly req: IncomingMessage }) => admit(req),
    });
    try {
      await once(server, 'listening');
    } catch (error) {
      await peers?.close();
      throw error;
    }
    return new RelayServer(relay, server, peers, options);
  }

  /** The port of WebSockets; `undefined` without them. */
  get port(): number | undefined {
    return (this.webSockets?.address() as AddressInfo | undefined)?.port;
  }

  /** The port of datagrams; `undefined` without them. */
  get udpPort(): number | undefined {
    return this.udp?.local.port;
  }

  async close(): Promise<void> {
    for (const link of this.#removers.keys()) this.#leave(link);
    for (const socket of this.webSockets?.clients ?? []) socket.terminate();
    await this.udp?.close();
    const server = this.webSockets;
    if (server !== undefined) {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    }
  }

  #join(link: TunnelLink): boolean {
    try {
      this.#removers.set(link, this.relay.add(link));
      return true;
    } catch {
      this.turnedAway++;
      return false;
    }
  }

  #leave(link: TunnelLink): void {
    this.#removers.get(link)?.();
    this.#removers.delete(link);
    void link.close();
  }
}
