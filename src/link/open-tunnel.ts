import { readFileSync } from 'node:fs';
import { WebSocket, type ClientOptions } from 'ws';
import { LinkError } from './errors';
import type { Link } from './link';
import { parseUdpTarget, requireSwitch, wrongLink, type LinkNotation } from './notation';
import type { TunnelOptions } from './tunnel';
import { UdpTunnelLink } from './tunnel-udp';
import { WebSocketTunnelLink, type TunnelSocket } from './tunnel-websocket';

/** What both kinds of tunnels are told, and `keepAlive` in ms. */
export type TunnelSettings = Pick<TunnelOptions, 'medium' | 'mtu' | 'sendBuffer'> & { readonly keepAlive?: number };

/** A tunnel that can lose its other end, and tells of it. */
interface TunnelDevice extends Link {
  onError?: (error: LinkError) => void;
  unref?(): unknown;
}

/** `udp:PORT:HOST:PORT`, or with `learn` `udp:PORT`. */
export async function openUdp(notation: LinkNotation, settings: TunnelSettings): Promise<TunnelDevice> {
  const { target, text } = notation;
  const { localPort, peer } = parseUdpTarget(text, target);
  const { learn: learns, local: address } = notation.settings;
  const learn = learns !== undefined && requireSwitch(text, 'learn', learns);
  if (learn !== (peer === undefined)) {
    throw wrongLink(
      text,
      learn
        ? 'learn takes the first who sends for the other end, and here one is named'
        : 'it names no other end; where whoever sends first is to be it, say learn',
    );
  }
  const key = keyOf(notation);
  return UdpTunnelLink.open({
    ...settings,
    name: `udp:${target}`,
    ...(peer === undefined ? { learn } : { peer }),
    local: { port: localPort, ...(address !== undefined && { address }) },
    ...(key !== undefined && { key }),
  });
}

/** `ws:ws://host:port/path`. The key goes with the request, as its bearer's token (RFC 6750 §2.1). */
export async function openWebSocket(notation: LinkNotation, settings: TunnelSettings): Promise<TunnelDevice> {
  const key = keyOf(notation);
  const sockets = new ReferencedSockets({
    ...(key !== undefined && { headers: { authorization: bearer(key) } }),
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE,
    maxPayload: LONGEST_MESSAGE,
  });
  const link: WebSocketTunnelLink & TunnelDevice = await WebSocketTunnelLink.open(notation.target, {
    ...settings,
    connect: (url) => sockets.connect(url),
  });
  link.unref = () => {
    sockets.unref();
  };
  link.onConnection = (connected) => {
    if (!connected) {
      link.onError?.(
        new LinkError('ENOTCONN', `${link.name}: the connection is lost; frames are, too, until it is back`),
      );
    }
  };
  return link;
}

/** ms that a WebSocket may take to come about. */
const HANDSHAKE = 10_000;
const LONGEST_MESSAGE = 65_536;

/** What a host that has the key says in its request. */
export function bearer(key: string): string {
  return `Bearer ${key}`;
}

/** The WebSockets of a tunnel, one after the other, that keep the process alive or do not. */
class ReferencedSockets {
  private isReferenced = true;
  private current: { unref(): unknown } | undefined;

  constructor(private readonly options: ClientOptions) {}

  connect(url: string): TunnelSocket {
    const socket = new WebSocket(url, this.options);
    socket.on('upgrade', (response) => {
      this.current = response.socket;
      if (!this.isReferenced) response.socket.unref();
    });
    return socket;
  }

  unref(): void {
    this.isReferenced = false;
    this.current?.unref();
  }
}

/** What both ends share: `key`, or the first line of `key-file`, which others on this machine do not see. */
function keyOf({ settings, text }: LinkNotation): string | undefined {
  const { key, 'key-file': file } = settings;
  if (key !== undefined && file !== undefined) throw wrongLink(text, 'key and key-file are two keys');
  return file === undefined ? key : readKey(file);
}

/**
 * The first line of a file.
 * @throws LinkError when it cannot be read, or is empty
 */
export function readKey(file: string): string {
  try {
    const [key = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
    if (key !== '') return key;
  } catch (cause) {
    const { code = 'EIO', message } = cause as NodeJS.ErrnoException;
    throw new LinkError(code, `cannot read the key: ${message}`, { cause });
  }
  throw new LinkError('EINVAL', `cannot read the key: the first line of ${file} is empty`);
}
