import type * as dgram from 'node:dgram';
import type * as net from 'node:net';
import { isIPv6 } from 'node:net';
import type { NameServer } from './servers';

/** The modules that queries go through: a stack's, or Node's own. */
export interface Modules {
  readonly net: Pick<typeof net, 'connect'>;
  readonly dgram: Pick<typeof dgram, 'createSocket'>;
}

/** Where queries come from, for servers of either family; undefined for what the stack chooses. */
export interface LocalAddresses {
  readonly ipv4?: string | undefined;
  readonly ipv6?: string | undefined;
}

/** One query on its way to one server. */
export interface Sending {
  readonly server: NameServer;
  readonly local: LocalAddresses;
  readonly query: Buffer;
  /** A message has come from the server. More may follow, until it is closed. */
  received(bytes: Uint8Array): void;
  /** Something has come that is not the server's. */
  foreign(): void;
  /** The server cannot be reached, or has hung up. */
  failed(): void;
}

/** What is open for a query. After `close` it calls nobody. */
export interface Transport {
  close(): void;
}

/** Sends a query from a new port (RFC 5452 §9.2). */
export function sendByUdp({ dgram }: Modules, sending: Sending): Transport {
  const { server, local, query } = sending;
  const ipv6 = isIPv6(server.address);
  const localAddress = ipv6 ? local.ipv6 : local.ipv4;
  const socket = dgram.createSocket(ipv6 ? 'udp6' : 'udp4');
  let open = true;
  const failed = (): void => {
    if (open) sending.failed();
  };
  socket.on('error', failed);
  socket.on('message', (bytes, { address, port }) => {
    if (!open) return;
    // The socket is connected; this is for what came before it was. IPv6 addresses have many spellings.
    if (port !== server.port || (!ipv6 && address !== server.address)) sending.foreign();
    else sending.received(bytes);
  });
  socket.on('connect', () => {
    if (!open) return;
    socket.send(query, (error) => {
      if (error) failed();
    });
  });
  if (localAddress !== undefined) socket.bind({ address: localAddress, port: 0, exclusive: true });
  socket.connect(server.port, server.address);
  return {
    close: () => {
      open = false;
      socket.close();
    },
  };
}

/** The most that is read of a stream without an answer to the query in it. */
const MOST_OCTETS = 4 * 65_537;

/** Sends a query over a connection of its own; each message has its length before it (RFC 7766 §8). */
export function sendByTcp({ net }: Modules, sending: Sending): Transport {
  const { server, local, query } = sending;
  const localAddress = isIPv6(server.address) ? local.ipv6 : local.ipv4;
  const socket = net.connect({
    host: server.address,
    port: server.port,
    noDelay: true,
    ...(localAddress !== undefined && { localAddress }),
  });
  let open = true;
  let octets = 0;
  let pending: Buffer = Buffer.alloc(0);
  const failed = (): void => {
    if (open) sending.failed();
  };
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  socket.on('data', (chunk) => {
    octets += chunk.length;
    pending = Buffer.concat([pending, chunk]);
    while (open && pending.length >= 2) {
      const end = 2 + pending.readUInt16BE(0);
      if (pending.length < end) break;
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      sending.received(message);
    }
    if (octets > MOST_OCTETS) failed();
  });
  socket.on('error', failed);
  socket.on('close', failed);
  return {
    close: () => {
      open = false;
      socket.destroy();
    },
  };
}
