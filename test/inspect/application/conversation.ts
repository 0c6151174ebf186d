import { expect } from 'expect';
import { WebSocket, WebSocketServer } from 'ws';
import { VirtualClock } from '../../../src/clock/virtual-clock';
import { impair } from '../../../src/link/impair';
import { memoryPair } from '../../../src/link/memory';
import { Stack } from '../../../src/node/stack';
import type { TraceEvent } from '../../../src/trace';

/** What both ends of a connection have seen. */
export interface Seen {
  readonly server: TraceEvent[];
  readonly client: TraceEvent[];
}

/** Two hosts on a cable in virtual time, whose stacks send every ACK by itself, and what they see. */
export class Hosts {
  readonly seen: Seen = { server: [], client: [] };
  readonly server: Stack;
  readonly client: Stack;
  private readonly clock = new VirtualClock();

  constructor() {
    const { clock, seen } = this;
    const [a, b] = memoryPair({ clock });
    this.server = new Stack({ clock, seed: 1, piggyback: false });
    this.client = new Stack({ clock, seed: 2, piggyback: false });
    this.server.observe((event) => seen.server.push(event));
    this.client.observe((event) => seen.client.push(event));
    // Some way lies between them, as between most.
    const far = { clock, seed: 3, delay: 1000 };
    this.server.attach(impair(a, far), { address: '10.9.0.2/24' });
    this.client.attach(impair(b, far), { address: '10.9.0.1/24' });
  }

  /** Lets what is on its way arrive, and all that follows from it. */
  async quiet(): Promise<void> {
    await this.clock.advanceByAsync(200_000);
  }

  /** Waits for the end of all connections, TIME-WAIT too, and closes both stacks. */
  async end(): Promise<Seen> {
    const { client, server } = this;
    const isOver = (): boolean => [server, client].every((each) => each.tcp.connections().length === 0);
    await this.clock.runAsync({ until: isOver });
    await client.close();
    await server.close();
    return this.seen;
  }
}

/** A WebSocket from the first SYN to the end of TIME-WAIT: hello and its echo, a ping, and the close handshake that one side begins. */
export async function webSocket(closer: 'client' | 'server'): Promise<Seen> {
  const hosts = new Hosts();
  const http = hosts.server.http.createServer();
  const echo = new WebSocketServer({ server: http, perMessageDeflate: false });
  echo.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      socket.send(data, { binary: isBinary });
    });
  });
  http.listen(80, '10.9.0.2');
  const agent = new hosts.client.http.Agent();
  const socket = new WebSocket('ws://10.9.0.2/chat', { agent, perMessageDeflate: false });
  const heard: string[] = [];
  socket.on('message', (data: Buffer) => heard.push(String(data)));
  socket.on('pong', () => heard.push('pong'));
  socket.on('close', (code, reason) => heard.push(`${code} ${String(reason)}`.trim()));
  await hosts.quiet();
  socket.send('hello');
  await hosts.quiet();
  socket.ping();
  await hosts.quiet();
  const [theirs] = echo.clients;
  if (closer === 'client') socket.close(1000, 'enough');
  else theirs?.close(1001);
  const seen = await hosts.end();
  http.close();
  expect(heard).toEqual(['hello', 'pong', closer === 'client' ? '1000 enough' : '1001']);
  return seen;
}
